"""How much of the processor went to others while something was measured on it."""

from collections.abc import Callable
from typing import NamedTuple

import psutil


class CpuTimes(NamedTuple):
    """Seconds of processor time so far, over all processors: of everybody, idle, and this process's own."""

    total: float
    idle: float
    own: float


SCARCE = 0.10
"""With more of the processor idle than this, nobody had to wait."""
Probe = Callable[[], CpuTimes]


def cpu_times() -> CpuTimes:
    """The processor's time up to now; what a hypervisor took counts as somebody's."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    counted = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)  # within user already
    own = psutil.Process().cpu_times()
    return CpuTimes(counted, idle, own.user + own.system)


class CpuLoad:
    """Watches the processor from the moment it is made."""

    def __init__(self, probe: Probe = cpu_times) -> None:
        self._probe = probe
        self._before = probe()

    def others(self) -> float:
        """The part of the processor that others took, 0 to 1; 0 while enough of it was idle for all."""
        before, now = self._before, self._probe()
        total = now.total - before.total
        if total <= 0 or (now.idle - before.idle) / total > SCARCE:
            return 0.0
        return max(0.0, 1 - (now.idle - before.idle + now.own - before.own) / total)
