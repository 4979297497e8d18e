"""A clickable plot: it shows a tooltip for the node under the pointer, and a click chooses it."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import hypot
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.plots.plot import ColorKey, empty_label, keep_units, make_plot, paint_axes, show_tooltip
from resnet_viz.gui.plots.plot_file import save_plot
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.widgets.layouts import column

PLOT_MARGIN_PX = 6  # above and below the plot, for half of the number at a tick
DOT_REACH_PX = 10.0  # a click this near a dot hits it
LABEL_OVERHANG_PX = 40  # at the right of the plot, for half of the last name below it
Item = TypeVar("Item")
NodeTooltip = tuple[str, str]
"""A node's id, empty for a part of the plot that stands for no node, and its tooltip."""


class NodePlot(QWidget):
    """The base of all plots of a network's nodes; subclasses draw, find and outline the nodes.

    `is_linked` is False while the nodes are not those of the network on the canvas: they can neither be marked nor
    chosen then.
    """

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self.title = ""
        self._selected: str | None = None
        self._marks: Any = None
        self._axis_names: dict[str, tuple[str, ...]] = {}
        self.is_linked = True
        self.plot = make_plot()
        self.empty, self.key = empty_label(self.plot), ColorKey(self.plot)
        self._column = column((self.plot, 1), owner=self)
        self.plot.scene().sigMouseMoved.connect(self._show_tooltip_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)
        self._box().sigResized.connect(self._fit_axis_names)

    def select(self, node_id: str | None) -> None:
        """Mark a node, its parts or the group it belongs to, without a signal."""
        self._selected = node_id
        self._mark()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the plot with its title as .png or .svg; raises UserError."""
        save_plot(self.plot, self.title, path)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Keep the sentence of an empty plot in the middle and the color key in its corner."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.plot.rect())
        self.key.reposition()

    def _draw(self) -> None:
        """Draw everything again."""
        raise NotImplementedError

    def _node_at(self, point: QPointF) -> NodeTooltip | None:
        """Return the node at a point, given in pixels of the plot."""
        raise NotImplementedError

    def _outline(self, node_id: str) -> Any:
        """Return an item that outlines a chosen node; None if the plot does not show it."""
        raise NotImplementedError

    def _begin(self, axes: Sequence[str], empty: str = "", key: Sequence[tuple[str, str]] = ()) -> Any:
        """Clear the plot and paint its axes in the theme's colors, or show the sentence `empty` in their place."""
        item = self.plot.getPlotItem()
        item.clear()
        self._marks = None
        paint_axes(self.plot, self._theme, *axes)
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setVisible(name in axes and not empty)
        self.empty.setText(empty)
        self.empty.setVisible(bool(empty))
        self.key.show_key(key, self._theme)
        above = PLOT_MARGIN_PX + (self.key.height() if key else 0)  # the key has its own line, where it hides nothing
        item.setContentsMargins(2, above, LABEL_OVERHANG_PX if axes else PLOT_MARGIN_PX, PLOT_MARGIN_PX)
        return item

    def _name_axis(self, axis: str, *names: str) -> None:
        """Write the first of these names that fits beside an axis; a shorter one relies on the title for the rest."""
        self._axis_names[axis] = names
        self._fit_axis_names()

    def _fit_axis_names(self) -> None:
        for side, names in self._axis_names.items():
            axis = self.plot.getAxis(side)
            metrics = QFontMetricsF(axis.label.font())
            room = (self._box().width() if side == "bottom" else self._box().height()) - PLOT_MARGIN_PX
            cut = metrics.elidedText(names[-1], Qt.TextElideMode.ElideRight, room)
            fitting = next((name for name in names if metrics.horizontalAdvance(name) <= room), cut)
            if escape(fitting) != axis.labelText:
                axis.setLabel(escape(fitting))  # pyqtgraph writes it as rich text
                keep_units(axis)

    def _nearest(
        self, items: Iterable[Item], position_of: Callable[[Item], tuple[float, float]], point: QPointF
    ) -> Item | None:
        """Return the item nearest to a point, given in pixels of the plot; None if none is within reach."""
        position, (across, up) = self._box().mapSceneToView(point), self._box().viewPixelSize()

        def distance_px(item: Item) -> float:
            x, y = position_of(item)
            return hypot((x - position.x()) / across, (y - position.y()) / up)

        nearest = min(items, key=distance_px, default=None)
        return nearest if nearest is not None and distance_px(nearest) <= DOT_REACH_PX else None

    def _mark(self) -> None:
        """Outline the chosen node without drawing the rest again."""
        if self._marks is not None:
            self.plot.getPlotItem().removeItem(self._marks)
        self._marks = self._outline(self._selected) if self._selected and self.is_linked else None
        if self._marks is not None:
            self.plot.getPlotItem().addItem(self._marks)

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _show_tooltip_at(self, point: QPointF) -> None:
        hit = self._node_at(point) if self._box().sceneBoundingRect().contains(point) else None
        show_tooltip(self.plot, hit[1] if hit else "", self.plot.mapFromScene(point))

    def _choose(self, event: Any) -> None:
        hit = self._node_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if hit is not None and hit[0] and self.is_linked:
            self.node_chosen.emit(hit[0])
