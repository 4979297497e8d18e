"""A treemap: each part of the network a tile as large as its share, coloured by stage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QVBoxLayout, QWidget

from resnet_viz.gui.plotting import empty_label, make_plot, mixed, save_picture, small, tell
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.viewmodels.charts import Share
from resnet_viz.viewmodels.units import percent

FILL = 0.45
EDGE = 2.0  # pixels between two tiles
MARGIN = 6.0  # pixels around a tile's name


class SharesPlot(QWidget):
    """Draws shares; hover for figures, click to choose."""

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._shares: tuple[Share, ...] = ()
        self._title, self._selected = "", ""
        self.plot = make_plot()
        self.empty = empty_label(self.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        for name in ("left", "bottom"):
            self.plot.hideAxis(name)
        self._box().setMouseEnabled(x=False, y=False)
        self._box().invertY(True)
        self._box().setDefaultPadding(0.0)
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)

    def show_shares(self, shares: Sequence[Share], title: str, empty: str = "") -> None:
        """Draw the tiles, or say why there are none."""
        self._shares, self._title = tuple(shares), title
        self.empty.setText(empty)
        self.empty.setGeometry(self.plot.rect())
        self.empty.setVisible(bool(empty))
        self._draw()

    def select(self, node_id: str | None) -> None:
        """Outline a node's tile, or those of its parts; no signal."""
        self._selected = node_id or ""
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the tiles as .png or .svg; raises UserError."""
        save_picture(self.plot, self._title, path)

    def aspect(self) -> float:
        """The plot's width for a height of 1."""
        found: float = self.plot.width() / max(1, self.plot.height())
        return max(0.2, found)

    def share_at(self, place: QPointF) -> Share | None:
        """The share whose tile is at a point, given in pixels of the plot."""
        at = self._box().mapSceneToView(place)
        return next((share for share in self._shares if _rect(share).contains(at)), None)

    def _draw(self) -> None:
        item = self.plot.getPlotItem()
        item.clear()
        self.plot.setBackground(self._theme.color("canvas"))
        wide = max((share.tile.x + share.tile.width for share in self._shares), default=1.0)
        self._box().setRange(xRange=(0.0, wide), yRange=(0.0, 1.0), padding=0.01)
        for color in dict.fromkeys(share.color for share in self._shares):
            alike = [share for share in self._shares if share.color == color]
            item.addItem(self._tiles(alike, "canvas", mixed(self._theme, color, FILL)))
        chosen = [share for share in self._shares if self._is_chosen(share)]
        if chosen:
            item.addItem(self._tiles(chosen, "text", None))
        font = small(self.font())
        metrics = QFontMetricsF(font)
        for share in self._shares:
            self._name(item, share, wide, font, metrics)

    def _tiles(self, shares: Sequence[Share], outline: str, fill: QColor | None) -> "Tiles":
        pen = QPen(self._theme.color(outline), EDGE)
        pen.setCosmetic(True)
        return Tiles([_rect(share) for share in shares], pen, QBrush() if fill is None else QBrush(fill))

    def _name(self, item: Any, share: Share, wide: float, font: QFont, metrics: QFontMetricsF) -> None:
        """The tile's name and share, where there is room for both."""
        across, down = self.plot.width() * share.tile.width / wide, self.plot.height() * share.tile.height
        if 2 * metrics.height() + MARGIN > down:
            return
        text = f"{share.label}\n{percent(share.part)}"
        longest = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
        if longest + MARGIN > across:
            return
        name = pyqtgraph.TextItem(text, color=self._theme.color("text"), anchor=(0.5, 0.5))
        name.setFont(font)
        name.setPos(share.tile.x + share.tile.width / 2, share.tile.y + share.tile.height / 2)
        item.addItem(name, ignoreBounds=True)

    def _is_chosen(self, share: Share) -> bool:
        name, tile = self._selected, share.tile.id
        return bool(name) and (
            name in (tile, share.color) or tile.startswith(f"{name}.") or name.startswith(f"{tile}.")
        )

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _point_at(self, place: QPointF) -> None:
        share = self.share_at(place)
        tell(self.plot, "" if share is None else share.tip, self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        share = self.share_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if share is not None:
            self.node_chosen.emit(share.tile.id)


class Tiles(QGraphicsItem):
    """Many tiles of one look in one item: an item for each, or a path around all, would take its time."""

    def __init__(self, rects: list[QRectF], pen: QPen, brush: QBrush) -> None:
        super().__init__()
        self._rects, self._pen, self._brush = rects, pen, brush
        self._bounds = rects[0]
        for rect in rects:
            self._bounds = self._bounds.united(rect)

    def boundingRect(self) -> QRectF:  # Qt override
        """Around all of them."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Sharp edges, which are quick to draw."""  # Qt override
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        painter.drawRects(self._rects)


def _rect(share: Share) -> QRectF:
    return QRectF(share.tile.x, share.tile.y, share.tile.width, share.tile.height)
