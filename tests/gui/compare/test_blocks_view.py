"""The view of two blocks: what it shows, what it asks for, what it saves."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.compare.channel_sweep import crossings, sweep
from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import BlocksView
from resnet_viz.gui.compare.depth_charts import DepthCharts
from resnet_viz.gui.compare.sweep_chart import SweepChart
from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.shown import EVERYTHING, Shown
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.fields import ChoiceField, NumberField
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Sweep
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from tests.gui.clicks import click

COMPARED = compare_blocks(BlockSetting())


def point(name: str, params: int) -> NetworkPoint:
    """A network of a series; the figures are plausible, not right."""
    return NetworkPoint(preset(name), params, 100 * params, 7 * params, 5 * params, 3 * params, name)


PAIRS = NetworkPairs(
    (point("resnet18", 11_000_000), point("resnet34", 22_000_000)),
    (point("resnet50", 26_000_000), point("resnet101", 45_000_000)),
    (
        NetworkPair("depth", point("resnet34", 22_000_000), point("resnet50", 26_000_000)),
        NetworkPair("params", point("resnet34", 22_000_000), point("resnet41", 23_000_000)),
    ),
)


def display(view: BlocksView, convention: Convention = "macs", **changes: Any) -> None:
    """Show it another state, what is not named as it was."""
    state = msgspec.structs.replace(view._state, **changes)
    view.display(Shown(preset("resnet50"), convention=convention, comparison=state), EVERYTHING)


@pytest.fixture
def view(qtbot: QtBot) -> BlocksView:
    """The view, shown, with two blocks."""
    loader = PlotLibraryLoader()
    found = BlocksView(loader, load_theme("light"))
    qtbot.addWidget(found)
    found.resize(1280, 800)
    display(found, blocks=COMPARED, pairs=PAIRS)
    with qtbot.waitSignal(loader.loaded, timeout=20_000):
        found.show()
    loader.wait()
    return found


def test_it_shows_figures_sentences_and_charts(view: BlocksView) -> None:
    lines = view.table.text().splitlines()
    assert lines[0].split("\t") == ["weights of convolutions", "1,179,648", "69,632", "16.94 ×"]
    assert "latency\tpress Measure both\tpress Measure both\t" in lines
    assert "16.77 times fewer parameters" in view.sentences.text()
    assert "Basic: 3×3, 256, 3×3, 256, identity" in view.picture.accessibleDescription()
    assert isinstance(view.charts, DepthCharts)


def test_an_edit_asks_for_another_place(view: BlocksView, qtbot: QtBot) -> None:
    stride, match = view.form.fields["stride"], view.form.fields["match"]
    assert isinstance(stride, NumberField)
    assert isinstance(match, ChoiceField)
    with qtbot.waitSignal(view.setting_edited) as asked:
        stride.spin.setValue(2)
    assert asked.args == [BlockSetting(stride=2)]
    with qtbot.waitSignal(view.setting_edited) as asked:
        match.combo.activated.emit(1)
    assert asked.args == [BlockSetting(stride=2, match="params")]
    assert view.setting == BlockSetting(stride=2, match="params")


def test_each_button_asks_for_its_measurement_and_then_for_its_end(view: BlocksView, qtbot: QtBot) -> None:
    buttons = {"blocks": view.measure, "pairs": view.charts.measure, "sweep": view.sweep.measure}
    words = {kind: button.text() for kind, button in buttons.items()}
    for kind, button in buttons.items():
        with qtbot.waitSignal(view.measure_asked) as asked:
            button.click()
        assert asked.args == [kind]
        display(view, measuring=kind, progress="warming up")
        assert button.text() == "Stop · warming up"
        assert {other: found.text() for other, found in buttons.items() if other != kind}.items() < words.items()
    display(view, measuring="", progress="")
    assert {kind: button.text() for kind, button in buttons.items()} == words


def test_what_cannot_be_is_said_and_the_last_figures_stay(view: BlocksView, qtbot: QtBot) -> None:
    stride = view.form.fields["stride"]
    assert isinstance(stride, NumberField)
    before = view.table.text()
    with qtbot.assertNotEmitted(view.setting_edited):
        stride.spin.setValue(9)
    assert "give a whole number from 1 to 8" in view.form.error.text()
    assert view.table.text() == before
    display(view, blocks=compare_blocks(BlockSetting()))
    assert view.form.error.text() == ""
    display(view, refusal="match: latency is not accepted.")
    assert view.form.error.text() == "match: latency is not accepted."


def test_a_refused_value_is_taken_with_the_one_that_makes_it_possible(view: BlocksView, qtbot: QtBot) -> None:
    groups, channels = view.form.fields["groups"], view.form.fields["channels"]
    with qtbot.assertNotEmitted(view.setting_edited):
        groups.edited.emit(3)
    assert "multiple of 3" in view.form.error.text()
    with qtbot.waitSignal(view.setting_edited) as asked:
        channels.edited.emit(258)
    assert asked.args == [BlockSetting(channels=258, groups=3)]
    assert view.form.error.text() == ""


def test_figures_beyond_whole_machine_numbers_are_drawn(view: BlocksView) -> None:
    display(view, blocks=compare_blocks(BlockSetting(channels=65_536, size=65_536, batch=1_000_000)))
    drawn = view.sweep.plot.getPlotItem().listDataItems()
    assert all(item.getData()[1].dtype == float for item in drawn)
    assert "×" in view.table.text()


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_drawings_are_saved(suffix: str, view: BlocksView, tmp_path: Path) -> None:
    target = tmp_path / f"blocks{suffix}"
    view.save_picture(target)
    if suffix == ".svg":
        text = target.read_text("utf8")
        assert "589,824 params" in text
        assert "identity" in text
    else:
        assert QImage(str(target)).size() == view.size()
    with pytest.raises(UserError, match=r"\.gif"):
        view.save_picture(tmp_path / "blocks.gif")


def test_the_table_is_saved(view: BlocksView, tmp_path: Path) -> None:
    view.save_table(tmp_path / "blocks.csv")
    assert "weights,1179648,69632,16.94117647" in (tmp_path / "blocks.csv").read_text("utf8")
    view.save_table(tmp_path / "blocks.tex")
    assert "69,632" in (tmp_path / "blocks.tex").read_text("utf8")


def test_a_theme_changes_the_picture_and_nothing_else(view: BlocksView) -> None:
    before = view.picture.grab().toImage()
    view.set_theme(load_theme("dark"))
    assert view.picture.grab().toImage() != before
    view.set_theme(load_theme("light"))
    assert view.picture.grab().toImage() == before


def test_a_click_on_a_dot_chooses_its_network(view: BlocksView, qtbot: QtBot) -> None:
    chart = view.charts.charts[0]
    box = chart.plot.getPlotItem().getViewBox()
    place: QPointF = box.mapViewToScene(QPointF(101, 45.0))
    with qtbot.waitSignal(view.spec_chosen) as chosen:
        click(chart, place)
    assert chosen.args == [preset("resnet101")]
    far: QPointF = box.mapViewToScene(QPointF(60, 20.0))
    assert chart.point_at(far) is None


def test_the_crossover_is_drawn_and_marked(qtbot: QtBot) -> None:
    slow, fast = ClosedFormCost(64, 100, 100, 100, 100, 100), ClosedFormCost(64, 90, 90, 90, 90, 90)
    points = tuple(
        ChannelPoint(channels, slow, fast, 0.0, float(channels), 64.0) for channels in (16, 32, 96, 256)
    )  # fmt: skip
    setting = BlockSetting()
    chart = SweepChart(load_theme("light"))
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    chart.show_sweep(Sweep(setting, points, tuple(crossings(setting, points))), 64, "macs")
    lines = len(chart.plot.getPlotItem().items)
    assert chart.empty.isHidden()
    chart.figure.setCurrentIndex(chart.figure.findData("latency"))
    chart.figure.activated.emit(chart.figure.currentIndex())
    captions = [item.toPlainText() for item in chart.plot.getPlotItem().items if hasattr(item, "toPlainText")]
    assert captions == ["64 channels"]
    assert len(chart.plot.getPlotItem().items) == lines + 2
    chart.show_sweep(sweep(setting, (16, 64, 256)), 64, "macs")
    assert "press Measure" in chart.empty.text()
    assert not chart.plot.getAxis("left").isVisible()
    assert not chart.empty.isHidden()


def test_a_chart_of_what_is_not_measured_has_no_ticks(view: BlocksView) -> None:
    *counted, latency = view.charts.charts
    assert all(chart.plot.getAxis("left").isVisible() and not chart.empty.text() for chart in counted)
    assert latency.empty.text() == "Not measured yet."
    assert not latency.plot.getAxis("left").isVisible()


def test_networks_are_drawn_over_another_axis(view: BlocksView) -> None:
    params = view.charts.charts[0]
    view.charts.axis.setCurrentIndex(view.charts.axis.findData("macs"))
    view.charts.axis.activated.emit(0)
    drawn = params.plot.getPlotItem().listDataItems()[0].getData()
    assert list(drawn[0]) == [point.macs / 1e9 for point in PAIRS.basic]
    assert list(drawn[1]) == [point.params / 1e6 for point in PAIRS.basic]


def test_operations_are_counted_as_the_window_does(view: BlocksView, tmp_path: Path) -> None:
    work = view.charts.charts[1]
    plain = [*work.plot.getPlotItem().listDataItems()[0].getData()[1]]
    display(view, "elementwise")
    assert "All FLOPs\t7,404,371,968\t441,147,392\t16.78 ×" in view.table.text().splitlines()
    assert "16.78 times fewer FLOPs" in view.sentences.text()
    assert "MACs" not in view.sentences.text()
    assert work.heading.text() == "All FLOPs"
    drawn = [*work.plot.getPlotItem().listDataItems()[0].getData()[1]]
    assert drawn == pytest.approx([2 * value + 7 * value / 100 for value in plain])
    assert view.sweep.figure.itemText(view.sweep.figure.findData("macs")) == "All FLOPs"
    view.save_table(tmp_path / "blocks.csv")
    assert "flops,7404371968,441147392" in (tmp_path / "blocks.csv").read_text("utf8")
    display(view, "macs")
    assert "16.94 times fewer MACs" in view.sentences.text()


def test_pairs_are_joined_and_a_partner_that_is_no_dot_can_be_chosen(view: BlocksView) -> None:
    params = view.charts.charts[0]
    plain = len(params.plot.getPlotItem().listDataItems())
    view.charts.pairing.setCurrentIndex(view.charts.pairing.findData("params"))
    view.charts.pairing.activated.emit(0)
    matched = [pair for pair in PAIRS.pairs if pair.match == "params"]
    drawn = [[*map(float, item.getData()[1])] for item in params.plot.getPlotItem().listDataItems()]
    joined = [sorted((pair.basic.params / 1e6, pair.bottleneck.params / 1e6)) for pair in matched]
    assert len(matched) == 1
    assert len(drawn) >= plain + len(matched)
    assert "Basic ÷ Bottleneck: depth 0.83" in view.charts.found.text()
    assert all(pair in [sorted(values) for values in drawn] for pair in joined)
    shown = {point.spec for _, point in params._points}
    assert {point.spec for pair in matched for point in (pair.basic, pair.bottleneck)} <= shown


def test_other_channels_move_the_line_alone_and_another_place_draws_anew(view: BlocksView) -> None:
    swept, here = view._swept, view.sweep._channel_line
    display(view, blocks=compare_blocks(BlockSetting(channels=64)))
    assert view._swept is swept
    assert view.sweep._channel_line is here
    assert 10 ** here.value() == pytest.approx(64)
    display(view, blocks=compare_blocks(BlockSetting(channels=64, stride=2)))
    assert view._swept is not swept
    assert view._swept is not None
    assert view._swept.setting.stride == 2
    assert 10 ** view.sweep._channel_line.value() == pytest.approx(64)


def test_captions_that_would_cover_each_other_stay_away(view: BlocksView, qtbot: QtBot) -> None:
    names = ("resnet20_cifar", "resnet32_cifar", "resnet44_cifar", "resnet56_cifar", "resnet110_cifar")
    basic = tuple(point(name, (place + 1) * 300_000) for place, name in enumerate(names))
    display(view, pairs=NetworkPairs(basic, PAIRS.bottleneck, ()))
    chart = view.charts.charts[0]

    def apart() -> bool:
        places = [caption.mapRectToScene(caption.boundingRect()).adjusted(2, 2, -2, -2)
                  for caption in chart._captions if caption.isVisible()]  # fmt: skip
        return not any(one.intersects(other) for place, one in enumerate(places) for other in places[:place])

    qtbot.waitUntil(apart)
    shown = [caption.toPlainText() for caption in chart._captions if caption.isVisible()]
    assert {"110", "101"} <= set(shown)
    assert len(shown) < len(chart._captions)


def test_a_place_whose_channels_the_last_could_not_have_draws_a_new_sweep(view: BlocksView) -> None:
    for setting in (BlockSetting(channels=258, groups=3), BlockSetting(), BlockSetting(solve="basic"),
                    BlockSetting(channels=6)):  # fmt: skip
        display(view, blocks=compare_blocks(setting))
        assert view._swept is not None
        assert view._swept.setting.differs_in_channels_alone(setting)
