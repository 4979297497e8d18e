"""What the canvas has in hand: the network, what is opened and selected in it, and the part in view."""

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QPainter

from resnet_viz.gui.canvas_cache import Picture
from resnet_viz.gui.canvas_ink import TURN, Ink, measurer
from resnet_viz.gui.canvas_legend import Plate, paint_legend, plates, wrapped
from resnet_viz.gui.canvas_marks import Marks, marks_of, paint_marks
from resnet_viz.gui.canvas_motion import Motion
from resnet_viz.gui.canvas_overlay import (
    paint_hover,
    paint_message,
    paint_titles,
    paint_titles_beside,
)
from resnet_viz.gui.canvas_paint import paint_bands
from resnet_viz.gui.canvas_sketch import Sketch
from resnet_viz.gui.canvas_view import Camera, View
from resnet_viz.gui.minimap import Minimap
from resnet_viz.gui.theme import Theme
from resnet_viz.records import Analysis
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas import (
    Direction,
    Level,
    Nodes,
    cost_sentence,
    kept,
    legend,
    opened_at,
    toggled,
)
from resnet_viz.viewmodels.layout import layout
from resnet_viz.viewmodels.motion import span_of
from resnet_viz.viewmodels.neighbours import other_end
from resnet_viz.viewmodels.outline import Outline, outline
from resnet_viz.viewmodels.picture import Card, Layout
from resnet_viz.viewmodels.tint import Palette, Tint, hover_rows

OPENING_SCALE, CLOSING_SCALE = 2.0, 1.3
MINIMAP_ROOM = 204.0  # pixels of the lowest line
NEAR = 5.0  # pixels from a skip's line that are the line's


class Scene:
    """The canvas without its events."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.message = tr("Choose a network on the left to see its graph.")
        self.drawing: Layout | None = None
        self.tint: Tint | Palette | None = None
        self._font = font
        self._measure = measurer(font)
        self._ink, self.theme_name = Ink(theme, font), theme.name
        self.camera = Camera()
        self.level: Level = "block"
        self.selected: str | None = None
        self.opened: frozenset[str] = frozenset()
        self._network: Outline | None = None
        self._nodes: Nodes | None = None
        self._sketch: Sketch | None = None
        self._picture = Picture()
        self._minimap: Minimap | None = None
        self._marks: Marks | None = None
        self._legend: tuple[tuple[Sketch, Ink, float, bool], list[list[Plate]]] | None = None
        self._opened_by_wheel: set[str] = set()
        self._folded: set[str] = set()  # by hand: they stay so in the next network
        self.down = False
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
        stays = kept(self.opened, self._network)
        self.opened = stays | (opened_at(self._network, self.level) - self._folded)
        self._draw()
        self.select(self.selected)
        self.camera.take(self.drawing, size)

    def set_look(self, theme: Theme | None, tint: Tint | Palette | None) -> None:
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
        self._marks = None

    def open_all(self, level: Level, size: QSizeF) -> None:
        """Show the whole network at one level."""
        self.level = level
        if self._network is not None:
            before = self._sketch, self.camera.view
            self.opened = opened_at(self._network, level)
            self._folded.clear()
            self._draw()
            self.camera.fit_readably(self.drawing, size)
            self._begin_motion(before)

    @property
    def part(self) -> str | None:
        """The selected stage or block, or that of the selected layer."""
        if self.selected is None or self._nodes is None:
            return None
        hosts = self._nodes.hosts(self.selected)
        return hosts[1] if self.selected in self._nodes.analysis.layer_by_id else hosts[0]

    def turn(self, size: QSizeF, *, down: bool) -> None:
        """Let the trunk run down, or to the right; `size` is the canvas's along and across it then."""
        self.down, self.motion = down, None
        self._draw()
        self.camera.fit_readably(self.drawing, size)

    def real(self, point: QPointF) -> QPointF:
        """A pixel of the canvas from its place along and across the trunk, or the other way round."""
        return QPointF(point.y(), point.x()) if self.down else point

    def toggle(self, name: str, size: QSizeF, pixel: float | None = None) -> None:
        """Open or close a stage, run or block in place: what was at the pixel stays there, else its left edge."""
        before, span = (self._sketch, self.camera.view), span_of(self.drawing, name)
        self.opened = toggled(self.opened, name)
        (self._folded.discard if name in self.opened else self._folded.add)(name)
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
        scale, card = self.camera.view.scale, self.card_at(point, size) or self._card_beside(point)
        if closer and scale >= OPENING_SCALE and card is not None and card.opens and card.opens not in self.opened:
            self._opened_by_wheel.add(card.opens)
            self.toggle(card.opens, size, point.x())
            return True
        if not closer and scale <= CLOSING_SCALE and self._nodes is not None:
            under = self.node_at(point, size)
            name = self._nodes.opened_around(under, self.opened & self._opened_by_wheel) if under else None
            if name is not None:
                self._opened_by_wheel.discard(name)
                self.toggle(name, size, point.x())
                return True
        return False

    def _card_beside(self, point: QPointF) -> Card | None:
        """The card on the trunk that is nearest to a pixel between two."""
        if self._sketch is None:
            return None
        x, _ = self.camera.view.scene(point.x(), point.y())
        return self._sketch.beside(x)

    def _begin_motion(self, before: tuple[Sketch | None, View]) -> None:
        sketch, view = before
        if sketch is not None and self._sketch is not None:
            self.motion = Motion((sketch, view), (self._sketch, self.camera.view))

    def _draw(self) -> None:
        if self._network is not None:
            self.drawing = layout(self._network, self.opened, self._measure, down=self.down)
            self._sketch = Sketch(self.drawing, self.tint)
            self._minimap = self._marks = None

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
        card = self._sketch.card_at(x, y)
        skip = None if card else self._sketch.skip_at(x, y, NEAR / self.camera.view.scale)
        if skip is not None:
            return skip
        band = next((band for band in self._sketch.drawing.bands if band.x <= x <= band.x + band.w), None)
        found = card or self._sketch.frame_at(x, y) or band
        return found.id if found else None

    def toggle_at(self, point: QPointF, size: QSizeF) -> bool:
        """Open or close what is under a pixel."""
        if self._over_minimap(point, size):
            return False
        card = self.card_at(point, size)
        name = card.opens if card else self.node_at(point, size)
        if self._network is None or name not in opened_at(self._network, "layer"):
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
        if direction == "up" and card.kind == "block" and card.id == self.selected:
            return self.along_skip()  # its skip lies within it
        if direction == "down" and card.kind == "block" and card.id != self.selected:
            return card.id
        beside = self._nodes.step(card, direction, self.drawing)
        return beside.id if beside else None

    def along_skip(self) -> str | None:
        """The id of the other end of the skip that the selected node has to do with."""
        if self._nodes is None or self.selected is None:
            return None
        return other_end(self._nodes.analysis, self.selected)

    def words(self) -> str:
        """The selected node in words, for a screen reader; empty without one."""
        hover = self._nodes.describe(self.selected) if self._nodes and self.selected else None
        return "" if hover is None else hover.words

    def open_selected(self, size: QSizeF) -> None:
        """Open the selected stage, run or block."""
        card = self._selected_card()
        name = card.opens if card else self.selected
        if name and name not in self.opened:
            self.toggle(name, size)

    def fold_selected(self, size: QSizeF) -> str | None:
        """Close the innermost opened thing around the selection, and name what is selected then."""
        if self._nodes is None or self.selected is None:
            return None
        name = self._nodes.opened_around(self.selected, self.opened)
        if name is None:
            return None
        self.toggle(name, size)
        return name if self._nodes.known(name) else self.selected

    def _marked(self) -> Marks:
        if self._marks is None:
            if self.drawing is None or self._nodes is None:
                return Marks()
            self._marks = marks_of(self._nodes, self.drawing, self.selected)
        return self._marks

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
        found = self._marked().chosen
        if found is not None:
            self.camera.centre(found[0], size, down=self.down)

    def reveal(self, size: QSizeF) -> None:
        """Move as little as brings the selected node into view."""
        found = self._marked().chosen
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
        real = size.transposed() if self.down else size
        self.camera.look_at(self._minimap.scene_x(self.real(point), real), self.drawing, size)
        return True

    def _over_minimap(self, point: QPointF, size: QSizeF) -> bool:
        minimap, real = self._minimap, size.transposed() if self.down else size
        if minimap is None or not minimap.needed(self.camera.view, size):
            return False
        return minimap.box(real).contains(self.real(point))

    # painting

    def paint(self, painter: QPainter, size: QSizeF, pointer: QPointF | None, ratio: float) -> None:
        """Everything, for a widget of this size (along and across the trunk) and device pixel ratio."""
        real = size.transposed() if self.down else size
        painter.fillRect(QRectF(QPointF(0, 0), real), self._ink.theme.color("canvas"))
        if self._sketch is None or self._network is None:
            paint_message(painter, self.message, self._ink, real)
            return
        painter.save()
        if self.down:
            painter.setTransform(TURN, True)
        if self.motion is not None:
            self.motion.paint(painter, self._ink, size)
            bands, view = self.motion.bands, View()
        else:
            bands, view = self._sketch.bands, self.camera.view
            self._paint_still(painter, size, ratio)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (paint_titles_beside if self.down else paint_titles)(painter, bands, self._ink, view, real)
        self._paint_foot(painter, size, real, ratio)
        card = self.card_at(pointer, size) if pointer else None
        if card is not None and pointer is not None and self._nodes is not None:
            hover = self._nodes.hover(card)
            if isinstance(self.tint, Tint):
                hover = hover.with_rows(hover_rows(self.tint, card))
            paint_hover(painter, hover, self._ink, self.real(pointer), real)

    def _paint_foot(self, painter: QPainter, size: QSizeF, real: QSizeF, ratio: float) -> None:
        """Minimap and legend."""
        if self._sketch is None or self._network is None or self._nodes is None:
            return
        if self._minimap is None:
            self._minimap = Minimap(self._sketch, self._ink, ratio)
        needed = self._minimap.needed(self.camera.view, size)
        if needed:
            self._minimap.paint(painter, self.camera.view, size, real)
        known = (self._sketch, self._ink, real.width(), needed)
        if self._legend is None or self._legend[0] != known:
            cost = cost_sentence(self._nodes.analysis.counted_as)
            found = plates(self._sketch, legend(self._network), cost, self._ink)
            self._legend = known, wrapped(found, real.width(), MINIMAP_ROOM if needed else 0.0)
        paint_legend(painter, self._legend[1], self._ink, real)

    def _paint_still(self, painter: QPainter, size: QSizeF, ratio: float) -> None:
        sketch, view = self._sketch, self.camera.view
        if sketch is None:
            return
        paint_bands(painter, sketch, self._ink, view, size)
        painter.save()
        if self.down:
            painter.setTransform(TURN, True)  # the picture is kept as it is seen
        self._picture.paint(painter, sketch, self._ink, view, (size.transposed() if self.down else size, ratio))
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_marks(painter, self._marked(), self._ink, view, size)
