"""The growth of the receptive field: a click on it chooses a layer."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.receptive_field import ReceptiveFieldPanel
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet50"))


def test_a_click_on_the_growth_chooses_a_layer(qtbot: QtBot) -> None:
    panel = ReceptiveFieldPanel()
    qtbot.addWidget(panel)
    panel.resize(800, 260)
    panel.show()
    panel.show_network(ANALYSIS)
    left, _, right, _ = panel.curve._frame()
    place = [layer.id for layer in ANALYSIS.layers].index("layer3.1.conv2")
    x = left + (place + 0.5) * (right - left) / len(ANALYSIS.layers)
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        QTest.mouseClick(panel.curve, Qt.MouseButton.LeftButton, pos=QPointF(x, 50).toPoint())
    assert chosen.args is not None
    assert abs([layer.id for layer in ANALYSIS.layers].index(chosen.args[0]) - place) <= 1
    with qtbot.assertNotEmitted(panel.node_chosen):
        QTest.mouseClick(panel.curve, Qt.MouseButton.LeftButton, pos=QPointF(2, 50).toPoint())
