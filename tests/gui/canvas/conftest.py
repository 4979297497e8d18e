"""Canvases that show ResNet-50."""

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset


@pytest.fixture(scope="session")
def resnet50() -> Analysis:
    """Its analysis."""
    return analyse(preset("resnet50"))


@pytest.fixture
def canvas(qtbot: QtBot, resnet50: Analysis) -> Canvas:
    """A wide canvas."""
    made = Canvas(load_theme("light"))
    qtbot.addWidget(made)
    made.resize(1600, 600)
    made.show()
    made.show_analysis(resnet50, costs(resnet50))
    return made


@pytest.fixture
def vertical(qtbot: QtBot, resnet50: Analysis) -> Canvas:
    """A high canvas whose main path runs from top to bottom."""
    made = Canvas(load_theme("light"))
    qtbot.addWidget(made)
    made.resize(700, 1000)
    made.show()
    made.show_analysis(resnet50, costs(resnet50))
    made.set_direction(vertical=True)
    return made
