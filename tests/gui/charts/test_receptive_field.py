"""The receptive field over the image, with its growth beside it."""

from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.receptive_field import ReceptiveFieldPanel, ReceptiveFieldView
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.receptive_field import receptive_field_box
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet50"))


def test_the_field_is_drawn_over_the_image(qtbot: QtBot) -> None:
    view = ReceptiveFieldView()
    qtbot.addWidget(view)
    view.resize(260, 260)
    view.show()
    empty = view.grab().toImage()
    view.show_box(receptive_field_box(ANALYSIS, "layer1.2.conv2"))
    small = view.grab().toImage()
    view.show_box(receptive_field_box(ANALYSIS, "layer4.2.conv2"))
    assert len({bytes(image.constBits()) for image in (empty, small, view.grab().toImage())}) == 3
    assert "427×427 px" in view.accessibleDescription()
    view.set_theme(load_theme("dark"))
    view.show_box(None)
    assert view.accessibleDescription() == ""


def test_the_growth_stands_beside_the_box(qtbot: QtBot) -> None:
    panel = ReceptiveFieldPanel()
    qtbot.addWidget(panel)
    panel.resize(640, 260)
    panel.show()
    assert panel.sentence.text() == "No network yet."
    panel.show_network(ANALYSIS)
    assert "grows beyond the image at layer3.4.conv2" in panel.sentence.text()
    plain = panel.curve.grab().toImage()
    panel.show_network(ANALYSIS, "layer4.2.conv2")
    assert panel.sentence.text() == "layer4.2.conv2 sees 427 px of 224: larger than the image"
    marked = panel.curve.grab().toImage()
    assert marked != plain
    panel.show_network(ANALYSIS, "layer1")
    assert panel.sentence.text().startswith("layer1.2.relu3 sees 35 px")
    assert "35×35" in panel.box.accessibleDescription()
    panel.set_theme(load_theme("dark"))
    panel.show_network(ANALYSIS, "layer4.2.conv2")
    assert panel.curve.grab().toImage() != marked
    panel.show_network(None)
    assert panel.box.accessibleDescription() == ""
