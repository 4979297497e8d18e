"""Highlights the selected node, its neighbors, and the shortcuts and gates that touch it."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from resnet_viz.gui.canvas.drawing.lines import rounded_path
from resnet_viz.gui.canvas.drawing.node_boxes import NODE_CORNER, corner_radius, paint_gate_mark
from resnet_viz.gui.canvas.drawing.style import Style, branch_color
from resnet_viz.gui.canvas.interaction.camera import MIN_HEIGHT_ZOOM, SceneRect, View
from resnet_viz.viewmodels.canvas.drawing import BRANCH_BOXES, OPERATORS, BranchEdge, Drawing, NodeBox, Point, gate_mark
from resnet_viz.viewmodels.canvas.neighbors import neighbors
from resnet_viz.viewmodels.canvas.node_lookup import NodeLookup

SELECTED_LINE_PX, NEIGHBOR_LINE_PX, HIGHLIGHTED_BRANCH_WIDTH = 2.4, 1.6, 3.0
MIN_BRANCH_PX = 2.2  # the width of a highlighted branch's line at any zoom
EVERYWHERE = 1e7  # scene units, beyond the ends of every drawing
NEIGHBOR_LINE_GAP_PX = 3.5  # between a neighbor's box and the line around it
HighlightedBox = tuple[SceneRect, str]


@dataclass(frozen=True)
class Highlight:
    """The outlined boxes with their kinds (a kind of node box, `frame` or `column`), and the branches to emphasize.

    `branch_boxes` are the boxes on these branches, which their lines must not cross; `gate_marks` are the middles of
    the marks of gates on the outlined boxes, which stay on top.
    """

    selected: HighlightedBox | None = None
    neighbor_boxes: tuple[HighlightedBox, ...] = ()
    branch_edges: tuple[BranchEdge, ...] = ()
    branch_boxes: tuple[NodeBox, ...] = ()
    gate_marks: tuple[Point, ...] = ()


def highlight_of(lookup: NodeLookup, drawing: Drawing, name: str | None) -> Highlight:
    """Return the highlight where the node of this id is selected."""
    if name is None:
        return Highlight()
    selected = outlined_box(drawing, lookup.box_for(name, drawing), name)
    found = neighbors(lookup.analysis, name)
    node_boxes = {box.id: box for box in drawing.node_boxes}
    neighbor_boxes: dict[HighlightedBox, None] = {}
    for other in (*found.inputs, *found.outputs):
        box = lookup.box_among(other, node_boxes)
        outlined = outlined_box(drawing, box, other) if box is not None else None
        if outlined is not None and outlined != selected:
            neighbor_boxes[outlined] = None
    rects = {outlined[0] for outlined in (selected, *neighbor_boxes) if outlined is not None}
    marks = tuple(gate_mark(box) for box in drawing.node_boxes if box.gated and (box.x, box.y, box.w, box.h) in rects)
    join_ids = set(found.join_ids)
    branch_edges = tuple(edge for edge in drawing.branch_edges if not join_ids.isdisjoint(edge.join_ids))
    additions = sum(lookup.analysis.layer_by_id[join].kind == "add" for join in join_ids)
    if additions > sum(edge.kind != "gate" for edge in branch_edges):  # a line stands for other shortcuts too
        return Highlight(selected, tuple(neighbor_boxes), gate_marks=marks)
    highlighted = {(edge.toggles, "gate" if edge.kind == "gate" else "shortcut") for edge in branch_edges}
    branch_boxes = tuple(box for box in drawing.node_boxes if (box.toggles, box.kind) in highlighted)
    return Highlight(selected, tuple(neighbor_boxes), branch_edges, branch_boxes, marks)


def outlined_box(drawing: Drawing, box: NodeBox | None, name: str | None) -> HighlightedBox | None:
    """Return a node's rectangle in the scene (left, top, width, height) with its kind; None where it is not drawn."""
    if box is not None:
        return (box.x, box.y, box.w, box.h), box.kind
    height = drawing.bottom - drawing.top
    found = [((frame.x, frame.y, frame.w, frame.h), "frame") for frame in drawing.frames if frame.id == name]
    found += [((column.x, drawing.top, column.w, height), "column") for column in drawing.columns if column.id == name]
    return found[0] if found else None


def paint_highlight(painter: QPainter, highlight: Highlight, style: Style, view: View, size: QSizeF) -> None:
    """Paint the branches bold, a thin line around the neighbors and a thick one around the selected node."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.save()
    painter.translate(view.x, view.y)
    painter.scale(view.scale, view.height_zoom)
    painter.setClipPath(_outside_of(highlight.branch_boxes), Qt.ClipOperation.IntersectClip)
    for edge in highlight.branch_edges:
        pen = style.branch_pen(edge.kind, max(HIGHLIGHTED_BRANCH_WIDTH, MIN_BRANCH_PX / view.scale))
        if view.scale < MIN_HEIGHT_ZOOM:  # solid like the line below it, and as thick along as across
            pen = style.pen(branch_color(edge.kind), MIN_BRANCH_PX)
            pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(rounded_path(edge.points))
    painter.restore()
    painter.setPen(style.pen("accent", NEIGHBOR_LINE_PX))
    for neighbor in highlight.neighbor_boxes:
        _paint_around(painter, neighbor, view, size, NEIGHBOR_LINE_GAP_PX)
    if highlight.selected is not None:
        painter.setPen(style.pen("text", SELECTED_LINE_PX))
        _paint_around(painter, highlight.selected, view, size, 0.0)
    if view.scale >= MIN_HEIGHT_ZOOM:
        painter.save()
        painter.translate(view.x, view.y)
        painter.scale(view.scale, view.height_zoom)
        for x, y in highlight.gate_marks:
            paint_gate_mark(painter, QPointF(x, y), style)
        painter.restore()


def _outside_of(branch_boxes: tuple[NodeBox, ...]) -> QPainterPath:
    """Return the area outside these boxes."""
    path = QPainterPath()
    path.addRect(QRectF(-EVERYWHERE, -EVERYWHERE, 2 * EVERYWHERE, 2 * EVERYWHERE))
    for box in branch_boxes:
        path.addRoundedRect(QRectF(box.x, box.y, box.w, box.h), corner_radius(box), corner_radius(box))
    return path


def _paint_around(painter: QPainter, outlined: HighlightedBox, view: View, size: QSizeF, gap: float) -> None:
    (x, y, w, h), kind = outlined
    rect = QRectF(view.pixel_x(x), view.pixel_y(y), w * view.scale, h * view.height_zoom).adjusted(-gap, -gap, gap, gap)
    if rect.right() < 0 or rect.left() > size.width():
        return
    if kind == "column":
        rect = QRectF(rect.x(), 8, rect.width(), size.height() - 16)
    radius = {"frame": 6.0, "column": 8.0}.get(kind, NODE_CORNER * view.scale + gap)
    if kind in BRANCH_BOXES | OPERATORS:
        radius = min(rect.width(), rect.height()) / 2
    painter.drawRoundedRect(rect, radius, radius)
