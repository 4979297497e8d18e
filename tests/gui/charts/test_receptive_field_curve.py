"""The curve of the receptive field: a click on it chooses a layer, and its tooltip compares it with the image."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.receptive_field import ReceptiveFieldPanel
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)

ANALYSIS = analyse(preset("resnet50"))
IDS = [layer.id for layer in ANALYSIS.layers]


def shown_panel(qtbot: QtBot) -> ReceptiveFieldPanel:
    """The panel of ResNet-50, shown."""
    panel = ReceptiveFieldPanel()
    qtbot.addWidget(panel)
    panel.resize(800, 260)
    panel.show()
    panel.show_network(ANALYSIS)
    return panel


def test_clicks_from_left_to_right_choose_the_layers_in_execution_order(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    chosen: list[str] = []
    panel.node_chosen.connect(chosen.append)
    for x in range(panel.curve.width()):
        QTest.mouseClick(panel.curve, Qt.MouseButton.LeftButton, pos=QPoint(x, 50))
    assert list(dict.fromkeys(chosen)) == IDS
    assert chosen == sorted(chosen, key=IDS.index)
    chosen.clear()
    QTest.mouseClick(panel.curve, Qt.MouseButton.LeftButton, pos=QPoint(2, 50))
    QTest.mouseClick(panel.curve, Qt.MouseButton.RightButton, pos=QPoint(200, 50))
    assert chosen == []


def test_the_tooltip_compares_the_layer_under_the_pointer_with_the_image(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    point = QPoint(panel.curve.width() - 8, 50)
    QApplication.sendEvent(panel.curve, QHelpEvent(QHelpEvent.Type.ToolTip, point, panel.curve.mapToGlobal(point)))
    assert QToolTip.text() == "fc sees 619 px of 224: larger than the image"
