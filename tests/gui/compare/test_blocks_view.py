"""The view of two blocks: what it shows, what it asks for, what it saves."""

from pathlib import Path

import pyqtgraph
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import BlocksView
from resnet_viz.gui.compare.depth_charts import DepthCharts
from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.fields import ChoiceField, NumberField
from resnet_viz.pipeline import compare_blocks
from resnet_viz.spec.block_pair import BlockSetting
from tests.gui.compare.comparisons import COMPARED, ShownBlocks


@pytest.fixture
def blocks(qtbot: QtBot) -> ShownBlocks:
    """The view, shown, with two blocks."""
    loader = PlotLibraryLoader()
    view = BlocksView(loader, load_theme("light"))
    qtbot.addWidget(view)
    view.resize(1280, 800)
    found = ShownBlocks(view)
    with qtbot.waitSignal(loader.loaded, timeout=20_000):
        view.show()
    loader.wait()
    return found


def channel_lines(view: BlocksView) -> list[float]:
    """The channels at which the sweep has a vertical line."""
    items = view.sweep.plot.getPlotItem().items
    return [10 ** item.value() for item in items if isinstance(item, pyqtgraph.InfiniteLine)]


def test_it_shows_figures_sentences_and_charts(blocks: ShownBlocks) -> None:
    view = blocks.view
    lines = view.table.text().splitlines()
    assert lines[0].split("\t") == ["weights of convolutions", "1,179,648", "69,632", "16.94 ×"]
    assert "latency\tpress Measure both\tpress Measure both\t" in lines
    assert "16.77 times fewer parameters" in view.sentences.text()
    assert isinstance(view.charts, DepthCharts)


def test_an_edit_asks_for_another_setting(blocks: ShownBlocks, qtbot: QtBot) -> None:
    stride, match = blocks.view.form.fields["stride"], blocks.view.form.fields["match"]
    assert isinstance(stride, NumberField)
    assert isinstance(match, ChoiceField)
    with qtbot.waitSignal(blocks.view.setting_edited) as asked:
        stride.spin.setValue(2)
    assert asked.args == [BlockSetting(stride=2)]
    with qtbot.waitSignal(blocks.view.setting_edited) as asked:
        match.combo.activated.emit(1)
    assert asked.args == [BlockSetting(stride=2, match="params")]
    assert blocks.view.setting == BlockSetting(stride=2, match="params")


def test_each_button_asks_for_its_measurement_and_then_for_its_end(blocks: ShownBlocks, qtbot: QtBot) -> None:
    view = blocks.view
    buttons = {"blocks": view.measure, "pairs": view.charts.measure, "sweep": view.sweep.measure}
    texts = {kind: button.text() for kind, button in buttons.items()}
    for kind, button in buttons.items():
        with qtbot.waitSignal(view.measure_asked) as asked:
            button.click()
        assert asked.args == [kind]
        blocks.display(measuring=kind, progress="warming up")
        assert button.text() == "Stop · warming up"
        assert {other: found.text() for other, found in buttons.items() if other != kind}.items() < texts.items()
    blocks.display(measuring="", progress="")
    assert {kind: button.text() for kind, button in buttons.items()} == texts


def test_a_refused_setting_has_a_message_and_the_last_figures_stay(blocks: ShownBlocks) -> None:
    before = blocks.view.table.text()
    blocks.display(refusal="match: latency is not accepted.")
    assert blocks.view.form.error.text() == "match: latency is not accepted."
    assert blocks.view.table.text() == before
    blocks.display(blocks=compare_blocks(BlockSetting()), refusal="")
    assert blocks.view.form.error.text() == ""


def test_figures_beyond_machine_integers_are_drawn(blocks: ShownBlocks) -> None:
    blocks.display(blocks=compare_blocks(BlockSetting(channels=65_536, size=65_536, batch=1_000_000)))
    drawn = blocks.view.sweep.plot.getPlotItem().listDataItems()
    assert len(drawn) == 2
    assert all(item.getData()[1].dtype == float for item in drawn)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_drawings_are_saved(suffix: str, blocks: ShownBlocks, tmp_path: Path) -> None:
    target = tmp_path / f"blocks{suffix}"
    blocks.view.save_picture(target)
    if suffix == ".svg":
        text = target.read_text("utf8")
        assert "589,824 params" in text
        assert "identity" in text
    else:
        assert QImage(str(target)).size() == blocks.view.size()
    with pytest.raises(UserError, match=r"\.gif"):
        blocks.view.save_picture(tmp_path / "blocks.gif")


def test_the_table_is_saved_with_operations_by_the_convention(blocks: ShownBlocks, tmp_path: Path) -> None:
    blocks.view.save_table(tmp_path / "blocks.csv")
    assert "weights,1179648,69632,16.94117647" in (tmp_path / "blocks.csv").read_text("utf8")
    blocks.display("elementwise")
    blocks.view.save_table(tmp_path / "blocks.csv")
    assert "flops,7404371968,441147392" in (tmp_path / "blocks.csv").read_text("utf8")


def test_nothing_can_be_saved_before_the_first_comparison(blocks: ShownBlocks, tmp_path: Path) -> None:
    blocks.display(blocks=None)
    with pytest.raises(UserError, match="not been counted yet"):
        blocks.view.save_table(tmp_path / "blocks.csv")
    assert not (tmp_path / "blocks.csv").exists()


def test_a_dot_of_the_charts_chooses_its_network(blocks: ShownBlocks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(blocks.view.spec_chosen) as chosen:
        blocks.view.charts.spec_chosen.emit(COMPARED.basic.spec)
    assert chosen.args == [COMPARED.basic.spec]


def test_the_convention_changes_figures_sentences_and_charts(blocks: ShownBlocks) -> None:
    view = blocks.view
    blocks.display("elementwise")
    assert "All FLOPs\t7,404,371,968\t441,147,392\t16.78 ×" in view.table.text().splitlines()
    assert "16.78 times fewer FLOPs" in view.sentences.text()
    assert "MACs" not in view.sentences.text()
    assert view.charts.charts[1].heading.text() == "All FLOPs"
    assert view.sweep.figure.itemText(view.sweep.figure.findData("macs")) == "All FLOPs"
    blocks.display("macs")
    assert "16.94 times fewer MACs" in view.sentences.text()


def test_other_channels_move_the_line_and_another_setting_draws_a_new_sweep(blocks: ShownBlocks) -> None:
    def drawn() -> list[float]:
        return [float(value) for value in blocks.view.sweep.plot.getPlotItem().listDataItems()[0].getData()[1]]

    before = drawn()
    assert channel_lines(blocks.view) == pytest.approx([256])
    blocks.display(blocks=compare_blocks(BlockSetting(channels=64)))
    assert channel_lines(blocks.view) == pytest.approx([64])
    assert drawn() == before
    blocks.display(blocks=compare_blocks(BlockSetting(channels=64, stride=2)))
    assert channel_lines(blocks.view) == pytest.approx([64])
    assert drawn() != before


def test_a_setting_with_channels_that_the_last_could_not_have_is_drawn(blocks: ShownBlocks) -> None:
    for setting in (BlockSetting(channels=258, groups=3), BlockSetting(), BlockSetting(solve="basic"),
                    BlockSetting(channels=6)):  # fmt: skip
        blocks.display(blocks=compare_blocks(setting))
        assert channel_lines(blocks.view) == pytest.approx([setting.channels])
