"""The request for a figure of the graph, made on the command line or in the window and drawn by `gui.figure`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.costs import Costs
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.checks import check_choices, check_flags, check_number
from resnet_viz.storage.atomic import check_writable
from resnet_viz.texts import tr

FIGURE_SUFFIXES = (".svg", ".pdf", ".png")
FigureLevel = Literal["stage", "block", "layer"]
FigureTheme = Literal["light", "dark"]
FigureDirection = Literal["right", "down"]
MIN_WIDTH_MM, MAX_WIDTH_MM = 10.0, 5_000.0
MIN_SCALE, MAX_SCALE = 0.1, 20.0
MAX_ROWS = 50


class FigureOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a figure.

    `width_mm` is the width on paper; None gives each scene unit 1/96 inch. `scale` multiplies the pixels of a PNG.
    `rows` breaks a long figure; None means one row, or with `width_mm` as many as make its texts readable. `part` is
    the id of a stage or block to draw alone. Raises SpecError, which names the field, for a value out of range.
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
        check_choices(self, level=FigureLevel, color=Coloring, theme=FigureTheme, direction=FigureDirection)
        if self.width_mm is not None:
            accepted = tr("give {low:g} to {high:g} millimeters").format(low=MIN_WIDTH_MM, high=MAX_WIDTH_MM)
            check_number("width_mm", self.width_mm, MIN_WIDTH_MM, MAX_WIDTH_MM, accepted)
        if self.rows is not None:
            accepted = tr("give 1 to {most}").format(most=MAX_ROWS)
            check_number("rows", self.rows, 1, MAX_ROWS, accepted, whole=True)
        if self.rows is not None and self.rows > 1 and self.direction == "down":
            raise SpecError("rows", self.rows, tr("a figure from top to bottom has one"))
        accepted = tr("give {low:g} to {high:g}").format(low=MIN_SCALE, high=MAX_SCALE)
        check_number("scale", self.scale, MIN_SCALE, MAX_SCALE, accepted)
        check_flags(self, "transparent", "legend")


class Figure(msgspec.Struct, frozen=True):
    """A figure to draw: the network with its operation counts, the options, and the path to write to.

    `run` has the times for coloring by latency. `expanded` are the ids to expand, instead of the options' level.
    """

    analysis: Analysis
    costs: Costs
    options: FigureOptions
    path: Path
    run: ProfileRun | None = None
    expanded: frozenset[str] | None = None


def is_figure(path: Path) -> bool:
    """Return whether the path's suffix is that of a figure."""
    return path.suffix.lower() in FIGURE_SUFFIXES


def check_figure(path: Path, suffixes: Sequence[str] = FIGURE_SUFFIXES) -> None:
    """Raise UserError where the path has none of these suffixes or cannot be written; before any work is done."""
    if path.suffix.lower() not in suffixes:
        sentence = tr("{path}: the suffix '{suffix}' is no picture; give one of {suffixes}.")
        raise UserError(sentence.format(path=path, suffix=path.suffix, suffixes=" ".join(suffixes)))
    check_writable(path)
