"""Text from files, and typed text, is shown letter by letter in every label, tooltip and table of the window."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as RichTextGuess
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget

from resnet_viz.gui.widgets.labels import Label, RichLabel
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.gui.window.documentation import Page
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.records.run import Environment, ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import run_json, runs_folder
from tests.gui.small_run import small_run
from tests.gui.waiting import settle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform says so of every window

TAG = "<img src='//host/share/picture.png'>"
TIP = Qt.ItemDataRole.ToolTipRole


def _hostile_run() -> ProfileRun:
    """A run whose every text is a picture on another machine's share; without ceilings, also why a layer is doubted."""
    run = small_run(preset("resnet18"))
    layers = tuple(msgspec.structs.replace(layer, doubt=TAG) for layer in run.layers)
    place = Environment(device="cpu", name=TAG, driver=TAG, torch=TAG, system=TAG, program=TAG, flags={TAG: TAG})
    return msgspec.structs.replace(run, place=place, layers=layers, fallbacks=(TAG,), warnings=(TAG,), ceilings=None)


def _widgets(window: MainWindow) -> list[QWidget]:
    return [window, *window.findChildren(QWidget)]


def _tips_of(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for section in range(model.columnCount(parent)):
        yield str(model.headerData(section, Qt.Orientation.Horizontal, TIP) or "")
    for row in range(model.rowCount(parent)):
        for column in range(model.columnCount(parent)):
            yield str(model.index(row, column, parent).data(TIP) or "")
        yield from _tips_of(model, model.index(row, 0, parent))


def _tooltips(window: MainWindow) -> Iterator[str]:
    for widget in _widgets(window):
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _tips_of(widget.model(), QModelIndex())
    yield from (action.toolTip() for action in window.findChildren(QAction))


def _texts_with_the_tag(window: MainWindow) -> set[str]:
    """The labels and tooltips with the foreign text, after a check that each shows it as it is."""
    found = set()
    for widget in _widgets(window):
        if isinstance(widget, QLabel):
            assert isinstance(widget, Label | RichLabel), (widget.objectName(), widget.text())
            is_plain = widget.textFormat() is Qt.TextFormat.PlainText
            assert is_plain != isinstance(widget, RichLabel), widget.text()
            assert is_plain or "<img" not in widget.text()
            text = widget.text().replace("\u200b", "")  # where the inspector may break a line
            found |= {text} if "<img" in text else set()
        assert not isinstance(widget, QTextEdit) or isinstance(widget, Page), widget
    for tip in _tooltips(window):
        assert "<img" not in tip or not RichTextGuess.mightBeRichText(tip), tip
        found |= {tip} if "img src" in tip else set()
    return found


def _look_everywhere(window: MainWindow) -> set[str]:
    found = set()
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        for page in range(window.pages.count()):
            window.pages.setCurrentIndex(page)
            settle(window)
            found |= _texts_with_the_tag(window)
    window.tabs.setCurrentIndex(0)
    return found


def test_texts_of_a_run_are_shown_letter_by_letter(window: MainWindow, tmp_path: Path) -> None:
    path = runs_folder() / "run.json"
    path.parent.mkdir(parents=True)
    path.write_text(run_json(_hostile_run()), "utf8")
    window.commands.show_panel("measure")
    window.session.measuring.prepare()
    window.commands.open_file(path)
    window.canvas.node_chosen.emit("layer1.0.conv1")
    settle(window)
    found = _look_everywhere(window)
    assert window.measure.notes.texts() == (TAG, TAG)
    assert any(TAG in text for text in found if text.startswith("ResNet-18"))
    assert {TAG} < found, "the reason why a layer is implausible, in the inspector"
    assert any("&lt;img" in text and "right-click" in text for text in found), "the tooltip of the list of runs"


def test_a_file_name_and_typed_text_are_shown_letter_by_letter(window: MainWindow, tmp_path: Path) -> None:
    window.commands.open_file(tmp_path / "<img src='x.png'>.json")
    assert "<img src='x.png'>.json" in window.messages.sentence.text()
    for field in window.findChildren(PresetField):
        field.combo.setEditText("<img src='typed.png'>")
        QTest.keyClick(field.combo, Qt.Key.Key_Return)
        assert "<img src='typed.png'>" in field.refusal.text()
    found = _look_everywhere(window)
    assert any("x.png" in text for text in found)
    assert any("typed.png" in text for text in found)
