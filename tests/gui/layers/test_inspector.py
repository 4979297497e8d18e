"""The inspector: facts that fit its width, and what it shows at each moment."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from resnet_viz.gui.layers.inspector import Inspector
from resnet_viz.viewmodels.layers.details import Details
from resnet_viz.viewmodels.parts import Fact

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


def test_long_shapes_wrap(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    shape = "×".join(["65536"] * 12)
    inspector.show_details(Details("t", "s", (Fact("input", shape, "note"), Fact("sum", "1,000,000", shape)), (), ""))
    inspector.resize(290, 400)
    inspector.show()
    qtbot.wait(20)
    content = inspector.widget()
    assert content is not None
    assert content.width() <= inspector.viewport().width()
    assert any(label.height() > 30 for label in inspector.findChildren(QLabel))
