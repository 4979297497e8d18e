"""The canvas as a person uses it: selections, levels, themes, other networks, and what a screen reader says."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset
from tests.gui.canvas.screen import box_of, picture_of, pixel_of


def show(canvas: Canvas, name: str) -> None:
    """Show a published network."""
    canvas.show_analysis(analyse(preset(name)), costs(analyse(preset(name))))


def test_a_selection_is_marked_without_a_signal(qtbot: QtBot, canvas: Canvas) -> None:
    before = picture_of(canvas)
    with qtbot.assertNotEmitted(canvas.node_chosen):
        canvas.select("layer3.2.conv1")
    assert picture_of(canvas) != before
    canvas.select(None)
    assert picture_of(canvas) == before


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
    show(canvas, "preact_resnet1001_cifar")
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
    show(canvas, "resnet18")
    box = box_of(canvas, "layer3")
    assert box is not None
    assert box.kind == "stage"
    assert canvas.accessibleDescription().startswith("stage 3")
    canvas.select("layer3.5")  # ResNet-18 has no such block
    assert canvas.accessibleDescription() == ""


def test_what_a_person_has_collapsed_stays_so_in_the_next_network(canvas: Canvas) -> None:
    canvas.show_level("layer")
    canvas.select("layer3.0")
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    show(canvas, "resnet101")
    assert box_of(canvas, "layer3.0") is not None
    assert box_of(canvas, "layer3.1.conv1") is not None
    canvas.show_level("layer")
    assert box_of(canvas, "layer3.0.conv1") is not None


def test_the_theme_changes_the_background(canvas: Canvas) -> None:
    for name in ("light", "dark"):
        theme = load_theme(name)
        canvas.set_theme(theme)
        assert canvas.theme_name == name
        assert QColor(picture_of(canvas).pixel(1, 1)) == theme.color("canvas")


def test_zoom_to_selection_brings_it_into_the_middle(canvas: Canvas) -> None:
    canvas.show_level("layer")
    canvas.select("layer4.1.conv2")
    canvas.zoom_to_selection()
    assert abs(pixel_of(canvas, "layer4.1.conv2").x() - canvas.width() / 2) < 5


def test_a_selection_out_of_view_is_brought_into_it(canvas: Canvas) -> None:
    canvas.show_level("layer")
    assert pixel_of(canvas, "layer4.1.conv2").x() > canvas.width()
    canvas.select("layer4.1.conv2")
    assert 0 < pixel_of(canvas, "layer4.1.conv2").x() < canvas.width()


@pytest.mark.parametrize(
    ("selected", "part"),
    [("layer3.2.conv1", "layer3.2"), ("layer3.2", "layer3.2"), ("layer3", "layer3"), ("conv1", "stem"), (None, None)],
)
def test_the_part_of_a_selection_is_its_block_or_stage(canvas: Canvas, selected: str | None, part: str | None) -> None:
    canvas.select(selected)
    assert canvas.part == part


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("layer2.1", "layer2.1, Bottleneck · identity shortcut, shape 512×28×28 → 512×28×28, parameters 280.1 k, MACs"),
        ("conv1", "conv1, Conv2d · 7×7, 64 · stride 2, shape 3×224×224 → 64×112×112, parameters 9,408, MACs"),
        ("stem", "stem, 4 layers, shape 3×224×224 → 64×56×56"),
    ],
)
def test_a_screen_reader_hears_what_is_selected(canvas: Canvas, node: str, text: str) -> None:
    canvas.select(node)
    assert canvas.accessibleDescription().startswith(text)
