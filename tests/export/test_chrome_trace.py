"""A run as a trace: every event keeps the format's rules, and each slice lies in its layer, block and stage."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from resnet_viz.errors import UserError
from resnet_viz.export.chrome_trace import chrome_trace
from resnet_viz.export.formats import ExportOptions, export_file
from resnet_viz.pipeline import analyse
from resnet_viz.records.kernels import Kernel, KernelTimes, LayerKernels
from resnet_viz.records.run import GroupTime, LayerTime, Measurement, ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.campaigns.extent import extent, random_source
from tests.export.trace_rules import Event, checked_events, parents_of
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))
IDS = [layer.id for layer in RUN.layers]


@dataclass
class Track:
    """The slices of one process, each with the name of the slice that it lies in."""

    slices: list[Event]
    parents: dict[str, str]

    def ranges(self, category: str) -> dict[str, tuple[float, float]]:
        """Start and length in microseconds of the slices of a category by name."""
        return {each["name"]: (each["ts"], each["dur"]) for each in self.slices if each["cat"] == category}


def track_of(run: ProfileRun, process: int) -> Track:
    slices = [each for each in checked_events(chrome_trace(run)) if each["ph"] == "X" and each["pid"] == process]
    parents = zip(slices, parents_of(slices), strict=True)
    return Track(slices, {each["name"]: parent["name"] if parent else "" for each, parent in parents})


def sampled(run: ProfileRun, *passes_us: list[float]) -> ProfileRun:
    """The run's layers with the samples of these passes."""
    columns = zip(*passes_us, strict=True)
    layers = [
        LayerTime(layer.id, layer.spread, tuple(column), layer.flops, layer.bytes)
        for layer, column in zip(run.layers, columns, strict=True)
    ]
    return msgspec.structs.replace(run, layers=tuple(layers))


def with_kernels(*layers: LayerKernels, source: str = "graph") -> ProfileRun:
    return msgspec.structs.replace(RUN, kernels=msgspec.convert(
        {"source": source, "passes": 3, "layers": msgspec.to_builtins(layers)}, KernelTimes))  # fmt: skip


def test_layers_follow_each_other_in_blocks_and_stages_with_the_samples_of_one_pass() -> None:
    """The pass of median length: its times, and not the medians of each layer."""
    ones = [1.0] * len(IDS)
    middle = [10.0 + number for number in range(len(IDS))]
    track = track_of(sampled(RUN, [100.0] * len(IDS), middle, ones), 1)
    layers = track.ranges("layer")
    assert list(layers) == IDS
    assert [length for _, length in layers.values()] == middle
    assert [start for start, _ in layers.values()] == [sum(middle[:number]) for number in range(len(IDS))]
    within = [number for number, name in enumerate(IDS) if name.startswith("layer1.")]
    assert track.ranges("stage")["layer1"] == (layers[IDS[within[0]]][0], sum(middle[number] for number in within))
    assert list(track.ranges("stage")) == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert track.parents["layer1.1.conv1"] == "layer1.1"
    assert (track.parents["layer1.1"], track.parents["layer1"]) == ("layer1", "")
    assert (track.parents["conv1"], track.parents["fc"]) == ("stem", "head")


def test_there_is_a_timestamp_before_and_after_every_layer() -> None:
    events = checked_events(chrome_trace(sampled(RUN, [2.5] * len(IDS))))
    assert [each["ts"] for each in events if each["ph"] == "i"] == [2.5 * number for number in range(len(IDS) + 1)]


def test_a_run_without_samples_is_drawn_by_its_medians() -> None:
    run = msgspec.structs.replace(
        RUN, layers=tuple(msgspec.structs.replace(layer, samples_us=()) for layer in RUN.layers)
    )
    lengths = [length for _, length in track_of(run, 1).ranges("layer").values()]
    assert lengths == [layer.spread.median_us for layer in RUN.layers]
    assert "medians of the instrumented passes" in chrome_trace(run)


def test_kernels_lie_in_their_layers_which_span_them() -> None:
    run = with_kernels(
        LayerKernels("conv1", 9.0, (Kernel("layout", 2.0, 0.0, 2.5), Kernel("gemm", 7.0, 3.0, 7.0))),
        LayerKernels("relu", 1.0, (Kernel("relu kernel", 1.0, 10.5, 1.0),)),
        LayerKernels("layer1.0.conv1", 4.0, (Kernel("winograd", 4.0, 12.0, 4.0),)),
        LayerKernels("layer1.1.conv1", 4.0, (Kernel("winograd 2", 4.0, 17.0, 5.0),)),
        LayerKernels("flatten", 0.0),
    )
    track = track_of(run, 2)
    assert track.ranges("kernel") == {
        "layout": (0.0, 2.5), "gemm": (3.0, 7.0), "relu kernel": (10.5, 1.0), "winograd": (12.0, 4.0),
        "winograd 2": (17.0, 5.0),
    }  # fmt: skip
    assert track.ranges("layer")["conv1"] == (0.0, 10.0)
    assert track.ranges("stage") == {"stem": (0.0, 11.5), "layer1": (12.0, 10.0)}
    assert (track.parents["gemm"], track.parents["winograd 2"]) == ("conv1", "layer1.1.conv1")
    assert "flatten" not in track.parents
    facts = next(each["args"] for each in track.slices if each["name"] == "layout")
    assert facts == {"start_us": 0.0, "traced_us": 2.5, "median_us": 2.0}


def test_kernels_that_overlap_are_drawn_apart_with_their_own_times_beside() -> None:
    first, second = Kernel("first", 9.0, 0.0, 9.0), Kernel("second", 4.0, 7.0, 4.0)
    inside = Kernel("inside", 1.0, 8.0, 1.0)
    track = track_of(
        with_kernels(LayerKernels("conv1", 13.0, (first, second)), LayerKernels("relu", 1.0, (inside,))), 2
    )
    assert track.ranges("kernel") == {"first": (0.0, 9.0), "second": (9.0, 2.0), "inside": (11.0, 0.0)}
    assert [each["args"]["start_us"] for each in track.slices if each["cat"] == "kernel"] == [0.0, 7.0, 8.0]


def test_any_kernels_of_a_file_make_a_valid_trace() -> None:
    """Kernels in no order, which overlap, last no time, or belong to layers that the run lacks."""
    random = random_source()
    for _ in range(extent(daily=30, long=1_000)):
        layers = random.sample([*IDS, "layer1.0.other", "elsewhere"], 12)
        run = with_kernels(*(LayerKernels(layer, 1.0, tuple(
            Kernel(f"kernel {number}", 1.0, random.choice([0.0, 1e9 * random.random()]), random.choice([0.0, 5.0, 1e6]))
            for number in range(random.randrange(4)))) for layer in layers))  # fmt: skip
        drawn = [each for each in checked_events(chrome_trace(run)) if each.get("cat") == "kernel"]
        assert run.kernels is not None
        assert len(drawn) == sum(len(layer.kernels) for layer in run.kernels.layers)


def test_operators_of_a_processor_are_called_so() -> None:
    run = with_kernels(LayerKernels("conv1", 2.0, (Kernel("aten::conv", 2.0, 0.0, 2.0),)), source="operators")
    assert list(track_of(run, 2).ranges("operator")) == ["aten::conv"]
    assert "operators of one pass under torch's profiler" in chrome_trace(run)


def test_a_run_without_kernels_has_the_timestamps_alone() -> None:
    assert {each["pid"] for each in checked_events(chrome_trace(RUN))} == {1}


BLOCKS = list(dict.fromkeys(group.id for group in RUN.groups if group.level == "block"))
PARTS = len(IDS) + 1 + 2 * len(BLOCKS)
"""The steps of a training step: the layers, the loss, the backward pass of each block and its update."""


def training_run(*passes_us: list[float]) -> ProfileRun:
    """A run of training steps with the samples of these passes, in which every median is 7 µs."""
    columns = iter(zip(*passes_us, strict=True))
    layers = tuple(msgspec.structs.replace(layer, spread=around(7.0), samples_us=next(columns)) for layer in RUN.layers)
    loss = Measurement(around(7.0), next(columns))
    backward = [GroupTime(name, "block", around(7.0), None, next(columns)) for name in reversed(BLOCKS)]
    optimizer = [GroupTime(name, "block", around(7.0), None, next(columns)) for name in BLOCKS]
    stage = GroupTime("layer4", "stage", around(14.0))
    settings = ProfileSettings(passes="training-step")
    return msgspec.structs.replace(RUN, settings=settings, layers=layers, loss=loss, backward=(*backward, stage),
                                   optimizer=(*optimizer, stage))  # fmt: skip


def title_of_pass(run: ProfileRun) -> str:
    events = checked_events(chrome_trace(run))
    return next(str(each["args"]["name"]) for each in events if each["name"] == "process_name")


def test_a_training_step_is_one_pass_from_its_first_layer_to_its_last_update() -> None:
    """The pass of median length, of which every part is drawn, so that it ends when the step did."""
    middle = [1.0 + number for number in range(PARTS)]
    run = training_run([90.0] * PARTS, middle, [1.0] * PARTS)
    track = track_of(run, 1)
    assert title_of_pass(run) == "ResNet-18: one instrumented pass"
    phases = track.ranges("phase") | track.ranges("loss")
    assert set(phases) == {"forward", "loss", "backward", "update"}
    cuts = [0, len(IDS), len(IDS) + 1, PARTS - len(BLOCKS), PARTS]
    for name, first, end in zip(("forward", "loss", "backward", "update"), cuts, cuts[1:], strict=False):
        assert phases[name] == (sum(middle[:first]), sum(middle[first:end]))
    assert max(start + length for start, length in phases.values()) == sum(middle)
    backward, updates = track.ranges("backward"), track.ranges("update")
    assert list(backward) == [f"backward of {name}" for name in reversed(BLOCKS)]
    assert list(updates) == [f"update of {name}" for name in BLOCKS]
    assert [length for _, length in backward.values()] == middle[cuts[2] : cuts[3]]
    assert [length for _, length in updates.values()] == middle[cuts[3] :]
    stages = track.ranges("stage")
    begun, other = backward["backward of layer4.1"], backward["backward of layer4.0"]
    assert stages["backward of layer4"] == (begun[0], begun[1] + other[1])
    assert track.parents["update of layer1.1"] == "update of layer1"
    assert (track.parents["update of layer1"], track.parents["backward of stem"]) == ("update", "backward")
    assert (track.parents["layer1.1"], track.parents["layer1"], track.parents["forward"]) == ("layer1", "forward", "")
    stamps = [each["ts"] for each in checked_events(chrome_trace(run)) if each["ph"] == "i"]
    assert stamps == [sum(middle[:number]) for number in range(PARTS + 1)]


@pytest.mark.parametrize("field", ["layers", "loss", "backward", "optimizer"])
def test_a_training_step_of_which_any_part_lacks_samples_is_all_medians(field: str) -> None:
    """An older file has samples of the layers and of the loss alone; they are not mixed with medians."""
    run = training_run([1.0] * PARTS, [2.0] * PARTS)
    without = (
        Measurement(around(7.0), ())
        if field == "loss"
        else tuple(msgspec.structs.replace(each, samples_us=()) for each in getattr(run, field))
    )
    run = msgspec.structs.replace(run, **{field: without})
    phases = {**track_of(run, 1).ranges("phase"), **track_of(run, 1).ranges("loss")}
    assert phases == {
        "forward": (0.0, 7.0 * len(IDS)),
        "loss": (7.0 * len(IDS), 7.0),
        "backward": (7.0 * len(IDS) + 7.0, 7.0 * len(BLOCKS)),
        "update": (7.0 * (PARTS - len(BLOCKS)), 7.0 * len(BLOCKS)),
    }
    assert title_of_pass(run) == "ResNet-18: medians of the instrumented passes"


def test_forward_and_backward_without_an_update_end_with_the_stem() -> None:
    run = msgspec.structs.replace(training_run([2.0] * PARTS), loss=None, optimizer=())
    track = track_of(run, 1)
    assert track.ranges("loss") | track.ranges("update") == {}
    assert track.ranges("phase") == {
        "forward": (0.0, 2.0 * len(IDS)), "backward": (2.0 * len(IDS), 2.0 * len(BLOCKS))}  # fmt: skip
    assert track.parents["backward of head"] == "backward"


@pytest.mark.parametrize("run", [
    msgspec.structs.replace(RUN, layers=()),
    small_run(preset("resnet18"), ProfileSettings(mode="isolated")),
])  # fmt: skip
def test_layers_that_were_not_measured_in_the_network_make_no_trace(run: ProfileRun) -> None:
    with pytest.raises(UserError, match="A trace needs a run whose layers were measured in the network"):
        chrome_trace(run)


def test_the_window_and_the_command_export_a_trace_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "run.trace.json"
    analysis = analyse(preset("resnet18"))
    export_file(analysis, path, ExportOptions(RUN))
    assert path.read_text(encoding="utf-8") == chrome_trace(RUN)
    for run, sentence in (
        (None, "A trace needs a run of the same network; profile makes one."),
        (small_run(preset("resnet34")), "The run is of another network; give one of this network."),
    ):
        path.write_text("what was there")
        with pytest.raises(UserError, match=sentence):
            export_file(analysis, path, ExportOptions(run))
        assert path.read_text() == "what was there"
        assert list(tmp_path.iterdir()) == [path]
