"""Distinct operations: their number, their representatives, and their times with cold and warm caches."""

from dataclasses import replace

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
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.networks import CPU, SMALL, SPECS, make_quick, prepared


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


@pytest.mark.parametrize("cold", [True, False])
def test_every_layer_is_represented_by_a_measured_one(monkeypatch: pytest.MonkeyPatch, cold: bool) -> None:
    found, reports = measured(monkeypatch, cold=cold)
    layers = [call.id for call in trace(SPECS["bottleneck"])]
    assert list(found.representative_of) == layers
    assert set(found.representative_of.values()) == set(found.samples)
    assert all(len(samples) >= MIN_REPETITIONS for samples in found.samples.values())
    assert reports[0].warming_up
    assert [layers[progress.step] for progress in reports if progress.step is not None] == list(found.samples)
    assert [progress.done for progress in reports] == sorted(progress.done for progress in reports)
    assert all(0 <= progress.done < 1 for progress in reports)
    assert all((progress.seconds_left or 0) >= 0 for progress in reports)


def test_cold_flushes_before_every_repetition_and_outside_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    order: list[str] = []

    def flush() -> None:
        order.append("flush")
        clock.spend(1e6)

    def work() -> None:
        order.append("work")
        clock.spend(10.0)

    def measure(once: object) -> float:
        start = clock()
        work()
        return (clock() - start) / 1000

    samples = isolated.repeat(measure, work, flush, 4.5, Setup(ProfileSettings(warmup_passes=2), CPU, clock))
    assert samples == [10.0] * 5
    assert order == ["work", "work", *["flush", "work"] * 5]


def test_the_flush_writes_twice_the_last_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 18)
    buffer = cache_flusher(CPU)()
    assert getattr(buffer, "nbytes", 0) == 2 << 18
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 0)
    monkeypatch.setattr(isolated, "ASSUMED_CACHE_BYTES", 1 << 17)
    assert getattr(cache_flusher(CPU)(), "nbytes", 0) == 2 << 17


def test_the_inputs_are_real_data_of_the_real_shape() -> None:
    for call in trace(SMALL):
        inputs = isolated.random_inputs(call, ProfileSettings(memory_format="channels_last", dtype="bf16"), CPU)
        assert [tuple(x.shape) for x in inputs] == list(call.input_shapes)
        assert all(float(x.float().std()) > 0 for x in inputs)


@pytest.mark.parametrize("cold", [True, False])
def test_caches_are_flushed_only_where_cold_times_are_asked_for(cold: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[object] = []
    monkeypatch.setattr(isolated, "cache_flusher", lambda device: lambda: flushed.append(device))
    found, _ = measured(monkeypatch, cold=cold)
    repetitions = sum(len(samples) for samples in found.samples.values())
    assert flushed == [CPU] * (repetitions if cold else 0)


def test_the_inputs_are_the_same_numbers_in_every_version() -> None:
    """Runs of different versions would not be comparable if the data differed: the power of a card depends on it."""
    for call in trace(SMALL):
        numbers = torch.Generator().manual_seed(2015)
        expected = [torch.randn(shape, generator=numbers) for shape in call.input_shapes]
        assert all(map(torch.equal, isolated.random_inputs(call, ProfileSettings(), CPU), expected))


def test_the_flush_writes_on_the_device_whose_cache_it_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 10)
    buffer = cache_flusher(torch.device("meta"))()
    assert isinstance(buffer, torch.Tensor)
    assert buffer.device.type == "meta"
