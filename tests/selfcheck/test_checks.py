"""The selfcheck: ten lines whatever happens, passes and failures told apart, and its figures as a file."""

import msgspec
import pytest
import torch

from resnet_viz.__main__ import main
from resnet_viz.errors import SpecError
from resnet_viz.records.run import Measurement, ProfileRun
from resnet_viz.selfcheck import checks as module
from resnet_viz.selfcheck.checks import Bench, bench, checks
from resnet_viz.selfcheck.outcome import Outcome, SelfcheckReport
from resnet_viz.spec.presets import preset
from tests.gui.small_run import around, small_run

FUNCTIONS = ("_forward", "_mark_cost", "_instrumented", "_sums", "_starved", "_profiler", "_light", "_finite",
             "_memory", "_twice")  # fmt: skip
FOUND = Bench(torch.device("cpu"), (1, 4), 0.10, ("resnet18",), 2, "fp32", 0.2)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every check passes at once."""
    for name in FUNCTIONS:
        monkeypatch.setattr(module, name, lambda _: Outcome(0, "", "fine", True))
    return monkeypatch


def running(run: ProfileRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run that a check makes is this one."""
    monkeypatch.setattr(module, "_run", lambda *_, **__: run)


def lasting(run: ProfileRun, whole_us: float, instrumented_us: float) -> ProfileRun:
    """The run with another whole, and another instrumented pass."""
    whole, marked = (Measurement(around(time), (time,)) for time in (whole_us, instrumented_us))
    return msgspec.structs.replace(run, whole=whole, instrumented=marked)


RUN = small_run(preset("resnet18"))
SUM = RUN.sum_us or 0.0


def test_there_are_ten_and_each_has_its_number(quiet: pytest.MonkeyPatch) -> None:
    found = list(checks(FOUND))
    assert [check.number for check in found] == list(range(1, 11))
    assert len({check.title for check in found}) == 10
    assert found[3].line == " 4  pass  Σ of the layers against the whole: fine"


def test_a_check_that_breaks_has_failed_and_the_others_run(quiet: pytest.MonkeyPatch) -> None:
    def broken(_: Bench) -> Outcome:
        raise RuntimeError("no such kernel\nand more")

    quiet.setattr(module, "_sums", broken)
    found = list(checks(FOUND))
    assert [check.passed for check in found] == [True] * 3 + [False] + [True] * 6
    assert found[3].line.endswith("FAIL  Σ of the layers against the whole: RuntimeError: no such kernel")


@pytest.mark.parametrize(
    ("whole", "passed"), [(SUM, True), (SUM * 1.04, True), (SUM * 1.10, False), (SUM * 0.9, False)]
)
def test_the_sum_must_meet_the_whole(whole: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    running(lasting(RUN, whole, SUM), monkeypatch)
    assert module._sums(FOUND).passed is passed


@pytest.mark.parametrize(("instrumented", "passed"), [(100.0, True), (109.0, True), (111.0, False)])
def test_marks_must_not_slow_a_pass(instrumented: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    running(lasting(RUN, 100.0, instrumented), monkeypatch)
    assert module._instrumented(FOUND).passed is passed


@pytest.mark.parametrize(("factor", "passed"), [(1.0, True), (1.09, True), (1.2, False)])
def test_two_runs_must_agree(factor: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([RUN, small_run(preset("resnet18"), slower=factor)])
    monkeypatch.setattr(module, "_run", lambda *_, **__: next(found))
    assert module._twice(FOUND).passed is passed


@pytest.mark.parametrize(("theirs", "passed"), [(1.0, True), (1.05, True), (2.0, False)])
def test_the_profiler_must_agree_on_long_layers(theirs: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    running(RUN, monkeypatch)
    times = {layer.id: layer.spread.median_us * theirs for layer in RUN.layers}
    times["relu"] = 1.0  # of 20 µs here: too short to be compared
    monkeypatch.setattr(module, "_child", lambda *_: msgspec.json.encode(times))
    outcome = module._profiler(FOUND)
    assert outcome.passed is passed
    assert outcome.figure.startswith(f"{len(RUN.layers) - 2} layers over 20 µs")


def test_nothing_is_faster_than_light(monkeypatch: pytest.MonkeyPatch) -> None:
    running(lasting(RUN, 1.0, 1.0), monkeypatch)
    assert module._light(FOUND).passed is False
    running(lasting(RUN, 1e9, 1e9), monkeypatch)
    assert module._light(FOUND).passed is True


def test_a_cpu_has_no_queue_to_starve_and_its_clock_runs_forward() -> None:
    assert module._starved(FOUND).passed is None
    assert module._forward(FOUND).passed is True
    assert module._mark_cost(FOUND).numbers["mark_us"] > 0


def test_memory_that_ends_in_a_process_of_its_own_is_a_sentence() -> None:
    outcome = module._memory(FOUND)
    assert outcome.passed is True, outcome.figure
    assert "ended during the run" in outcome.figure


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match="this machine has"):
        bench("cuda:99")


def test_the_command_prints_a_line_each_and_writes_the_figures(
    quiet: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    from pathlib import Path

    target = Path(str(tmp_path)) / "selfcheck.json"
    assert main(["selfcheck", "-o", str(target)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 10
    report = msgspec.json.decode(target.read_bytes(), type=SelfcheckReport)
    assert len(report.checks) == 10
    assert report.place.torch == torch.__version__
    quiet.setattr(module, "_twice", lambda _: Outcome(0, "", "far apart", False))
    assert main(["selfcheck"]) == 2
    assert capsys.readouterr().err == "Not every check passed: 10.\n"
