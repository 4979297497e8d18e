"""Measuring: a run from the request to the file, stopped, refused, and with an engine that dies."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.session.measuring import Measuring
from resnet_viz.gui.shown import MeasureState
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import list_runs, run_json, runs_folder, save_in_runs_folder
from resnet_viz.viewmodels.parts import Refusal
from tests.gui.fake_engine import REFUSED, SILENT, UNANSWERABLE
from tests.gui.small_run import small_run

WAIT_MS = 15_000
RESNET = preset("resnet18")


def heard(signal: Any) -> list[Any]:
    """A list that fills with what a signal says, several arguments as a tuple."""
    found: list[Any] = []
    signal.connect(lambda *values: found.append(values[0] if len(values) == 1 else values))
    return found


@pytest.fixture
def engine(make_client: Callable[[str], EngineClient]) -> EngineClient:
    return make_client("good")


@pytest.fixture
def measuring(engine: EngineClient) -> Measuring:
    return Measuring(engine)


def measured(qtbot: QtBot, measuring: Measuring, **settings: Any) -> None:
    """A run from beginning to end."""
    measuring.set_settings(ProfileSettings(**settings))
    measuring.measure(RESNET)
    assert measuring.state.is_running
    qtbot.waitUntil(lambda: not measuring.state.is_running, timeout=WAIT_MS)


def begin(qtbot: QtBot, measuring: Measuring) -> None:
    """Measure a network for which the engine sends a partial run and then nothing."""
    measuring.set_settings(ProfileSettings(batch=SILENT))
    measuring.measure(RESNET)
    qtbot.waitUntil(lambda: measuring.state.run is not None, timeout=WAIT_MS)


def states(measuring: Measuring) -> list[MeasureState]:
    """A list that fills with every state from now on."""
    found: list[MeasureState] = []
    measuring.changed.connect(lambda: found.append(measuring.state))
    return found


def test_a_run_is_shown_and_saved(qtbot: QtBot, measuring: Measuring) -> None:
    found = states(measuring)
    measured(qtbot, measuring)
    assert measuring.state.run == small_run(RESNET)
    runs = [state.run for state in found if state.run is not None]
    assert [run.complete for run, _ in itertools.groupby(runs)] == [False, True]
    assert [state.progress.phase for state in found if state.progress is not None] == ["start", "passes"]
    assert [entry.complete for entry in measuring.state.runs] == [True]


def test_the_devices_are_asked_for_when_the_panel_is_first_shown(qtbot: QtBot, measuring: Measuring) -> None:
    measuring.prepare()
    qtbot.waitUntil(lambda: bool(measuring.state.devices), timeout=WAIT_MS)
    assert [info.name for info in measuring.state.devices] == ["cpu"]
    measuring.set_settings(ProfileSettings(dtype="tf32"))
    measuring.edit("device", "cpu")
    assert measuring.state.settings.dtype == "fp32"  # what the device cannot do is taken back


def test_a_stopped_run_is_saved_as_partial(qtbot: QtBot, measuring: Measuring) -> None:
    notices = heard(measuring.noticed)
    begin(qtbot, measuring)
    assert measuring.state.is_running
    measuring.stop()
    assert not measuring.state.is_running
    assert "partial run" in notices[-1].sentence
    assert measuring.state.run is not None
    assert not measuring.state.run.complete
    assert [entry.complete for entry in list_runs()] == [False]
    measured(qtbot, measuring)  # and measuring goes on
    assert measuring.state.run.complete


def test_stopping_before_anything_was_measured_leaves_the_previous_run(qtbot: QtBot, measuring: Measuring) -> None:
    measured(qtbot, measuring)
    before = measuring.state.run
    assert not measuring.state.shows_previous
    measuring.measure(RESNET)
    assert measuring.state.shows_previous
    measuring.stop()
    assert not measuring.state.shows_previous
    assert measuring.state.run == before
    assert len(list_runs()) == 1


def test_a_run_opened_during_a_measurement_stays_after_a_stop(measuring: Measuring) -> None:
    path = save_in_runs_folder(small_run(RESNET, slower=2.0))
    measuring.measure(RESNET)
    opened = measuring.open(path)
    measuring.stop()
    assert measuring.state.run is opened


def test_a_batch_that_does_not_fit_is_refused_at_its_field(qtbot: QtBot, measuring: Measuring) -> None:
    notices = heard(measuring.noticed)
    measured(qtbot, measuring, batch=REFUSED)
    sentence = "batch: 8 is not accepted; the largest batch that should fit is 4."
    assert measuring.state.refusal == Refusal("batch", sentence)
    assert notices[-1].tone == "error"
    assert list_runs() == ()


def test_an_engine_that_dies_in_mid_run_is_one_sentence(qtbot: QtBot, measuring: Measuring) -> None:
    notices = heard(measuring.noticed)
    measured(qtbot, measuring, batch=UNANSWERABLE)
    (notice,) = notices
    assert notice.sentence.startswith("The engine stopped in the middle of the run")
    assert [entry.complete for entry in list_runs()] == [False]
    measured(qtbot, measuring)
    assert measuring.state.run is not None
    assert measuring.state.run.complete


def test_a_second_request_does_not_disturb_the_first(qtbot: QtBot, measuring: Measuring) -> None:
    begin(qtbot, measuring)
    measuring.measure(preset("resnet34"))
    assert measuring.state.run is not None
    assert measuring.state.run.spec == RESNET.but(input=(SILENT, 3, 224, 224))
    measuring.stop()


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("batch", 0, {"batch": None}),
        ("side", 64, {"size": (64, 64)}),
        ("side", 0, {"size": None}),
        ("threads", 0, {"threads": None}),
        ("mode", "isolated", {"mode": "isolated", "passes": "forward"}),
        ("seconds", 3.5, {"seconds": 3.5}),
    ],
)
def test_an_edit_changes_the_settings(
    field: str, value: object, expected: dict[str, Any], measuring: Measuring
) -> None:
    measuring.set_settings(ProfileSettings(passes="forward+backward", batch=4, threads=2))
    measuring.edit(field, value)
    assert {name: getattr(measuring.state.settings, name) for name in expected} == expected


def test_a_value_that_is_not_accepted_is_refused(measuring: Measuring) -> None:
    measuring.edit("seconds", -1.0)
    assert measuring.state.refusal == Refusal("seconds", "give a number from 0.1 to 3,600")
    assert measuring.state.settings == ProfileSettings()
    measuring.edit("seconds", 1.0)
    assert measuring.state.refusal is None


def test_runs_are_opened_and_compared(measuring: Measuring, tmp_path: Path) -> None:
    slow = small_run(RESNET, slower=2.0)
    first, second = save_in_runs_folder(small_run(RESNET)), save_in_runs_folder(slow)
    notices = heard(measuring.noticed)

    def shown() -> tuple[ProfileRun | None, ProfileRun | None]:
        return measuring.state.run, measuring.state.other

    assert measuring.open(first) == small_run(RESNET)
    assert notices[-1].sentence == f"Opened {first.name}."
    measuring.compare_with(second)
    assert shown() == (small_run(RESNET), slow)
    (tmp_path / "half.json").write_text(first.read_text()[:500])
    measuring.compare_with(tmp_path / "half.json")
    assert notices[-1].tone == "error"
    assert shown() == (small_run(RESNET), slow)
    measuring.compare_with(None)
    assert shown() == (small_run(RESNET), None)
    (tmp_path / "bad.json").write_text("{")
    assert measuring.open(tmp_path / "bad.json") is None
    assert notices[-1].tone == "error"
    assert shown() == (small_run(RESNET), None)


def test_an_edited_file_opens_with_a_warning(measuring: Measuring, tmp_path: Path) -> None:
    path = tmp_path / "edited.json"
    path.write_text(run_json(small_run(RESNET)).replace('"threads": 2', '"threads": 64'))
    notices = heard(measuring.noticed)
    assert measuring.open(path) is not None
    assert notices[-1].tone == "warning"


def test_closing_during_a_run_saves_what_was_measured(qtbot: QtBot, measuring: Measuring) -> None:
    begin(qtbot, measuring)
    measuring.close()
    assert [entry.complete for entry in list_runs()] == [False]


def test_a_folder_that_cannot_be_written_is_reported(
    qtbot: QtBot, measuring: Measuring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "file" / "runs"))
    assert runs_folder().parent.is_file()
    notices = heard(measuring.noticed)
    measured(qtbot, measuring)
    assert any(notice.tone == "error" for notice in notices)
    assert isinstance(measuring.state.run, ProfileRun)
    assert msgspec.structs.replace(measuring.state.run, complete=True) == small_run(RESNET)


def test_each_run_has_a_process_of_its_own(qtbot: QtBot, engine: EngineClient, measuring: Measuring) -> None:
    """The next one then begins with fresh memory."""
    measuring.prepare()
    qtbot.waitUntil(lambda: bool(measuring.state.devices), timeout=WAIT_MS)
    before = engine.process_id
    measured(qtbot, measuring)
    assert engine.process_id not in (0, before)
