"""The parts of a network's drawing, in scene units: node boxes, captions, edges, frames and stage columns.

Coordinates are given along the main path (x) and across it (y). The main path lies at y = 0. In a vertical drawing it
runs from top to bottom of the canvas: the painter mirrors the coordinates at the diagonal.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from resnet_viz.records.analysis import EdgeKind

TextRole = Literal["title", "subtitle", "label", "note", "caption"]
TEXT_SIZES: dict[TextRole, int] = {"title": 14, "subtitle": 12, "label": 12, "note": 11, "caption": 11}
BOLD_ROLES: frozenset[TextRole] = frozenset({"title", "label"})
TextMeasure = Callable[[str, TextRole], float]
BoxKind = Literal["stage", "repeat", "block", "layer", "minor", "shortcut", "gate", "add", "multiply"]
JOINED_BY: dict[BoxKind, BoxKind] = {"shortcut": "add", "gate": "multiply"}
"""The kinds of boxes beside the main path, each with the kind of the circle where its branch joins the main path."""
BRANCH_BOXES = frozenset(JOINED_BY)
OPERATORS = frozenset(JOINED_BY.values())
SHAPE_TEXT_TOP = 7.0  # from the main path down to the text of a tensor's shape
SHAPE_TEXT_HALF = 7.0  # half of that text's line height
GATE_MARK_RADIUS = 6.5  # of the circle at the lower edge of a box whose blocks have gates
STACK_OFFSET = 5.0  # between the boxes painted behind one another for a stage or repeat
Point = tuple[float, float]
Polyline = tuple[Point, ...]


class NodeBox(msgspec.Struct, frozen=True):
    """The box of a node of the network, or of several blocks in a row.

    Its kind is `repeat` for several equal blocks, `minor` for a layer that is drawn narrow (batch norm, ReLU),
    `shortcut` and `gate` for a layer on such a branch, `add` and `multiply` for what joins one. `column` is the index
    of its stage column. `rotated` text runs upwards. `toggles` is the id that a double click expands or collapses.
    `slices` is the number of marks on the box of a stage or repeat, one for each block or each few; a `gated` box of
    blocks has the mark of a gate at its lower edge. Its id, column and toggle come from `layout`.
    """

    kind: BoxKind
    x: float
    y: float
    w: float
    h: float
    label: str
    note: str = ""
    rotated: bool = False
    slices: int = 1
    id: str = ""
    column: int = 0
    toggles: str = ""
    gated: bool = False


def gate_mark(box: NodeBox) -> Point:
    """Return the middle of the mark of a gate at a gated box's lower edge."""
    return box.x + box.w / 2, box.y + box.h


class Caption(msgspec.Struct, frozen=True):
    """A line of text, centered in a box of its own."""

    text: str
    role: TextRole
    x: float
    y: float
    w: float
    h: float


class BranchEdge(msgspec.Struct, frozen=True):
    """The line of a gate, of a shortcut, or of several shortcuts of a collapsed stage or repeat.

    It leaves the main path, runs along it, above for a shortcut and below for a gate, and joins it again. `join_ids`
    are the ids of the additions or of the multiplication that it ends in. `toggles` is the id of the block, repeat or
    stage that a double click at this place expands or collapses.
    """

    kind: EdgeKind
    points: Polyline
    arrow: bool
    join_ids: tuple[str, ...] = ()
    toggles: str = ""


class MainEdge(msgspec.Struct, frozen=True):
    """A piece of the main path between two boxes, from `x` to `stop`.

    `shape` is the shape of the tensor along it, written at `shape_x`; `shape_changed` is true where the piece before
    carried another shape.
    """

    x: float
    stop: float
    arrow: bool
    shape: str = ""
    shape_x: float = 0.0
    shape_changed: bool = False


class Frame(msgspec.Struct, frozen=True):
    """The dashed frame around an expanded block."""

    title: str
    note: str
    y: float
    w: float
    h: float
    id: str = ""
    column: int = 0
    x: float = 0.0


class StageColumn(msgspec.Struct, frozen=True):
    """The colored column behind the stem, a stage or the head; titles and subtitles from the longest to the shortest.

    `level` is the feature level of a detection backbone, such as C3.
    """

    id: str
    color: str
    x: float
    w: float
    titles: tuple[str, ...]
    subtitles: tuple[str, ...]
    level: str | None


class Drawing(msgspec.Struct, frozen=True, dict=True):
    """A drawing of a network, each list ordered along the main path."""

    columns: tuple[StageColumn, ...]
    frames: tuple[Frame, ...]
    node_boxes: tuple[NodeBox, ...]
    captions: tuple[Caption, ...]
    branch_edges: tuple[BranchEdge, ...]
    main_edges: tuple[MainEdge, ...]
    width: float
    top: float
    bottom: float
    vertical: bool = False
