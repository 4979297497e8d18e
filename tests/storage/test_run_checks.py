"""Runs that no measurement gives are refused with a sentence that names the field; every genuine one is accepted."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from resnet_viz.errors import FileProblem
from resnet_viz.records.kernels import Kernel, KernelAgreement, KernelTimes, LayerKernels
from resnet_viz.records.run import (
    BatchPoint,
    EndToEndTime,
    GroupTime,
    Measurement,
    ProfileRun,
    TimeSummary,
)
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.run_checks import check_run, check_time
from resnet_viz.storage.runs import list_runs, read_run, run_json, save_in_runs_folder
from tests.gui.small_run import around, small_run

Place = tuple[str | int, ...]


@pytest.fixture
def run() -> ProfileRun:
    """A run with something in every field."""
    times = small_run(preset("resnet18"))
    assert times.whole is not None
    return msgspec.structs.replace(
        times,
        settings=ProfileSettings(passes="training-step"),
        instrumented=times.whole,
        loss=times.whole,
        optimizer=(GroupTime("layer1.0", "block", around(2.0), 1.9, (2.0, 2.1)),),
        backward=(GroupTime("layer1.0", "block", around(9.0)), GroupTime("layer1", "stage", around(9.0))),
        ends=(EndToEndTime("eager", times.whole, 1.0, 2.0, 3.0, 900.0),),
        sweep=(BatchPoint(1, around(5.0), 100.0, 1 << 20, "cuda-graph", 60),),
        layers=(
            msgspec.structs.replace(
                times.layers[0],
                spread=msgspec.structs.replace(times.layers[0].spread, mean_us=10.2),
                cold=around(9.0),
                warm=around(3.0),
                corrected_us=8.4,
                sparse_us=9.9,
            ),
            *times.layers[1:],
        ),
        timestamp_in_situ_us=1.8,
        timestamp_correction_us=1.8,
        starved_passes=3,
        event_pair_us=1.5,
        readings=(SensorSample(0.5, 1_980, 60, 310.5),),
        mark_us=-0.02,
        peak_bytes=1 << 30,
        launch_bound_factor=1.3,
        warnings=("Something to know.",),
        kernels=KernelTimes(
            "graph",
            9,
            (LayerKernels("conv1", 9.0, (Kernel("gemm", 9.0, 0.0, 9.5),)),),
            KernelAgreement(1, 0.01, 0.01, "conv1"),
        ),
    )


def changed(run: ProfileRun, place: Place, value: object) -> dict[str, Any]:
    """The fields of the run's file with one value replaced."""
    fields: dict[str, Any] = msgspec.json.decode(run_json(run))
    within: Any = fields
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = value
    return fields


def refusal(fields: dict[str, Any], folder: Path) -> str:
    """The sentence with which a file of these fields is refused."""
    (folder / "run.json").write_bytes(msgspec.json.encode(fields))
    with pytest.raises(FileProblem) as caught:
        read_run(folder / "run.json")
    return str(caught.value)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (("layers", 2, "flops"), -1, "layers[2].flops: -1 is not accepted; give a number from 0 to 1e+24."),
        (("layers", 2, "bytes"), -1, "layers[2].bytes: -1 is not accepted"),
        (("layers", 2, "flops"), 10**25, "layers[2].flops: 1"),
        (("layers", 0, "samples_us", 3), -1.0, "layers[0].samples_us: -1 is not accepted"),
        (("layers", 0, "samples_us", 3), 1e16, "layers[0].samples_us: 1e+16 is not accepted"),
        (("layers", 0, "spread", "min_us"), 1e-300, "spread.min_us: 1e-300 is not accepted; give 0 or a time of at"),
        (
            ("layers", 0, "spread", "n"),
            19,
            "layers[0].spread.n: 19 is not accepted; give at least 20, the number of its samples",
        ),
        (("layers", 0, "spread", "low_us"), 11.0, "layers[0].spread: 11,10"),
        (("layers", 0, "spread", "high_us"), 11.0, "layers[0].spread: None,10"),
        (("others_share",), 1.5, "others_share: 1.5 is not accepted; give a number from 0 to 1."),
        (("layers", 0, "spread", "mean_us"), -1.0, "layers[0].spread.mean_us: -1 is not accepted"),
        (("layers", 0, "corrected_us"), -0.5, "layers[0].corrected_us: -0.5 is not accepted"),
        (("layers", 0, "sparse_us"), 1e300, "layers[0].sparse_us: 1e+300 is not accepted"),
        (("timestamp_in_situ_us",), 1e20, "timestamp_in_situ_us: 1e+20 is not accepted"),
        (("timestamp_correction_us",), -1e20, "timestamp_correction_us: -1e+20 is not accepted"),
        (("starved_passes",), -1, "starved_passes: -1 is not accepted"),
        (("dropped_passes",), -1, "dropped_passes: -1 is not accepted;"),
        (
            ("layers", 0, "cold"),
            msgspec.to_builtins(TimeSummary(5.0, 6.0, 7.0, 4.0, 3)),
            "layers[0].cold: 4,6,5,7 is not",
        ),
        (("layers", 0, "id"), "", "layers[0].id: nothing is not accepted; give 1 to 200 characters."),
        (("layers", 0, "id"), "x" * 201, "give 1 to 200 characters."),
        (("layers", 0, "id"), "relu", "layers[1].id: relu is not accepted; give each id once"),
        (("layers", 2, "id"), "layer5.0.conv1", "layers[2].id: layer5.0.conv1 is not accepted; give a part of this"),
        (("layers", 2, "id"), "layer1.2.conv1", "whose stages have 2, 2, 2, 2 blocks."),
        (("layers", 2, "id"), "layer0.0.conv1", "layers[2].id: layer0.0.conv1 is not accepted; give a part of this"),
        (("layers", 2, "same_as"), "nothing", "layers[2].same_as: nothing is not accepted; give the id of a layer"),
        (("layers", 2, "doubt"), "x" * 2_001, "give at most 2,000 characters."),
        (("groups", 0, "id"), "conv1", "groups[0].id: conv1 is not accepted; give stem, head, a stage such as layer1"),
        (("groups", 1, "id"), "layer1.0.conv1", "groups[1].id: layer1.0.conv1 is not accepted; give stem"),
        (("groups", 1, "id"), "stem", "groups[1].id: stem is not accepted; give each id once"),
        (("backward", 1, "id"), "layer9", "backward[1].id: layer9 is not accepted; give a part of this network"),
        (("ceilings", "bytes_per_second"), 1e300, "ceilings.bytes_per_second: 1e+300 is not accepted; give a number"),
        (("ceilings", "flops_per_second"), 5e-324, "ceilings.flops_per_second: 4.940656458e-324 is not accepted"),
        (("ceilings", "launch_us"), -1.0, "ceilings.launch_us: -1 is not accepted"),
        (("ceilings", "cache_bytes"), -1, "ceilings.cache_bytes: -1 is not accepted"),
        (("ends", 0, "p90_us"), 4.0, "ends[0]: 1,4,3 is not accepted; give times in ascending order for p50_us"),
        (("ends", 0, "p99_us"), 1.5, "ends[0]: 1,2,1.5 is not accepted; give times in ascending order for p50_us"),
        (("ends", 0, "images_per_second"), -5.0, "ends[0].images_per_second: -5 is not accepted"),
        (("sweep", 0, "batch"), 0, "sweep[0].batch: 0 is not accepted; give a number from 1 to 1e+06."),
        (("sweep", 0, "passes"), 0, "sweep[0].passes: 0 is not accepted; give a number from 1 to 1e+12."),
        (("layers", 0, "cold", "q1_us"), 1e9, "layers[0].cold: "),
        (("layers", 0, "warm", "median_us"), -1.0, "layers[0].warm.median_us: -1 is not accepted"),
        (("event_pair_us",), -1.0, "event_pair_us: -1 is not accepted"),
        (("ceilings", "eager_launch_us"), -1.0, "ceilings.eager_launch_us: -1 is not accepted"),
        (("sweep", 0, "peak_bytes"), -1, "sweep[0].peak_bytes: -1 is not accepted"),
        (("readings", 0, "power_w"), -1.0, "readings[0].power_w: -1 is not accepted"),
        (("whole", "spread", "q1_us"), 1e9, "whole.spread: "),
        (("kernels", "layers", 0, "time_us"), -1.0, "kernels.layers[0].time_us: -1 is not accepted"),
        (("kernels", "layers", 0, "id"), "layer9.0.conv1", "kernels.layers[0].id: layer9.0.conv1 is not accepted"),
        (
            ("kernels", "layers", 0, "id"),
            "nosuch",
            "kernels.layers[0].id: nosuch is not accepted; give the id of a layer",
        ),
        (
            ("kernels", "agreement", "worst_layer"),
            "nosuch",
            "kernels.agreement.worst_layer: nosuch is not accepted; give the id of a layer of this run.",
        ),
        (("optimizer", 0, "spread", "n"), 1, "optimizer[0].spread.n: 1 is not accepted; give at least 2, the number"),
        (("optimizer", 0, "samples_us", 1), -1.0, "optimizer[0].samples_us: -1 is not accepted"),
        (
            ("backward",),
            [],
            "backward: nothing is not accepted; give the times that a complete run of training-step has.",
        ),
        (("optimizer",), [], "optimizer: nothing is not accepted; give the times that a complete run of training-step"),
        (("loss",), None, "loss: nothing is not accepted; give the times that a complete run of training-step has."),
        (
            ("settings", "passes"),
            "forward",
            "settings.passes: forward is not accepted; give passes that have the times under backward, or leave",
        ),
        (
            ("settings", "passes"),
            "forward+backward",
            "settings.passes: forward+backward is not accepted; give passes that have the times under optimizer, or",
        ),
        (
            ("kernels", "layers", 0, "kernels", 0, "start_us"),
            1e300,
            "kernels.layers[0].kernels[0].start_us: 1e+300 is not accepted",
        ),
        (("peak_bytes",), -1, "peak_bytes: -1 is not accepted"),
        (("mark_us",), -1e30, "mark_us: -1e+30 is not accepted; give a number from -1e+24 to 1e+24."),
        (("launch_bound_factor",), -1.0, "launch_bound_factor: -1 is not accepted"),
        (("warnings",), ["no"] * 1_001, "warnings: 1,001 entries is not accepted; give at most 1,000 entries."),
        (
            ("warnings",),
            ["x" * 2_001],
            "warnings[0]: " + "x" * 57 + "… is not accepted; give at most 2,000",
        ),
        (("place", "flags"), {"x" * 2_001: ""}, "give at most 2,000 characters."),
        (("place", "flags"), {str(key): "" for key in range(1_001)}, "place.flags: 1,001 entries is not accepted"),
        (("place", "flags"), {"a flag": "x" * 2_001}, "place.flags.a flag: "),
        (("made",), "x" * 2_001, "made: "),
    ],
)
def test_what_no_measurement_gives_is_refused_by_name(
    place: Place, value: object, sentence: str, run: ProfileRun, tmp_path: Path
) -> None:
    found = refusal(changed(run, place, value), tmp_path)
    assert sentence in found
    assert "run.json is not a run of resnet_viz: " in found
    assert found[-2:].rstrip(".") != ""
    assert found.endswith(".")
    assert len(found) < 800


def test_the_run_itself_is_accepted(run: ProfileRun) -> None:
    check_run(run)


def test_a_saved_run_keeps_its_corrected_times(run: ProfileRun, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(run_json(run))
    opened, warning = read_run(tmp_path / "run.json")
    assert warning == ""
    assert (opened.timestamp_in_situ_us, opened.timestamp_correction_us, opened.starved_passes) == (1.8, 1.8, 3)
    first = opened.layers[0]
    assert (first.corrected_us, first.sparse_us, first.spread.mean_us) == (8.4, 9.9, 10.2)


def test_a_run_has_not_many_more_layers_than_its_network(run: ProfileRun, tmp_path: Path) -> None:
    """They would be drawn one by one."""
    layer = changed(run, ("made",), "")["layers"][0]
    many = [layer | {"id": f"conv{number}"} for number in range(1_000)]
    assert "layers: 1,000 layers is not accepted; give at most 420 layers for this network." in refusal(
        changed(run, ("layers",), many), tmp_path
    )


def test_a_number_that_fits_no_machine_word_is_refused(run: ProfileRun, tmp_path: Path) -> None:
    text = run_json(run).replace('"cache_bytes": 1048576', '"cache_bytes": 1' + "0" * 400)
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(FileProblem, match="is not a run of resnet_viz"):
        read_run(tmp_path / "run.json")


@pytest.mark.parametrize("mode", ["in-network", "isolated", "end-to-end"])
def test_partial_runs_of_every_mode_are_accepted(mode: Any, run: ProfileRun) -> None:
    """Stopped after a few layers or before any, without ceilings, and one layer measured in place of another."""
    run = msgspec.structs.replace(run, settings=ProfileSettings(mode=mode), backward=(), optimizer=(), loss=None)
    first, second = run.layers[0], msgspec.structs.replace(run.layers[1], same_as="conv1", samples_us=())
    for partial in (
        msgspec.structs.replace(run, complete=False, layers=(), groups=(), whole=None, kernels=None),
        msgspec.structs.replace(run, complete=False, layers=(first, second), ceilings=None),
        msgspec.structs.replace(run, ends=(), sweep=(), readings=()),
    ):
        check_run(partial)


@pytest.mark.parametrize("passes", ["forward+backward", "training-step"])
def test_training_runs_without_training_times_are_accepted_where_they_are_genuine(passes: Any, run: ProfileRun) -> None:
    """Stopped before the first pass, from end to end, where nothing is timed by block, and a backbone without loss."""
    bare = msgspec.structs.replace(
        run, settings=ProfileSettings(passes=passes), backward=(), optimizer=(), loss=None, kernels=None
    )
    check_run(msgspec.structs.replace(bare, complete=False))
    check_run(msgspec.structs.replace(bare, settings=bare.settings.but(mode="end-to-end"), layers=(), groups=()))
    optimizer = run.optimizer if passes == "training-step" else ()
    backbone = msgspec.structs.replace(bare, spec=run.spec.but(head=False), backward=run.backward, optimizer=optimizer)
    check_run(backbone)
    with pytest.raises(
        ValueError, match=f"backward: nothing is not accepted; give the times .* of {re.escape(passes)}"
    ):
        check_run(bare)


@pytest.mark.parametrize("field", ["backward", "optimizer", "loss"])
@pytest.mark.parametrize("complete", [True, False])
def test_a_forward_run_has_no_training_times(field: str, complete: bool, run: ProfileRun) -> None:
    parts = {"backward": (), "optimizer": (), "loss": None} | {field: getattr(run, field)}
    forward = msgspec.structs.replace(run, settings=ProfileSettings(), complete=complete, **parts)
    with pytest.raises(ValueError, match=f"settings.passes: forward is not accepted; .* the times under {field}"):
        check_run(forward)


def test_limits_themselves_are_accepted(run: ProfileRun) -> None:
    zero, long = TimeSummary(0.0, 0.0, 0.0, 0.0, 1), TimeSummary(1e15, 1e15, 1e15, 1e15, 1)
    for summary in (zero, long, TimeSummary(1e-9, 1e-9, 1e-9, 1e-9, 1)):
        check_run(msgspec.structs.replace(run, whole=Measurement(summary, ())))
    layer = msgspec.structs.replace(run.layers[0], id="x" * 200, flops=10**24, bytes=0, doubt="x" * 2_000)
    check_run(msgspec.structs.replace(run, layers=(layer,), warnings=("",) * 1_000, kernels=None))


@pytest.mark.parametrize("time", [-1.0, 1e16, 1e-10])
def test_a_time_alone_is_checked_as_well(time: float) -> None:
    check_time("whole_us", None)
    check_time("whole_us", 5.0)
    with pytest.raises(ValueError, match="whole_us: "):
        check_time("whole_us", time)


def test_runs_that_would_be_refused_are_not_listed(
    run: ProfileRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list reads only the beginning of their files, and shows texts and the time of it."""
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path))
    path = save_in_runs_folder(run)
    text = path.read_text()
    assert len(list_runs()) == 1
    path.write_text(text.replace('"A processor"', f'"{"x" * 3_000}"'))
    assert list_runs() == ()
    path.write_text(re.sub(r'"whole_us": [\d.]+', '"whole_us": -3.0', text))
    assert list_runs() == ()
