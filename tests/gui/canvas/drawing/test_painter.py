"""The painter of the canvas: an empty canvas, the minimap, the hover card and the selection."""

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QGuiApplication, QPainter

from resnet_viz.gui.canvas.drawing.painter import ScenePainter
from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis
from resnet_viz.viewmodels.canvas.coloring import NodeColors, node_colors
from tests.gui.canvas.drawing.painted import colors_in, painted

pytestmark = pytest.mark.usefixtures("qapp")
WIDTH, HEIGHT = 1000, 600


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are drawn by the style in this test, in order."""
    drawn: list[str] = []

    def record(style: Style, painter: QPainter, rect: QRectF, text: str, *_: object) -> None:
        drawn.append(text)

    monkeypatch.setattr(Style, "draw_text", record)
    return drawn


def scene_of(analysis: Analysis | None, colors: NodeColors | None = None) -> tuple[Scene, ScenePainter]:
    """Return a scene with this network, and its painter."""
    scene = Scene(QGuiApplication.font())
    scene.camera.resize(QSizeF(WIDTH, HEIGHT))
    scene.show(analysis, costs(analysis) if analysis else None, colors)
    return scene, ScenePainter(scene, load_theme("light"), QGuiApplication.font())


def paint(painter: ScenePainter, pointer: QPointF | None = None) -> set[int]:
    """Paint the canvas, and return the colors of its left edge."""
    image = painted(lambda qt: painter.paint(qt, pointer, 1.0), WIDTH, HEIGHT)
    return colors_in(image, 0, 0, 1, HEIGHT)


def test_an_empty_canvas_says_where_to_begin(texts: list[str]) -> None:
    assert paint(scene_of(None)[1]) == {load_theme("light").color("canvas").rgb()}
    assert texts == ["Choose a network on the left to see its graph."]


def test_the_minimap_is_there_only_where_a_part_is_out_of_view(resnet50: Analysis) -> None:
    scene, painter = scene_of(resnet50)
    inside, outside = QPointF(WIDTH - 12 - 5, HEIGHT - 30), QPointF(WIDTH - 205, HEIGHT - 30)
    scene.camera.fit()
    paint(painter)
    assert painter.minimap_at(inside) is None
    scene.show_level("layer")
    scene.transition = None
    assert painter.minimap_at(inside) is None  # it shows another drawing yet
    paint(painter)
    assert scene.drawing is not None
    assert painter.minimap_at(inside) == pytest.approx(scene.drawing.width)
    assert painter.minimap_at(outside) is None


@pytest.mark.parametrize("colored", [True, False])
def test_the_hover_card_of_the_box_under_the_pointer_has_its_value(
    texts: list[str], resnet50: Analysis, colored: bool
) -> None:
    colors = node_colors("bytes", resnet50, costs(resnet50), None) if colored else None
    scene, painter = scene_of(resnet50, colors)
    assert scene.drawing is not None
    box, view = scene.drawing.node_boxes[0], scene.camera.view
    paint(painter, QPointF(view.pixel_x(box.x + box.w / 2), view.pixel_y(0.0)))
    assert {"conv1", "parameters", "9,408"} <= set(texts)
    assert ("activation bytes" in texts) == colored
    texts.clear()
    paint(painter, QPointF(1, 1))
    assert "parameters" not in texts


def test_another_theme_paints_in_its_colors(resnet50: Analysis) -> None:
    painter = scene_of(resnet50)[1]
    painter.set_theme(load_theme("dark"))
    assert painter.theme_name == "dark"
    assert paint(painter) == {load_theme("dark").color("canvas").rgb()}
