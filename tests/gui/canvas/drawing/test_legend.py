"""The legend's panels: side by side where there is room, else one above the other, never beyond the edge."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.drawing.legend import (
    LEGEND_LEFT_PX,
    PANEL_GAP_PX,
    LegendPanel,
    legend_panels,
    wrapped_panels,
)
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import Style, text_measurer
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Convention
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import Drawing
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.labels import LegendEntry, cost_sentence, legend_entries
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of
from tests.gui.canvas.drawing.painted import painted

RESNET = analyse(preset("resnet50"))


def panels_for(convention: Convention, room: float) -> list[LegendPanel]:
    """Return the panels of ResNet-50's legend for this width in pixels."""
    network, font = structure_of(RESNET, costs(RESNET, convention)), QGuiApplication.font()
    drawing = layout(network, expanded_at(network, "block"), text_measurer(font))
    style = Style(load_theme("light"), font)
    return legend_panels(IndexedDrawing(drawing), legend_entries(network), cost_sentence(network, drawing), style, room)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_line_goes_beyond_its_room(qapp: QApplication, convention: Convention) -> None:
    for width in range(300, 900, 40):
        for taken in (0.0, 204.0):
            found = panels_for(convention, width - taken)
            lines = wrapped_panels(found, width, taken)
            assert [panel for line in lines for panel in line] == found
            for place, line in enumerate(lines):
                room = width - LEGEND_LEFT_PX - PANEL_GAP_PX - (taken if place < 2 else 0.0)
                used = sum(panel.width for panel in line) + PANEL_GAP_PX * (len(line) - 1)
                assert used <= room or len(line) == 1, (width, taken, place)


def test_numbers_have_a_panel_of_their_own_where_the_legend_is_narrow(qapp: QApplication) -> None:
    assert len(panels_for("macs", 900)) == 1
    narrow = panels_for("folded", 360)
    assert len(narrow) == 2
    assert max(panel.width for panel in narrow) < 360 - LEGEND_LEFT_PX - PANEL_GAP_PX


def test_a_gate_has_a_sample_of_its_line_and_mark(qapp: QApplication) -> None:
    style = Style(load_theme("light"), QGuiApplication.font())
    indexed = IndexedDrawing(Drawing((), (), (), (), (), (), 0.0, 0.0, 0.0))
    (panel,) = legend_panels(indexed, [LegendEntry("gate", "SE gate", "SE gate")], "", style)
    image = painted(lambda painter: panel.paint(painter, 10.0, 20.0), 200, 40)
    gate = load_theme("light").color("gate")
    inside = [x for x in range(200) if abs(image.pixelColor(x, 20).hue() - gate.hue()) <= 2]
    assert min(inside) == pytest.approx(10, abs=2)
    mark = [y for y in range(40) if image.pixelColor(34, y).hue() == gate.hue()]
    assert [min(mark), max(mark)] == pytest.approx([13, 26], abs=1.5)


def test_branches_have_their_short_names_and_then_panels_of_their_own_the_less_room_there_is(
    qapp: QApplication,
) -> None:
    style = Style(load_theme("light"), QGuiApplication.font())
    indexed = IndexedDrawing(Drawing((), (), (), (), (), (), 0.0, 0.0, 0.0))
    entries = [LegendEntry("identity", "identity shortcut", "identity"), LegendEntry("gate", "SE gate", "SE gate")]

    def widths(room: float | None) -> list[float]:
        return [panel.width for panel in legend_panels(indexed, entries, "under boxes: MACs", style, room)]

    (whole,), margin = widths(None), LEGEND_LEFT_PX + PANEL_GAP_PX
    (short,) = widths(whole + margin - 1)
    assert short < whole
    assert widths(whole + margin) == [whole]
    lines, numbers = widths(short + margin - 1)
    assert numbers < lines < short
    assert len(widths(lines + margin - 1)) == 2
    assert max(widths(lines + margin - 1)) < lines
