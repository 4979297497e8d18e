"""Two blocks measured in turn, on a clock that stands still until told and with noise that is known."""

import random
from collections.abc import Callable
from itertools import groupby

import pytest
import torch

from resnet_viz.errors import SpecError
from resnet_viz.pipeline import analyse, compare_blocks
from resnet_viz.profiling.paired import (
    PairedSamples,
    block_workload,
    bootstrap_ratio,
    measure_interleaved,
    measure_pair,
)
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.timers import Runnable
from resnet_viz.profiling.width_search import search_width
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles import FakeClock
from tests.profiling.networks import CPU

SETTINGS = ProfileSettings(seconds=0.5, warmup_passes=2, warmup_seconds=0.0)


def stopwatch_for(clock: FakeClock) -> Callable[[Runnable], float]:
    """Works that say how long they take, in microseconds."""

    def measure(work: Runnable) -> float:
        took = work()
        assert isinstance(took, float)
        clock.spend(took)
        return took

    return measure


def test_both_are_measured_in_turn_and_neither_always_first() -> None:
    clock, order = FakeClock(), []

    def named(name: str, us: float) -> Runnable:
        def work() -> float:
            order.append(name)
            return us

        return work

    pairs = PairedSamples()
    reports = list(
        measure_interleaved(
            stopwatch_for(clock), named("A", 30.0), named("B", 10.0), Setup(SETTINGS, CPU, clock), pairs
        )
    )
    assert [progress.warming_up for progress in reports[:3]] == [True, True, False]
    assert pairs.first == [30.0] * 10
    assert pairs.second == [10.0] * 10
    assert "".join(order) == "ABBA" * 6
    assert bootstrap_ratio(pairs) == (3.0, 3.0, 3.0)
    few = PairedSamples(pairs.first[:9], pairs.second[:9])
    assert bootstrap_ratio(few) == (3.0, None, None)


def test_unsettled_times_end_with_the_budget() -> None:
    clock, chance = FakeClock(), random.Random(1)
    pairs = PairedSamples()
    noisy: Runnable = lambda: chance.uniform(1_000.0, 9_000.0)  # noqa: E731
    list(measure_interleaved(stopwatch_for(clock), noisy, noisy, Setup(SETTINGS, CPU, clock), pairs))
    assert 0.5e6 <= sum(pairs.first) + sum(pairs.second) <= 0.55e6


def test_the_interval_holds_the_true_ratio_as_often_as_it_says() -> None:
    chance, held = random.Random(5), 0
    for _ in range(200):
        pairs = PairedSamples()
        for _ in range(60):
            cpu_shared_warning = chance.lognormvariate(0.0, 0.2)
            pairs.first.append(200.0 * cpu_shared_warning * chance.lognormvariate(0.0, 0.05))
            pairs.second.append(100.0 * cpu_shared_warning * chance.lognormvariate(0.0, 0.05))
        ratio, low, high = bootstrap_ratio(pairs)
        assert low is not None
        assert high is not None
        assert low <= ratio <= high
        held += low <= 2.0 <= high
    assert 180 <= held <= 199


def test_a_real_pair_is_measured_with_its_block_alone() -> None:
    compared = compare_blocks(BlockSetting(channels=16, size=8, batch=2))
    samplers = compared.basic, compared.bottleneck
    analyses = analyse(samplers[0].spec), analyse(samplers[1].spec)
    found = list(measure_pair(analyses, SETTINGS.but(seconds=0.1)))
    phases = [phase for phase, _ in groupby(step.phase for step in found if isinstance(step, ProfileProgress))]
    assert phases == ["ceilings", "build-both", "warm-up", "in-turn"]
    assert len(found[:-1]) == sum(isinstance(step, ProfileProgress) for step in found)
    times = found[-1]
    assert isinstance(times, PairTimes)
    assert times.first.spread.n == times.second.spread.n >= 10
    assert times.ceilings is not None
    with torch.inference_mode():
        output = block_workload(samplers[1].spec, SETTINGS, torch.device("cpu"))()
    assert isinstance(output, torch.Tensor)
    assert tuple(output.shape) == samplers[1].layers[-1].output


@pytest.mark.parametrize(("held_us", "expected"), [(400.0, 20), (90.0, 9), (5_000.0, 70), (3.0, 1)])
def test_the_width_that_takes_as_long_is_found(held_us: float, expected: int) -> None:
    clock = FakeClock()

    def make(width: int) -> Runnable:
        return lambda: max(3.0, float(width * width))

    found = list(search_width(BlockSetting(match="latency"), 64, lambda: held_us, make,
                        stopwatch_for(clock), Setup(SETTINGS, CPU, clock)))  # fmt: skip
    width = found[-1]
    assert isinstance(width, int)
    assert abs(width - expected) <= max(1, 0.03 * expected)


def test_no_width_near_says_so() -> None:
    clock = FakeClock()
    with pytest.raises(SpecError, match="takes about as long"):
        list(search_width(BlockSetting(match="latency"), 64, lambda: 1.0, lambda width: lambda: 50.0 + width,
                    stopwatch_for(clock), Setup(SETTINGS, CPU, clock)))  # fmt: skip
