"""The command profile: its output, the saved run, and the values that it refuses."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec
import pytest

from resnet_viz.__main__ import main
from resnet_viz.cli.main import make_parser
from resnet_viz.errors import FileProblem
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import list_runs, read_run
from tests.cli.asking import printed, refused
from tests.export.trace_rules import checked_events
from tests.gui.small_run import small_run

ROOT = Path(__file__).resolve().parents[3]
TINY = ("resnet20_cifar", "--input", "1x3x16x16", "--seconds", "0.2", "--warmup-seconds", "0", "--warmup-passes", "1")
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Blocked())
from resnet_viz.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_profile_works_without_qt(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BLOCKED, "profile", *TINY, "--device", "cpu", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    run = msgspec.json.decode(done.stdout)
    assert run["complete"] is True
    assert run["method"] == "host-clock"
    assert run["layers"][0]["id"] == "conv1"
    passes = zip(*(layer["samples_us"] for layer in run["layers"]), strict=True)
    assert run["sum_us"] == pytest.approx(median(sum(times) for times in passes), abs=0.2)
    assert run["unaccounted_us"] == pytest.approx(run["whole"]["spread"]["median_us"] - run["sum_us"])
    assert len(run["layers"][0]["samples_us"]) == run["layers"][0]["spread"]["n"]
    assert "measuring" in done.stderr
    (tmp_path / "printed.json").write_text(done.stdout)
    assert read_run(tmp_path / "printed.json")[1] == ""
    assert len(list_runs()) == 1


def test_the_table_has_layers_sums_and_ceilings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "run.json"
    assert main(["profile", *TINY, "-o", str(target)]) == 0
    said = capsys.readouterr()
    for word in ("layer3.2.conv2", "Σ layers", "whole network", "unaccounted", "measured ceilings", "host clock"):
        assert word in said.out
    assert str(target) in said.err
    assert list_runs() == ()
    assert "layer3" in printed(capsys, "runs", str(target), "--level", "stage")


def test_a_trace_has_the_layers_and_operators_of_a_pass(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target, trace = tmp_path / "run.json", tmp_path / "trace.json"
    assert main(["profile", *TINY, "-o", str(target), "--trace", str(trace)]) == 0
    assert f"The trace is saved in {trace}" in capsys.readouterr().err
    slices = [event for event in checked_events(trace.read_text(encoding="utf-8")) if event["ph"] == "X"]
    kinds = {(event["pid"], event["cat"]) for event in slices}
    assert kinds == {
        (1, "stage"),
        (1, "block"),
        (1, "layer"),
        (2, "stage"),
        (2, "block"),
        (2, "layer"),
        (2, "operator"),
    }
    run = read_run(target)[0]
    kernels = run.kernels
    assert kernels is not None
    assert [layer.id for layer in kernels.layers] == [layer.id for layer in run.layers]
    assert kernels.passes >= 3
    names = [kernel.name for layer in kernels.layers for kernel in layer.kernels]
    assert [event["name"] for event in slices if event["cat"] == "operator"] == names
    assert "aten::native_batch_norm" in names


@pytest.mark.parametrize("mode", ["isolated", "end-to-end"])
def test_the_other_modes_print_what_they_measured(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "profile", *TINY, "--mode", mode)
    assert ("P99" in said) == (mode == "end-to-end")
    assert ("layer1.0.conv1" in said) == (mode == "isolated")


def test_a_run_is_saved_although_nobody_reads_its_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`profile … | head -1` closes the pipe in the middle of the figures."""

    def broken(*_: object) -> None:
        raise BrokenPipeError

    run = small_run(preset("resnet18"))
    monkeypatch.setattr("resnet_viz.measurement.profile", lambda spec, settings: iter([run]))
    monkeypatch.setattr("resnet_viz.cli.measure.profile.print_run", broken)
    assert main(["profile", "resnet18"]) == 0
    assert [entry.title for entry in list_runs()] == ["ResNet-18"]
    assert capsys.readouterr().err == ""


def test_a_missing_device_is_refused_with_the_devices_of_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    assert refused(capsys, "profile", "resnet18", "--device", "cuda") == (
        "--device: cuda is not accepted; this machine has cpu."
    )
    assert "this machine has cpu" in refused(capsys, "selfcheck", "--device", "cuda:3")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--seconds", "0"), "--seconds: 0 is not accepted; give a number from 0.1 to 3,600."),
        (("--seconds", "soon"), "--seconds: soon is not accepted; give a number"),
        (("--seconds", "nan"), "--seconds: nan is not accepted"),
        (("--dtype", "int8"), "--dtype: int8 is not accepted; give one of fp32, tf32, fp16, bf16"),
        (("--dtype", "tf32"), "--dtype: tf32 is not accepted; tf32 needs an NVIDIA card"),
        (("--batch", "0"), "--batch: 0 is not accepted; give a number from 1 to"),
        (("--mode", "sideways"), "--mode: sideways is not accepted"),
        (("--mode", "isolated", "--passes", "forward+backward"), "--passes: forward+backward is not accepted"),
        (("--threads", "0"), "--threads: 0 is not accepted"),
        (("-o", "/nowhere/run.json"), "/nowhere/run.json cannot be written"),
        (("--trace", "/nowhere/t.json"), "/nowhere/t.json cannot be written"),
        (("--trace", "t.json", "--mode", "isolated"), "--trace: t.json is not accepted; it needs layers that are"),
        (("--kernels", "--mode", "isolated"), "--kernels has no effect without --mode in-network and --passes forward"),
        (("--no-kernels", "--passes", "training-step"), "--no-kernels has no effect without --mode in-network"),
        (("--kernels", "--no-kernels"), "--no-kernels: not allowed with argument --kernels"),
        (("--optimizer", "sgd"), "--optimizer has no effect without --passes training-step."),
        (("--optimizer", "adam", "--passes", "forward+backward"), "--optimizer has no effect without --passes"),
        (("--warm",), "--warm has no effect without --mode isolated."),
        (("--compiled",), "--compiled has no effect without --mode end-to-end."),
        (("--no-sweep", "--mode", "isolated"), "--no-sweep has no effect without --mode end-to-end."),
        (("--autotune",), "--autotune has no effect without --device cuda."),
    ],
)
def test_values_that_are_not_accepted_are_refused(
    arguments: tuple[str, ...], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert part in refused(capsys, "profile", "resnet18", *arguments)


def test_a_run_that_exceeds_memory_is_refused_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "profile", "resnet50", "--batch", "4096", "--input", "1x3x1024x1024")
    assert said.startswith("--batch: 4096 is not accepted; the run needs about 1,0")
    assert "the largest batch that should fit is" in said


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_ctrl_c_saves_a_partial_run(tmp_path: Path) -> None:
    target = tmp_path / "stopped.json"
    command = [sys.executable, "-m", "resnet_viz", "profile", *TINY, "--seconds", "60", "-o", str(target)]
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may ignore it
    code += "from resnet_viz.profiling import run; run.PARTIAL_EVERY_NS = 0\n"
    code += (
        "from resnet_viz.profiling.sampling.stopping import StoppingRule; StoppingRule.__call__ = lambda rule: False\n"
    )
    code += "from resnet_viz.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command[1:3] = ["-c", code]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "measuring passes" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "partial" in out
    run, _ = read_run(target)
    assert not run.complete
    assert run.layers


def test_a_run_whose_file_cannot_be_written_in_the_end_is_saved_in_the_runs_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As when the disk is full: the file was writable before the measurement."""

    def refuse(_: object, path: Path) -> None:
        raise FileProblem(f"{path} cannot be written: No space left on device.")

    monkeypatch.setattr("resnet_viz.measurement.profile", lambda *_: iter([small_run(preset("resnet18"))]))
    monkeypatch.setattr("resnet_viz.cli.measure.profile.save_run", refuse)
    assert main(["profile", "resnet18", "-o", str(tmp_path / "run.json")]) != 0
    (entry,) = list_runs()
    said = capsys.readouterr().err
    assert f"The run is saved in {entry.path}" in said
    assert said.endswith("run.json cannot be written: No space left on device.\n")


def measured_nothing(*_: object) -> Iterator[ProfileRun]:
    """A measurement that must not be reached."""
    raise AssertionError("it should have been refused")


@pytest.mark.parametrize("trace", ["x.json", "./x.json", "link.json", "folder/../x.json"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_trace_in_the_file_of_the_run_is_refused_before_measuring(
    trace: str, exists: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("resnet_viz.measurement.profile", measured_nothing)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.json").symlink_to("x.json")
    if exists:
        (tmp_path / "x.json").write_text("kept", "utf8")
    said = refused(capsys, "profile", "resnet18", "--trace", trace, "-o", "x.json")
    assert said == f"--output and --trace are the same file, {Path(trace)}; give them two names."
    assert not exists or (tmp_path / "x.json").read_text("utf8") == "kept"


def test_a_runs_folder_in_which_nothing_can_be_saved_is_refused_before_measuring(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("resnet_viz.measurement.profile", measured_nothing)
    (tmp_path / "runs").write_text("a file", "utf8")
    said = refused(capsys, "profile", "resnet18")
    assert said == f"{tmp_path / 'runs'} is not a folder; RESNET_VIZ_RUNS names the folder of runs."
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs" / "below"))
    assert "cannot be made" in refused(capsys, "profile", "resnet18")


def test_every_option_of_measuring_says_in_the_help_what_it_does() -> None:
    for command in ("profile", "compare", "selfcheck"):
        actions = make_parser()[1].choices[command]._actions
        assert [action.option_strings for action in actions if not action.help] == []


def test_the_help_names_the_defaults_that_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    settings = ProfileSettings()
    for field in ("mode", "passes", "dtype", "memory_format", "device", "optimizer", "seconds", "warmup_passes"):
        option = f" --{field.replace('_', '-')} "
        assert (
            f"(default: {getattr(settings, field):{'g' if field == 'seconds' else ''}})"
            in text.rpartition(option)[2].partition(" --")[0]
        ), field
