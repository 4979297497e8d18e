"""What the canvas has in hand: the network, what is opened and selected in it, and the part in view."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter

from resnet_viz.gui.canvas_cache import Picture
from resnet_viz.gui.canvas_ink import Ink, measurer
from resnet_viz.gui.canvas_motion import Motion
from resnet_viz.gui.canvas_overlay import (
    paint_hover,
    paint_legend,
    paint_message,
    paint_scale,
    paint_titles,
)
from resnet_viz.gui.canvas_paint import CARD_CORNER, Sketch, paint_bands
from resnet_viz.gui.canvas_view import Camera, View
from resnet_viz.gui.minimap import Minimap
from resnet_viz.gui.theme import Theme
from resnet_viz.records import Analysis
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas import (
    Direction,
    Level,
    Nodes,
    kept,
    legend,
    opened_at,
    toggled,
)
from resnet_viz.viewmodels.layout import layout
from resnet_viz.viewmodels.motion import span_of
from resnet_viz.viewmodels.outline import Outline, outline
from resnet_viz.viewmodels.picture import Card, Layout
from resnet_viz.viewmodels.tint import Tint, hover_rows

Box = tuple[float, float, float, float]
OPENING_SCALE, CLOSING_SCALE = 2.0, 1.3


class Scene:
    """The canvas without its events."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.message = tr("Choose a network on the left to see its graph.")
        self.drawing: Layout | None = None
        self.tint: Tint | None = None
        self._font = font
        self._measure = measurer(font)
        self._ink, self.theme_name = Ink(theme, font), theme.name
        self.camera = Camera()
        self.level: Level = "block"
        self.selected: str | None = None
        self._opened: frozenset[str] = frozenset()
        self._network: Outline | None = None
        self._nodes: Nodes | None = None
        self._sketch: Sketch | None = None
        self._picture = Picture()
        self._minimap: Minimap | None = None
        self._opened_by_wheel: set[str] = set()
        self.motion: Motion | None = None

    @property
    def analysis(self) -> Analysis | None:
        """The network that is shown."""
        return None if self._nodes is None else self._nodes.analysis

    # what is shown

    def show(self, analysis: Analysis | None, size: QSizeF) -> None:
        """Take another network; the first, and one shown whole, is fitted."""
        self.motion = None
        self._opened_by_wheel.clear()
        if analysis is None:
            self._network = self._nodes = self._sketch = self._minimap = self.drawing = None
            return
        self._network = outline(analysis)
        self._nodes = Nodes(analysis, self._network)
        stays = kept(self._opened, self._network)
        self._opened = stays if self.level == "stage" else stays | opened_at(self._network, self.level)
        self._draw()
        if self.selected is not None and not self._nodes.known(self.selected):
            self.selected = None
        self.camera.take(self.drawing, size)

    def set_look(self, theme: Theme | None, tint: Tint | None) -> None:
        """Draw in this theme's colours (None keeps them), the cards by a quantity or, without one, by their stage."""
        if theme is not None:
            self._ink, self.theme_name = Ink(theme, self._font), theme.name
        self.tint = tint
        self._minimap = None
        if self.drawing is not None:
            self._sketch = Sketch(self.drawing, tint)

    def select(self, name: str | None) -> None:
        """Mark this node, if the network has it."""
        self.selected = name if name is not None and self._nodes and self._nodes.known(name) else None

    def open_all(self, level: Level, size: QSizeF) -> None:
        """Show the whole network at one level."""
        self.level = level
        if self._network is not None:
            before = self._sketch, self.camera.view
            self._opened = opened_at(self._network, level)
            self._draw()
            self.camera.fit_readably(self.drawing, size)
            self._begin_motion(before)

    def toggle(self, name: str, size: QSizeF, pixel: float | None = None) -> None:
        """Open or close a stage, run or block in place: what was at the pixel stays there, else its left edge."""
        before, span = (self._sketch, self.camera.view), span_of(self.drawing, name)
        self._opened = toggled(self._opened, name)
        self._draw()
        after = span_of(self.drawing, name)
        if span is not None and after is not None:
            scale = self.camera.view.scale
            x = span[0] if pixel is None else min(max((pixel - self.camera.view.x) / scale, span[0]), span[1])
            part = (x - span[0]) / (span[1] - span[0])
            moved = after[0] + part * (after[1] - after[0])
            self.camera.pan(round((x - moved) * scale), 0.0, self.drawing, size)
        self._begin_motion(before)

    def turn_level(self, point: QPointF, size: QSizeF, *, closer: bool) -> bool:
        """Zoomed far enough towards a card, open it in place; zoomed away again, close what was opened so."""
        scale, card = self.camera.view.scale, self.card_at(point, size)
        if closer and scale >= OPENING_SCALE and card is not None and card.opens and card.opens not in self._opened:
            self._opened_by_wheel.add(card.opens)
            self.toggle(card.opens, size, point.x())
            return True
        if not closer and scale <= CLOSING_SCALE and self._nodes is not None:
            under = self.node_at(point, size)
            name = self._nodes.opened_around(under, self._opened & self._opened_by_wheel) if under else None
            if name is not None:
                self._opened_by_wheel.discard(name)
                self.toggle(name, size, point.x())
                return True
        return False

    def _begin_motion(self, before: tuple[Sketch | None, View]) -> None:
        sketch, view = before
        if sketch is not None and self._sketch is not None:
            self.motion = Motion((sketch, view), (self._sketch, self.camera.view))

    def _draw(self) -> None:
        if self._network is not None:
            self.drawing = layout(self._network, self._opened, self._measure)
            self._sketch = Sketch(self.drawing, self.tint)
            self._minimap = None

    # where what is

    def card_at(self, point: QPointF, size: QSizeF) -> Card | None:
        """The card under a pixel."""
        if self._sketch is None or self._over_minimap(point, size):
            return None
        return self._sketch.card_at(*self.camera.view.scene(point.x(), point.y()))

    def node_at(self, point: QPointF, size: QSizeF) -> str | None:
        """The id of what is under a pixel: a card, an opened block, or a band."""
        if self._sketch is None or self._over_minimap(point, size):
            return None
        x, y = self.camera.view.scene(point.x(), point.y())
        thing = self._sketch.card_at(x, y) or self._sketch.frame_at(x, y)
        band = next((band for band in self._sketch.drawing.bands if band.x <= x <= band.x + band.w), None)
        found = thing or band
        return found.id if found else None

    def toggle_at(self, point: QPointF, size: QSizeF) -> bool:
        """Open or close what is under a pixel."""
        if self._over_minimap(point, size):
            return False
        card = self.card_at(point, size)
        name = card.opens if card else self.node_at(point, size)
        if not name:
            return False
        self.toggle(name, size, point.x())
        return True

    def walk(self, direction: Direction) -> str | None:
        """The id of the node beside the selected one; the first where none is selected."""
        if self._nodes is None or self.drawing is None:
            return None
        card = self._selected_card()
        if card is None:
            inside = [card for card in self.drawing.cards if self.selected in (card.opens, card.id)]
            return (inside or list(self.drawing.cards))[0].id
        beside = self._nodes.step(card, direction, self.drawing)
        return beside.id if beside else None

    def open_selected(self, size: QSizeF) -> None:
        """Open the selected stage, run or block."""
        card = self._selected_card()
        name = card.opens if card else self.selected
        if name and name not in self._opened:
            self.toggle(name, size)

    def fold_selected(self, size: QSizeF) -> str | None:
        """Close the innermost opened thing around the selection, and name what is selected then."""
        if self._nodes is None or self.selected is None:
            return None
        name = self._nodes.opened_around(self.selected, self._opened)
        if name is None:
            return None
        self.toggle(name, size)
        return name if self._nodes.known(name) else self.selected

    def _selected_card(self) -> Card | None:
        if self.selected is None or self._nodes is None or self.drawing is None:
            return None
        return self._nodes.card_of(self.selected, self.drawing)

    # the part in view

    def fit(self, size: QSizeF) -> None:
        """Bring the whole drawing into view."""
        self.camera.fit(self.drawing, size)

    def zoom_to_selection(self, size: QSizeF) -> None:
        """Bring the selected node into the middle, with something of its surroundings."""
        found = _box_of(self.drawing, self._selected_card(), self.selected)
        if found is not None:
            self.camera.centre(found[0], size)

    def reveal(self, size: QSizeF) -> None:
        """Move as little as brings the selected node into view."""
        found = _box_of(self.drawing, self._selected_card(), self.selected)
        if found is not None and found[1] != "band":
            self.camera.reveal(found[0], size)

    def pan(self, dx: float, dy: float, size: QSizeF) -> None:
        """Move the drawing by so many pixels, never quite out of view."""
        self.camera.pan(dx, dy, self.drawing, size)

    def zoom(self, factor: float, point: QPointF, size: QSizeF) -> None:
        """Zoom; what is under the pixel stays there."""
        self.camera.zoom(factor, (point.x(), point.y()), self.drawing, size)

    def resized(self, before: QSizeF, size: QSizeF) -> None:
        """Stay fitted, or keep the middle height."""
        self.camera.resized(before, self.drawing, size)

    def follow_minimap(self, point: QPointF, size: QSizeF) -> bool:
        """Go to where the minimap is pressed; whether it was."""
        if self._minimap is None or not self._over_minimap(point, size):
            return False
        self.camera.look_at(self._minimap.scene_x(point, size), self.drawing, size)
        return True

    def _over_minimap(self, point: QPointF, size: QSizeF) -> bool:
        minimap = self._minimap
        return minimap is not None and minimap.needed(self.camera.view, size) and minimap.box(size).contains(point)

    # painting

    def paint(self, painter: QPainter, size: QSizeF, pointer: QPointF | None, ratio: float) -> None:
        """Everything, for a widget of this size and device pixel ratio."""
        painter.fillRect(QRectF(QPointF(0, 0), size), self._ink.theme.color("canvas"))
        if self._sketch is None or self._network is None:
            paint_message(painter, self.message, self._ink, size)
            return
        if self.motion is not None:
            self.motion.paint(painter, self._ink, size)
            return
        paint_bands(painter, self._sketch, self._ink, self.camera.view, size)
        self._picture.paint(painter, self._sketch, self._ink, self.camera.view, (size, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        found = _box_of(self.drawing, self._selected_card(), self.selected)
        if found is not None:
            _paint_selection(painter, self._ink, self.camera.view, found, size)
        paint_titles(painter, self._sketch.drawing.bands, self._ink, self.camera.view, size)
        end = paint_legend(painter, legend(self._network), self._ink, size)
        if self._sketch.shades is not None:
            paint_scale(painter, self._sketch.shades, self._ink, size, end)
        if self._minimap is None:
            self._minimap = Minimap(self._sketch, self._ink, ratio)
        if self._minimap.needed(self.camera.view, size):
            self._minimap.paint(painter, self.camera.view, size)
        card = self.card_at(pointer, size) if pointer else None
        if card is not None and pointer is not None and self._nodes is not None:
            hover = self._nodes.hover(card)
            if self.tint is not None:
                hover = hover.with_rows(hover_rows(self.tint, card))
            paint_hover(painter, hover, self._ink, pointer, size)


def _box_of(drawing: Layout | None, card: Card | None, name: str | None) -> tuple[Box, str] | None:
    """The scene box of a node (left, top, width, height), and what it is: a kind of card, a frame or a band."""
    if card is not None:
        return (card.x, card.y, card.w, card.h), card.kind
    if drawing is None:
        return None
    for frame in drawing.frames:
        if frame.id == name:
            return (frame.x, frame.y, frame.w, frame.h), "frame"
    for band in drawing.bands:
        if band.id == name:
            return (band.x, drawing.top, band.w, drawing.bottom - drawing.top), "band"
    return None


def _paint_selection(painter: QPainter, ink: Ink, view: View, found: tuple[Box, str], size: QSizeF) -> None:
    (x, y, w, h), kind = found
    box = QRectF(view.across(x), view.down(y), w * view.scale, h * view.high)
    if kind == "band":
        box = QRectF(box.x(), 8, box.width(), size.height() - 16)
    round_ends = {"pill": box.height() / 2, "add": box.height() / 2, "frame": 6.0, "band": 8.0}
    radius = round_ends.get(kind, CARD_CORNER * view.scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(ink.pen("text", 2.4))
    painter.drawRoundedRect(box, radius, radius)
