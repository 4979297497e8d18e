"""The dialog that asks where to save: the suffix that was chosen, and trouble as a sentence."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.errors import UserError
from resnet_viz.gui.widgets.save_dialog import ask_and_save, ask_where


@pytest.mark.parametrize(
    ("name", "expected"),
    [("/a/net", Path("/a/net.pdf")), ("/a/net.svg", Path("/a/net.svg")), ("", None), ("/", Path("/"))],
)
def test_a_name_without_a_suffix_gets_the_chosen_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str, expected: Path | None
) -> None:
    asked: list[tuple[object, ...]] = []

    def answer(*arguments: object) -> tuple[str, str]:
        asked.append(arguments[1:])
        return name, "*.pdf"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert ask_where(parent, "Export", "net.svg", (".svg", ".pdf")) == expected
    assert asked == [("Export", "net.svg", "*.svg;;*.pdf", "*.svg")]


def test_what_cannot_be_saved_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise UserError(f"{path} cannot be.")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/a/net.svg", "*.svg"))
    parent = QWidget()
    qtbot.addWidget(parent)
    told: list[str] = []
    ask_and_save(parent, "net.svg", (".svg",), refuse, told.append)
    assert told == ["/a/net.svg cannot be."]
