"""Paints the canvas: the drawing or its movement, over it titles, legend, minimap and the card beside the hand."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from resnet_viz.gui.canvas.drawing.cards import paint_bands
from resnet_viz.gui.canvas.drawing.highlight import paint_marks
from resnet_viz.gui.canvas.drawing.legend import Plate, paint_legend, plates, wrapped
from resnet_viz.gui.canvas.drawing.minimap import Minimap
from resnet_viz.gui.canvas.drawing.overlay import paint_hover, paint_message, paint_titles, paint_titles_beside
from resnet_viz.gui.canvas.drawing.paint_cache import Picture
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink, turned
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.gui.theme import Theme
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import Tint, hover_rows
from resnet_viz.viewmodels.canvas.nodes import cost_sentence, legend

MINIMAP_ROOM = 204.0  # pixels of the lowest line


class ScenePainter:
    """Paints a scene, and keeps what need not be painted again."""

    def __init__(self, scene: Scene, theme: Theme, font: QFont) -> None:
        self._scene, self._font = scene, font
        self._ink, self.theme_name = Ink(theme, font), theme.name
        self._picture = Picture()
        self._minimap: tuple[tuple[Sketch, Ink], Minimap] | None = None
        self._legend: tuple[tuple[Sketch, Ink, float, bool], list[list[Plate]]] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Paint in this theme's colors."""
        self._ink, self.theme_name = Ink(theme, self._font), theme.name

    def minimap_at(self, point: QPointF) -> float | None:
        """The scene x that a pixel of the minimap stands for; None beside it, or where none is seen."""
        scene, camera = self._scene, self._scene.camera
        if self._minimap is None or self._minimap[0] != (scene.sketch, self._ink):
            return None
        minimap, real = self._minimap[1], camera.real(point)
        if not minimap.needed(camera.view, camera.size) or not minimap.box(camera.canvas).contains(real):
            return None
        return minimap.scene_x(real, camera.canvas)

    def paint(self, painter: QPainter, pointer: QPointF | None, ratio: float) -> None:
        """Everything, at a device pixel ratio; the pointer is given along and across the trunk."""
        scene, camera = self._scene, self._scene.camera
        painter.fillRect(QRectF(QPointF(0, 0), camera.canvas), self._ink.theme.color("canvas"))
        sketch = scene.sketch
        if sketch is None:
            sentence = tr("Choose a network on the left to see its graph.")
            paint_message(painter, sentence, self._ink, camera.canvas)
            return
        bands, view = sketch.bands, camera.view
        with turned(painter, down=camera.down):
            if scene.motion is None:
                self._paint_still(painter, sketch, ratio)
            else:
                scene.motion.paint(painter, self._ink, camera.size)
                bands, view = scene.motion.bands, View()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (paint_titles_beside if camera.down else paint_titles)(painter, bands, self._ink, view, camera.canvas)
        self._paint_foot(painter, sketch, ratio)
        if pointer is not None:
            self._paint_hover(painter, pointer)

    def _paint_still(self, painter: QPainter, sketch: Sketch, ratio: float) -> None:
        camera = self._scene.camera
        paint_bands(painter, sketch, self._ink, camera.view, camera.size)
        with turned(painter, down=camera.down):  # back: the picture is kept as it is seen
            self._picture.paint(painter, sketch, self._ink, camera.view, (camera.canvas, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_marks(painter, self._scene.marks(), self._ink, camera.view, camera.size)

    def _paint_foot(self, painter: QPainter, sketch: Sketch, ratio: float) -> None:
        """Minimap and legend."""
        scene, camera = self._scene, self._scene.camera
        if scene.network is None or scene.nodes is None:
            return
        if self._minimap is None or self._minimap[0] != (sketch, self._ink):
            self._minimap = (sketch, self._ink), Minimap(sketch, self._ink, ratio)
        minimap, width = self._minimap[1], camera.canvas.width()
        needed = minimap.needed(camera.view, camera.size)
        if needed:
            minimap.paint(painter, camera.view, camera.size, camera.canvas)
        known = (sketch, self._ink, width, needed)
        if self._legend is None or self._legend[0] != known:
            cost = cost_sentence(scene.network)
            taken = MINIMAP_ROOM if needed else 0.0
            found = plates(sketch, legend(scene.network), cost, self._ink, width - taken)
            self._legend = known, wrapped(found, width, taken)
        paint_legend(painter, self._legend[1], self._ink, camera.canvas)

    def _paint_hover(self, painter: QPainter, pointer: QPointF) -> None:
        """The card beside the pointer, if that is over one."""
        scene, camera = self._scene, self._scene.camera
        card = None if self.minimap_at(pointer) is not None else scene.card_at(pointer)
        if card is None or scene.nodes is None:
            return
        hover = scene.nodes.hover(card)
        if isinstance(scene.tint, Tint):
            hover = hover.with_rows(hover_rows(scene.tint, card))
        paint_hover(painter, hover, self._ink, camera.real(pointer), camera.canvas)
