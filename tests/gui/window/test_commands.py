"""Commands: what Copy picture, Export and Stop do with the network, its selection and what is running."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.presets import preset
from tests.gui.fake_engine import SILENT
from tests.gui.waiting import WAIT_MS, new_network, settle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform says so of every window


def answer_save_dialogs(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Answer every dialog that asks where to save with this path; the names that the dialogs suggest."""
    suggested: list[str] = []

    def answer(_parent: object, _title: str, name: str, *_: str) -> tuple[str, str]:
        suggested.append(name)
        return str(path), "*.svg"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return suggested


def texts_in(path: Path) -> str:
    """All texts of an SVG file, a line each."""
    return "\n".join("".join(node.itertext()) for node in ET.parse(path).iter() if node.tag.endswith("text"))


def test_copy_picture_puts_the_canvas_on_the_clipboard(window: MainWindow) -> None:
    QApplication.processEvents()
    drawn = window.canvas.grab().toImage()  # before a message takes some of the canvas's height
    window.actions_["copy_picture"].trigger()
    copied = QGuiApplication.clipboard().image()
    assert copied.size() == drawn.size()
    assert copied.convertToFormat(QImage.Format.Format_RGB32) == drawn.convertToFormat(QImage.Format.Format_RGB32)
    assert "picture" in window.messages.sentence.text()


def test_copy_picture_shows_the_newest_network_behind_a_comparison(qtbot: QtBot, window: MainWindow) -> None:
    window.tabs.setCurrentIndex(2)
    QApplication.processEvents()
    window.actions_["copy_picture"].trigger()
    before = QGuiApplication.clipboard().image()
    with new_network(qtbot, window):
        window.session.replace(preset("resnet34"))
    window.actions_["copy_picture"].trigger()
    after = QGuiApplication.clipboard().image()
    assert after.size() == before.size()
    assert after != before


def test_the_selection_alone_is_exported(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.svg", tmp_path / "part.svg"
    window.commands.export_to(whole)
    suggested = answer_save_dialogs(monkeypatch, part)
    window.session.select("layer2.1")
    settle(window)
    window.actions_["export_part"].trigger()
    assert suggested == ["layer2.1.svg"]
    assert "part.svg" in window.messages.sentence.text()
    width, whole_width = (float(ET.parse(path).getroot().attrib["width"].removesuffix("mm")) for path in (part, whole))
    assert 0 < width < whole_width
    assert len(texts_in(part)) < len(texts_in(whole))


def test_nothing_selected_is_not_exported(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    suggested = answer_save_dialogs(monkeypatch, tmp_path / "part.svg")
    window.actions_["export_part"].trigger()
    assert suggested == []
    assert "Select a stage, a block or a layer first" in window.messages.sentence.text()


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png", ".csv", ".json", ".py", ".graphml"])
def test_the_suffix_says_what_is_exported(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"net{suffix}"
    suggested = answer_save_dialogs(monkeypatch, path)
    window.actions_["export"].trigger()
    starts = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG", ".json": b"{", ".graphml": b"<"}
    assert suggested == ["resnet18.svg"]
    assert path.read_bytes().startswith(starts.get(suffix, b""))
    assert path.stat().st_size > 500


def test_a_cancelled_dialog_writes_nothing(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.chdir(tmp_path)
    for name in ("export", "save"):
        window.actions_[name].trigger()
    assert list(tmp_path.iterdir()) == [entry for entry in tmp_path.iterdir() if entry.name in ("runs", "window.json")]
    assert window.messages.sentence.text() == ""


def test_stop_ends_the_measurement_before_the_analysis(qtbot: QtBot, window: MainWindow) -> None:
    window.session.measuring.edit("batch", SILENT)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: window.session.shown.measurement.is_running, timeout=WAIT_MS)
    window.session.edit("classes", SILENT)
    window.actions_["stop"].trigger()
    assert not window.session.shown.measurement.is_running
    assert window.session.question.classes == SILENT
    window.actions_["stop"].trigger()
    assert window.session.question == preset("resnet18")
