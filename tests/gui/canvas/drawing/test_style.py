"""Pens, fills, fonts and text colors of the canvas."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter

from resnet_viz.gui.canvas.drawing.style import CENTER, font_of_size, text_measurer, transposed
from resnet_viz.gui.theme import ThemeName, load_theme
from resnet_viz.records.analysis import EdgeKind
from resnet_viz.viewmodels.canvas.drawing import BoxKind, NodeBox
from tests.gui.canvas.drawing.painted import WHITE, colors_in, painted, style_of

pytestmark = pytest.mark.usefixtures("qapp")


def box_of_kind(kind: BoxKind) -> NodeBox:
    """Return a box of this kind."""
    return NodeBox(kind, 0, 0, 10, 10, "a")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shades_go_from_pale_to_strong_in_even_steps(theme: ThemeName) -> None:
    style, colors = style_of(theme), load_theme(theme)
    for step in range(6):
        assert style.shade(step / 5).color() == colors.color(f"scale{step}")
    assert style.shade(0.1).color() == colors.blend("scale1", "scale0", 0.5)
    assert (style.shade(-1.0), style.shade(2.0)) == (style.shade(0.0), style.shade(1.0))


def test_an_unknown_value_is_hatched() -> None:
    brush = style_of().shade(None)
    assert brush.style() == Qt.BrushStyle.BDiagPattern
    assert brush.color() == load_theme("light").color("hatch")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_on_a_shade_have_the_color_with_more_contrast(theme: ThemeName) -> None:
    style = style_of(theme)
    for step in range(21):
        fill = style.shade(step / 20).color().lightnessF()
        text = style.text_color(step / 20).lightnessF()
        assert (text > 0.5) == (fill < 0.5)
    assert style.text_color(None) == load_theme(theme).color("text_on_pale")


def test_kinds_of_shortcut_have_lines_of_their_own() -> None:
    style = style_of()
    projection, identity, padding = (style.branch_pen(kind) for kind in ("projection", "identity", "padding"))
    assert projection.style() == Qt.PenStyle.SolidLine
    assert identity.dashPattern() == [3.5, 2.5]
    assert padding.dashPattern() == [0.1, 2.4]
    assert padding.capStyle() == Qt.PenCapStyle.RoundCap
    for pen in (projection, identity, padding):
        assert (pen.color(), pen.widthF()) == (load_theme("light").color("shortcut"), 1.7)


def test_boxes_are_paler_than_their_outlines_and_minor_ones_palest() -> None:
    style = style_of()
    fills = [style.fill(box_of_kind(kind), "stage1").lightnessF() for kind in ("block", "layer", "minor")]
    assert fills == sorted(fills)
    assert style.outline_color(box_of_kind("block"), "stage1") == load_theme("light").color("stage1")
    assert fills[0] > style.outline_color(box_of_kind("block"), "stage1").lightnessF()
    assert (
        style.fill(box_of_kind("layer"), "stem").lightnessF() > style.theme.blend("stem", "canvas", 0.42).lightnessF()
    )
    assert style.fill(box_of_kind("add"), "stage1") == load_theme("light").color("canvas")
    assert style.outline_color(box_of_kind("add"), "stage1") == load_theme("light").color("text")
    assert style.outline_color(box_of_kind("shortcut"), "stage1") == load_theme("light").color("shortcut")


def test_a_measured_text_is_as_wide_as_its_painted_one() -> None:
    measure = text_measurer(QGuiApplication.font())
    assert measure("", "label") == 0.0
    assert measure("Bottleneck", "title") > measure("Bottleneck", "label") > measure("Bottleneck", "note")
    bold, plain = (font_of_size(QGuiApplication.font(), 12, bold=bold) for bold in (True, False))
    assert (bold.bold() or bold.weight() > plain.weight(), plain.pixelSize()) == (True, 12)


def test_a_text_is_painted_at_the_left_or_where_it_is_aligned() -> None:
    style, rect = style_of(), QRectF(0, 0, 200, 30)
    left = painted(lambda painter: style.draw_text(painter, rect, "ab", "label", "text"), 200, 30)
    center = painted(lambda painter: style.draw_text(painter, rect, "ab", "label", "text", CENTER), 200, 30)
    assert colors_in(left, 100, 0, 100, 30) == {WHITE} != colors_in(left, 0, 0, 100, 30)
    assert colors_in(center, 0, 0, 80, 30) == {WHITE} != colors_in(center, 80, 0, 40, 30)


def test_a_transposed_painter_swaps_the_axes_and_is_restored() -> None:
    def paint(painter: QPainter) -> None:
        with transposed(painter):
            painter.fillRect(QRectF(20, 5, 10, 2), Qt.GlobalColor.black)
        with transposed(painter, vertical=False):
            painter.fillRect(QRectF(40, 5, 1, 1), Qt.GlobalColor.black)
        painter.fillRect(QRectF(50, 6, 1, 1), Qt.GlobalColor.black)

    image = painted(paint, 60, 60)
    dark = {(x, y) for x in range(60) for y in range(60) if image.pixel(x, y) != WHITE}
    assert dark == {(x, y) for x in (5, 6) for y in range(20, 30)} | {(40, 5), (50, 6)}


def test_the_line_of_a_gate_is_thinner_than_a_shortcut_and_finely_dashed() -> None:
    gate, shortcut = style_of().branch_pen("gate"), style_of().branch_pen("identity")
    assert gate.widthF() < shortcut.widthF()
    assert gate.widthF() * gate.dashPattern()[0] < shortcut.widthF() * shortcut.dashPattern()[0] / 2
    assert gate.color() == load_theme("light").color("gate")


@pytest.mark.parametrize("kind", ["identity", "padding", "gate"])
def test_a_wider_line_has_its_dashes_where_they_were(kind: EdgeKind) -> None:
    usual, wide = style_of().branch_pen(kind), style_of().branch_pen(kind, 4.0)
    assert wide.widthF() == 4.0
    lengths = [[length * pen.widthF() for length in pen.dashPattern()] for pen in (usual, wide)]
    assert lengths[0] == pytest.approx(lengths[1])
