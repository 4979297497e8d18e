"""Draws the pictures in tests/golden/pictures, for people to look at; tests check what is in them, not their pixels.

Run: python tests/golden/draw_pictures.py
"""

from math import ceil, sqrt
from pathlib import Path

import numpy
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from resnet_viz.export.figure_request import Figure, FigureOptions
from resnet_viz.gui.figure import draw_without_window
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset
from tests.drawings import LEVELS, drawn

NAMES = (
    "resnet18",
    "resnet50",
    "resnet152",
    "preact_resnet1001_cifar",
    "plain34",
    "maskrcnn_resnet50",
    "resnext50_32x4d",
)
FOLDER = Path(__file__).parent / "pictures"
WIDEST = 1_300  # pixels
SHAPE = 1.7  # of a picture: its width divided by its height
ROW_HEIGHT = 330.0
MOST_ROWS = 50


def rows_for(analysis: Analysis, level: str) -> int:
    """Into how many rows a drawing is broken so that the picture is not a ribbon."""
    width = drawn(analysis, level).width  # type: ignore[arg-type]
    return min(MOST_ROWS, max(1, ceil(sqrt(width / ROW_HEIGHT / SHAPE) - 0.5)))


def main() -> None:
    """Every network at every level, light and dark."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        analysis = analyse(preset(name))
        for level in LEVELS:
            rows = rows_for(analysis, level)
            for theme in ("light", "dark"):
                path = FOLDER / f"{name}-{level}-{theme}.png"
                options = FigureOptions(level=level, theme=theme, rows=rows, scale=1.0)
                draw_without_window(Figure(analysis, costs(analysis), options, path))
                make_small(path)


def make_small(path: Path) -> None:
    """No wider than a screen, and with its 256 commonest colors."""
    picture = QImage(str(path))
    if picture.width() > WIDEST:
        picture = picture.scaledToWidth(WIDEST, Qt.TransformationMode.SmoothTransformation)
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = numpy.frombuffer(picture.constBits(), dtype=numpy.uint32)
    colors, counts = numpy.unique(pixels, return_counts=True)
    table = [int(color) for color in colors[numpy.argsort(-counts)][:256]]
    flags = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    picture.convertToFormat(QImage.Format.Format_Indexed8, table, flags).save(str(path), quality=0)


if __name__ == "__main__":
    main()
