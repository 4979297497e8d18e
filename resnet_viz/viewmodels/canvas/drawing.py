"""The drawing that a layout is: bands, cards, captions, routes, trunk lines and frames, in scene units."""

from collections.abc import Callable
from typing import Literal

import msgspec

from resnet_viz.records.analysis import EdgeKind

TextRole = Literal["title", "subtitle", "label", "note", "caption"]
TEXT_SIZES: dict[TextRole, int] = {"title": 14, "subtitle": 12, "label": 12, "note": 11, "caption": 11}
BOLD_ROLES: frozenset[TextRole] = frozenset({"title", "label"})
Measure = Callable[[str, TextRole], float]
CardKind = Literal["stage", "run", "block", "layer", "part", "pill", "add"]
SHAPE_TOP, SHAPE_HALF = 7.0, 7.0  # where a shape's text begins below the trunk, and half of its height
STACK = 5.0  # how far the cards behind a folded one stand out
Point = tuple[float, float]
Stroke = tuple[Point, ...]


class Card(msgspec.Struct, frozen=True):
    """A box that stands for a node: a stage, a run, a block, a layer with weights, a lesser part of a layer, a `+`.

    `turned` text runs upwards. `opens` is the id to give to `toggled` to see inside. `slices` shows blocks within.
    """

    id: str
    kind: CardKind
    band: int
    x: float
    y: float
    w: float
    h: float
    label: str
    note: str
    turned: bool
    opens: str
    slices: int = 1


class Caption(msgspec.Struct, frozen=True):
    """A line of text in its own box, centered."""

    text: str
    role: TextRole
    x: float
    y: float
    w: float
    h: float


class Route(msgspec.Struct, frozen=True):
    """The way of one shortcut, or of several that a folded card sums up; `shortcuts` are the ids of their `+`."""

    kind: EdgeKind
    stroke: Stroke
    shortcuts: tuple[str, ...]
    owner: str
    arrow: bool


class Link(msgspec.Struct, frozen=True):
    """A piece of the trunk, from left to right at height 0; `text` is the shape along it, `news` where that changed.

    `at` is where the shape's text crosses the trunk.
    """

    x: float
    stop: float
    arrow: bool
    text: str = ""
    at: float = 0.0
    news: bool = False


class Frame(msgspec.Struct, frozen=True):
    """The dashed frame around an opened block."""

    id: str
    title: str
    note: str
    band: int
    x: float
    y: float
    w: float
    h: float


class Band(msgspec.Struct, frozen=True):
    """The tinted column of a stem, stage or head; titles from the longest to the shortest."""

    id: str
    color: str
    x: float
    w: float
    titles: tuple[str, ...]
    subtitles: tuple[str, ...]
    level: str | None


class Layout(msgspec.Struct, frozen=True, dict=True):
    """Everything to draw, each list from left to right; the trunk lies at height 0.

    Places are given along and across the trunk; drawn `down`, it runs from top to bottom (see `turning`).
    """

    bands: tuple[Band, ...]
    frames: tuple[Frame, ...]
    cards: tuple[Card, ...]
    captions: tuple[Caption, ...]
    routes: tuple[Route, ...]
    links: tuple[Link, ...]
    width: float
    top: float
    bottom: float
    down: bool = False
