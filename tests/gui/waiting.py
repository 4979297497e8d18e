"""Waiting for what the window shows next."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.session import Session
from resnet_viz.gui.window.main_window import MainWindow

WAIT_MS = 15_000


@contextmanager
def new_analysis(qtbot: QtBot, session: Session, *, timeout: int = WAIT_MS) -> Iterator[None]:
    """Wait until the code inside has led to another analysis."""
    before = session.shown.analysis
    yield
    qtbot.waitUntil(lambda: session.shown.analysis is not before, timeout=timeout)


@contextmanager
def new_network(qtbot: QtBot, window: MainWindow) -> Iterator[None]:
    """Wait until the code inside has led to another analysis and every visible view shows it."""
    with new_analysis(qtbot, window.session):
        yield
    settle(window)


def settle(window: MainWindow) -> None:
    """Wait until every visible view is up to date."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while not window.views.is_settled:
        assert time.monotonic() < deadline, "the views never settle"
        QApplication.processEvents()
