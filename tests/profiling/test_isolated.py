"""Distinct operations: their number, their representatives, and their times with cold and warm caches."""

import random
from dataclasses import replace
from typing import Any

import pytest
import torch

from resnet_viz.graph.trace import trace
from resnet_viz.profiling import isolated
from resnet_viz.profiling.isolated import (
    MIN_REPETITIONS,
    IsolatedSamples,
    cache_flusher,
    measure_isolated,
    representatives,
)
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.statistics import MIN_PASSES
from resnet_viz.profiling.timers import call_timers
from resnet_viz.profiling.timers.call_timers import Timing
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU, SMALL, SPECS, make_quick, prepared
from tests.profiling.doubles.work import scripted_timing


@pytest.mark.parametrize(("name", "layers"), [("resnet50", 175), ("resnet152", 515)])
def test_the_distinct_operations_of_the_published_networks(name: str, layers: int) -> None:
    """latency.md says 174 and 514 operations, 54 distinct: it does not count the flattening, which is a layer here."""
    calls = trace(preset(name))
    representative_of = representatives(calls)
    assert len(calls) == len(representative_of) == layers
    assert len(set(representative_of.values())) == 55
    computing = [call.id for call in calls if call.operation.kind != "flatten"]
    assert len(computing) == layers - 1
    assert len({representative_of[layer] for layer in computing}) == 54


def test_a_layer_is_represented_by_the_first_with_the_same_operation() -> None:
    calls = {call.id: call for call in trace(preset("resnet50"))}
    order = list(calls)
    for layer, source in representatives(list(calls.values())).items():
        assert order.index(source) <= order.index(layer)
        assert calls[source].operation == calls[layer].operation
        assert calls[source].input_shapes == calls[layer].input_shapes
        assert calls[source].output == calls[layer].output


def test_the_same_operation_on_another_shape_is_another() -> None:
    representative_of = representatives(trace(preset("resnet50")))
    assert representative_of["layer1.2.conv2"] == "layer1.0.conv2"
    assert representative_of["layer2.0.relu1"] == "layer2.0.relu1"
    assert representative_of["layer2.0.conv2"] != representative_of["layer2.1.conv2"]


def test_operations_with_other_inputs_are_distinct_even_if_their_outputs_are_alike() -> None:
    calls = {call.id: call for call in trace(preset("resnet50"))}
    even = calls["layer2.0.conv2"]
    odd = replace(even, id="odd", input_shapes=tuple((*shape[:2], 55, 55) for shape in even.input_shapes))
    assert representatives([even, odd]) == {even.id: even.id, "odd": "odd"}


def measured(monkeypatch: pytest.MonkeyPatch, **settings: object) -> tuple[IsolatedSamples, list[Progress]]:
    make_quick(monkeypatch)
    spec = SPECS["bottleneck"]
    asked = ProfileSettings(seconds=0.1, warmup_passes=1, **settings)  # type: ignore[arg-type]
    work, found = prepared(spec), IsolatedSamples()
    clock = FakeClock(reading_ns=1_000_000)
    reports = list(measure_isolated(work.network, trace(spec), Setup(asked, CPU, clock), found))
    return found, reports


def test_every_layer_is_represented_by_a_measured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found, reports = measured(monkeypatch)
    layers = [call.id for call in trace(SPECS["bottleneck"])]
    assert list(found.representative_of) == layers
    assert set(found.representative_of.values()) == set(found.cold) == set(found.warm)
    assert all(len(found.cold[layer]) == len(found.warm[layer]) >= MIN_REPETITIONS for layer in found.cold)
    assert reports[0].warming_up
    assert [layers[progress.step] for progress in reports if progress.step is not None] == list(found.cold)
    assert [progress.done for progress in reports] == sorted(progress.done for progress in reports)
    assert all(0 <= progress.done < 1 for progress in reports)
    assert all((progress.seconds_left or 0) >= 0 for progress in reports)


def test_a_timing_is_repeated_until_both_of_its_calls_have_settled() -> None:
    clock, chance, taken = FakeClock(), random.Random(1), 0

    def timing() -> list[float]:
        nonlocal taken
        taken += 1
        clock.spend(40.0)
        return [float(taken), chance.uniform(29.0, 31.0) if taken > 102 else chance.uniform(10.0, 90.0)]

    setup = Setup(ProfileSettings(warmup_passes=2), CPU, clock)
    cold, warm = isolated.repeat(timing, 0.02, setup)
    assert cold == [float(number) for number in range(3, len(cold) + 3)], "two repetitions warmed up"
    assert len(cold) == len(warm) == 500, "neither has settled when the time is spent"
    steady = scripted_timing(clock, lambda: 10.0)
    both = isolated.repeat(lambda: steady() * 2, 60.0, setup)
    assert both == ([10.0] * MIN_PASSES, [10.0] * MIN_PASSES)
    noisy: Timing = lambda: [10.0, chance.uniform(5.0, 15.0)]  # noqa: E731
    assert len(isolated.repeat(noisy, 60.0, setup)[1]) > 2 * MIN_PASSES


def test_a_timing_is_repeated_at_least_five_times_and_within_its_time() -> None:
    clock, chance = FakeClock(), random.Random(1)

    def timing(us: float) -> Timing:
        once = scripted_timing(clock, lambda: us * chance.uniform(1, 9))
        return lambda: once() * 2

    setup = Setup(ProfileSettings(warmup_passes=0), CPU, clock)
    assert len(isolated.repeat(timing(1e6), 0.5, setup)[0]) == MIN_REPETITIONS
    start = clock.now
    assert len(isolated.repeat(timing(1e3), 0.5, setup)[0]) > MIN_REPETITIONS
    assert 0.5 <= (clock.now - start) / 1e9 < 0.51


def test_the_time_left_follows_from_the_operations_measured_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each operation takes two seconds here; before the first, only the budget is known."""
    clock = FakeClock()

    def repeat(*_: object) -> tuple[list[float], list[float]]:
        clock.spend(2e6)
        return [1.0], [1.0]

    monkeypatch.setattr(isolated, "repeat", repeat)
    monkeypatch.setattr(isolated, "cache_flusher", lambda _: lambda: None)
    work, settings = prepared(SMALL), ProfileSettings(seconds=9.0, warmup_seconds=0.0)
    reports = list(measure_isolated(work.network, trace(SMALL), Setup(settings, CPU, clock), IsolatedSamples()))
    steps = [report for report in reports if report.step is not None]
    assert [report.seconds_left for report in steps] == [9.0, *(2.0 * left for left in range(len(steps) - 1, 0, -1))]
    assert [report.done for report in steps] == [number / len(steps) for number in range(len(steps))]


def card_with_a_cache(monkeypatch: pytest.MonkeyPatch) -> FakeCuda:
    """A fake card on which every layer takes 25 µs behind a flush of its cache and else 10."""
    cuda, is_warm = FakeCuda(FakeClock()), False
    cuda.timestamp_us = 1.5

    def flush() -> None:
        nonlocal is_warm
        is_warm = False
        cuda.launch(300.0)

    def layer(*_: object) -> None:
        nonlocal is_warm
        cuda.launch(10.0 if is_warm else 25.0)
        is_warm = True

    monkeypatch.setattr(call_timers, "Cuda", lambda _: cuda)
    monkeypatch.setattr(call_timers, "shortest_operation", lambda _: lambda: cuda.launch(1.0))
    monkeypatch.setattr(isolated, "cache_flusher", lambda _: flush)
    real_inputs = isolated.random_inputs
    monkeypatch.setattr(isolated, "random_inputs", lambda call, settings, _: real_inputs(call, settings, CPU))
    monkeypatch.setattr(torch.nn.Module, "__call__", layer)
    return cuda


def measured_on(cuda: FakeCuda) -> IsolatedSamples:
    work, found = prepared(SMALL), IsolatedSamples()
    settings = ProfileSettings(seconds=1.0, warmup_seconds=0.0)
    list(measure_isolated(work.network, trace(SMALL), Setup(settings, torch.device("cuda", 0), cuda.clock), found))
    return found


def test_a_card_measures_cold_and_warm_in_graphs_without_the_flush_and_the_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = measured_on(card_with_a_cache(monkeypatch))
    assert set(found.cold) == set(found.warm) == set(representatives(trace(SMALL)).values())
    for layer in found.cold:
        assert found.cold[layer] == pytest.approx([25.0] * MIN_PASSES)
        assert found.warm[layer] == pytest.approx([10.0] * MIN_PASSES)
    assert (found.method, found.refusals) == ("cuda-graph", [])
    assert found.event_pair_us == pytest.approx(1.5)


def test_where_one_operation_cannot_be_captured_all_are_measured_eagerly(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = card_with_a_cache(monkeypatch)
    capture, captures = cuda.capture, 0

    def refusing(*arguments: Any, **named: Any) -> Any:
        nonlocal captures
        captures += 1
        if captures == 5:
            raise RuntimeError("not this one")
        return capture(*arguments, **named)

    monkeypatch.setattr(cuda, "capture", refusing)
    found = measured_on(cuda)
    assert captures == 5
    assert found.method == "run-ahead"
    assert [str(message) for message in found.refusals] == ["The CUDA graph was refused (not this one)."]
    assert all(samples == pytest.approx([25.0] * MIN_PASSES) for samples in found.cold.values())
    assert all(samples == pytest.approx([10.0] * MIN_PASSES) for samples in found.warm.values())
    assert set(found.cold) == set(representatives(trace(SMALL)).values())


def test_the_settings_choose_the_main_time() -> None:
    found = IsolatedSamples(cold={"conv1": [2.0]}, warm={"conv1": [1.0]})
    assert found.main(ProfileSettings()) == {"conv1": [2.0]}
    assert found.main(ProfileSettings(cold=False)) == {"conv1": [1.0]}


def test_the_flush_reads_memory_of_twice_the_last_cache_that_was_written_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sum of ones says how many were read; memory that was never written would be one page of zeros."""
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 18)
    total = cache_flusher(CPU)()
    assert isinstance(total, torch.Tensor)
    assert total.item() * 4 == 2 << 18
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 0)
    monkeypatch.setattr(isolated, "ASSUMED_CACHE_BYTES", 1 << 17)
    total = cache_flusher(CPU)()
    assert isinstance(total, torch.Tensor)
    assert total.item() * 4 == 2 << 17


def test_the_inputs_are_real_data_of_the_real_shape() -> None:
    for call in trace(SMALL):
        inputs = isolated.random_inputs(call, ProfileSettings(memory_format="channels_last", dtype="bf16"), CPU)
        assert [tuple(x.shape) for x in inputs] == list(call.input_shapes)
        assert all(float(x.float().std()) > 0 for x in inputs)


def test_the_inputs_are_the_same_numbers_in_every_version() -> None:
    """Runs of different versions would not be comparable if the data differed: the power of a card depends on it."""
    for call in trace(SMALL):
        numbers = torch.Generator().manual_seed(2015)
        expected = [torch.randn(shape, generator=numbers) for shape in call.input_shapes]
        assert all(map(torch.equal, isolated.random_inputs(call, ProfileSettings(), CPU), expected))


def test_the_flush_reads_on_the_device_whose_cache_it_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 10)
    total = cache_flusher(torch.device("meta"))()
    assert isinstance(total, torch.Tensor)
    assert total.device.type == "meta"
