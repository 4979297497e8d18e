"""Distinct operations: how many there are, what stands for what, cold and warm."""

from dataclasses import replace

import pytest

from resnet_viz.graph.trace import trace
from resnet_viz.profiling import isolated
from resnet_viz.profiling.isolated import LEAST_REPETITIONS, Alone, distinct, flusher, measure_alone
from resnet_viz.profiling.passes import Setup, Tick
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles import FakeClock
from tests.profiling.networks import CPU, SMALL, SPECS, make_quick, prepared


@pytest.mark.parametrize(("name", "layers"), [("resnet50", 175), ("resnet152", 515)])
def test_the_distinct_operations_of_the_published_networks(name: str, layers: int) -> None:
    """latency.md says 174 and 514 operations, 54 distinct: it does not count the flattening, which is a layer here."""
    calls = trace(preset(name))
    stands_for = distinct(calls)
    assert len(calls) == len(stands_for) == layers
    assert len(set(stands_for.values())) == 55
    computing = [call.id for call in calls if call.operation.kind != "flatten"]
    assert len(computing) == layers - 1
    assert len({stands_for[layer] for layer in computing}) == 54


def test_what_stands_for_a_layer_is_the_first_that_computes_alike() -> None:
    calls = {call.id: call for call in trace(preset("resnet50"))}
    order = list(calls)
    for layer, source in distinct(list(calls.values())).items():
        assert order.index(source) <= order.index(layer)
        assert calls[source].operation == calls[layer].operation
        assert calls[source].input_shapes == calls[layer].input_shapes
        assert calls[source].output == calls[layer].output


def test_the_same_operation_on_another_shape_is_another() -> None:
    stands_for = distinct(trace(preset("resnet50")))
    assert stands_for["layer1.2.conv2"] == "layer1.0.conv2"
    assert stands_for["layer2.0.relu1"] == "layer2.0.relu1"
    assert stands_for["layer2.0.conv2"] != stands_for["layer2.1.conv2"]


def test_the_input_tells_operations_apart_whose_output_is_the_same() -> None:
    calls = {call.id: call for call in trace(preset("resnet50"))}
    even = calls["layer2.0.conv2"]
    odd = replace(even, id="odd", input_shapes=tuple((*shape[:2], 55, 55) for shape in even.input_shapes))
    assert distinct([even, odd]) == {even.id: even.id, "odd": "odd"}


def measured(monkeypatch: pytest.MonkeyPatch, **settings: object) -> tuple[Alone, list[Tick]]:
    make_quick(monkeypatch)
    spec = SPECS["bottleneck"]
    asked = ProfileSettings(seconds=0.1, warmup_passes=1, **settings)  # type: ignore[arg-type]
    work, found = prepared(spec), Alone()
    clock = FakeClock(reading_ns=1_000_000)
    ticks = list(measure_alone(work.network, trace(spec), Setup(asked, CPU, clock), found))
    return found, ticks


@pytest.mark.parametrize("cold", [True, False])
def test_every_layer_stands_for_something_measured(monkeypatch: pytest.MonkeyPatch, cold: bool) -> None:
    found, ticks = measured(monkeypatch, cold=cold)
    layers = [call.id for call in trace(SPECS["bottleneck"])]
    assert list(found.stands_for) == layers
    assert set(found.stands_for.values()) == set(found.samples)
    assert all(len(samples) >= LEAST_REPETITIONS for samples in found.samples.values())
    assert ticks[0].warming
    assert [layers[tick.step] for tick in ticks if tick.step is not None] == list(found.samples)
    assert [tick.done for tick in ticks] == sorted(tick.done for tick in ticks)
    assert all(0 <= tick.done < 1 for tick in ticks)
    assert all((tick.seconds_left or 0) >= 0 for tick in ticks)


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

    samples = isolated._repeat(measure, work, flush, 4.5, Setup(ProfileSettings(warmup_passes=2), CPU, clock))
    assert samples == [10.0] * 5
    assert order == ["work", "work", *["flush", "work"] * 5]


def test_the_flush_writes_twice_the_last_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 18)
    buffer = flusher(CPU)()
    assert getattr(buffer, "nbytes", 0) == 2 << 18
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 0)
    monkeypatch.setattr(isolated, "UNKNOWN_CACHE", 1 << 17)
    assert getattr(flusher(CPU)(), "nbytes", 0) == 2 << 17


def test_the_inputs_are_real_data_of_the_real_shape() -> None:
    for call in trace(SMALL):
        inputs = isolated._inputs(call, ProfileSettings(memory_format="channels_last", dtype="bf16"), CPU)
        assert [tuple(x.shape) for x in inputs] == list(call.input_shapes)
        assert all(float(x.float().std()) > 0 for x in inputs)
