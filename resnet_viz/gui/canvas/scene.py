"""What the canvas has in hand: the network, what is opened and selected in it, and where it lies on the screen."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont

from resnet_viz.gui.canvas.drawing.highlight import Marks, marks_of
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import measurer
from resnet_viz.gui.canvas.interaction.camera import Camera, View
from resnet_viz.gui.canvas.interaction.transition import Motion
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.viewmodels.canvas.coloring import Palette, Tint
from resnet_viz.viewmodels.canvas.drawing import Card, Layout
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.neighbors import other_end
from resnet_viz.viewmodels.canvas.nodes import Direction, Nodes, kept, opened_at, toggled
from resnet_viz.viewmodels.canvas.outline import Outline, outline
from resnet_viz.viewmodels.canvas.transition import span_of

OPENING_SCALE, CLOSING_SCALE = 2.0, 1.3
NEAR = 5.0  # pixels from a shortcut's line that are the line's


class Scene:
    """The canvas without its events and without its paint; what it takes are pixels along and across the trunk."""

    def __init__(self, font: QFont) -> None:
        self.sketch: Sketch | None = None
        self.network: Outline | None = None
        self.nodes: Nodes | None = None
        self.tint: Tint | Palette | None = None
        self._measure = measurer(font)
        self.camera = Camera()
        self.level: Level = "block"
        self.selected: str | None = None
        self.opened: frozenset[str] = frozenset()
        self._marks: Marks | None = None
        self._opened_by_wheel: set[str] = set()
        self._folded: set[str] = set()  # by hand: they stay so in the next network
        self.motion: Motion | None = None

    @property
    def drawing(self) -> Layout | None:
        """The network as it is laid out."""
        return None if self.sketch is None else self.sketch.drawing

    def show(self, analysis: Analysis | None, costs: Costs | None, tint: Tint | Palette | None) -> None:
        """Take another network and its colors; the first, and one shown whole, is fitted."""
        self.motion, self.tint = None, tint
        self._opened_by_wheel.clear()
        if analysis is None or costs is None:
            self.network = self.nodes = self.sketch = self.camera.drawing = None
            return
        self.network = outline(analysis, costs)
        self.nodes = Nodes(analysis, self.network)
        stays = kept(self.opened, self.network)
        self.opened = stays | (opened_at(self.network, self.level) - self._folded)
        self._draw()
        self.select(self.selected)
        self.camera.take(self.drawing)

    def set_tint(self, tint: Tint | Palette | None) -> None:
        """Color the cards by a quantity or by kind; by their stage without one."""
        self.tint = tint
        if self.drawing is not None:
            self.sketch = Sketch(self.drawing, tint)

    def select(self, name: str | None) -> None:
        """Mark this node, if the network has it."""
        self.selected = name if name is not None and self.nodes and self.nodes.known(name) else None
        self._marks = None

    def open_all(self, level: Level) -> None:
        """Show the whole network at one level."""
        self.level = level
        if self.network is not None:
            before = self.sketch, self.camera.view
            self.opened = opened_at(self.network, level)
            self._folded.clear()
            self._draw()
            self.camera.fit_readably()
            self._begin_motion(before)

    @property
    def part(self) -> str | None:
        """The selected stage or block, or that of the selected layer."""
        if self.selected is None or self.nodes is None:
            return None
        hosts = self.nodes.hosts(self.selected)
        return hosts[1] if self.selected in self.nodes.analysis.layer_by_id else hosts[0]

    def turn(self, *, down: bool) -> None:
        """Let the trunk run down, or to the right."""
        self.motion = None
        self.camera.turn(down=down)
        self._draw()
        self.camera.fit_readably()

    def toggle(self, name: str, pixel: float | None = None) -> None:
        """Open or close a stage, run or block in place: what was at the pixel stays there, else its left edge."""
        before, span = (self.sketch, self.camera.view), span_of(self.drawing, name)
        self.opened = toggled(self.opened, name)
        (self._folded.discard if name in self.opened else self._folded.add)(name)
        self._draw()
        after = span_of(self.drawing, name)
        if span is not None and after is not None:
            scale = self.camera.view.scale
            x = span[0] if pixel is None else min(max((pixel - self.camera.view.x) / scale, span[0]), span[1])
            part = (x - span[0]) / (span[1] - span[0])
            moved = after[0] + part * (after[1] - after[0])
            self.camera.pan(round((x - moved) * scale), 0.0)
        self._begin_motion(before)

    def turn_level(self, point: QPointF, *, closer: bool) -> bool:
        """Zoomed far enough towards a card, open it in place; zoomed away again, close what was opened so."""
        if self.sketch is None or self.nodes is None:
            return False
        scale, (x, _) = self.camera.view.scale, self.camera.view.scene(point.x(), point.y())
        card = self.card_at(point) or self.sketch.beside(x)
        if closer and scale >= OPENING_SCALE and card is not None and card.opens and card.opens not in self.opened:
            self._opened_by_wheel.add(card.opens)
            self.toggle(card.opens, point.x())
            return True
        if not closer and scale <= CLOSING_SCALE:
            under = self.node_at(point)
            name = self.nodes.opened_around(under, self.opened & self._opened_by_wheel) if under else None
            if name is not None:
                self._opened_by_wheel.discard(name)
                self.toggle(name, point.x())
                return True
        return False

    def _begin_motion(self, before: tuple[Sketch | None, View]) -> None:
        sketch, view = before
        if sketch is not None and self.sketch is not None:
            self.motion = Motion((sketch, view), (self.sketch, self.camera.view))

    def _draw(self) -> None:
        if self.network is not None:
            drawing = layout(self.network, self.opened, self._measure, down=self.camera.down)
            self.sketch = Sketch(drawing, self.tint)
            self.camera.drawing = drawing
            self._marks = None

    def card_at(self, point: QPointF) -> Card | None:
        """The card under a pixel."""
        if self.sketch is None:
            return None
        return self.sketch.card_at(*self.camera.view.scene(point.x(), point.y()))

    def node_at(self, point: QPointF) -> str | None:
        """The id of what is under a pixel: a card, an opened block, or a band."""
        view = self.camera.view
        return None if self.sketch is None else self.sketch.id_at(*view.scene(point.x(), point.y()), NEAR / view.scale)

    def toggle_at(self, point: QPointF) -> bool:
        """Open or close what is under a pixel; whether there was anything."""
        card = self.card_at(point)
        name = card.opens if card else self.node_at(point)
        if self.network is None or name not in opened_at(self.network, "layer"):
            return False
        self.toggle(name, point.x())
        return True

    def walk(self, direction: Direction) -> str | None:
        """The id of the node beside the selected one; the first where none is selected."""
        if self.nodes is None or self.drawing is None:
            return None
        card = self._selected_card()
        if card is None:
            inside = [card for card in self.drawing.cards if self.selected in (card.opens, card.id)]
            return (inside or list(self.drawing.cards))[0].id
        if direction == "up" and card.kind == "block" and card.id == self.selected:
            return self.other_shortcut_end()  # its shortcut lies within it
        if direction == "down" and card.kind == "block" and card.id != self.selected:
            return card.id
        beside = self.nodes.step(card, direction, self.drawing)
        return beside.id if beside else None

    def other_shortcut_end(self) -> str | None:
        """The id of the other end of the shortcut that the selected node has to do with."""
        if self.nodes is None or self.selected is None:
            return None
        return other_end(self.nodes.analysis, self.selected)

    def words(self) -> str:
        """The selected node in words, for a screen reader; empty without one."""
        hover = self.nodes.describe(self.selected) if self.nodes and self.selected else None
        return "" if hover is None else hover.words

    def open_selected(self) -> None:
        """Open the selected stage, run or block."""
        card = self._selected_card()
        name = card.opens if card else self.selected
        if name and name not in self.opened:
            self.toggle(name)

    def fold_selected(self) -> str | None:
        """Close the innermost opened thing around the selection, and name what is selected then."""
        if self.nodes is None or self.selected is None:
            return None
        name = self.nodes.opened_around(self.selected, self.opened)
        if name is None:
            return None
        self.toggle(name)
        return name if self.nodes.known(name) else self.selected

    def marks(self) -> Marks:
        """What the selection marks."""
        if self._marks is None:
            if self.drawing is None or self.nodes is None:
                return Marks()
            self._marks = marks_of(self.nodes, self.drawing, self.selected)
        return self._marks

    def _selected_card(self) -> Card | None:
        if self.selected is None or self.nodes is None or self.drawing is None:
            return None
        return self.nodes.card_of(self.selected, self.drawing)

    def zoom_to_selection(self) -> None:
        """Bring the selected node into the middle, with something of its surroundings."""
        found = self.marks().chosen
        if found is not None:
            self.camera.center(found[0])

    def reveal(self) -> None:
        """Move as little as brings the selected node into view."""
        found = self.marks().chosen
        if found is not None and found[1] != "band":
            self.camera.reveal(found[0])
