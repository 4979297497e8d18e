"""What a figure of the graph is to be: asked for on the command line or in the window, drawn by the window's code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.costs import Costs
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.atomic import check_place
from resnet_viz.texts import tr

FIGURES = (".svg", ".pdf", ".png")
FigureLevel = Literal["stage", "block", "layer"]
FigureTheme = Literal["light", "dark"]
FigureDirection = Literal["right", "down"]
NARROWEST_MM, WIDEST_MM = 10.0, 5_000.0
SMALLEST_SCALE, LARGEST_SCALE = 0.1, 20.0


MOST_ROWS = 50
CHOICES: tuple[tuple[str, Any], ...] = (
    ("level", FigureLevel), ("color", Coloring), ("theme", FigureTheme), ("direction", FigureDirection),
)  # fmt: skip


class FigureOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to draw; every value checked when it is made.

    `width_mm` is the width on paper, None for a pixel of 1/96 inch a scene unit. `scale` multiplies the pixels of a
    PNG. `rows` breaks a long figure; None takes one, or where `width_mm` is given as many as let its words be read.
    `part` is the id of a stage or block to be drawn alone. Raises SpecError, which
    names the field.
    """

    level: FigureLevel = "block"
    color: Coloring = "stage"
    theme: FigureTheme = "light"
    direction: FigureDirection = "right"
    rows: int | None = None
    part: str | None = None
    width_mm: float | None = None
    scale: float = 2.0
    transparent: bool = False
    legend: bool = True

    def __post_init__(self) -> None:
        for field, kind in CHOICES:
            if getattr(self, field) not in get_args(kind):
                accepted = tr("give one of {choices}").format(choices=", ".join(get_args(kind)))
                raise SpecError(field, getattr(self, field), accepted)
        if self.width_mm is not None and not NARROWEST_MM <= self.width_mm <= WIDEST_MM:
            accepted = tr("give {low:g} to {high:g} millimetres").format(low=NARROWEST_MM, high=WIDEST_MM)
            raise SpecError("width_mm", self.width_mm, accepted)
        if self.rows is not None and not 1 <= self.rows <= MOST_ROWS:
            raise SpecError("rows", self.rows, tr("give 1 to {most}").format(most=MOST_ROWS))
        if self.rows is not None and self.rows > 1 and self.direction == "down":
            raise SpecError("rows", self.rows, tr("a figure from top to bottom has one"))
        if not SMALLEST_SCALE <= self.scale <= LARGEST_SCALE:
            accepted = tr("give {low:g} to {high:g}").format(low=SMALLEST_SCALE, high=LARGEST_SCALE)
            raise SpecError("scale", self.scale, accepted)


class Figure(msgspec.Struct, frozen=True):
    """A network to draw, the operations that stand in the drawing, and how.

    `run` has the times where it is colored by latency; `opened` are the ids to open, in place of the options' level.
    """

    analysis: Analysis
    costs: Costs
    options: FigureOptions
    path: Path
    run: ProfileRun | None = None
    opened: frozenset[str] | None = None


def is_figure(path: Path) -> bool:
    """Whether the suffix asks for a picture."""
    return path.suffix.lower() in FIGURES


def check_figure(path: Path, suffixes: Sequence[str] = FIGURES) -> None:
    """Raise UserError where a picture with one of these suffixes could not be written, before any work is done."""
    if path.suffix.lower() not in suffixes:
        sentence = tr("{path}: the suffix '{suffix}' is no picture; give one of {suffixes}.")
        raise UserError(sentence.format(path=path, suffix=path.suffix, suffixes=" ".join(suffixes)))
    check_place(path)
