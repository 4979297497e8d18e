"""The share of the processor that other programs took, from made-up readings of its time."""

from types import SimpleNamespace
from typing import NamedTuple

import psutil
import pytest

from resnet_viz.device.cpu_load import CpuLoad, CpuShares, CpuTimes, cpu_times


def shares(before: CpuTimes, after: CpuTimes) -> CpuShares | None:
    readings = iter((before, after))
    return CpuLoad(lambda: next(readings)).shares()


@pytest.mark.parametrize(
    ("idle", "own", "others"),
    [
        (0.0, 10.0, 0.0),  # all of it is this process's
        (0.0, 4.0, 0.6),
        (1.0, 4.0, 0.5),
        (5.0, 4.5, 0.05),
        (0.0, 10.5, 0.0),  # clocks that differ a little
    ],
)
def test_others_took_what_was_neither_idle_nor_our_own(idle: float, own: float, others: float) -> None:
    before = CpuTimes(100.0, 50.0, 7.0)
    found = shares(before, CpuTimes(110.0, 50.0 + idle, 7.0 + own))
    assert found == pytest.approx((others, idle / 10))


def test_without_time_the_shares_are_unknown() -> None:
    now = CpuTimes(100.0, 50.0, 7.0)
    assert shares(now, now) is None


class Times(NamedTuple):
    """As `psutil.cpu_times` on Linux, where user contains guest and nice contains guest_nice."""

    user: float
    nice: float
    system: float
    idle: float
    iowait: float
    guest: float
    guest_nice: float


def test_the_time_of_guests_is_counted_once_and_waiting_for_a_disk_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(40.0, 10.0, 5.0, 30.0, 15.0, 8.0, 4.0))
    times = cpu_times()
    assert times.total == 40 + 10 + 5 + 30 + 15
    assert times.idle == 30 + 15


def test_a_system_without_guests_counts_all_its_times(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(NamedTuple):
        user: float
        system: float
        idle: float

    monkeypatch.setattr(psutil, "cpu_times", lambda: Plain(4.0, 2.0, 3.0))
    assert cpu_times()[:2] == (9.0, 3.0)


def test_the_time_of_this_process_grows_while_it_works() -> None:
    before = cpu_times().own
    while cpu_times().own <= before:
        sum(range(10_000))
    assert cpu_times().own > before


def test_the_time_of_children_that_have_ended_is_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ours:
        def cpu_times(self) -> object:
            return SimpleNamespace(user=1.0, system=2.0, children_user=4.0, children_system=8.0)

    monkeypatch.setattr(psutil, "Process", Ours)
    assert cpu_times().own == 15.0
