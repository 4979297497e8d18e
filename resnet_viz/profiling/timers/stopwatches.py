"""Stopwatches for a single piece of work, by the host's clock or by two events behind a sleeping device."""

from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.timers.timer import Clock, Runnable, Stopwatch

MAX_SLEEP_CYCLES = 4_000_000_000  # about 2 s


def host_stopwatch(synchronize: Runnable, clock: Clock, prepare: Runnable = lambda: None) -> Stopwatch:
    """Return a stopwatch by the host's clock, from an idle device to an idle device.

    `prepare` runs before the work and is not timed.
    """

    def measure(work: Runnable) -> float:
        prepare()
        synchronize()
        start = clock()
        work()
        synchronize()
        return (clock() - start) / 1000

    return measure


def time_queued(cuda: Cuda, cycles: int, work: Runnable) -> tuple[bool, float]:
    """Time work between two events, queued while the device sleeps for `cycles`.

    Returns whether the host stayed ahead of the device, without which the time is partly the host's, and the
    microseconds.
    """
    start, end = cuda.event(), cuda.event()
    cuda.sleep(cycles)
    start.record()
    work()
    end.record()
    ahead = not start.query()
    cuda.synchronize()
    return ahead, 1000 * start.elapsed_time(end)
