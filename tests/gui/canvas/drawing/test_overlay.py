"""Column titles, the hover card and the message of an empty canvas."""

from functools import partial

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.drawing import overlay
from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.viewmodels.canvas.drawing import StageColumn, TextRole
from resnet_viz.viewmodels.canvas.node_lookup import HoverCard
from tests.gui.canvas.drawing.painted import painted, style_of

TITLES = ("stage 2 · conv3_x", "stage 2", "2")
SUBTITLES = ("4 × Bottleneck · 512×28×28", "4 × Bottleneck", "× 4")


class Texts:
    """Records the texts that are drawn, with their rectangles."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: dict[str, QRectF] = {}

        def record(style: Style, painter: QPainter, rect: QRectF, text: str, *_: object) -> None:
            self.drawn[text] = QRectF(rect)

        monkeypatch.setattr(Style, "draw_text", record)


@pytest.fixture
def texts(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Texts:
    """The texts that are drawn in this test."""
    return Texts(monkeypatch)


def paint_titles(columns: tuple[StageColumn, ...], size: QSizeF, painter: QPainter) -> None:
    """Paint the titles of a horizontal drawing at its own size."""
    overlay.paint_titles(painter, columns, style_of(), View(), size)


def paint_vertical_titles(columns: tuple[StageColumn, ...], size: QSizeF, painter: QPainter) -> None:
    """Paint the titles of a vertical drawing at its own size."""
    overlay.paint_vertical_titles(painter, columns, style_of(), View(), size)


def column(width: float, level: str | None = None) -> StageColumn:
    """Return a column of this width at x = 0."""
    return StageColumn("layer2", "stage2", 0.0, width, TITLES, SUBTITLES, level)


@pytest.mark.parametrize("form", [0, 1, 2])
@pytest.mark.parametrize(("forms", "role"), [(TITLES, "title"), (SUBTITLES, "subtitle")])
def test_titles_have_the_longest_form_that_fits(
    texts: Texts, forms: tuple[str, ...], role: TextRole, form: int
) -> None:
    size, needed = QSizeF(800, 400), style_of().width(forms[form], role) + 2 * 12.0
    for width, shown in ((needed + 0.1, forms[form]), (needed - 0.1, [*forms, ""][form + 1])):
        texts.drawn.clear()
        columns = (column(width),)
        painted(partial(paint_titles, columns, size), 800, 400)
        assert [text for text in texts.drawn if text in forms] == ([shown] if shown else [])


def test_a_column_without_room_has_no_titles(texts: Texts) -> None:
    painted(partial(paint_titles, (column(24.0),), QSizeF(800, 400)), 800, 400)
    assert texts.drawn == {}


def test_titles_stay_in_view_with_a_part_of_their_column(texts: Texts) -> None:
    size = QSizeF(800, 400)
    painted(lambda p: overlay.paint_titles(p, (column(900.0),), style_of(), View(1.0, -600.0), size), 800, 400)
    assert texts.drawn[TITLES[0]].left() == 12.0
    assert texts.drawn[TITLES[0]].right() == 300.0 - 12.0
    texts.drawn.clear()
    painted(lambda p: overlay.paint_titles(p, (column(900.0),), style_of(), View(1.0, -900.0), size), 800, 400)
    assert texts.drawn == {}


def test_a_feature_level_stands_at_the_right_of_the_title(texts: Texts) -> None:
    size = QSizeF(800, 400)
    painted(lambda p: overlay.paint_titles(p, (column(400.0, "C3"),), style_of(), View(), size), 800, 400)
    assert texts.drawn["C3"].right() == pytest.approx(400.0 - 12.0)


@pytest.mark.parametrize(
    ("height", "written"),
    [(20.0, []), (30.0, ["stage 2 · conv3_x"]), (50.0, ["stage 2 · conv3_x", "4 × Bottleneck · 512×28×28"])],
)
def test_titles_of_a_vertical_drawing_have_as_many_lines_as_fit(
    texts: Texts, height: float, written: list[str]
) -> None:
    size = QSizeF(400, 800)
    painted(lambda p: overlay.paint_vertical_titles(p, (column(height),), style_of(), View(), size), 400, 800)
    assert list(texts.drawn) == written


def test_a_feature_level_of_a_vertical_drawing_stands_below_both_lines(texts: Texts) -> None:
    size = QSizeF(400, 800)
    for height, there in ((60.0, False), (70.0, True)):
        texts.drawn.clear()
        painted(partial(paint_vertical_titles, (column(height, "C3"),), size), 400, 800)
        assert ("C3" in texts.drawn) == there
    assert texts.drawn["C3"].top() > texts.drawn[SUBTITLES[0]].top()


@pytest.mark.parametrize("point", [QPointF(10, 10), QPointF(790, 390), QPointF(10, 390), QPointF(790, 10)])
def test_a_hover_card_lies_within_the_canvas_and_beside_the_pointer(texts: Texts, point: QPointF) -> None:
    card = HoverCard("layer2.0", "Bottleneck", (("shape", "256×56×56 → 512×28×28"), ("parameters", "379.4 k")))
    painted(lambda p: overlay.paint_hover(p, card, style_of(), point, QSizeF(800, 400)), 800, 400)
    assert list(texts.drawn) == [card.title, card.subtitle, *(text for row in card.rows for text in row)]
    canvas = QRectF(0, 0, 800, 400)
    for rect in texts.drawn.values():
        assert canvas.contains(QRectF(rect.left(), rect.top(), 1, rect.height()))
        assert not rect.contains(point)
    names, values = texts.drawn["shape"], texts.drawn["256×56×56 → 512×28×28"]
    assert values.left() == names.right()
    assert texts.drawn["parameters"].top() - names.top() == 17.0


def test_an_empty_canvas_has_its_message_in_the_middle(texts: Texts) -> None:
    painted(lambda p: overlay.paint_message(p, "Choose a network.", style_of(), QSizeF(800, 400)), 800, 400)
    assert texts.drawn["Choose a network."].center() == QPointF(400, 200)
