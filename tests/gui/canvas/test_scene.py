"""The state of the canvas without a widget: what is shown, expanded and selected, and where."""

import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import node_colors
from resnet_viz.viewmodels.canvas.node_lookup import Direction
from tests.drawings import with_gates

STAGES = {"layer1", "layer2", "layer3", "layer4"}


@pytest.fixture
def scene(qapp: QApplication, resnet50: Analysis) -> Scene:
    """ResNet-50 at the level of blocks on a canvas of 1600 × 600 pixels."""
    made = Scene(QGuiApplication.font())
    made.camera.resize(QSizeF(1600, 600))
    made.show(resnet50, costs(resnet50), None)
    return made


def pixel_of(scene: Scene, name: str, fraction: float = 0.5) -> QPointF:
    """Return a pixel at a fraction of a box's width, in the middle of its height."""
    assert scene.drawing is not None
    box = next(box for box in scene.drawing.node_boxes if box.id == name)
    view = scene.camera.view
    return QPointF(view.pixel_x(box.x + fraction * box.w), view.pixel_y(box.y + box.h / 2))


def test_an_empty_scene_has_nothing_at_a_pixel(qapp: QApplication) -> None:
    scene = Scene(QGuiApplication.font())
    scene.show(None, None, None)
    point = QPointF(5, 5)
    assert (scene.box_at(point), scene.node_at(point), scene.toggle_at(point)) == (None, None, False)
    assert (scene.drawing, scene.part, scene.accessible_text()) == (None, None, "")
    assert scene.node_beside_selection("next") is None
    assert not scene.expand_or_collapse_at(point, closer=True)


def test_without_a_network_nothing_of_the_last_one_remains(scene: Scene) -> None:
    scene.select("layer2")
    scene.show(None, None, None)
    assert (scene.drawing, scene.network, scene.lookup, scene.camera.drawing) == (None, None, None, None)


def test_a_node_that_the_network_lacks_is_not_selected(scene: Scene, resnet50: Analysis) -> None:
    scene.select("layer9")
    assert scene.selected is None
    scene.select("layer3.5")
    resnet18 = analyse(preset("resnet18"))
    scene.show(resnet18, costs(resnet18), None)
    assert scene.selected is None


@pytest.mark.parametrize("name", ["layer2", "layer2.1"])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
def test_what_is_at_the_pixel_stays_there_when_it_is_toggled(scene: Scene, name: str, fraction: float) -> None:
    if name == "layer2":
        scene.show_level("stage")
    pixel = pixel_of(scene, name, fraction).x()
    scene.toggle(name, pixel)
    assert name in scene.expanded
    assert scene.drawing is not None
    inside = [box for box in scene.drawing.node_boxes if box.id.startswith(f"{name}.")]
    ends = [frame for frame in scene.drawing.frames if frame.id == name] or inside
    left, right = ends[0].x, ends[-1].x + ends[-1].w
    assert scene.camera.view.pixel_x(left + fraction * (right - left)) == pytest.approx(pixel, abs=0.6)
    scene.toggle(name, pixel)
    assert name not in scene.expanded
    assert pixel_of(scene, name, fraction).x() == pytest.approx(pixel, abs=1.2)


def test_without_a_pixel_the_left_edge_stays_in_place(scene: Scene) -> None:
    left = pixel_of(scene, "layer2.1", 0.0).x()
    scene.select("layer2.1")
    scene.expand_selected()
    assert scene.drawing is not None
    (frame,) = scene.drawing.frames
    assert scene.camera.view.pixel_x(frame.x) == pytest.approx(left, abs=0.6)
    assert scene.collapse_selected() == "layer2.1"
    assert pixel_of(scene, "layer2.1", 0.0).x() == pytest.approx(left, abs=1.2)


def test_the_selection_is_collapsed_from_the_inside_out(scene: Scene) -> None:
    scene.show_level("layer")
    scene.select("layer3.2.conv1")
    assert scene.collapse_selected() == "layer3.2"
    scene.select("layer3.2")
    assert scene.collapse_selected() == "layer3"
    scene.select("layer3")
    assert scene.collapse_selected() is None
    assert "layer3.2" not in scene.expanded
    assert "layer3" not in scene.expanded
    scene.select(None)
    assert scene.collapse_selected() is None


def test_a_repeat_is_collapsed_with_the_selection_kept(scene: Scene) -> None:
    deep = analyse(preset("resnet152"))
    scene.show(deep, costs(deep), None)
    scene.select("layer3.20")
    scene.expand_selected()
    assert "layer3.1-34" in scene.expanded
    assert scene.collapse_selected() == "layer3.20"
    assert "layer3.1-34" not in scene.expanded


@pytest.mark.parametrize(("zoom", "closer", "expands"), [(2.01, True, True), (1.99, True, False), (2.01, False, False)])
def test_a_box_is_expanded_from_twice_its_size_on(scene: Scene, zoom: float, closer: bool, expands: bool) -> None:
    point = pixel_of(scene, "layer2.1")
    scene.camera.zoom(zoom / scene.camera.view.scale, point)
    assert scene.expand_or_collapse_at(point, closer=closer) == expands
    assert ("layer2.1" in scene.expanded) == expands


def test_zooming_out_collapses_only_what_zooming_in_has_expanded(scene: Scene) -> None:
    point = pixel_of(scene, "layer2.1")
    scene.toggle("layer2.1", point.x())
    assert not scene.expand_or_collapse_at(point, closer=False)
    scene.toggle("layer2.1", point.x())
    scene.camera.zoom(2.5 / scene.camera.view.scale, point)
    assert scene.expand_or_collapse_at(point, closer=True)
    assert not scene.expand_or_collapse_at(point, closer=False)  # still large
    scene.camera.zoom(1.3 / scene.camera.view.scale, point)
    assert scene.expand_or_collapse_at(point, closer=False)
    assert scene.expanded == STAGES


@pytest.mark.parametrize(
    ("selected", "direction", "beside"),
    [
        (None, "next", "conv1"),
        ("conv1", "next", "maxpool"),
        ("conv1", "previous", None),
        ("layer2.1", "up", "layer2.1.add"),
        ("layer2.1.add", "down", "layer2.1"),
        ("layer2.1", "down", None),
        ("layer2", "next", "conv1"),
    ],
)
def test_arrows_go_to_the_box_beside_the_selection(
    scene: Scene, selected: str | None, direction: Direction, beside: str | None
) -> None:
    scene.select(selected)
    assert scene.node_beside_selection(direction) == beside


def test_the_first_arrow_in_an_expanded_block_goes_to_its_first_layer(scene: Scene) -> None:
    scene.show_level("layer")
    scene.select("layer2.1")
    assert scene.node_beside_selection("next") == "layer2.1.conv1"


def test_a_level_is_shown_whatever_was_expanded(scene: Scene) -> None:
    scene.toggle("layer2.1")
    scene.toggle("layer3")
    scene.show_level("block")
    assert scene.expanded == STAGES
    assert scene.level == "block"
    scene.show_level("stage")
    assert scene.expanded == frozenset()


def test_colors_change_without_a_new_layout(scene: Scene, resnet50: Analysis) -> None:
    before = scene.drawing
    scene.set_colors(node_colors("macs", resnet50, costs(resnet50), None))
    assert scene.drawing is before
    assert scene.indexed is not None
    assert scene.indexed.shades is not None
    scene.set_colors(None)
    assert scene.indexed.shades is None


def test_a_vertical_scene_is_laid_out_anew_and_fitted(scene: Scene) -> None:
    scene.camera.pan(50, 0)
    scene.set_direction(vertical=True)
    assert scene.drawing is not None
    assert scene.drawing.vertical
    assert scene.camera.size == QSizeF(600, 1600)
    assert scene.camera.fit_mode == "readable"
    assert scene.transition is None


@pytest.mark.parametrize(
    ("level", "selected", "direction", "beside"),
    [
        ("block", "layer2.1", "down", "layer2.1.se.multiply"),
        ("block", "layer2.1.se.multiply", "up", "layer2.1"),
        ("block", "layer2.1.se.multiply", "down", None),
        ("block", "layer2.1", "up", "layer2.1.add"),
        ("layer", "layer2.1.bn3", "down", "layer2.1.se.pool"),
        ("layer", "layer2.1.se.pool", "next", "layer2.1.se.fc1"),
        ("layer", "layer2.1.se.sigmoid", "next", "layer2.1.se.multiply"),
        ("layer", "layer2.1.se.fc1", "up", "layer2.1.bn3"),
        ("layer", "layer2.1.se.fc1", "down", None),
        ("layer", "layer2.1.bn3", "next", "layer2.1.se.multiply"),
        ("layer", "layer2.0.se.multiply", "up", "layer2.0.downsample.0"),
        ("layer", "layer2.0.downsample.0", "down", "layer2.0.conv1"),
    ],
)
def test_arrows_go_down_to_the_gate_and_back_up(
    qapp: QApplication, resnet50: Analysis, level: Level, selected: str, direction: Direction, beside: str | None
) -> None:
    scene, gated = Scene(QGuiApplication.font()), with_gates(resnet50)
    scene.show(gated, costs(gated), None)
    scene.show_level(level)
    scene.select(selected)
    assert scene.node_beside_selection(direction) == beside
