"""A run in the window: measured with a key, shown everywhere, and only where it belongs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.latency import LatencyView
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_in_runs_folder, save_run
from tests.gui.fake_engine import REFUSED, SILENT
from tests.gui.small_run import small_run
from tests.gui.waiting import WAIT_MS, new_network, settle


def texts(widget: QWidget) -> str:
    """Every label's text, a line each."""
    return "\n".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel))


def layer_table(window: MainWindow) -> LayerTable:
    """The table, in sight and up to date."""
    window.pages.setCurrentWidget(window.table)
    settle(window)
    return window.table


def shown_columns(window: MainWindow) -> list[str]:
    """The names of the table's columns in sight."""
    table = layer_table(window)
    return [column.name for place, column in enumerate(table.model.columns) if not table.view.isColumnHidden(place)]


def is_shown(window: MainWindow) -> bool:
    """True once a complete run is shown in every visible view."""
    state = window.session.measuring.state
    return state.run is not None and state.run.complete and not state.is_running and window.views.is_settled


@pytest.fixture
def measured(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window after a run."""
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: is_shown(window), timeout=WAIT_MS)
    return window


def test_a_run_overlays_table_inspector_and_panel(measured: MainWindow) -> None:
    model = layer_table(measured).model
    place = [column.name for column in model.columns].index("latency")
    assert [model.index(row, place).data() for row in range(3)] == ["0.010", "0.020", "0.030"]
    assert "latency" in shown_columns(measured)
    assert "other" not in shown_columns(measured)
    measured.session.select("layer1.0.conv1")
    settle(measured)
    assert "0.030 ms" in texts(measured.inspector)
    measured.session.select("layer2")
    settle(measured)
    assert "latency" in texts(measured.inspector)
    assert "whole network" in texts(measured.measure)
    assert measured.measure.title.text() == "ResNet-18 · N=1 · fp32 · A processor"
    assert measured.measure.runs.tree.topLevelItemCount() == 1


def latency_cells(window: MainWindow) -> list[object]:
    """Return the latency cells of the first three layers."""
    model = layer_table(window).model
    place = [column.name for column in model.columns].index("latency")
    return [model.index(row, place).data() for row in range(3)]


@pytest.mark.parametrize("action", ["again", "count_elementwise", "undo"])
def test_the_cells_keep_their_times_whatever_is_shown_next(qtbot: QtBot, measured: MainWindow, action: str) -> None:
    if action == "undo":
        with new_network(qtbot, measured):
            measured.session.edit("depth", 34)
    before = measured.session.shown
    measured.actions_[action].trigger()
    qtbot.waitUntil(lambda: measured.session.shown.costs is not before.costs, timeout=WAIT_MS)
    assert latency_cells(measured) == ["0.010", "0.020", "0.030"]


def test_the_key_shows_the_settings_and_the_chart(measured: MainWindow) -> None:
    assert measured.actions_["run"].shortcut().toString() == "F6"
    assert measured.measure.isVisible()
    assert measured.pages.currentWidget() is measured.pages.latency


def test_before_a_run_there_are_no_columns_for_it(window: MainWindow) -> None:
    assert "latency" not in shown_columns(window)
    assert "latency" not in texts(window.inspector)


def test_a_run_of_another_network_overlays_nothing(qtbot: QtBot, measured: MainWindow) -> None:
    with new_network(qtbot, measured):
        measured.session.edit("depth", 34)
    assert "latency" not in shown_columns(measured)
    with new_network(qtbot, measured):
        measured.session.undo()
    assert "latency" in shown_columns(measured)


def test_charts_of_another_network_than_the_one_shown_say_so(qtbot: QtBot, measured: MainWindow) -> None:
    qtbot.waitUntil(lambda: measured.pages.latency.chart is not None, timeout=WAIT_MS)
    chart = measured.pages.latency.chart
    assert isinstance(chart, LatencyView)
    assert chart.notice.isHidden()
    with new_network(qtbot, measured):
        measured.session.edit("depth", 34)
    assert chart.notice.text() == "Measured on ResNet-18, not on the network shown (ResNet-34)"
    assert chart.notice.isVisible()
    with new_network(qtbot, measured):
        measured.session.undo()
    assert chart.notice.isHidden()


def test_a_run_at_another_batch_still_belongs(qtbot: QtBot, measured: MainWindow) -> None:
    with new_network(qtbot, measured):
        measured.session.edit("input", (4, 3, 224, 224))
    assert "latency" in shown_columns(measured)


def test_opening_a_run_shows_its_network(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    save_run(small_run(preset("resnet34")), tmp_path / "run.json")
    with new_network(qtbot, window):
        window.commands.open_file(tmp_path / "run.json")
    qtbot.waitUntil(lambda: is_shown(window), timeout=WAIT_MS)
    assert window.session.question == preset("resnet34")
    assert "latency" in shown_columns(window)


def test_opening_a_run_at_another_input_shows_that_input_until_it_is_edited(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    small, before = preset("resnet18").but(input=(1, 3, 64, 64)), window.session.question
    assert small.but(input=before.input) == before
    save_run(small_run(small), tmp_path / "run.json")
    with new_network(qtbot, window):
        window.commands.open_file(tmp_path / "run.json")
    settle(window)
    assert window.session.question == small
    assert "measured at" not in texts(window.inspector)
    with new_network(qtbot, window):
        window.session.undo()
    window.pages.setCurrentWidget(window.pages.latency)
    qtbot.waitUntil(lambda: window.pages.latency.chart is not None and window.views.is_settled, timeout=WAIT_MS)
    note = "Measured at 1×3×64×64, not at 1×3×224×224 as the network is shown."
    chart = window.pages.latency.chart
    assert isinstance(chart, LatencyView)
    assert chart.notice.text() == window.measure.origin.text() == note
    assert chart.bars.is_linked
    assert "1×3×64×64" in texts(window.inspector)


def test_a_run_that_cannot_be_read_changes_nothing(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": "resnet_viz run"')
    window.commands.open_run(tmp_path / "run.json")
    assert window.pages.currentWidget() is window.table
    assert "run.json" in window.messages.sentence.text()


def test_a_run_beside_another_gives_ratios(qtbot: QtBot, measured: MainWindow) -> None:
    other = save_in_runs_folder(small_run(preset("resnet18"), slower=2.0))
    measured.session.measuring.compare_with(other)
    qtbot.waitUntil(lambda: is_shown(measured), timeout=WAIT_MS)
    model = layer_table(measured).model
    place = [column.name for column in model.columns].index("ratio")
    assert model.index(0, place).data() == "0.50 ×"
    measured.session.select("relu")
    settle(measured)
    assert "0.50 ×" in texts(measured.inspector)
    measured.session.measuring.compare_with(None)
    qtbot.waitUntil(lambda: is_shown(measured), timeout=WAIT_MS)
    assert "ratio" not in shown_columns(measured)


def test_the_canvas_takes_the_colors_of_the_times(measured: MainWindow) -> None:
    before = measured.canvas.grab().toImage()
    measured.actions_["color_latency"].trigger()
    assert measured.session.shown.color_by == "latency"
    assert measured.canvas.grab().toImage() != before
    measured.actions_["color_stage"].trigger()
    assert measured.canvas.grab().toImage() == before


def test_the_button_stops_a_run(qtbot: QtBot, window: MainWindow) -> None:
    bench, panel = window.session.measuring, window.measure
    window.commands.show_panel("measure")
    bench.edit("batch", SILENT)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: bench.state.run is not None and window.views.is_settled, timeout=WAIT_MS)
    assert panel.button.text() == "Stop"
    assert panel.bar.isVisible()
    assert panel.bar.value() == 500
    assert panel.progress.text() == "measuring passes · 2 s at most"
    panel.button.click()
    settle(window)
    assert panel.button.text() == "Measure latency"
    assert not panel.bar.isVisible()
    assert panel.notes.texts()[0].startswith("Stopped before its end")
    assert "partial run" in window.messages.sentence.text()


def test_a_refusal_stands_beside_its_field(qtbot: QtBot, window: MainWindow) -> None:
    bench, panel = window.session.measuring, window.measure
    window.commands.show_panel("measure")
    bench.edit("batch", REFUSED)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: bench.state.refusal is not None and window.views.is_settled, timeout=WAIT_MS)
    assert "the largest batch that should fit is 4" in panel.form.error_at("batch")
    bench.edit("batch", 4)
    settle(window)
    assert panel.form.error_at("batch") == ""


def test_settings_and_colors_are_remembered(window: MainWindow, make_client: Callable[[str], object]) -> None:
    window.session.measuring.edit("batch", 16)
    window.session.measuring.edit("mode", "isolated")
    window.session.color_by("latency")
    state = window.state()
    assert state.profile is not None
    assert (state.profile.batch, state.profile.mode, state.color) == (16, "isolated", "latency")
    window.session.measuring.edit("batch", 0)
    window.restore(state)
    assert window.session.measuring.state.settings == state.profile


def test_only_what_matters_can_be_set(window: MainWindow) -> None:
    panel, bench = window.measure, window.session.measuring
    window.commands.show_panel("measure")
    settle(window)
    assert not panel.form.rows["cold"].widget.isEnabled()
    bench.edit("mode", "isolated")
    settle(window)
    assert panel.form.rows["cold"].widget.isEnabled()
    assert not panel.form.rows["autotune"].widget.isEnabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_follow_the_run_and_the_theme(qtbot: QtBot, measured: MainWindow, theme: str) -> None:
    qtbot.waitUntil(lambda: measured.pages.latency.chart is not None, timeout=WAIT_MS)
    measured.set_theme(load_theme("dark" if theme == "dark" else "light"))
    measured.pages.setCurrentWidget(measured.pages.roofline)
    qtbot.waitUntil(lambda: measured.pages.roofline.chart is not None, timeout=WAIT_MS)
    measured.pages.roofline.node_chosen.emit("layer1.0.conv1")
    assert measured.session.shown.selection == "layer1.0.conv1"


def test_runs_sort_by_date_network_device_and_time(window: MainWindow) -> None:
    import msgspec

    early = msgspec.structs.replace(small_run(preset("resnet34")), made="2026-01-01T00:00:00+00:00")
    for run in (small_run(preset("resnet18"), slower=100.0), early):
        save_in_runs_folder(run)
    window.commands.show_panel("measure")
    window.session.measuring.prepare()
    settle(window)
    tree = window.measure.runs.tree

    def column(place: int) -> list[str]:
        items = [tree.topLevelItem(line) for line in range(tree.topLevelItemCount())]
        return [item.text(place) for item in items if item is not None]

    assert column(0) == ["2026-11-22 04:05", "2026-01-01 00:00"]
    assert column(2) == ["A processor", "A processor"]
    tree.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert column(1) == ["ResNet-34", "ResNet-18"]
    tree.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column(3) == ["6.305 ms", "190.0 ms"]
