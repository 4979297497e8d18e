"""The energy of an image: the card's counter over seconds of passes that leave the card no pause."""

from collections.abc import Callable

from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.timers.timer import Runnable, Timer
from resnet_viz.records.energy import Energy

EnergyCounter = Callable[[], int | None]
"""Returns the millijoules that the device has used since some moment; None where it does not count."""
SETTLING_SECONDS, LOAD_SECONDS = 0.5, 5.0
"""How long passes run before the first reading, and at least between the two: a counter moves every 0.1 s or so."""
SHARE = 0.6
"""Energy is measured where it takes no more than this share of the time budget."""
CHUNK_US = 100_000.0
"""The passes that are queued before the host waits for the device take about so long together."""


def energy_seconds(counter: EnergyCounter, budget_seconds: float) -> float:
    """Return the part of the time budget that measuring the energy takes; 0 where it is not measured."""
    needed = SETTLING_SECONDS + LOAD_SECONDS
    return needed if needed <= SHARE * budget_seconds and counter() is not None else 0.0


def measure_energy(
    timer: Timer, setup: Setup, counter: EnergyCounter, *, synchronize: Runnable, pass_us: float, images: int
) -> Energy | None:
    """Run passes for some seconds and return the energy that they took; None where the counter stands still.

    `pass_us` is about the time of a pass of so many images. No progress is reported meanwhile, since the device would
    be idle while it is shown.
    """
    _load(timer, setup, synchronize, pass_us, SETTLING_SECONDS)
    before = counter()
    passes, seconds = _load(timer, setup, synchronize, pass_us, LOAD_SECONDS)
    after = counter()
    if before is None or after is None or after <= before:
        return None
    return Energy(round((after - before) / 1000, 3), round(seconds, 3), passes * images)


def _load(timer: Timer, setup: Setup, synchronize: Runnable, pass_us: float, least_seconds: float) -> tuple[int, float]:
    """Keep the device busy; return the number of passes and the seconds that they took."""
    passes, seconds, start = 0, 0.0, setup.clock()
    chunk = max(1, round(CHUNK_US / max(pass_us, 1.0)))
    with setup.torch_mode():
        while seconds < least_seconds:
            for _ in range(chunk):
                timer.queue_whole()
            synchronize()
            passes += chunk
            seconds = (setup.clock() - start) / 1e9
    return passes, seconds
