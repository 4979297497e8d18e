"""The canvas as a person uses it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import Card, Layout

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def resnet50() -> Analysis:
    return analyse(preset("resnet50"))


@pytest.fixture
def canvas(qtbot: QtBot, resnet50: Analysis) -> Canvas:
    made = Canvas(load_theme("light"))
    qtbot.addWidget(made)
    made.resize(1600, 600)
    made.show()
    made.show_analysis(resnet50, costs(resnet50))
    return made


def _card(canvas: Canvas, name: str) -> Card | None:
    drawing = canvas._scene.drawing
    assert drawing is not None
    return next((card for card in drawing.cards if card.id == name), None)


def _pixel(canvas: Canvas, name: str) -> QPoint:
    card = _card(canvas, name)
    assert card is not None
    view = canvas._scene.camera.view
    return QPoint(round(view.across(card.x + card.w / 2)), round(view.down(card.y + card.h / 2)))


def _picture(canvas: Canvas) -> QImage:
    return canvas.grab().toImage()


def test_a_click_chooses_the_card_under_it(qtbot: QtBot, canvas: Canvas) -> None:
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, _pixel(canvas, "layer3.2"))
    assert chosen.args == ["layer3.2"]


def test_a_click_on_a_band_chooses_its_stage(qtbot: QtBot, canvas: Canvas) -> None:
    under = _pixel(canvas, "layer3.2") + QPoint(0, 200)
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, under)
    assert chosen.args == ["layer3"]


def test_select_marks_without_a_signal(qtbot: QtBot, canvas: Canvas) -> None:
    before = _picture(canvas)
    with qtbot.assertNotEmitted(canvas.node_chosen):
        canvas.select("layer3.2.conv1")
    assert _picture(canvas) != before
    canvas.select(None)
    assert _picture(canvas) == before


def test_a_double_click_opens_in_place_and_closes_again(qtbot: QtBot, canvas: Canvas) -> None:
    place = _pixel(canvas, "layer2.0")
    card = _card(canvas, "layer2.0")
    assert card is not None
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    drawing = canvas._scene.drawing
    assert drawing is not None
    assert _card(canvas, "layer2.0.conv1") is not None
    assert [frame.id for frame in drawing.frames] == ["layer2.0"]
    frame, view = drawing.frames[0], canvas._scene.camera.view
    assert view.across(frame.x + frame.w / 2) == pytest.approx(place.x(), abs=4)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, _pixel(canvas, "layer2.0.conv1"))
    assert _card(canvas, "layer2.0.conv1") is None


def test_a_folded_run_opens(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.show_analysis(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    assert _card(canvas, "layer3.20") is None
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, _pixel(canvas, "layer3.1"))
    assert _card(canvas, "layer3.20") is not None


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
    assert _card(canvas, "layer2.0") is not None


def test_zoom_keeps_what_is_pointed_at(canvas: Canvas) -> None:
    place = _pixel(canvas, "layer3.2")
    scale = canvas._scene.camera.view.scale
    for _ in range(3):
        QApplication.sendEvent(canvas, _wheel(place, 120, Qt.KeyboardModifier.ControlModifier))
    assert canvas._scene.camera.view.scale > scale
    assert (_pixel(canvas, "layer3.2") - place).manhattanLength() <= 1


def test_shift_and_wheel_moves_sideways(canvas: Canvas) -> None:
    place = _pixel(canvas, "layer3.2")
    QApplication.sendEvent(canvas, _wheel(place, -120, Qt.KeyboardModifier.ShiftModifier))
    assert _pixel(canvas, "layer3.2").x() < place.x()
    assert _pixel(canvas, "layer3.2").y() == place.y()


def _wheel(place: QPoint, turned: int, modifier: Qt.KeyboardModifier) -> QWheelEvent:
    point = QPointF(place)
    return QWheelEvent(
        point, point, QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def _turn(canvas: Canvas, place: QPoint, turned: int) -> None:
    QApplication.sendEvent(canvas, _wheel(place, turned, NONE))


def test_a_drag_moves_and_chooses_nothing(qtbot: QtBot, canvas: Canvas) -> None:
    place = _pixel(canvas, "layer3.2")
    with qtbot.assertNotEmitted(canvas.node_chosen):
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, place)
        QTest.mouseMove(canvas, place + QPoint(-150, 20))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, place + QPoint(-150, 20))
    assert _pixel(canvas, "layer3.2") == place + QPoint(-150, 20)


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
        canvas.open_all(level)
        pictures.append(_picture(canvas))
    canvas.fit()
    pictures.append(_picture(canvas))
    assert all(a != b for index, a in enumerate(pictures) for b in pictures[index + 1 :])


def test_another_network_keeps_the_level_and_the_selection(canvas: Canvas) -> None:
    canvas.open_all("stage")
    canvas.select("layer3")
    canvas.show_analysis(analyse(preset("resnet18")), costs(analyse(preset("resnet18"))))
    card = _card(canvas, "layer3")
    assert card is not None
    assert card.kind == "stage"
    assert canvas._scene.selected == "layer3"
    canvas.select("layer3.5")
    assert canvas._scene.selected is None


def test_the_theme_changes_the_ground(canvas: Canvas) -> None:
    for name in ("light", "dark"):
        theme = load_theme(name)
        canvas.set_theme(theme)
        assert QColor(_picture(canvas).pixel(1, 1)) == theme.color("canvas")


def test_zoom_to_selection_brings_it_into_the_middle(canvas: Canvas) -> None:
    canvas.open_all("layer")
    canvas.select("layer4.1.conv2")
    canvas.zoom_to_selection()
    assert abs(_pixel(canvas, "layer4.1.conv2").x() - canvas.width() / 2) < 5


def test_the_minimap_goes_where_it_is_pressed(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.open_all("layer")
    canvas.grab()
    before = _pixel(canvas, "layer4.1.conv2").x()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(canvas.width() - 40, canvas.height() - 30))
    assert _pixel(canvas, "layer4.1.conv2").x() < before


@pytest.mark.parametrize("level", ["block", "layer"])
def test_a_panned_picture_is_the_same_as_one_painted_anew(canvas: Canvas, level: Level) -> None:
    """Panning moves what was painted and paints the rest."""
    canvas.open_all(level)
    canvas.grab()
    for dx, dy in ((-40.0, 0.0), (-300.0, 25.0), (120.0, -60.0), (0.0, 31.0)):
        canvas._scene.camera.pan(dx, dy)
        moved = _picture(canvas)
        canvas._painter._picture._shown = None
        assert moved == _picture(canvas)


@pytest.fixture
def moving(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    """A canvas that moves from level to level."""
    monkeypatch.setattr("resnet_viz.gui.canvas.widget.MOTION_MS", 190)
    return canvas


def test_another_level_is_reached_by_moving(qtbot: QtBot, moving: Canvas) -> None:
    moving.open_all("layer")
    assert moving._scene.motion is not None
    on_the_way = _picture(moving)
    qtbot.waitUntil(lambda: moving._scene.motion is None)
    assert moving._scene.level == "layer"
    assert _picture(moving) != on_the_way


def test_a_movement_begins_as_what_was_and_ends_as_what_is(moving: Canvas) -> None:
    """Of every card the box that the movement paints first is that of the card it comes out of."""
    before, view = {card.id: card for card in _drawing(moving).cards}, moving._scene.camera.view
    moving.open_all("layer")
    motion = moving._scene.motion
    assert motion is not None
    frame = next(frame for frame in _drawing(moving).frames if frame.id == "layer2.1")
    box = motion._box(frame.x, frame.y, frame.w, frame.h)
    card = before["layer2.1"]
    assert (box.left(), box.right()) == pytest.approx((view.across(card.x), view.across(card.x + card.w)))
    motion.progress = 1.0
    box, now = motion._box(frame.x, frame.y, frame.w, frame.h), moving._scene.camera.view
    assert (box.left(), box.right()) == pytest.approx((now.across(frame.x), now.across(frame.x + frame.w)))


def test_whatever_is_done_ends_a_movement(moving: Canvas) -> None:
    interrupts: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(moving, Qt.Key.Key_Right),
        lambda: QTest.mousePress(moving, Qt.MouseButton.LeftButton, NONE, QPoint(5, 5)),
        lambda: _turn(moving, QPoint(400, 300), 120),
        moving.fit,
    )
    for interrupt in interrupts:
        moving.open_all("stage" if moving.level == "layer" else "layer")
        assert moving._scene.motion is not None
        interrupt()
        assert moving._scene.motion is None


def test_a_double_click_on_a_skip_opens_nothing(canvas: Canvas) -> None:
    before = canvas.opened
    route = next(route for route in _drawing(canvas).routes if route.skips == ("layer3.2.add",))
    view, (x, y), (stop, _) = canvas._scene.camera.view, *route.stroke[1:3]
    place = QPoint(round(view.across((x + stop) / 2)), round(view.down(y)))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    assert canvas.opened == before


def test_what_was_folded_by_hand_stays_so_in_the_next_network(canvas: Canvas, resnet50: Analysis) -> None:
    canvas.open_all("layer")
    canvas.select("layer3.0")
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    canvas.show_analysis(analyse(preset("resnet101")), costs(analyse(preset("resnet101"))))
    assert _card(canvas, "layer3.0") is not None
    assert _card(canvas, "layer3.1.conv1") is not None
    canvas.open_all("layer")
    assert _card(canvas, "layer3.0.conv1") is not None


def test_zoomed_towards_the_gap_between_two_cards_one_opens(canvas: Canvas) -> None:
    one, two = _pixel(canvas, "layer2.1"), _pixel(canvas, "layer2.2")
    place = QPoint((one.x() + two.x()) // 2, one.y())
    for _ in range(14):
        _turn(canvas, place, 120)
    opened = {card.id for card in _drawing(canvas).cards}
    assert opened & {"layer2.1.conv2", "layer2.2.conv2"}


def test_up_from_a_folded_block_is_its_skip(canvas: Canvas) -> None:
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert chosen == ["layer2.1.add", "layer2.1"]


def test_zoomed_towards_far_enough_a_card_opens_and_zoomed_away_it_closes(canvas: Canvas) -> None:
    place = _pixel(canvas, "layer2.1")
    for _ in range(12):
        _turn(canvas, place, 120)
    assert _card(canvas, "layer2.1.conv2") is not None
    assert _card(canvas, "layer2.2") is not None
    for _ in range(12):
        _turn(canvas, place, -120)
    assert _card(canvas, "layer2.1") is not None


def test_what_a_chosen_block_is_joined_to_is_marked(canvas: Canvas) -> None:
    canvas.select("layer2.1")
    marks = canvas._scene.marks()
    cards = {card.id: (card.x, card.y, card.w, card.h) for card in _drawing(canvas).cards}
    assert marks.chosen == (cards["layer2.1"], "block")
    assert [box for box, _ in marks.near] == [cards["layer2.0"], cards["layer2.2"]]
    assert [route.skips for route in marks.skips] == [("layer2.1.add",), ("layer2.2.add",)]


def test_a_skip_is_followed_to_its_sum_and_back(canvas: Canvas) -> None:
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert chosen == ["layer2.1.add", "layer2.0.relu3"]
    canvas.select("conv1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert len(chosen) == 2


def test_a_click_on_a_skip_chooses_its_sum(qtbot: QtBot, canvas: Canvas) -> None:
    route = next(route for route in _drawing(canvas).routes if route.skips == ("layer3.2.add",))
    view, (x, y), (stop, _) = canvas._scene.camera.view, *route.stroke[1:3]
    place = QPoint(round(view.across((x + stop) / 2)), round(view.down(y)))
    with qtbot.waitSignal(canvas.node_chosen) as chosen:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NONE, place)
    assert chosen.args == ["layer3.2.add"]


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("layer2.1", "layer2.1, Bottleneck · identity skip, shape 512×28×28 → 512×28×28, parameters 280.1 k, MACs"),
        ("conv1", "conv1, Conv2d · 7×7, 64 · stride 2, shape 3×224×224 → 64×112×112, parameters 9,408, MACs"),
        ("stem", "stem, 4 layers, shape 3×224×224 → 64×56×56"),
    ],
)
def test_a_screen_reader_hears_what_is_chosen(canvas: Canvas, node: str, words: str) -> None:
    canvas.select(node)
    assert canvas.accessibleDescription().startswith(words)


def _drawing(canvas: Canvas) -> Layout:
    drawing = canvas._scene.drawing
    assert drawing is not None
    return drawing
