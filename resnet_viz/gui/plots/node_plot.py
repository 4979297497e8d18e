"""A plot that answers: what lies under the pointer is told, and a click chooses its node."""

from collections.abc import Callable, Iterable, Sequence
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

PLOT_MARGIN_PX = 6  # pixels above and below the plot, for half of a tick's number
DOT_REACH_PX = 10.0  # pixels around a dot that are the dot's
LABEL_OVERHANG_PX = 40  # pixels at its right, for half of the last name below it
Item = TypeVar("Item")
NodeTooltip = tuple[str, str]
"""A node's id, empty for what is no node, and what to say of it."""


class NodePlot(QWidget):
    """What every plot of a network's nodes has; each kind says what it draws, finds and marks.

    `is_linked` is whether its nodes are those of the network on the screen: others are neither marked nor chosen.
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
        self.empty, self.key = empty_label(self.plot), ColorKey(self.plot, 0.0)
        self._column = column((self.plot, 1), owner=self)
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)
        self._box().sigResized.connect(self._fit_axis_names)

    def select(self, node_id: str | None) -> None:
        """Mark a node, its parts, or its whole; no signal."""
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
        """Keep the empty sentence in the middle, and the key where nothing is drawn."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.plot.rect())
        self.key.place()

    def _draw(self) -> None:
        """Draw anew."""
        raise NotImplementedError

    def _node_at(self, place: QPointF) -> NodeTooltip | None:
        """What is at a point, given in pixels of the plot."""
        raise NotImplementedError

    def _outline(self, node_id: str) -> Any:
        """An item that marks a chosen node, None where the plot has nothing of it."""
        raise NotImplementedError

    def _begin(self, axes: Sequence[str], empty: str = "", key: Sequence[tuple[str, str]] = ()) -> Any:
        """An empty plot in the theme's colors, without axes where only a sentence is to be seen."""
        item = self.plot.getPlotItem()
        item.clear()
        self._marks = None
        paint_axes(self.plot, self._theme, *axes)
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setVisible(name in axes and not empty)
        self.empty.setText(empty)
        self.empty.setVisible(bool(empty))
        self.key.show_key(key, self._theme)
        above = PLOT_MARGIN_PX + (
            self.key.height() if key else 0
        )  # the key has a line of its own, where it hides nothing
        item.setContentsMargins(2, above, LABEL_OVERHANG_PX if axes else PLOT_MARGIN_PX, PLOT_MARGIN_PX)
        return item

    def _name_axis(self, axis: str, *names: str) -> None:
        """Write beside an axis the first of these names that fits; what a name leaves out stands in the title."""
        self._axis_names[axis] = names
        self._fit_axis_names()

    def _fit_axis_names(self) -> None:
        for side, names in self._axis_names.items():
            axis = self.plot.getAxis(side)
            metrics = QFontMetricsF(axis.label.font())
            room = (self._box().width() if side == "bottom" else self._box().height()) - PLOT_MARGIN_PX
            cut = metrics.elidedText(names[-1], Qt.TextElideMode.ElideRight, room)
            fitting = next((name for name in names if metrics.horizontalAdvance(name) <= room), cut)
            if fitting != axis.labelText:
                axis.setLabel(fitting)
                keep_units(axis)

    def _nearest(self, items: Iterable[Item], at: Callable[[Item], tuple[float, float]], point: QPointF) -> Item | None:
        """The item that is nearest to a point, given in pixels of the plot, and within its reach."""
        place, (across, up) = self._box().mapSceneToView(point), self._box().viewPixelSize()

        def apart(item: Item) -> float:
            x, y = at(item)
            return hypot((x - place.x()) / across, (y - place.y()) / up)

        nearest = min(items, key=apart, default=None)
        return nearest if nearest is not None and apart(nearest) <= DOT_REACH_PX else None

    def _mark(self) -> None:
        """Outline what is chosen, over what is drawn, which stays as it is."""
        if self._marks is not None:
            self.plot.getPlotItem().removeItem(self._marks)
        self._marks = self._outline(self._selected) if self._selected and self.is_linked else None
        if self._marks is not None:
            self.plot.getPlotItem().addItem(self._marks)

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _point_at(self, place: QPointF) -> None:
        found = self._node_at(place) if self._box().sceneBoundingRect().contains(place) else None
        show_tooltip(self.plot, found[1] if found else "", self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        found = self._node_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if found is not None and found[0] and self.is_linked:
            self.node_chosen.emit(found[0])
