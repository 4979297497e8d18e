"""The share of the processor that other programs took while something was measured on it."""

from collections.abc import Callable
from typing import NamedTuple

import psutil


class CpuTimes(NamedTuple):
    """Seconds of processor time so far, summed over all processors: in total, idle, and of this process.

    Its own time includes that of its child processes that have ended.
    """

    total: float
    idle: float
    own: float


class CpuShares(NamedTuple):
    """The shares of the processor, 0 to 1, that other programs took and that nobody took."""

    others: float
    idle: float


CpuProbe = Callable[[], CpuTimes]


def cpu_times() -> CpuTimes:
    """Return the processor's time up to now; time taken by a hypervisor counts as used."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # psutil counts it in user and nice too
    own = psutil.Process().cpu_times()
    ended_children = getattr(own, "children_user", 0.0) + getattr(own, "children_system", 0.0)
    return CpuTimes(sum(times) - guests, idle, own.user + own.system + ended_children)


class CpuLoad:
    """Watches the processor from the moment it is made."""

    def __init__(self, probe: CpuProbe = cpu_times) -> None:
        self._probe = probe
        self._before = probe()

    def shares(self) -> CpuShares | None:
        """Return the shares since then; None where the system has counted no time yet."""
        before, now = self._before, self._probe()
        total, idle = now.total - before.total, now.idle - before.idle
        if total <= 0:
            return None
        return CpuShares(max(0.0, 1 - (idle + now.own - before.own) / total), min(1.0, max(0.0, idle / total)))
