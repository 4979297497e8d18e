"""The canvas as a person uses it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.spec.presets import preset
from tests.gui.canvas.seen import NONE, box_for, layout_of, picture_of, pixel_of, turn_wheel, wheel_event


def test_a_click_chooses_the_card_under_it(qtbot: QtBot, canvas: Canvas) -> None:
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, pixel_of(canvas, "layer3.2"))
    assert chosen.args == ["layer3.2"]


def test_a_click_on_a_band_chooses_its_stage(qtbot: QtBot, canvas: Canvas) -> None:
    under = pixel_of(canvas, "layer3.2") + QPoint(0, 200)
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, under)
    assert chosen.args == ["layer3"]


def test_select_marks_without_a_signal(qtbot: QtBot, canvas: Canvas) -> None:
    before = picture_of(canvas)
    with qtbot.assertNotEmitted(canvas.node_chosen):
        canvas.select("layer3.2.conv1")
    assert picture_of(canvas) != before
    canvas.select(None)
    assert picture_of(canvas) == before


def test_a_double_click_opens_in_place_and_closes_again(qtbot: QtBot, canvas: Canvas) -> None:
    place = pixel_of(canvas, "layer2.0")
    card = box_for(canvas, "layer2.0")
    assert card is not None
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    drawing = canvas._scene.drawing
    assert drawing is not None
    assert box_for(canvas, "layer2.0.conv1") is not None
    assert [frame.id for frame in drawing.frames] == ["layer2.0"]
    frame, view = drawing.frames[0], canvas._scene.camera.view
    assert view.pixel_x(frame.x + frame.w / 2) == pytest.approx(place.x(), abs=4)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, pixel_of(canvas, "layer2.0.conv1"))
    assert box_for(canvas, "layer2.0.conv1") is None


def test_a_folded_run_opens(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.show_analysis(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    assert box_for(canvas, "layer3.20") is None
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, pixel_of(canvas, "layer3.1"))
    assert box_for(canvas, "layer3.20") is not None


def test_keys_walk_open_and_fold(qtbot: QtBot, canvas: Canvas) -> None:
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    canvas.select("layer1.2")
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert chosen == ["layer2.0", "layer2.0.conv1", "layer2.0.downsample.0", "layer2.0"]
    assert box_for(canvas, "layer2.0") is not None


def test_zoom_keeps_what_is_pointed_at(canvas: Canvas) -> None:
    place = pixel_of(canvas, "layer3.2")
    scale = canvas._scene.camera.view.scale
    for _ in range(3):
        QApplication.sendEvent(canvas, wheel_event(place, 120, Qt.KeyboardModifier.ControlModifier))
    assert canvas._scene.camera.view.scale > scale
    assert (pixel_of(canvas, "layer3.2") - place).manhattanLength() <= 1


def test_shift_and_wheel_moves_sideways(canvas: Canvas) -> None:
    place = pixel_of(canvas, "layer3.2")
    QApplication.sendEvent(canvas, wheel_event(place, -120, Qt.KeyboardModifier.ShiftModifier))
    assert pixel_of(canvas, "layer3.2").x() < place.x()
    assert pixel_of(canvas, "layer3.2").y() == place.y()


def test_a_drag_moves_and_chooses_nothing(qtbot: QtBot, canvas: Canvas) -> None:
    place = pixel_of(canvas, "layer3.2")
    with qtbot.assertNotEmitted(canvas.node_chosen):
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, place)
        QTest.mouseMove(canvas, place + QPoint(-150, 20))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, place + QPoint(-150, 20))
    assert pixel_of(canvas, "layer3.2") == place + QPoint(-150, 20)


def test_the_first_graph_is_announced_once(qtbot: QtBot, resnet50: Analysis) -> None:
    canvas = Canvas(load_theme("light"))
    qtbot.addWidget(canvas)
    heard: list[bool] = []
    canvas.painted_first_graph.connect(lambda: heard.append(True))
    canvas.show_analysis(None, None)
    canvas.grab()
    assert heard == []
    canvas.show_analysis(resnet50, costs(resnet50))
    canvas.grab()
    canvas.grab()
    assert heard == [True]


def test_a_thousand_layers_are_painted_at_every_level(canvas: Canvas) -> None:
    canvas.show_analysis(analyse(preset("preact_resnet1001_cifar")), costs(analyse(preset("preact_resnet1001_cifar"))))
    pictures = []
    for level in ("stage", "block", "layer"):
        canvas.show_level(level)
        pictures.append(picture_of(canvas))
    canvas.fit()
    pictures.append(picture_of(canvas))
    assert all(a != b for index, a in enumerate(pictures) for b in pictures[index + 1 :])


def test_another_network_keeps_the_level_and_the_selection(canvas: Canvas) -> None:
    canvas.show_level("stage")
    canvas.select("layer3")
    canvas.show_analysis(analyse(preset("resnet18")), costs(analyse(preset("resnet18"))))
    card = box_for(canvas, "layer3")
    assert card is not None
    assert card.kind == "stage"
    assert canvas._scene.selected == "layer3"
    canvas.select("layer3.5")
    assert canvas._scene.selected is None


def test_the_theme_changes_the_ground(canvas: Canvas) -> None:
    for name in ("light", "dark"):
        theme = load_theme(name)
        canvas.set_theme(theme)
        assert QColor(picture_of(canvas).pixel(1, 1)) == theme.color("canvas")


def test_zoom_to_selection_brings_it_into_the_middle(canvas: Canvas) -> None:
    canvas.show_level("layer")
    canvas.select("layer4.1.conv2")
    canvas.zoom_to_selection()
    assert abs(pixel_of(canvas, "layer4.1.conv2").x() - canvas.width() / 2) < 5


def test_the_minimap_goes_where_it_is_pressed(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.show_level("layer")
    canvas.grab()
    before = pixel_of(canvas, "layer4.1.conv2").x()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(canvas.width() - 40, canvas.height() - 30))
    assert pixel_of(canvas, "layer4.1.conv2").x() < before


@pytest.mark.parametrize("level", ["block", "layer"])
def test_a_panned_picture_is_the_same_as_one_painted_anew(canvas: Canvas, level: Level) -> None:
    """Panning moves what was painted and paints the rest."""
    canvas.show_level(level)
    canvas.grab()
    for dx, dy in ((-40.0, 0.0), (-300.0, 25.0), (120.0, -60.0), (0.0, 31.0)):
        canvas._scene.camera.pan(dx, dy)
        moved = picture_of(canvas)
        canvas._painter._paint_cache._painted = None
        assert moved == picture_of(canvas)


def test_a_double_click_on_a_shortcut_opens_nothing(canvas: Canvas) -> None:
    before = canvas.expanded
    edge = next(edge for edge in layout_of(canvas).shortcut_edges if edge.add_ids == ("layer3.2.add",))
    view, (x, y), (stop, _) = canvas._scene.camera.view, *edge.points[1:3]
    place = QPoint(round(view.pixel_x((x + stop) / 2)), round(view.pixel_y(y)))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    assert canvas.expanded == before


def test_what_was_folded_by_hand_stays_so_in_the_next_network(canvas: Canvas, resnet50: Analysis) -> None:
    canvas.show_level("layer")
    canvas.select("layer3.0")
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    canvas.show_analysis(analyse(preset("resnet101")), costs(analyse(preset("resnet101"))))
    assert box_for(canvas, "layer3.0") is not None
    assert box_for(canvas, "layer3.1.conv1") is not None
    canvas.show_level("layer")
    assert box_for(canvas, "layer3.0.conv1") is not None


def test_zoomed_towards_the_gap_between_two_cards_one_opens(canvas: Canvas) -> None:
    one, two = pixel_of(canvas, "layer2.1"), pixel_of(canvas, "layer2.2")
    place = QPoint((one.x() + two.x()) // 2, one.y())
    for _ in range(14):
        turn_wheel(canvas, place, 120)
    expanded = {card.id for card in layout_of(canvas).node_boxes}
    assert expanded & {"layer2.1.conv2", "layer2.2.conv2"}


def test_up_from_a_folded_block_is_its_shortcut(canvas: Canvas) -> None:
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert chosen == ["layer2.1.add", "layer2.1"]


def test_zoomed_towards_far_enough_a_card_opens_and_zoomed_away_it_closes(canvas: Canvas) -> None:
    place = pixel_of(canvas, "layer2.1")
    for _ in range(12):
        turn_wheel(canvas, place, 120)
    assert box_for(canvas, "layer2.1.conv2") is not None
    assert box_for(canvas, "layer2.2") is not None
    for _ in range(12):
        turn_wheel(canvas, place, -120)
    assert box_for(canvas, "layer2.1") is not None


def test_what_a_chosen_block_is_joined_to_is_marked(canvas: Canvas) -> None:
    canvas.select("layer2.1")
    highlight = canvas._scene.highlight()
    node_boxes = {card.id: (card.x, card.y, card.w, card.h) for card in layout_of(canvas).node_boxes}
    assert highlight.selected == (node_boxes["layer2.1"], "block")
    assert [box for box, _ in highlight.neighbor_boxes] == [node_boxes["layer2.0"], node_boxes["layer2.2"]]
    assert [edge.add_ids for edge in highlight.shortcut_edges] == [("layer2.1.add",), ("layer2.2.add",)]


def test_a_shortcut_is_followed_to_its_sum_and_back(canvas: Canvas) -> None:
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert chosen == ["layer2.1.add", "layer2.0.relu3"]
    canvas.select("conv1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert len(chosen) == 2


def test_a_click_on_a_shortcut_chooses_its_sum(qtbot: QtBot, canvas: Canvas) -> None:
    edge = next(edge for edge in layout_of(canvas).shortcut_edges if edge.add_ids == ("layer3.2.add",))
    view, (x, y), (stop, _) = canvas._scene.camera.view, *edge.points[1:3]
    place = QPoint(round(view.pixel_x((x + stop) / 2)), round(view.pixel_y(y)))
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    assert chosen.args == ["layer3.2.add"]


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("layer2.1", "layer2.1, Bottleneck · identity shortcut, shape 512×28×28 → 512×28×28, parameters 280.1 k, MACs"),
        ("conv1", "conv1, Conv2d · 7×7, 64 · stride 2, shape 3×224×224 → 64×112×112, parameters 9,408, MACs"),
        ("stem", "stem, 4 layers, shape 3×224×224 → 64×56×56"),
    ],
)
def test_a_screen_reader_hears_what_is_chosen(canvas: Canvas, node: str, words: str) -> None:
    canvas.select(node)
    assert canvas.accessibleDescription().startswith(words)
