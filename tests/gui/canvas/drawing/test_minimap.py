"""The minimap: when it is shown, where, and what its pixels stand for."""

import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.drawing.minimap import Minimap
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.drawings import drawn
from tests.gui.canvas.drawing.painted import painted, style_of

SIZE = QSizeF(1000, 500)
DRAWING = drawn(analyse(preset("resnet50")), "layer")


@pytest.fixture
def minimap(qapp: QApplication) -> Minimap:
    """The minimap of ResNet-50 with all layers."""
    return Minimap(IndexedDrawing(DRAWING), style_of(), 1.0)


def test_it_is_needed_where_a_part_is_out_of_view(minimap: Minimap) -> None:
    whole = 1000 / DRAWING.width
    assert not minimap.is_needed(View(whole, 0.0, 0.0), SIZE)
    assert not minimap.is_needed(View(whole, -1.0, 0.0), SIZE)
    assert minimap.is_needed(View(whole, -2.0, 0.0), SIZE)
    assert minimap.is_needed(View(whole * 1.01, 0.0, 0.0), SIZE)


def test_its_ends_are_those_of_the_drawing(minimap: Minimap) -> None:
    rect = minimap.rect(SIZE)
    assert (rect.right(), rect.bottom(), rect.width(), rect.height()) == (988, 488, 180, 46)
    assert minimap.scene_x(QPointF(rect.left() + 5, 0), SIZE) == pytest.approx(0.0)
    assert minimap.scene_x(QPointF(rect.right() - 5, 0), SIZE) == pytest.approx(DRAWING.width)


@pytest.mark.parametrize("start", [0.0, 0.25, 0.5])
def test_its_frame_is_around_what_is_in_view(minimap: Minimap, start: float) -> None:
    """A view of a quarter of the drawing frames a quarter of the minimap."""
    scale = 4000 / DRAWING.width
    view = View(scale, -start * 4000, 250.0)
    image = painted(lambda painter: minimap.paint(painter, view, SIZE, SIZE), 1000, 500)
    accent, y = load_theme("light").color("accent").rgb(), 488 - 46 + 10
    line = [x for x in range(1000) if image.pixel(x, y) == accent]
    left = 988 - 180 + 5 + 170 * start
    assert min(line) == pytest.approx(left, abs=1.5)
    assert max(line) == pytest.approx(left + 170 / 4, abs=1.5)
