"""The order and the cost of timestamps, and a queue that starves."""

import time
from itertools import count

import pytest

from resnet_viz.selfcheck import check_setup as setups
from resnet_viz.selfcheck.timer_checks import clock_runs_forward, starved_queue_is_noticed, timestamp_cost
from tests.profiling.doubles.networks import SMALL
from tests.selfcheck.small_checks import SETUP


def test_a_cpu_has_no_queue_to_starve_and_its_clock_runs_forward() -> None:
    assert starved_queue_is_noticed(SETUP).passed is None
    outcome = clock_runs_forward(SETUP)
    assert outcome.passed is True
    assert outcome.numbers["smallest_ns"] >= 0


def test_a_clock_that_runs_backwards_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = count(0, -1)
    monkeypatch.setattr(time, "perf_counter_ns", lambda: next(readings))
    assert clock_runs_forward(SETUP).passed is False


@pytest.mark.parametrize(("ns", "passed"), [(0, True), (19_900, True), (20_100, False), (-100, False)])
def test_a_timestamp_must_cost_less_than_20_microseconds(
    ns: int, passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = count(0, ns)
    monkeypatch.setattr(setups, "preset", lambda _: SMALL)
    monkeypatch.setattr(time, "perf_counter_ns", lambda: next(readings))
    outcome = timestamp_cost(SETUP)
    assert outcome.passed is passed
    assert outcome.numbers["mark_us"] == pytest.approx(ns / 1000)
