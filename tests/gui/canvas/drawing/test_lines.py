"""The lines of edges: rounded corners, arrows, and where they end."""

from functools import partial

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.drawing.lines import paint_branch_edge, paint_main_edges, paint_plain_lines, rounded_path
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.theme import load_theme
from resnet_viz.records.analysis import EdgeKind
from resnet_viz.viewmodels.canvas.drawing import BranchEdge, Drawing, MainEdge
from tests.gui.canvas.drawing.painted import WHITE, colors_in, painted, style_of

ARCH = ((10.0, 90.0), (10.0, 20.0), (90.0, 20.0), (90.0, 90.0))


def drawing_with(*edges: MainEdge, shortcuts: tuple[BranchEdge, ...] = ()) -> IndexedDrawing:
    """Return a drawing of edges alone."""
    return IndexedDrawing(Drawing((), (), (), (), shortcuts, edges, 100.0, -50.0, 50.0))


def test_a_path_goes_through_its_ends_and_around_its_corners() -> None:
    path = rounded_path(ARCH)
    assert path.pointAtPercent(0.0) == QPointF(10, 90)
    assert path.pointAtPercent(1.0) == QPointF(90, 90)
    box = path.boundingRect()
    assert (box.left(), box.top(), box.right()) == pytest.approx((10, 20, 90))
    assert path.length() < 220
    corners = [path.elementAt(index) for index in range(path.elementCount())]
    assert (10.0, 27.0) in {(e.x, e.y) for e in corners}
    assert (17.0, 20.0) in {(e.x, e.y) for e in corners}


def test_a_corner_between_short_pieces_is_rounded_less() -> None:
    path = rounded_path(((0.0, 0.0), (0.0, 4.0), (50.0, 4.0)))
    assert (0.0, 2.0) in {(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())}


@pytest.mark.parametrize("arrow", [True, False])
def test_a_shortcut_has_an_arrow_only_where_it_joins_the_main_path(qapp: QApplication, arrow: bool) -> None:
    edge = BranchEdge("projection", ARCH, arrow)
    image = painted(lambda painter: paint_branch_edge(painter, edge, style_of()), 100, 100)
    assert image.pixel(10, 60) != WHITE
    assert image.pixel(50, 19) != WHITE
    assert image.pixel(10, 20) == WHITE  # the corner is round
    assert (image.pixel(88, 86) != WHITE) == arrow


def test_a_main_edge_ends_in_its_arrow(qapp: QApplication) -> None:
    indexed = drawing_with(MainEdge(10.0, 40.0, True), MainEdge(50.0, 80.0, False))

    def paint(painter: QPainter) -> None:
        painter.translate(0, 20)
        paint_main_edges(painter, indexed, style_of(), (0.0, 100.0))

    image = painted(paint, 100, 40)
    edge = load_theme("light").color("edge").rgb()
    assert {image.pixel(20, 19), image.pixel(20, 20)} & {edge}
    assert colors_in(image, 35, 17, 3, 2) != {WHITE} != colors_in(image, 35, 21, 3, 2)
    assert colors_in(image, 41, 0, 8, 40) == {WHITE}
    assert colors_in(image, 75, 21, 4, 5) == {WHITE}
    assert colors_in(image, 81, 0, 19, 40) == {WHITE}


def test_plain_lines_are_thin_and_dashed_kinds_pale(qapp: QApplication) -> None:
    style, theme = style_of(), load_theme("light")
    shortcuts = tuple(BranchEdge(kind, ARCH, True) for kind in ("identity",))
    indexed = drawing_with(MainEdge(5.0, 95.0, True), shortcuts=shortcuts)
    image = painted(lambda painter: paint_plain_lines(painter, indexed, style, (0.0, 100.0)), 100, 100)
    assert image.pixel(50, 0) == theme.color("edge").rgb()
    assert image.pixel(50, 20) == theme.blend("shortcut", "canvas", 0.6).rgb()
    assert image.pixel(88, 86) == WHITE


@pytest.mark.parametrize(("kind", "below"), [("identity", False), ("gate", True)])
def test_an_arrow_points_to_the_main_path_from_above_or_below(qapp: QApplication, kind: EdgeKind, below: bool) -> None:
    """The line ends in the middle of the picture, and its arrow is 5 units long and as wide."""
    lane = 90.0 if below else 10.0
    edge = BranchEdge(kind, ((10.0, 50.0), (10.0, lane), (80.0, lane), (80.0, 50.0)), True)
    image = painted(lambda painter: paint_branch_edge(painter, edge, style_of()), 100, 100)
    beside = {y for y in range(100) if image.pixel(78, y) != WHITE and abs(y - lane) > 8}
    assert beside <= (set(range(51, 57)) if below else set(range(43, 50)))
    assert beside


def test_the_line_of_a_gate_has_its_own_color(qapp: QApplication) -> None:
    pieces = tuple(BranchEdge(kind, ARCH, False) for kind in ("gate", "projection"))
    images = [painted(partial(paint_branch_edge, edge=edge, style=style_of()), 100, 100) for edge in pieces]
    hues = [{QColor(rgb).hue() for rgb in colors_in(image, 30, 15, 40, 10) - {WHITE}} for image in images]
    for found, name in zip(hues, ("gate", "shortcut"), strict=True):
        assert all(abs(hue - load_theme("light").color(name).hue()) <= 2 for hue in found)
