"""The window: one selection everywhere, edits, files, panels, themes and state."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.fields import CheckField, NumberField
from resnet_viz.gui.window.actions import shortcut_list
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.records.analysis import Convention
from resnet_viz.spec.presets import preset
from resnet_viz.storage.specs import save_spec
from resnet_viz.viewmodels.text.conventions import count_label
from tests.gui.waiting import new_network, settle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform says so of every window


def texts(widget: QWidget) -> str:
    """The text of every label in a widget, one per line."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_the_first_network_is_shown_everywhere(window: MainWindow) -> None:
    assert window.pages.tabText(0) == "Layers (19)"
    assert "ResNet-18" in window.windowTitle()
    assert "ResNet-18 · 19 layers" in window.status.text()
    assert "torch 2.13 cpu" in window.status.text()
    assert "ResNet-18" in texts(window.inspector)
    assert window.build.summary.tiles[1].value.text() != "…"


def test_a_layer_chosen_in_the_table_is_in_the_inspector(window: MainWindow) -> None:
    window.table.view.setCurrentIndex(window.table.proxy.index(2, 0))
    settle(window)
    assert window.session.shown.selection == "layer1.0.conv1"
    assert "Why this shape?" in texts(window.inspector)


def test_a_block_chosen_in_the_canvas_is_in_table_and_inspector(window: MainWindow) -> None:
    window.canvas.node_chosen.emit("layer2.0")
    settle(window)
    rows = window.table.view.selectionModel().selectedRows()
    assert [window.table.model.layers[row.row()].id for row in rows] == ["layer2.0.conv1", "layer2.0.add"]
    assert "layer2.0" in texts(window.inspector)
    assert window.session.shown.selection == "layer2.0"


def test_depth_steps_to_the_next_that_exists_and_back(qtbot: QtBot, window: MainWindow) -> None:
    depth = window.build.rows["depth"].widget
    assert isinstance(depth, NumberField)
    with new_network(qtbot, window):
        depth.spin.stepUp()
    assert window.session.question.depth == 20
    with new_network(qtbot, window):
        window.actions_["undo"].trigger()
    assert window.session.question == preset("resnet18")
    assert not window.actions_["undo"].isEnabled()
    assert window.actions_["redo"].isEnabled()


def test_a_refused_value_is_explained_beside_its_field(qtbot: QtBot, window: MainWindow) -> None:
    window.build.edited.emit("depth", 51)
    settle(window)
    nearest = "51 is not accepted; the nearest possible depths are 50 and 52."
    assert window.build.form.error_at("depth") == nearest
    window.build.edited.emit("groups", 3)
    settle(window)
    assert window.build.form.error_at("depth") == ""
    assert window.build.form.error_at("groups")
    assert window.pages.tabText(0) == "Layers (19)"
    window.build.edited.emit("groups", 1)
    settle(window)
    assert window.build.form.error_at("groups") == ""


def test_a_spec_is_saved_opened_and_dropped(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    window.commands.save_to(path)
    assert json.loads(path.read_text())["block"] == "basic"
    save_spec(preset("resnet34"), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with new_network(qtbot, window):
        window.dropEvent(drop)
    assert window.session.question == preset("resnet34")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"block": "basic"}', '{"block": "basic", "blocks": [0]}'])
def test_a_broken_file_gives_one_sentence_in_the_message_bar(window: MainWindow, tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    window.commands.open_file(path)
    assert "broken.json" in window.messages.sentence.text()
    assert window.messages.isVisible()
    assert window.session.question == preset("resnet18")


def test_a_file_that_cannot_be_written_gives_a_sentence(window: MainWindow, tmp_path: Path) -> None:
    window.commands.save_to(tmp_path / "no" / "such" / "net.json")
    assert window.messages.property("tone") == "error"
    window.commands.export_to(tmp_path / "layers.unknown")
    assert ".csv" in window.messages.sentence.text()
    window.commands.export_to(tmp_path / "layers.csv")
    assert (tmp_path / "layers.csv").exists()


def test_help_appears_in_the_inspector_and_shows_it_again(window: MainWindow) -> None:
    window.actions_["inspector"].trigger()
    assert not window.commands.panel_shown("inspector")
    window.actions_["shortcuts"].trigger()
    assert window.commands.panel_shown("inspector")
    assert "Ctrl+F" in texts(window.inspector)
    window.actions_["about"].trigger()
    assert "multiply-adds" in texts(window.inspector).lower()


def test_help_stays_in_an_inspector_that_was_hidden(window: MainWindow) -> None:
    window.actions_["inspector"].trigger()
    window.session.select("layer1.0.conv1")
    settle(window)
    window.actions_["shortcuts"].trigger()
    settle(window)
    QApplication.processEvents()
    assert "Ctrl+F" in texts(window.inspector)
    window.session.select("layer2")
    settle(window)
    assert "layer2" in texts(window.inspector)


def test_nothing_can_be_undone_or_stopped_at_the_start(qtbot: QtBot, session: Session) -> None:
    window = MainWindow(session, load_theme("light"))
    qtbot.addWidget(window)
    enabled = {name: window.actions_[name].isEnabled() for name in ("undo", "redo", "stop", "run")}
    assert enabled == {"undo": False, "redo": False, "stop": False, "run": True}
    window.close()


def test_find_goes_to_the_filter_and_copy_to_the_clipboard(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["find"].trigger()
    window.table.filter.setText("layer1.1")
    assert window.table.proxy.rowCount() == 2
    window.actions_["copy"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["Layer", "layer1.1.conv1", "layer1.1.add"]


def test_every_key_is_used_once(window: MainWindow) -> None:
    keys = [key for _, key in shortcut_list(window.actions_.rows)]
    assert len(keys) == len(set(keys)) > 10
    names = [row.name for row in window.actions_.rows]
    assert len(names) == len(set(names))


def test_the_saved_state_restores_the_window(window: MainWindow) -> None:
    window.build.form.open_rows(["stem", "width"])
    window.table.hide_columns(["flops"])
    window.session.select("layer1.0.conv1")
    state = window.state()
    assert (state.hidden_columns, state.selection) == (("flops",), "layer1.0.conv1")
    window.build.form.open_rows(["norm"])
    window.restore(state)
    assert set(window.build.form.opened) == {"stem", "width"}


def test_every_field_has_a_name_for_screen_readers(window: MainWindow) -> None:
    for row in window.build.rows.values():
        proxy = row.widget.focusProxy()
        assert row.widget.accessibleName()
        assert proxy is None or proxy.accessibleName()


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    window.resize(1024, 700)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1024, 700)


@pytest.mark.parametrize(("field", "value"), [("bias", True), ("head", False)])
def test_a_check_box_changes_the_network(qtbot: QtBot, window: MainWindow, field: str, value: bool) -> None:
    window.build.form.open_rows(["block", "input"])
    tick = window.build.rows[field].widget
    assert isinstance(tick, CheckField)
    with new_network(qtbot, window):
        tick.box.click()
    assert getattr(window.session.question, field) is value
    assert tick.box.isChecked() is value


def test_no_selection_shows_the_whole_network(window: MainWindow) -> None:
    window.canvas.node_chosen.emit("layer2.0")
    window.canvas.node_chosen.emit("")
    settle(window)
    assert window.session.shown.selection is None
    assert "ResNet-18" in texts(window.inspector)


def test_the_analysis_is_repeated_on_request(qtbot: QtBot, window: MainWindow) -> None:
    before = window.session.analysis
    with new_network(qtbot, window):
        window.actions_["again"].trigger()
    assert window.session.analysis is not before
    assert window.session.analysis == before


def test_undo_works_with_the_cursor_in_a_field(qtbot: QtBot, window: MainWindow) -> None:
    depth = window.build.rows["depth"].widget
    assert isinstance(depth, NumberField)
    window.activateWindow()
    depth.spin.setFocus()
    qtbot.waitUntil(depth.spin.hasFocus)
    with new_network(qtbot, window):
        QTest.keyClick(depth.spin, Qt.Key.Key_Up)
    assert window.session.question.depth == 20
    with new_network(qtbot, window):
        QTest.keyClick(depth.spin, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.question.depth == 18


def test_find_next_and_previous_step_through_the_matches(window: MainWindow) -> None:
    chosen: list[str] = []
    window.table.node_chosen.connect(chosen.append)
    window.table.filter.setText("conv1")
    found = [window.table.model.layers[window.table.proxy.mapToSource(window.table.proxy.index(row, 0)).row()].id
             for row in range(window.table.proxy.rowCount())]  # fmt: skip
    assert len(found) > 1
    for name in ("find_next",) * (len(found) + 1) + ("find_previous",) * 2:
        window.actions_[name].trigger()
    assert chosen == [*found, found[0], found[-1], *found[-2:-1]]
    assert window.session.shown.selection == found[-2]
    assert window.canvas.scene.selected == found[-2]


@pytest.mark.parametrize(("name", "heading"), [("twice", "2 × MACs"), ("elementwise", "FLOPs"), ("folded", "FLOPs, n")])
def test_the_whole_window_follows_the_counting_convention(
    qtbot: QtBot, window: MainWindow, name: Convention, heading: str
) -> None:
    analysis = window.session.analysis
    assert analysis is not None
    window.actions_[f"count_{name}"].trigger()
    settle(window)
    assert window.session.analysis is analysis
    assert heading in texts(window.build.summary)
    titles = [column.title for column in window.table.model.columns]
    assert count_label(name).heading in titles
    window.session.select(analysis.layers[0].id)
    settle(window)
    assert heading in texts(window.inspector)
    assert heading in window.canvas.accessibleDescription()
    window.actions_["count_macs"].trigger()
    settle(window)
    assert count_label(name).heading not in [column.title for column in window.table.model.columns]
    assert window.state().convention == "macs"


def test_the_receptive_field_follows_selection_and_network(qtbot: QtBot, window: MainWindow) -> None:
    field = window.pages.field
    window.pages.setCurrentWidget(field)
    settle(window)
    assert field.sentence.text().startswith("The last feature map sees 435 px of 224")
    window.session.select("layer1.0.conv1")
    settle(window)
    assert field.sentence.text().startswith("layer1.0.conv1 sees ")
    assert field.box.accessibleDescription()
    with new_network(qtbot, window):
        window.session.edit("input", (1, 3, 320, 320))
    assert " of 320: " in field.sentence.text()
    window.session.select("layer2")
    settle(window)
    assert field.sentence.text().startswith("layer2.1.add sees ")
    field.curve.node_chosen.emit("conv1")
    assert window.session.shown.selection == "conv1"
