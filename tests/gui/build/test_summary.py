"""The summary below the build panel: tiles, and the line about other counters."""

from pytestqt.qtbot import QtBot

from resnet_viz.gui.build.summary import SummaryView
from resnet_viz.gui.shown import Shown
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet18"))


def test_the_tiles_show_the_analysis_in_the_convention(qtbot: QtBot) -> None:
    view = SummaryView()
    qtbot.addWidget(view)
    assert [tile.value.text() for tile in view.tiles] == ["…"] * 4
    names = ["parameters", "MACs", "peak activation memory", "receptive field"]
    assert [tile.name.text() for tile in view.tiles] == names
    view.display(Shown(ANALYSIS.spec, analysis=ANALYSIS, costs=costs(ANALYSIS)), frozenset({"costs"}))
    assert [tile.value.text() for tile in view.tiles] == ["11.69 M", "1.814 G", "6.1 MiB", "435 px"]
    assert [tile.name.text() for tile in view.tiles] == names
    view.display(Shown(ANALYSIS.spec, analysis=ANALYSIS, costs=costs(ANALYSIS, "twice")), frozenset({"costs"}))
    assert (view.tiles[1].value.text(), view.tiles[1].name.text()) == ("3.628 G", "2 × MACs")


def test_the_line_about_other_counters_has_their_sentences_in_its_tooltip(qtbot: QtBot) -> None:
    view = SummaryView()
    qtbot.addWidget(view)
    result = CrossCheckResult("torchinfo", "1.8.0", 1, 2, 3, False, "it differs")
    view.display(Shown(ANALYSIS.spec, crosschecks=(result,), waiting=("fvcore",)), frozenset())
    line = view.crosschecks
    assert (line.text(), line.property("status")) == ("✗ torchinfo counts differently", "error")
    assert line.toolTip() == line.accessibleDescription() == "torchinfo 1.8.0: it differs"
