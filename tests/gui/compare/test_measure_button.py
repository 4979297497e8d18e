"""The button that starts a measurement and stops it."""

from pytestqt.qtbot import QtBot

from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.shown import CompareState


def test_it_offers_to_stop_only_its_own_measurement(qtbot: QtBot) -> None:
    button = MeasureButton("pairs", "Measure the networks")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.asked) as asked:
        button.click()
    assert asked.args == ["pairs"]
    button.display(CompareState(measuring="pairs", progress="warming up"))
    assert button.text() == "Stop · warming up"
    button.display(CompareState(measuring="blocks", progress="warming up"))
    assert button.text() == "Measure the networks"
