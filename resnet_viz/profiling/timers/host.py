"""The timer by the host's clock."""

from resnet_viz.profiling.timers.stopwatches import host_stopwatch
from resnet_viz.profiling.timers.timer import TIMESTAMPS, Clock, InstrumentedPass, Runnable, TimedWork, Timer
from resnet_viz.records.run import Method

STEP_REPORT_NS = 300_000_000


class HostTimer(Timer):
    """Reads the host's clock between the steps.

    With `synchronize`, which waits for a device, every step ends with it: the times are upper bounds.
    """

    def __init__(self, work: TimedWork, clock: Clock, synchronize: Runnable | None = None) -> None:
        self.method: Method = "host-clock" if synchronize is None else "synchronised"
        self._work, self._clock = work, clock
        self._synchronize = synchronize or (lambda: None)
        self._stopwatch = host_stopwatch(self._synchronize, clock, work.prepare_pass)
        readings = [clock() for _ in range(TIMESTAMPS + 1)]
        self.timestamp_us = (readings[-1] - readings[0]) / TIMESTAMPS / 1000

    def time_whole(self) -> float:
        """Return the host's time for an uninstrumented pass, from an idle device to an idle device."""
        return self._stopwatch(self._work.run_whole)

    def queue_whole(self) -> None:
        """Queue an eager pass; on a CPU, run it."""
        self._work.prepare_pass()
        self._work.run_whole()

    def time_steps(self) -> InstrumentedPass:
        """Time each step; the reading that ends one begins the next, so the steps add up to the pass."""
        clock, synchronize = self._clock, self._synchronize
        self._work.prepare_pass()
        synchronize()
        times: list[float] = []
        last = clock()
        report_at = last + STEP_REPORT_NS
        for step in self._work.run_steps():
            synchronize()
            now = clock()
            times.append((now - last) / 1000)
            if now >= report_at:
                yield step
                now = clock()
                report_at = now + STEP_REPORT_NS
            last = now
        return times[1:]
