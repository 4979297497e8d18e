"""Two blocks measured interleaved, on a clock that only the test advances and with noise that is known."""

import random
from contextlib import nullcontext
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from resnet_viz.device import capacity, info
from resnet_viz.device.cpu_load import CpuShares
from resnet_viz.errors import UserError
from resnet_viz.pipeline import analyse, compare_blocks
from resnet_viz.profiling import paired, width_search, workload
from resnet_viz.profiling.paired import (
    PairedSamples,
    block_workload,
    bootstrap_ratio,
    measure_interleaved,
    measure_pair,
    measure_points,
)
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.statistics import MIN_PASSES
from resnet_viz.profiling.timers import call_timers
from resnet_viz.profiling.timers.call_timers import Timing
from resnet_viz.profiling.timers.timer import Runnable
from resnet_viz.profiling.width_search import latency_width
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.message import Message
from resnet_viz.records.run import Environment, ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU, SMALL, make_quick
from tests.profiling.doubles.work import scripted_timing

SETTINGS = ProfileSettings(seconds=0.5, warmup_passes=2, warmup_seconds=0.0)


def test_both_are_interleaved_and_neither_is_always_first() -> None:
    clock, order = FakeClock(), []

    def named(name: str, us: float) -> Timing:
        def work() -> float:
            order.append(name)
            return us

        return scripted_timing(clock, work)

    pairs = PairedSamples()
    reports = list(measure_interleaved((named("A", 30.0), named("B", 10.0)), Setup(SETTINGS, CPU, clock), pairs))
    assert [progress.warming_up for progress in reports[:3]] == [True, True, False]
    assert pairs.first == [30.0] * MIN_PASSES
    assert pairs.second == [10.0] * MIN_PASSES
    assert "".join(order) == "ABBA" * (1 + MIN_PASSES // 2)
    assert bootstrap_ratio(pairs) == (3.0, 3.0, 3.0)
    few = PairedSamples(pairs.first[:9], pairs.second[:9])
    assert bootstrap_ratio(few) == (3.0, None, None)


def test_unsettled_times_end_with_the_budget() -> None:
    clock, chance = FakeClock(), random.Random(1)
    pairs = PairedSamples()
    noisy = scripted_timing(clock, lambda: chance.uniform(1_000.0, 9_000.0))
    list(measure_interleaved((noisy, noisy), Setup(SETTINGS, CPU, clock), pairs))
    assert 0.5e6 <= sum(pairs.first) + sum(pairs.second) <= 0.55e6


def test_the_confidence_interval_contains_the_true_ratio_as_often_as_it_should() -> None:
    chance, held = random.Random(5), 0
    for _ in range(100):
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
    assert 88 <= held <= 99


def test_a_real_pair_is_measured_on_its_compared_block() -> None:
    compared = compare_blocks(BlockSetting(channels=16, size=8, batch=2))
    samplers = compared.basic, compared.bottleneck
    analyses = analyse(samplers[0].spec), analyse(samplers[1].spec)
    found = list(measure_pair(analyses, SETTINGS.but(seconds=0.1), FakeClock(reading_ns=1_000)))
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


def test_pairs_are_measured_one_after_another_each_in_its_share_of_the_time() -> None:
    setting = BlockSetting(channels=16, size=8)
    pairs = [(setting.spec_of("basic", width), setting.spec_of("bottleneck", 4)) for width in (8, 16)]
    clock = FakeClock(reading_ns=1_000_000)
    *progress, medians = measure_points(pairs, SETTINGS.but(seconds=0.4), clock)
    assert medians == [(1_000.0, 1_000.0)] * 2, "every piece of work takes a millisecond on this clock"
    assert progress == [
        ProfileProgress("pairs", 0.0, number=1, total=2),
        ProfileProgress("pairs", 0.5, number=2, total=2),
    ]


def test_networks_are_measured_whole_where_they_are_compared_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []
    prepare = workload.prepare

    def watched(*arguments: Any) -> Workload:
        made = prepare(*arguments)
        made.network.register_forward_hook(lambda _module, _inputs, output: shapes.append(tuple(output.shape)))
        return made

    monkeypatch.setattr(paired, "prepare", watched)
    pair = (SMALL, SMALL.but(classes=7))
    list(measure_points([pair], SETTINGS, FakeClock(reading_ns=10_000_000), whole=True))
    assert {shape[1] for shape in shapes} == {10, 7}
    shapes.clear()
    list(measure_points([pair], SETTINGS, FakeClock(reading_ns=10_000_000)))
    assert shapes == []


def test_running_out_of_memory_names_the_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = iter((False, False, True))

    def prepare(*arguments: Any) -> Workload:
        if next(prepared):
            raise MemoryError
        return workload.prepare(*arguments)

    monkeypatch.setattr(paired, "prepare", prepare)
    with pytest.raises(UserError, match="ran out of memory at pair 2; measure fewer"):
        list(measure_points([(SMALL, SMALL)] * 3, SETTINGS, FakeClock(reading_ns=10_000_000)))


def test_a_pair_of_networks_has_the_ratio_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)
    analyses = analyse(SMALL), analyse(SMALL.but(width=8))
    *progress, times = measure_pair(analyses, SETTINGS.but(dtype="bf16"), FakeClock(reading_ns=2_000_000), whole=True)
    assert isinstance(times, PairTimes)
    assert (times.ratio, times.low, times.high) == (1.0, 1.0, 1.0)
    assert (times.dtype, times.place.device) == ("bf16", "cpu")
    assert times.first.spread.median_us == 2_000.0
    left = [item.seconds_left for item in progress if isinstance(item, ProfileProgress) and item.phase == "in-turn"]
    assert left == sorted((seconds for seconds in left if seconds is not None), reverse=True)


def test_the_larger_network_decides_whether_a_pair_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[ResNetSpec] = []

    def check(analysis: Analysis, *_: object) -> None:
        checked.append(analysis.spec)

    monkeypatch.setattr(capacity, "check", check)
    large = SMALL.but(input=(8, 3, 16, 16))
    for analyses in ((analyse(SMALL), analyse(large)), (analyse(large), analyse(SMALL))):
        next(iter(measure_pair(analyses, SETTINGS, FakeClock())))
    assert checked == [large, large]


def test_measuring_ends_at_the_most_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paired, "MAX_ROUNDS", 40)
    clock, chance, samples = FakeClock(), random.Random(1), PairedSamples()
    noisy = scripted_timing(clock, lambda: chance.uniform(1.0, 9.0))
    list(measure_interleaved((noisy, noisy), Setup(SETTINGS, CPU, clock), samples))
    assert len(samples.first) == len(samples.second) == 40


@pytest.mark.parametrize(("pairs", "seconds"), [(1, 0.6), (3, 0.2), (60, 0.1)])
def test_each_pair_has_its_share_of_the_time_but_a_tenth_of_a_second_at_least(
    pairs: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ProfileSettings] = []

    def measure(_timings: object, setup: Setup, samples: PairedSamples) -> list[None]:
        asked.append(setup.settings)
        samples.first.append(1.0)
        samples.second.append(2.0)
        return []

    monkeypatch.setattr(paired, "measure_interleaved", measure)
    monkeypatch.setattr(paired, "block_workload", lambda *_: lambda: None)
    *_, medians = measure_points([(SMALL, SMALL)] * pairs, SETTINGS.but(seconds=0.6))
    assert medians == [(1.0, 2.0)] * pairs
    assert [settings.seconds for settings in asked] == pytest.approx([seconds] * pairs)
    assert {settings.warmup_seconds for settings in asked} == {0.05}


def test_without_a_warm_up_both_are_run_once_before_they_are_measured() -> None:
    clock, order = FakeClock(), []

    def named(name: str) -> Timing:
        def work() -> float:
            order.append(name)
            return 1_000.0

        return scripted_timing(clock, work)

    samples = PairedSamples()
    setup = Setup(SETTINGS.but(warmup_passes=0), CPU, clock)
    reports = list(measure_interleaved((named("A"), named("B")), setup, samples))
    assert [report.warming_up for report in reports[:2]] == [True, False]
    assert order[:4] == ["A", "B", "A", "B"]
    assert len(order) == 2 * (1 + len(samples.first))


CARD = torch.device("cuda", 0)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeCuda:
    """A fake card whose host is slow: launched one by one, every block would take as long as its launches.

    A block takes as many microseconds as it is wide; the events around it cost 1.5 µs.
    """
    cuda = FakeCuda(FakeClock(), host_us=50.0, replay_us=20.0)
    cuda.timestamp_us, cuda.prologue_us = 1.5, 9.0
    monkeypatch.setattr(call_timers, "Cuda", lambda _: cuda)
    monkeypatch.setattr(call_timers, "shortest_operation", lambda _: lambda: cuda.launch(1.0))

    def block_workload(spec: ResNetSpec, *_: object) -> Runnable:
        return lambda: cuda.launch(float(spec.width))

    monkeypatch.setattr(paired, "cache_flusher", lambda _: lambda: None)
    for part in (paired, width_search):
        monkeypatch.setattr(part, "block_workload", block_workload)
        monkeypatch.setattr(info, "check", lambda _: CARD)
        monkeypatch.setattr(info, "prepared", lambda *_: nullcontext())
    return cuda


def test_pairs_on_a_card_are_timed_in_graphs_without_launches_and_events(card: FakeCuda) -> None:
    pairs = [(SMALL.but(width=4), SMALL.but(width=8)), (SMALL.but(width=16), SMALL.but(width=20))]
    *_, medians = measure_points(pairs, SETTINGS, card.clock)
    assert isinstance(medians, list)
    assert [list(pair) for pair in medians] == [pytest.approx([4.0, 8.0]), pytest.approx([16.0, 20.0])]
    replays = sum(graph.replays for graph in card.graphs)
    assert replays > 4 * MIN_PASSES
    assert card.sleeps == []


def test_a_width_on_a_card_is_searched_with_graphs(card: FakeCuda) -> None:
    setting = BlockSetting(match="latency", channels=256, size=8)
    *_, width = latency_width(setting, 16, SETTINGS, card.clock)
    assert isinstance(width, int)
    solved, fixed = setting.spec_of(setting.solve, width), setting.spec_of(setting.fixed, setting.fixed_width)
    assert abs(solved.width / fixed.width - 1) <= width_search.RATIO_TOLERANCE, "a block takes as long as it is wide"
    assert card.sleeps == []


def pair_on(
    card: FakeCuda, monkeypatch: pytest.MonkeyPatch, settings: ProfileSettings = SETTINGS, *, whole: bool = False
) -> PairTimes:
    """Measure blocks of widths 4 and 8, or the networks around them, on the fake card."""
    monkeypatch.setattr(capacity, "check", lambda *_: None)
    monkeypatch.setattr(paired, "ceilings", lambda *_: None)
    monkeypatch.setattr(paired, "empty_cache", lambda _: None)
    monkeypatch.setattr(info, "environment", lambda *_: Environment(device="cuda:0", name="A card"))
    analyses = analyse(SMALL.but(width=4)), analyse(SMALL.but(width=8))
    *_, times = measure_pair(analyses, settings, card.clock, whole=whole)
    assert isinstance(times, PairTimes)
    return times


@pytest.mark.parametrize("refusal", [None, "no graphs here"])
def test_blocks_are_timed_with_cold_and_with_warm_caches_without_the_flush(
    refusal: str | None, card: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_warm = False

    def flush() -> None:
        nonlocal is_warm
        card.launch(300.0)
        is_warm = False

    def block_workload(spec: ResNetSpec, *_: object) -> Runnable:
        def block() -> None:
            nonlocal is_warm
            card.launch(spec.width * (1.0 if is_warm else 2.5))
            is_warm = True

        return block

    monkeypatch.setattr(paired, "cache_flusher", lambda _: flush)
    monkeypatch.setattr(paired, "block_workload", block_workload)
    card.refusal = refusal
    times = pair_on(card, monkeypatch)
    assert times.cold_first is not None
    assert times.cold_second is not None
    medians = [one.spread.median_us for one in (times.first, times.second, times.cold_first, times.cold_second)]
    assert medians == [4.0, 8.0, 10.0, 20.0]
    assert times.cold_first.spread.n == times.cold_second.spread.n == times.rounds


def test_whole_networks_are_timed_without_a_flush(card: FakeCuda, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = [lambda: card.launch(40.0), lambda: card.launch(50.0)]
    monkeypatch.setattr(paired, "prepare", lambda *_: SimpleNamespace(run_whole=passes.pop(0)))
    monkeypatch.setattr(paired, "cache_flusher", lambda _: pytest.fail("flushed"))
    times = pair_on(card, monkeypatch, whole=True)
    assert (times.first.spread.median_us, times.second.spread.median_us) == (40.0, 50.0)
    assert (times.cold_first, times.cold_second) == (None, None)


def test_rounds_end_only_when_the_cold_times_have_settled_too() -> None:
    clock, chance, samples = FakeClock(), random.Random(1), PairedSamples()

    def timing() -> list[float]:
        times = [chance.uniform(1_000.0, 9_000.0), 10.0]
        clock.spend(sum(times))
        return times

    list(measure_interleaved((timing, timing), Setup(SETTINGS, CPU, clock), samples))
    assert len(samples.cold_first) == len(samples.cold_second) == len(samples.first)
    assert set(samples.first) == set(samples.second) == {10.0}
    assert sum(samples.cold_first) + sum(samples.cold_second) >= 0.49e6, "until the end of the budget"


def test_other_programs_on_the_processor_are_reported_with_a_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paired, "CpuLoad", lambda: SimpleNamespace(shares=lambda: CpuShares(0.25, 0.05)))
    analyses = analyse(SMALL), analyse(SMALL)
    *_, times = measure_pair(analyses, SETTINGS, FakeClock(reading_ns=2_000_000), whole=True)
    assert isinstance(times, PairTimes)
    assert times.others_share == 0.25
    assert times.messages == (Message("shared", {"part": 25.0}),)


def test_a_pair_on_a_card_says_how_it_was_timed_and_what_the_events_cost(
    card: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = pair_on(card, monkeypatch)
    assert (times.method, times.messages) == ("cuda-graph", ())
    assert times.event_pair_us == pytest.approx(1.5)
    assert (times.first.spread.median_us, times.second.spread.median_us) == (4.0, 8.0)
    card.refusal = "no graphs here"
    times = pair_on(card, monkeypatch)
    assert times.method == "run-ahead"
    assert [str(message) for message in times.messages] == ["The CUDA graph was refused (no graphs here)."]
    assert (times.first.spread.median_us, times.second.spread.median_us) == (4.0, 8.0)
