"""Paints the canvas: the drawing or its transition, and over it titles, legend, minimap and hover card."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from resnet_viz.gui.canvas.drawing.graph import paint_columns
from resnet_viz.gui.canvas.drawing.highlight import paint_highlight
from resnet_viz.gui.canvas.drawing.legend import LegendPanel, legend_panels, paint_legend, wrapped_panels
from resnet_viz.gui.canvas.drawing.minimap import Minimap
from resnet_viz.gui.canvas.drawing.overlay import paint_hover, paint_message, paint_titles, paint_vertical_titles
from resnet_viz.gui.canvas.drawing.paint_cache import PaintCache
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import Style, transposed
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.gui.theme import Theme
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import ColorScale, hover_rows
from resnet_viz.viewmodels.canvas.labels import cost_sentence, legend_entries

MINIMAP_SPACE_PX = 204.0  # the width that the lowest lines of the legend leave to the minimap


class ScenePainter:
    """Paints a scene and caches what can be painted again unchanged."""

    def __init__(self, scene: Scene, theme: Theme, font: QFont) -> None:
        self._scene, self._font = scene, font
        self._style, self.theme_name = Style(theme, font), theme.name
        self._paint_cache = PaintCache()
        self._minimap: tuple[tuple[IndexedDrawing, Style], Minimap] | None = None
        self._legend: tuple[tuple[IndexedDrawing, Style, float, bool], list[list[LegendPanel]]] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Paint in this theme's colors."""
        self._style, self.theme_name = Style(theme, self._font), theme.name

    def minimap_at(self, point: QPointF) -> float | None:
        """Return the scene x for a pixel of the minimap; None outside it, or where it is not shown."""
        scene, camera = self._scene, self._scene.camera
        if self._minimap is None or self._minimap[0] != (scene.indexed, self._style):
            return None
        minimap, pixel = self._minimap[1], camera.swap_axes(point)
        if not minimap.is_needed(camera.view, camera.size) or not minimap.rect(camera.canvas).contains(pixel):
            return None
        return minimap.scene_x(pixel, camera.canvas)

    def paint(self, painter: QPainter, pointer: QPointF | None, ratio: float) -> None:
        """Paint everything at a device pixel ratio; the pointer is given along and across the main path."""
        scene, camera = self._scene, self._scene.camera
        painter.fillRect(QRectF(QPointF(0, 0), camera.canvas), self._style.theme.color("canvas"))
        indexed = scene.indexed
        if indexed is None:
            sentence = tr("Choose a network on the left to see its graph.")
            paint_message(painter, sentence, self._style, camera.canvas)
            return
        columns, view = indexed.columns, camera.view
        with transposed(painter, vertical=camera.vertical):
            if scene.transition is None:
                self._paint_still(painter, indexed, ratio)
            else:
                scene.transition.paint(painter, self._style, camera.size)
                columns, view = scene.transition.columns, View()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (paint_vertical_titles if camera.vertical else paint_titles)(painter, columns, self._style, view, camera.canvas)
        self._paint_minimap_and_legend(painter, indexed, ratio)
        if pointer is not None:
            self._paint_hover(painter, pointer)

    def _paint_still(self, painter: QPainter, indexed: IndexedDrawing, ratio: float) -> None:
        camera = self._scene.camera
        paint_columns(painter, indexed, self._style, camera.view, camera.size)
        with transposed(
            painter, vertical=camera.vertical
        ):  # undoes the mirroring: the cache holds the picture as it is seen
            self._paint_cache.paint(painter, indexed, self._style, camera.view, (camera.canvas, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_highlight(painter, self._scene.highlight(), self._style, camera.view, camera.size)

    def _paint_minimap_and_legend(self, painter: QPainter, indexed: IndexedDrawing, ratio: float) -> None:
        """Paint the minimap where a part is out of view, and the legend."""
        scene, camera = self._scene, self._scene.camera
        if scene.network is None or scene.lookup is None:
            return
        if self._minimap is None or self._minimap[0] != (indexed, self._style):
            self._minimap = (indexed, self._style), Minimap(indexed, self._style, ratio)
        minimap, width = self._minimap[1], camera.canvas.width()
        needed = minimap.is_needed(camera.view, camera.size)
        if needed:
            minimap.paint(painter, camera.view, camera.size, camera.canvas)
        key = (indexed, self._style, width, needed)
        if self._legend is None or self._legend[0] != key:
            cost = cost_sentence(scene.network, indexed.drawing)
            taken = MINIMAP_SPACE_PX if needed else 0.0
            found = legend_panels(indexed, legend_entries(scene.network), cost, self._style, width - taken)
            self._legend = key, wrapped_panels(found, width, taken)
        paint_legend(painter, self._legend[1], self._style, camera.canvas)

    def _paint_hover(self, painter: QPainter, pointer: QPointF) -> None:
        """Paint the hover card of the node box under the pointer, where there is one."""
        scene, camera = self._scene, self._scene.camera
        box = None if self.minimap_at(pointer) is not None else scene.box_at(pointer)
        if box is None or scene.lookup is None:
            return
        hover = scene.lookup.hover_card(box)
        if isinstance(scene.colors, ColorScale):
            hover = hover.with_rows(hover_rows(scene.colors, box))
        paint_hover(painter, hover, self._style, camera.swap_axes(pointer), camera.canvas)
