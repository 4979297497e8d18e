"""The legend's plates: side by side where there is room, else one above the other, never beyond the edge."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.drawing.legend import BETWEEN, LEFT, Plate, plates, wrapped
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink, measurer
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Convention
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.nodes import cost_sentence, legend, opened_at
from resnet_viz.viewmodels.canvas.outline import outline

RESNET = analyse(preset("resnet50"))


def plates_for(convention: Convention, room: float) -> list[Plate]:
    """The plates of ResNet-50 in so many pixels."""
    network, font = outline(RESNET, costs(RESNET, convention)), QGuiApplication.font()
    drawing = layout(network, opened_at(network, "block"), measurer(font))
    ink = Ink(load_theme("light"), font)
    return plates(Sketch(drawing), legend(network), cost_sentence(network), ink, room)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_line_goes_beyond_its_room(qapp: QApplication, convention: Convention) -> None:
    for width in range(300, 900, 40):
        for taken in (0.0, 204.0):
            found = plates_for(convention, width - taken)
            lines = wrapped(found, width, taken)
            assert [plate for line in lines for plate in line] == found
            for place, line in enumerate(lines):
                room = width - LEFT - BETWEEN - (taken if place == 0 else 0.0)
                used = sum(plate.width for plate in line) + BETWEEN * (len(line) - 1)
                assert used <= room or len(line) == 1, (width, taken, place)


def test_numbers_have_a_plate_of_their_own_where_both_have_no_room(qapp: QApplication) -> None:
    assert len(plates_for("macs", 900)) == 1
    narrow = plates_for("folded", 400)
    assert len(narrow) == 2
    assert max(plate.width for plate in narrow) < 400 - LEFT - BETWEEN
