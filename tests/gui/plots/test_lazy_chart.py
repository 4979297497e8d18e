"""A lazy chart is created when it is first shown, and then follows the network and the selection."""

import msgspec
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.memory import MemoryView
from resnet_viz.gui.charts.quantities import ChartsView
from resnet_viz.gui.plots.lazy_chart import LazyChart, PlotLibraryLoader
from resnet_viz.gui.shown import EVERYTHING, Shown
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset


def shown(name: str) -> Shown:
    """A network as the session gives it to the views."""
    analysis = analyse(preset(name))
    return Shown(analysis.spec, analysis=analysis, costs=costs(analysis, "macs"))


def test_a_chart_is_created_when_it_is_first_shown(qtbot: QtBot) -> None:
    loader, first = PlotLibraryLoader(), shown("resnet50")
    charts = LazyChart(ChartsView, loader, load_theme("light"))
    memory = LazyChart(MemoryView, loader, load_theme("light"))
    for widget in (charts, memory):
        qtbot.addWidget(widget)
        widget.display(first, EVERYTHING)
        assert widget.chart is None
        with qtbot.waitSignal(widget.made, timeout=10_000):
            widget.show()
    loader.wait()
    assert isinstance(charts.chart, ChartsView)
    assert "25.56 M" in charts.chart.title.text()
    assert isinstance(memory.chart, MemoryView)
    assert "9.2 MiB" in memory.chart.title.text()
    charts.display(shown("resnet18"), frozenset({"analysis", "costs"}))
    assert "11.69 M" in charts.chart.title.text()
    memory.chart.batch.setValue(7)
    before = memory.chart.bars.grab().toImage()
    memory.display(msgspec.structs.replace(first, selection="conv1"), frozenset({"selection"}))
    assert memory.chart.batch.value() == 7  # a new selection does not draw the network again
    assert memory.chart.bars.grab().toImage() != before
