"""A complete run gets its kernels from a process of its own, and is kept whatever becomes of that."""

import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from resnet_viz.profiling.kernels import second_opinion
from resnet_viz.profiling.kernels.second_opinion import joined, with_kernels
from resnet_viz.records.kernels import KernelFindings, KernelTimes, LayerKernels
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_run import small_run
from tests.profiling.doubles.networks import SMALL

WANTED = ProfileSettings(kernels=True)
RUN = small_run(SMALL, WANTED)


def kernels_of(run: ProfileRun, factor: float) -> KernelTimes:
    """Kernels that take so many times as long as the run's layers."""
    return KernelTimes("graph", 5, tuple(LayerKernels(each.id, each.spread.median_us * factor) for each in run.layers))


def running(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this Python code be the worker."""
    monkeypatch.setattr(second_opinion, "module_command", lambda _: [sys.executable, "-c", code])


def measured(run: ProfileRun) -> Iterator[ProfileProgress | ProfileRun]:
    yield ProfileProgress("passes", 0.5)
    yield run


def test_a_process_of_its_own_measures_the_kernels_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line is the answer to the request; `profile --trace` is tested with the real one."""
    answer = msgspec.json.encode(KernelFindings(kernels_of(RUN, 1.0))).decode()
    asked = "import sys; spec = sys.stdin.readline(); assert 'blocks' in spec; print('a line of torch')"
    running(f"{asked}; print({answer!r})", monkeypatch)
    first, begun, *waiting, run = with_kernels(measured(RUN))
    assert first == ProfileProgress("passes", 0.5)
    assert begun == ProfileProgress("kernels", 1.0, run=RUN)
    assert waiting == [ProfileProgress("kernels", 1.0)] * len(waiting)
    assert isinstance(run, ProfileRun)
    assert run.warnings == ()
    assert run.kernels is not None
    assert run.kernels.layers == kernels_of(RUN, 1.0).layers
    assert run.kernels.agreement is not None
    assert run.kernels.agreement.layers == len(RUN.layers) - 2
    assert msgspec.structs.replace(run, kernels=None) == RUN


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import sys; sys.stderr.write('noise\\nCUDA error: busy'); sys.exit(3)", "ended with 3: CUDA error: busy"),
        ("print('no answer')", "ended with 0: "),
        ("import sys; sys.stdin.close()", "ended with 0: "),
    ],
)
def test_a_worker_that_fails_is_a_message_and_the_run_is_kept(
    code: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(code, monkeypatch)
    *_, run = with_kernels(measured(RUN))
    assert isinstance(run, ProfileRun)
    assert run.kernels is None
    assert (run.layers, run.complete) == (RUN.layers, True)
    assert sentence in run.warnings[-1]
    assert [str(message) for message in run.messages] == [*run.fallbacks, *run.warnings]


def test_the_profiler_stays_loaded_between_its_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is torn down crashes when it starts again beside a CUDA graph."""
    names = ("TEARDOWN_CUPTI", "DISABLE_CUPTI_LAZY_REINIT")
    running(f"import os, sys; sys.exit(''.join(os.environ.get(name, '-') for name in {names}))", monkeypatch)
    *_, run = with_kernels(measured(RUN))
    assert isinstance(run, ProfileRun)
    assert run.warnings[-1].endswith("ended with 1: 01")


def test_a_worker_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    running("import time; time.sleep(600)", monkeypatch)
    monkeypatch.setattr(second_opinion, "WORKER_SECONDS", 0.0)
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    *_, run = with_kernels(measured(RUN))
    assert isinstance(run, ProfileRun)
    assert run.warnings == ("The kernels' times were not measured within 0 s.",)
    assert started[0].returncode is not None


def test_a_measurement_that_is_stopped_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    running("import time; time.sleep(600)", monkeypatch)
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    measuring = with_kernels(measured(RUN))
    assert [next(measuring), next(measuring)][1] == ProfileProgress("kernels", 1.0, run=RUN)
    measuring.close()  # type: ignore[attr-defined]
    assert started[0].returncode is not None


def test_kernels_are_measured_where_they_are_wanted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    running("raise SystemExit(9)", monkeypatch)
    plain = small_run(SMALL)
    assert list(with_kernels(measured(plain)))[-1] is plain
    stopped = [ProfileProgress("passes", 0.5)]
    assert list(with_kernels(stopped)) == stopped


@pytest.mark.parametrize(("factor", "warned"), [(1.0, False), (1 / 1.05, False), (1 / 1.06, True), (1.2, True)])
def test_kernels_of_a_card_that_disagree_are_a_warning(factor: float, warned: bool) -> None:
    run = joined(RUN, KernelFindings(kernels_of(RUN, factor)))
    assert run.kernels is not None
    assert run.kernels.agreement is not None
    assert run.kernels.agreement.median == pytest.approx(abs(1 / factor - 1), abs=1e-4)
    assert (run.warnings != ()) is warned
    if warned:
        assert f"differ from the timestamps' by {100 * abs(1 / factor - 1):.1f} %" in run.warnings[-1]
    assert [str(message) for message in run.messages] == [*run.fallbacks, *run.warnings]


def test_with_autotune_the_other_process_may_have_chosen_other_algorithms() -> None:
    tuned = msgspec.structs.replace(RUN, settings=RUN.settings.but(autotune=True))
    warning = joined(tuned, KernelFindings(kernels_of(RUN, 1.2))).warnings[-1]
    assert "may choose others" in warning
    assert "differ from the timestamps' by 16.7 %" in warning
    assert "may choose others" not in joined(RUN, KernelFindings(kernels_of(RUN, 1.2))).warnings[-1]


def test_operators_of_a_processor_may_differ_without_a_warning() -> None:
    kernels = msgspec.structs.replace(kernels_of(RUN, 2.0), source="operators")
    assert joined(RUN, KernelFindings(kernels)).warnings == ()


def test_a_graph_that_is_refused_again_is_told_once() -> None:
    refused = Message("graph refused", {"reason": "not permitted"})
    before = msgspec.structs.replace(RUN, fallbacks=(str(refused),), messages=(refused,))
    assert joined(before, KernelFindings(kernels_of(RUN, 1.0), (refused,))).warnings == ()
    assert joined(RUN, KernelFindings(kernels_of(RUN, 1.0), (refused,))).warnings == (str(refused),)


def test_the_sentences_of_an_older_run_stay_beside_a_new_message() -> None:
    old = msgspec.structs.replace(RUN, warnings=("An old sentence.",))
    run = joined(old, KernelFindings(None, (Message("kernels slow", {"seconds": 300.0}),)))
    assert run.warnings == ("An old sentence.", "The kernels' times were not measured within 300 s.")
    assert run.messages == ()


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (ProfileSettings(), False),
        (ProfileSettings(kernels=True), True),
        (ProfileSettings(device="cuda:1"), True),
        (ProfileSettings(device="cuda:1", kernels=False), False),
        (ProfileSettings(device="cuda:1", mode="isolated"), False),
        (ProfileSettings(device="cuda:1", passes="forward+backward"), False),
        (ProfileSettings(device="mps"), False),
    ],
)
def test_kernels_are_wanted_on_a_card_and_where_they_are_asked_for(settings: ProfileSettings, wanted: bool) -> None:
    assert settings.wants_kernels is wanted
