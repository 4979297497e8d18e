"""Draws the pictures in tests/golden/pictures, for people to look at, and lists drawings in tests/golden/drawings.txt.

Tests compare drawings with that list; of the pictures they check what is in them, not the pixels.

Run: python -m tests.golden.draw_pictures [--list-only]
"""

import sys
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
from tests.drawings import LEVELS, RECORDED, drawn, listing

NAMES = (
    "resnet18",
    "resnet50",
    "resnet152",
    "preact_resnet1001_cifar",
    "plain34",
    "maskrcnn_resnet50",
    "resnext50_32x4d",
    "seresnet50",
    "ecaresnet50d_pruned",
)
FOLDER = Path(__file__).parent / "pictures"
LIST = Path(__file__).parent / "drawings.txt"
MAX_WIDTH_PX = 1_300
ASPECT_RATIO = 1.7  # width by height of a picture
ROW_HEIGHT = 330.0
MAX_ROWS = 50
COARSE = 0xFFF0F0F0  # colors that agree in these bits look alike


def rows_for(analysis: Analysis, level: str) -> int:
    """Return into how many rows to break a drawing, so that the picture is not much wider than high."""
    width = drawn(analysis, level).width  # type: ignore[arg-type]
    return min(MAX_ROWS, max(1, ceil(sqrt(width / ROW_HEIGHT / ASPECT_RATIO) - 0.5)))


def list_drawings() -> None:
    """Write the list of the recorded drawings."""
    LIST.write_text("".join(f"# {name}\n{listing(make())}\n\n" for name, make in RECORDED.items()), "utf8")


def main() -> None:
    """List the recorded drawings, and draw every network at every level, light and dark."""
    list_drawings()
    if "--list-only" in sys.argv:
        return
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
    """Scale a picture down to a screen's width, and reduce it to its 256 commonest colors of those that differ much."""
    picture = QImage(str(path))
    if picture.width() > MAX_WIDTH_PX:
        picture = picture.scaledToWidth(MAX_WIDTH_PX, Qt.TransformationMode.SmoothTransformation)
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = numpy.frombuffer(picture.constBits(), dtype=numpy.uint32)
    colors, counts = numpy.unique(pixels, return_counts=True)
    colors = colors[numpy.argsort(-counts)]
    _, firsts = numpy.unique(colors & COARSE, return_index=True)
    table = [int(color) for color in colors[numpy.sort(firsts)][:256]]
    flags = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    picture.convertToFormat(QImage.Format.Format_Indexed8, table, flags).save(str(path), quality=0)


if __name__ == "__main__":
    main()
