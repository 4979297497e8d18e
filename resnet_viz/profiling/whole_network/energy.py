"""The energy of an image: the card's counter over seconds of passes that leave the card no pause."""

from collections.abc import Callable, Generator

from resnet_viz.profiling.passes import Budget, Progress, Setup
from resnet_viz.profiling.timers.timer import Runnable, Timer
from resnet_viz.records.energy import Energy

EnergyCounter = Callable[[], int | None]
"""Returns the millijoules that the device has used since some moment; None where it does not count."""
SETTLING_SECONDS, LOAD_SECONDS = 0.5, 5.0
"""How long passes run before the first reading, and at least between the two: a counter moves every 0.1 s or so."""
LEAST_BUDGET_SECONDS = 10.0
"""Energy is measured in runs with at least this time budget, so that the passes that are timed have half of it."""
CHUNK_US = 100_000.0
"""The passes that are queued before the host waits for the device take about so long together."""


def energy_seconds(counter: EnergyCounter, budget_seconds: float) -> float:
    """Return the part of the time budget that measuring the energy takes; 0 where it is not measured."""
    asked = budget_seconds >= LEAST_BUDGET_SECONDS
    return SETTLING_SECONDS + LOAD_SECONDS if asked and counter() is not None else 0.0


def measure_energy(
    timer: Timer,
    setup: Setup,
    counter: EnergyCounter,
    budget: Budget,
    *,
    synchronize: Runnable,
    pass_us: float,
    images: int,
) -> Generator[Progress, None, Energy | None]:
    """Run passes for some seconds and return the energy that they took; None where the counter stands still.

    `pass_us` is about the time of a pass of so many images. Progress is that of `budget`, and is yielded while passes
    are queued, so that the device is not idle while it is shown.
    """
    yield from _load(timer, setup, budget, synchronize, pass_us, SETTLING_SECONDS)
    before = counter()
    passes, seconds = yield from _load(timer, setup, budget, synchronize, pass_us, LOAD_SECONDS)
    after = counter()
    if before is None or after is None or after <= before:
        return None
    return Energy(round((after - before) / 1000, 3), round(seconds, 3), passes * images)


def _load(
    timer: Timer, setup: Setup, budget: Budget, synchronize: Runnable, pass_us: float, least_seconds: float
) -> Generator[Progress, None, tuple[int, float]]:
    """Keep the device busy; return the number of passes and the seconds that they took."""
    passes, seconds, start = 0, 0.0, setup.clock()
    chunk = max(1, round(CHUNK_US / max(pass_us, 1.0)))
    while seconds < least_seconds:
        with setup.torch_mode():
            for _ in range(chunk):
                timer.queue_whole()
        yield budget.progress(budget.spent)
        synchronize()
        passes += chunk
        seconds = (setup.clock() - start) / 1e9
    return passes, seconds
