"""A treemap with a tile for each part of the network, as large as its share and colored by stage."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.viewmodels.charts.bars import overlaps
from resnet_viz.viewmodels.charts.quantities import Share
from resnet_viz.viewmodels.text.numbers import percent

FILL_COLOR_SHARE = 0.45  # the share of the stage's color in a tile; the rest is the background
TILE_GAP_PX = 2.0
TINY_TILE_PX = 2.5 * TILE_GAP_PX  # the gaps around smaller tiles would leave little of them
NAME_MARGIN_PX = 6.0


class TreemapPlot(NodePlot):
    """Draws shares; hover for figures, click to choose."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(theme)
        self._shares: tuple[Share, ...] = ()
        self._why_empty = ""
        self._box().setMouseEnabled(x=False, y=False)
        self._box().invertY(True)
        self._box().setDefaultPadding(0.0)

    def show_shares(self, shares: Sequence[Share], title: str, empty: str = "") -> None:
        """Draw the tiles, or a sentence on why there are none."""
        self._shares, self.title, self._why_empty = tuple(shares), title, empty
        self._draw()

    def aspect(self) -> float:
        """Return the plot's width divided by its height, at least 0.2."""
        return max(0.2, float(self.plot.width() / max(1, self.plot.height())))

    def share_at(self, point: QPointF) -> Share | None:
        """Return the share whose tile is at a point, given in pixels of the plot."""
        position = self._box().mapSceneToView(point)
        return next((share for share in self._shares if _rect(share).contains(position)), None)

    def _draw(self) -> None:
        item = self._begin((), self._why_empty)
        wide = max((share.tile.x + share.tile.width for share in self._shares), default=1.0)
        self._box().setRange(xRange=(0.0, wide), yRange=(0.0, 1.0), padding=0.01)
        by_style: dict[tuple[str, bool], list[Share]] = {}
        for share in self._shares:
            by_style.setdefault((share.color, min(self._pixels(share, wide)) < TINY_TILE_PX), []).append(share)
        for (color, is_tiny), group in by_style.items():
            fill = self._theme.blend(color, "canvas", FILL_COLOR_SHARE)
            item.addItem(self._tiles(group, fill if is_tiny else self._theme.color("canvas"), fill))
        font = small_font(self.font())
        metrics = QFontMetricsF(font)
        for share in self._shares:
            self._name(item, share, wide, font, metrics)
        self._mark()

    def _outline(self, node_id: str) -> Any:
        chosen = [share for share in self._shares if overlaps(share.tile.id, share.color, node_id)]
        return self._tiles(chosen, self._theme.color("text"), None) if chosen else None

    def _pixels(self, share: Share, wide: float) -> tuple[float, float]:
        """Return a tile's width and height in pixels; `wide` is the width of all tiles together."""
        return self.plot.width() * share.tile.width / wide, self.plot.height() * share.tile.height

    def _tiles(self, shares: Sequence[Share], outline: QColor, fill: QColor | None) -> "TilesItem":
        pen = QPen(outline, TILE_GAP_PX)
        pen.setCosmetic(True)
        return TilesItem([_rect(share) for share in shares], pen, QBrush() if fill is None else QBrush(fill))

    def _name(self, item: Any, share: Share, wide: float, font: QFont, metrics: QFontMetricsF) -> None:
        """Write name and share on the tile if there is room for both."""
        across, down = self._pixels(share, wide)
        if 2 * metrics.height() + NAME_MARGIN_PX > down:
            return
        text = f"{share.label}\n{percent(share.part)}"
        longest = max(metrics.horizontalAdvance(line) for line in text.split("\n"))
        if longest + NAME_MARGIN_PX > across:
            return
        name = pyqtgraph.TextItem(text, color=self._theme.color("text"), anchor=(0.5, 0.5))
        name.setFont(font)
        name.setPos(share.tile.x + share.tile.width / 2, share.tile.y + share.tile.height / 2)
        item.addItem(name, ignoreBounds=True)

    def _node_at(self, point: QPointF) -> NodeTooltip | None:
        share = self.share_at(point)
        return None if share is None else (share.tile.id, share.tooltip)


class TilesItem(QGraphicsItem):
    """Many tiles of one pen and brush in one item; an item for each, or one path for all, would be slow."""

    def __init__(self, rects: list[QRectF], pen: QPen, brush: QBrush) -> None:
        super().__init__()
        self._rects, self._pen, self._brush = rects, pen, brush
        self._bounds = reduce(QRectF.united, rects)

    def boundingRect(self) -> QRectF:  # Qt override
        """Return the rectangle around all tiles."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the tiles without antialiasing, which is faster and sharper."""  # Qt override
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        painter.drawRects(self._rects)


def _rect(share: Share) -> QRectF:
    return QRectF(share.tile.x, share.tile.y, share.tile.width, share.tile.height)
