"""The state of the canvas: the network, its drawing, what is expanded and selected in it, and the camera."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont

from resnet_viz.gui.canvas.drawing.highlight import Highlight, highlight_of
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import text_measurer
from resnet_viz.gui.canvas.interaction.camera import Camera, View
from resnet_viz.gui.canvas.interaction.transition import Transition
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.viewmodels.canvas.coloring import NodeColors
from resnet_viz.viewmodels.canvas.drawing import Drawing, NodeBox
from resnet_viz.viewmodels.canvas.expansion import expanded_at, still_expanded, toggled
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.neighbors import other_shortcut_end
from resnet_viz.viewmodels.canvas.node_lookup import Direction, NodeLookup
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, structure_of
from resnet_viz.viewmodels.canvas.transition import span_of

EXPANDING_ZOOM, COLLAPSING_ZOOM = 2.0, 1.3
BRANCH_REACH_PX = 5.0  # a click at most this far from a branch's line selects where it ends


class Scene:
    """The canvas without input and painting; all points are pixels along and across the main path."""

    def __init__(self, font: QFont) -> None:
        self.indexed: IndexedDrawing | None = None
        self.network: NetworkStructure | None = None
        self.lookup: NodeLookup | None = None
        self.colors: NodeColors | None = None
        self._measure = text_measurer(font)
        self.camera = Camera()
        self.level: Level = "block"
        self.selected: str | None = None
        self.expanded: frozenset[str] = frozenset()
        self._highlight: Highlight | None = None
        self._expanded_by_wheel: set[str] = set()
        self._collapsed_by_user: set[str] = set()  # they stay collapsed in the next network
        self.transition: Transition | None = None

    @property
    def drawing(self) -> Drawing | None:
        """The drawing of the network; None without one."""
        return None if self.indexed is None else self.indexed.drawing

    def show(self, analysis: Analysis | None, costs: Costs | None, colors: NodeColors | None) -> None:
        """Show a network in these colors; it is fitted unless a person has moved the view."""
        self.transition, self.colors = None, colors
        self._expanded_by_wheel.clear()
        if analysis is None or costs is None:
            self.network = self.lookup = self.indexed = self.camera.drawing = None
            return
        self.network = structure_of(analysis, costs)
        self.lookup = NodeLookup(analysis, self.network)
        remaining = still_expanded(self.expanded, self.network)
        self.expanded = remaining | (expanded_at(self.network, self.level) - self._collapsed_by_user)
        self._lay_out()
        self.select(self.selected)
        self.camera.set_drawing(self.drawing)

    def set_colors(self, colors: NodeColors | None) -> None:
        """Color the node boxes by a quantity or by kind of layer; None gives each stage its own color."""
        self.colors = colors
        if self.drawing is not None:
            self.indexed = IndexedDrawing(self.drawing, colors)

    def select(self, name: str | None) -> None:
        """Select this node, where the network has it."""
        self.selected = name if name is not None and self.lookup and self.lookup.has_node(name) else None
        self._highlight = None

    def show_level(self, level: Level) -> None:
        """Show the whole network at one level."""
        self.level = level
        if self.network is not None:
            before = self.indexed, self.camera.view
            self.expanded = expanded_at(self.network, level)
            self._collapsed_by_user.clear()
            self._lay_out()
            self.camera.fit_readably()
            self._begin_transition(before)

    @property
    def part(self) -> str | None:
        """The selected stage or block, or the one that the selected layer lies in."""
        if self.selected is None or self.lookup is None:
            return None
        containers = self.lookup.containers(self.selected)
        return containers[1] if self.selected in self.lookup.analysis.layer_by_id else containers[0]

    def set_direction(self, *, vertical: bool) -> None:
        """Let the main path run down or to the right."""
        self.transition = None
        self.camera.set_direction(vertical=vertical)
        self._lay_out()
        self.camera.fit_readably()

    def toggle(self, name: str, pixel: float | None = None) -> None:
        """Expand or collapse a stage, repeat or block; what is at the pixel, or else its left edge, stays in place."""
        before, span = (self.indexed, self.camera.view), span_of(self.drawing, name)
        self.expanded = toggled(self.expanded, name)
        (self._collapsed_by_user.discard if name in self.expanded else self._collapsed_by_user.add)(name)
        self._lay_out()
        after = span_of(self.drawing, name)
        if span is not None and after is not None:
            scale = self.camera.view.scale
            x = span[0] if pixel is None else min(max((pixel - self.camera.view.x) / scale, span[0]), span[1])
            part = (x - span[0]) / (span[1] - span[0])
            moved = after[0] + part * (after[1] - after[0])
            self.camera.pan(round((x - moved) * scale), 0.0)
        self._begin_transition(before)

    def expand_or_collapse_at(self, point: QPointF, *, closer: bool) -> bool:
        """Expand the box at a point where the zoom is large, or collapse what was expanded so where it is small.

        Return whether anything has changed.
        """
        if self.indexed is None or self.lookup is None:
            return False
        scale, (x, _) = self.camera.view.scale, self.camera.view.to_scene(point.x(), point.y())
        box = self.box_at(point) or self.indexed.nearest_box(x)
        if closer and scale >= EXPANDING_ZOOM and box is not None and box.toggles and box.toggles not in self.expanded:
            self._expanded_by_wheel.add(box.toggles)
            self.toggle(box.toggles, point.x())
            return True
        if not closer and scale <= COLLAPSING_ZOOM:
            under = self.node_at(point)
            name = self.lookup.expanded_around(under, self.expanded & self._expanded_by_wheel) if under else None
            if name is not None:
                self._expanded_by_wheel.discard(name)
                self.toggle(name, point.x())
                return True
        return False

    def _begin_transition(self, before: tuple[IndexedDrawing | None, View]) -> None:
        indexed, view = before
        if indexed is not None and self.indexed is not None:
            self.transition = Transition((indexed, view), (self.indexed, self.camera.view))

    def _lay_out(self) -> None:
        if self.network is not None:
            drawing = layout(self.network, self.expanded, self._measure, vertical=self.camera.vertical)
            self.indexed = IndexedDrawing(drawing, self.colors)
            self.camera.drawing = drawing
            self._highlight = None

    def box_at(self, point: QPointF) -> NodeBox | None:
        """Return the node box at a pixel."""
        if self.indexed is None:
            return None
        return self.indexed.box_at(*self.camera.view.to_scene(point.x(), point.y()))

    def node_at(self, point: QPointF) -> str | None:
        """Return the id of what is at a pixel: a node box, a branch, an expanded block or a column."""
        view = self.camera.view
        return (
            None
            if self.indexed is None
            else self.indexed.id_at(*view.to_scene(point.x(), point.y()), BRANCH_REACH_PX / view.scale)
        )

    def toggle_at(self, point: QPointF) -> bool:
        """Expand or collapse what is at a pixel; return whether there was anything."""
        box = self.box_at(point)
        name = box.toggles if box else self.node_at(point)
        if self.network is None or name not in expanded_at(self.network, "layer"):
            return False
        self.toggle(name, point.x())
        return True

    def node_beside_selection(self, direction: Direction) -> str | None:
        """Return the id of the node beside the selected one, or of the first where none is selected."""
        if self.lookup is None or self.drawing is None:
            return None
        box = self._selected_box()
        if box is None:
            inside = [box for box in self.drawing.node_boxes if self.selected in (box.toggles, box.id)]
            return (inside or list(self.drawing.node_boxes))[0].id
        if direction in ("up", "down") and box.kind == "block":  # its shortcut and its gate lie within it
            end = self.lookup.joins_within(box.id).get(direction)
            return end if self.selected == box.id else None if self.selected == end else box.id
        beside = self.lookup.neighbor_box(box, direction, self.drawing)
        return beside.id if beside else None

    def other_shortcut_end(self) -> str | None:
        """Return the id of the other end of the selected node's shortcut or gate; None where it has neither."""
        if self.lookup is None or self.selected is None:
            return None
        return other_shortcut_end(self.lookup.analysis, self.selected)

    def accessible_text(self) -> str:
        """Return the description of the selected node for a screen reader; empty without one."""
        hover = self.lookup.describe(self.selected) if self.lookup and self.selected else None
        return "" if hover is None else hover.accessible_text

    def expand_selected(self) -> None:
        """Expand the selected stage, repeat or block."""
        box = self._selected_box()
        name = box.toggles if box else self.selected
        if name and name not in self.expanded:
            self.toggle(name)

    def collapse_selected(self) -> str | None:
        """Collapse the innermost expanded node around the selection; return the id to select then."""
        if self.lookup is None or self.selected is None:
            return None
        name = self.lookup.expanded_around(self.selected, self.expanded)
        if name is None:
            return None
        self.toggle(name)
        return name if self.lookup.has_node(name) else self.selected

    def highlight(self) -> Highlight:
        """Return the highlight of the selection."""
        if self._highlight is None:
            if self.drawing is None or self.lookup is None:
                return Highlight()
            self._highlight = highlight_of(self.lookup, self.drawing, self.selected)
        return self._highlight

    def _selected_box(self) -> NodeBox | None:
        if self.selected is None or self.lookup is None or self.drawing is None:
            return None
        return self.lookup.box_for(self.selected, self.drawing)

    def zoom_to_selection(self) -> None:
        """Bring the selected node into the middle, with some surroundings."""
        found = self.highlight().selected
        if found is not None:
            self.camera.center(found[0])

    def reveal(self) -> None:
        """Move the view as little as needed to show the selected node."""
        found = self.highlight().selected
        if found is not None and found[1] != "column":
            self.camera.reveal(found[0])
