"""The charts of networks over their depth: axes, pairs, captions, and the network of a dot."""

import pyqtgraph
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.compare.depth_charts import DepthChart, DepthCharts
from resnet_viz.gui.theme import load_theme
from resnet_viz.records.network_pair import NetworkPairs
from resnet_viz.spec.presets import preset
from tests.gui.clicks import click, place_of
from tests.gui.compare.comparisons import PAIRS, network


@pytest.fixture
def charts(qtbot: QtBot) -> DepthCharts:
    """The charts, shown, with networks that have not been measured."""
    found = DepthCharts(load_theme("light"))
    qtbot.addWidget(found)
    found.resize(1280, 300)
    found.show()
    found.show_pairs(PAIRS, "macs")
    return found


def choose(charts: DepthCharts, *, axis: str | None = None, pairing: str | None = None) -> None:
    """Choose an axis or pairs as the user does."""
    for box, value in ((charts.axis, axis), (charts.pairing, pairing)):
        if value is not None:
            box.setCurrentIndex(box.findData(value))
            box.activated.emit(box.currentIndex())


def lines(chart: DepthChart) -> list[list[tuple[float, float]]]:
    """The points of each line and of each group of dots."""
    items = chart.plot.getPlotItem().listDataItems()
    return [[(float(x), float(y)) for x, y in zip(*item.getData(), strict=True)] for item in items]


def test_each_chart_has_its_figure_in_its_unit(charts: DepthCharts) -> None:
    params, macs, saved, latency = charts.charts
    assert lines(params)[0] == [(18, 11.0), (34, 22.0)]
    assert lines(macs)[0] == [(18, 1.1), (34, 2.2)]
    assert [y for _, y in lines(saved)[0]] == pytest.approx([33e6 / 2**20, 66e6 / 2**20])
    assert lines(latency) == []
    assert latency.empty.text() == "Not measured yet."
    assert not latency.plot.getAxis("left").isVisible()


def test_measured_networks_are_drawn_in_milliseconds(charts: DepthCharts) -> None:
    basic = network("resnet18", 11_000_000, 1_500.0), network("resnet34", 22_000_000)
    charts.show_pairs(NetworkPairs(basic, (), ()), "macs")
    assert lines(charts.charts[3])[0] == [(18, 1.5)]
    assert charts.charts[3].empty.text() == ""


def test_before_the_first_answer_the_charts_are_being_counted(charts: DepthCharts) -> None:
    charts.show_pairs(None, "macs")
    assert {chart.empty.text() for chart in charts.charts} == {"The networks are being counted …"}


def test_a_click_on_a_dot_chooses_its_network(charts: DepthCharts, qtbot: QtBot) -> None:
    chart = charts.charts[0]
    with qtbot.waitSignal(charts.spec_chosen) as chosen:
        click(chart, place_of(chart, 101, 45.0))
    assert chosen.args == [preset("resnet101")]
    with qtbot.assertNotEmitted(charts.spec_chosen):
        click(chart, place_of(chart, 60, 20.0))


def test_only_a_network_within_reach_of_a_position_is_found(charts: DepthCharts) -> None:
    chart = charts.charts[0]
    assert chart.point_at(place_of(chart, 34, 22.0)) == ("basic", PAIRS.basic[1])
    assert chart.point_at(place_of(chart, 60, 20.0)) is None


def test_networks_are_drawn_over_another_axis(charts: DepthCharts) -> None:
    choose(charts, axis="macs")
    assert lines(charts.charts[0])[0] == [(1.1, 11.0), (2.2, 22.0)]
    assert charts.charts[0].plot.getAxis("bottom").labelText.startswith("MACs")


def test_operations_follow_the_convention(charts: DepthCharts) -> None:
    charts.show_pairs(PAIRS, "elementwise")
    work = charts.charts[1]
    assert work.heading.text() == work.plot.accessibleName() == "All FLOPs"
    assert [y for _, y in lines(work)[0]] == pytest.approx([207 * 11e-3, 207 * 22e-3])
    assert charts.axis.itemText(charts.axis.findData("macs")) == "by All FLOPs, G"


def test_pairs_are_joined_and_a_partner_outside_the_series_can_be_chosen(charts: DepthCharts, qtbot: QtBot) -> None:
    choose(charts, pairing="params")
    assert "Basic ÷ Bottleneck: depth 0.83" in charts.found.text()
    chart = charts.charts[0]
    assert [(34, 22.0), (41, 23.0)] in lines(chart)
    with qtbot.waitSignal(charts.spec_chosen) as chosen:
        click(chart, place_of(chart, 41, 23.0))
    assert chosen.args == [preset("resnet41")]
    choose(charts, pairing="")
    assert charts.found.text() == ""
    assert [(34, 22.0), (41, 23.0)] not in lines(chart)


def test_captions_do_not_overlap_and_the_deepest_network_keeps_its_own(charts: DepthCharts, qtbot: QtBot) -> None:
    basic = tuple(network(f"resnet{depth}_cifar", depth * 15_000) for depth in range(20, 112, 6))
    charts.show_pairs(NetworkPairs(basic, PAIRS.bottleneck, ()), "macs")
    chart = charts.charts[0]
    items = [item for item in chart.plot.getPlotItem().items if isinstance(item, pyqtgraph.TextItem)]

    def overlap() -> bool:
        boxes = [item.mapRectToScene(item.boundingRect()).adjusted(2, 2, -2, -2) for item in items if item.isVisible()]
        return any(one.intersects(other) for index, one in enumerate(boxes) for other in boxes[:index])

    qtbot.waitUntil(lambda: not overlap())
    shown = {item.toPlainText() for item in items if item.isVisible()}
    assert {"110", "101"} <= shown
    assert 2 < len(shown) < len(items) == 18
