"""Charts that are made when they are first seen."""

from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.memory import MemoryView
from resnet_viz.gui.charts.quantities import ChartsView
from resnet_viz.gui.plots.lazy_chart import ChartLoader, LateChart, memory_chart, number_charts
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet50"))


def test_late_charts_show_the_network_when_they_are_seen(qtbot: QtBot) -> None:
    loader = ChartLoader()
    late = LateChart(number_charts, loader, load_theme("light"))
    memory = LateChart(memory_chart, loader, load_theme("light"))
    for widget, values in ((late, (ANALYSIS, costs(ANALYSIS))), (memory, (ANALYSIS,))):
        qtbot.addWidget(widget)
        widget.show_values(*values)
        assert widget.chart is None
        with qtbot.waitSignal(widget.made, timeout=10_000):
            widget.show()
    loader.wait()
    assert isinstance(late.chart, ChartsView)
    assert "25.56 M" in late.chart.title.text()
    assert isinstance(memory.chart, MemoryView)
    assert "9.2 MiB" in memory.chart.title.text()
    other = analyse(preset("resnet18"))
    late.show_values(other, costs(other))
    assert "11.69 M" in late.chart.title.text()
    memory.chart.batch.setValue(7)
    memory.hide()
    memory.show_values(ANALYSIS)
    memory.show()
    assert memory.chart.batch.value() == 7  # what is shown already is not shown anew
