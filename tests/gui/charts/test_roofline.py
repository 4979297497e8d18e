"""The roofline: a click on a dot chooses its layer."""

from math import log10

from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.roofline import RooflineView
from resnet_viz.spec.presets import preset
from tests.gui.clicks import Click, place_of
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))


def test_a_click_on_a_dot_chooses_its_layer(qtbot: QtBot) -> None:
    view = RooflineView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.show_run(RUN)
    layer = RUN.layers[0]
    place = place_of(view.dots, log10(layer.flops / layer.bytes), log10((layer.flops_per_second or 0) / 1e9))
    with qtbot.waitSignal(view.node_chosen) as chosen:
        view.dots._choose(Click(place + QPointF(2, 1)))
    assert chosen.args == ["conv1"]
    assert view.dots.dot_at(QPointF(-50, -50)) is None
