"""Floors, what sets them, the bytes a layer must move, and times that cannot be true."""

import pytest

from resnet_viz.metrics.roofline import LowerBound, implausible_reason, lower_bound
from resnet_viz.records.run import Bound, Ceilings
from tests.profiling.doubles.spreads import varying

DEVICE = Ceilings(bytes_per_second=1e9, flops_per_second=1e12, launch_us=5.0, cache_bytes=10_000)


def test_a_lower_bound_is_work_over_the_measured_ceiling() -> None:
    found = lower_bound(3_000_000, 20_000, DEVICE)
    assert (found.compute_us, found.memory_us, found.launch_us) == pytest.approx((3.0, 20.0, 5.0))
    assert found.least_us == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("flops", "moved", "bound"),
    [(9_000_000, 1_000, "compute"), (1_000, 9_000, "memory"), (1_000, 1_000, "launch"), (0, 0, "launch")],
)
def test_the_largest_of_the_three_is_the_bound(flops: int, moved: int, bound: Bound) -> None:
    assert lower_bound(flops, moved, DEVICE).bound == bound


def test_each_of_the_three_can_be_the_least_time() -> None:
    assert [LowerBound(*times).least_us for times in ((9, 1, 2), (1, 9, 2), (1, 2, 9))] == [9, 9, 9]


def doubted(median_us: float, *, flops: int, moved: int) -> str:
    return str(implausible_reason(varying(0.0, median_us), flops=flops, moved_bytes=moved, ceilings=DEVICE) or "")


def test_a_time_below_the_arithmetic_is_implausible() -> None:
    assert doubted(90.0, flops=100_000_000, moved=0) == ""
    sentence = doubted(89.9, flops=100_000_000, moved=0)
    assert "arithmetic" in sentence
    assert "0.0899 ms" in sentence
    assert "0.1000 ms" in sentence


def test_a_time_below_the_bytes_is_implausible() -> None:
    """Of its 100,000 bytes the cache of 10,000 may hold a tenth."""
    assert doubted(81.0, flops=0, moved=100_000) == ""
    sentence = doubted(80.9, flops=0, moved=100_000)
    assert "bandwidth" in sentence
    assert "0.0809 ms" in sentence
    assert "0.0900 ms" in sentence


def test_data_that_may_be_in_the_cache_is_plausible() -> None:
    assert doubted(1.0, flops=0, moved=10_000) == ""
    assert doubted(1.0, flops=0, moved=20_000) != ""


def test_a_time_below_a_launch_is_plausible() -> None:
    assert doubted(0.5, flops=0, moved=0) == ""
