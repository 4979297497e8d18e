"""Drawings of networks for tests: made, checked for faults, and listed line by line."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, Level
from resnet_viz.spec.network import Attention, ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import (
    GATE_MARK_RADIUS,
    JOINED_BY,
    OPERATORS,
    TEXT_SIZES,
    BranchEdge,
    Caption,
    Drawing,
    NodeBox,
    Point,
    TextRole,
    gate_mark,
)
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import part_of, structure_of

LEVELS: tuple[Level, ...] = ("stage", "block", "layer")
SLACK = 1e-6


def measure(text: str, role: TextRole) -> float:
    """Return about the width of a text in a common font."""
    return 0.58 * TEXT_SIZES[role] * len(text)


def drawn(analysis: Analysis, level: Level, *, vertical: bool = False) -> Drawing:
    """Return the network's drawing at a level."""
    network = structure_of(analysis, costs(analysis))
    return layout(network, expanded_at(network, level), measure, vertical=vertical)


def analysis_of(**changes: Any) -> Analysis:
    """Return the analysis of a ResNet-50 with changes to its spec."""
    return analyse(ResNetSpec().but(**changes))


def with_gates(analysis: Analysis, attention: Attention = "se") -> Analysis:
    """Return the analysis of the network with a gate in every block."""
    return analyse(analysis.spec.but(attention=attention))


def of_part(part: str, level: Level) -> Drawing:
    """Return the drawing of one stage or block of ResNet-50 alone."""
    analysis = analyse(preset("resnet50"))
    network = part_of(structure_of(analysis, costs(analysis)), part)
    return layout(network, expanded_at(network, level), measure)


TWO_STAGES = {"blocks": (2, 1), "input": (1, 3, 64, 64), "classes": 10}
RECORDED: dict[str, Callable[[], Drawing]] = {
    "basic blocks, stages": lambda: drawn(analysis_of(block="basic", **TWO_STAGES), "stage"),
    "narrow basic blocks, blocks": lambda: drawn(analysis_of(block="basic", width=8, **TWO_STAGES), "block"),
    "basic blocks, layers": lambda: drawn(analysis_of(block="basic", **TWO_STAGES), "layer"),
    "basic blocks, layers, vertical": lambda: drawn(analysis_of(block="basic", **TWO_STAGES), "layer", vertical=True),
    "bottlenecks, blocks, vertical": lambda: drawn(analysis_of(**TWO_STAGES), "block", vertical=True),
    "bottlenecks, layers": lambda: drawn(analysis_of(groups=32, width_per_group=4, **TWO_STAGES), "layer"),
    "pre-activation, zero padding, layers": lambda: drawn(
        analysis_of(order="pre", shortcut="A", block="basic", **TWO_STAGES), "layer"
    ),
    "plain, stages": lambda: drawn(analysis_of(shortcut="none", blocks=(8, 1), input=(1, 3, 64, 64)), "stage"),
    "plain, layers": lambda: drawn(analysis_of(shortcut="none", block="basic", **TWO_STAGES), "layer"),
    "a repeat and feature levels, blocks": lambda: drawn(
        analysis_of(block="basic", blocks=(2, 15, 2, 2), head=False), "block"
    ),
    "a repeat and feature levels, stages": lambda: drawn(
        analysis_of(block="basic", blocks=(2, 15, 2, 2), head=False), "stage", vertical=True
    ),
    "gates, blocks": lambda: drawn(analysis_of(attention="se", **TWO_STAGES), "block"),
    "gates, layers, vertical": lambda: drawn(analysis_of(attention="eca", **TWO_STAGES), "layer", vertical=True),
    "gates, stages": lambda: drawn(analysis_of(attention="se", **TWO_STAGES), "stage"),
    "gates and pooled shortcuts, layers": lambda: drawn(
        analysis_of(attention="se", shortcut="D", antialias="blur", **TWO_STAGES), "layer"
    ),
    "pruned widths, blocks": lambda: drawn(
        analysis_of(block_widths=(((40, 24), (64, 64)), ((128, 100),)), **TWO_STAGES), "block"
    ),
    "one stage alone": lambda: of_part("layer3", "block"),
    "one block alone": lambda: of_part("layer4.0", "layer"),
}
"""Drawings that cover every element, by name; `golden/drawings.txt` lists them."""


def listing(drawing: Drawing) -> str:
    """List everything in a drawing, a line for each element, coordinates to a hundredth of a scene unit."""
    parts: tuple[Iterable[Any], ...] = (
        drawing.columns,
        drawing.frames,
        drawing.node_boxes,
        drawing.captions,
        drawing.branch_edges,
        drawing.main_edges,
    )
    size = f"Drawing: {_shown((drawing.width, drawing.top, drawing.bottom, drawing.vertical))}"
    lines = [
        f"{type(element).__name__}: {_shown(msgspec.structs.astuple(element))}" for part in parts for element in part
    ]
    return "\n".join([size, *lines])


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_shown(part) for part in value)})"
    return f"{value + 0.0:.2f}" if isinstance(value, float) else str(value)


def faults(analysis: Analysis, drawing: Drawing) -> Iterator[str]:
    """Yield a sentence for each fault of a drawing of this network: overlaps, crossings, texts without room."""
    yield from _overlaps("boxes", [(box.id, box.x, box.y, box.w, box.h) for box in drawing.node_boxes])
    yield from _overlaps("captions", [(text.text, text.x, text.y, text.w, text.h) for text in drawing.captions])
    yield from _overlaps("frames", [(frame.id, frame.x, frame.y, frame.w, frame.h) for frame in drawing.frames])
    yield from _overlaps(
        "boxes and captions",
        [(box.id, box.x, box.y, box.w, box.h) for box in drawing.node_boxes]
        + [(f"caption {text.text}", text.x, text.y, text.w, text.h) for text in drawing.captions],
    )
    yield from _overlaps(
        "shapes, boxes and captions",
        [(box.id, box.x, box.y, box.w, box.h) for box in drawing.node_boxes]
        + [(f"caption {text.text}", text.x, text.y, text.w, text.h) for text in drawing.captions]
        + [(f"shape {edge.shape}", edge.shape_x - 6, 7, 12, measure(edge.shape, "note"))
           for edge in drawing.main_edges if edge.shape and edge.stop - edge.x >= 14]
    )  # fmt: skip
    routed = sorted(join for edge in drawing.branch_edges for join in edge.join_ids if edge.kind != "gate")
    if routed != sorted(edge.target for edge in analysis.edges if edge.kind in SHORTCUT_KINDS):
        yield "the shortcut edges are not the shortcuts"
    yield from _gate_faults(analysis, drawing)
    yield from _crossings(drawing)
    yield from _outside(drawing)


def _overlaps(what: str, boxes: list[tuple[str, float, float, float, float]]) -> Iterator[str]:
    boxes = sorted(boxes, key=lambda box: box[1])
    for index, (name, x, y, w, h) in enumerate(boxes):
        for other, left, top, _, high in boxes[index + 1 :]:
            if left >= x + w - SLACK:
                break
            if top < y + h - SLACK and y < top + high - SLACK:
                yield f"{what} {name} and {other} overlap"


def _crossings(drawing: Drawing) -> Iterator[str]:
    for edge in drawing.branch_edges:
        for box in drawing.node_boxes:
            own = JOINED_BY.get(box.kind) == ("multiply" if edge.kind == "gate" else "add")
            if _crosses(edge, box) and not (own and box.toggles == edge.toggles):
                yield f"the edge into {edge.join_ids} crosses {box.id}"
    for edge in drawing.branch_edges:
        for text in drawing.captions:
            if _crosses(edge, text):
                yield f"the edge into {edge.join_ids} crosses the caption {text.text}"


def _gate_faults(analysis: Analysis, drawing: Drawing) -> Iterator[str]:
    """Yield the faults of gates: each has a branch from behind its fork into its `×` in an expanded block, and a mark
    on the box of a collapsed one.
    """
    boxes = {box.id: box for box in drawing.node_boxes}
    gates = [edge for edge in analysis.edges if edge.kind == "gate"]
    drawn_edges = {join: edge for edge in drawing.branch_edges if edge.kind == "gate" for join in edge.join_ids}
    if set(drawn_edges) != {gate.target for gate in gates if gate.target in boxes}:
        yield "the branches of gates are not the gates of expanded blocks"
    for gate in gates:
        stage, block = gate.target.split(".")[:2]
        if gate.target not in boxes:
            collapsed = [box for box in drawing.node_boxes if _stands_for(box, stage, int(block))]
            if not (len(collapsed) == 1 and collapsed[0].gated):
                yield f"no box has a mark for the gate into {gate.target}"
            continue
        edge, fork, join = drawn_edges[gate.target], boxes[gate.fork or ""], boxes[gate.target]
        start, (x, y) = edge.points[0], edge.points[-1]
        if not (fork.x + fork.w < start[0] < join.x and start[1] == 0.0):
            yield f"the branch into {gate.target} does not begin behind {gate.fork}"
        if abs(x - join.x - join.w / 2) > SLACK or abs(y - join.y - join.h) > SLACK:
            yield f"the branch into {gate.target} does not end at its middle"
        prefix = gate.source.rpartition(".")[0]
        on_branch = [box for box in drawing.node_boxes if box.id.startswith(f"{prefix}.") and box.kind == "gate"]
        lane = edge.points[1][1]
        if not on_branch or any(abs(box.y + box.h / 2 - lane) > SLACK for box in on_branch):
            yield f"the boxes of {prefix} do not lie on its branch"
        if any(box.x <= start[0] or box.x + box.w >= x for box in on_branch):
            yield f"a box of {prefix} lies beside its branch"
    for box in drawing.node_boxes:
        if box.gated:
            x, y = gate_mark(box)
            mark = (f"mark of {box.id}", x - GATE_MARK_RADIUS, y, 2 * GATE_MARK_RADIUS, GATE_MARK_RADIUS)
            texts = [(text.text, text.x, text.y, text.w, text.h) for text in drawing.captions]
            yield from _overlaps("a mark and a caption", [mark, *(text for text in texts if abs(text[1] - x) < 200)])


def _stands_for(box: NodeBox, stage: str, block: int) -> bool:
    if box.kind == "repeat":
        first, last = (int(index) for index in box.toggles.partition(".")[2].split("-"))
        return box.toggles.startswith(f"{stage}.") and first <= block <= last
    return box.id in (stage, f"{stage}.{block}")


def _crosses(edge: BranchEdge, box: NodeBox | Caption) -> bool:
    pieces = zip(edge.points, edge.points[1:], strict=False)
    return any(_piece_crosses(start, end, box) for start, end in pieces)


def _piece_crosses(start: Point, end: Point, box: NodeBox | Caption) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    across = left < box.x + box.w - SLACK and right > box.x + SLACK
    return across and top < box.y + box.h - SLACK and bottom > box.y + SLACK


def _outside(drawing: Drawing) -> Iterator[str]:
    columns = drawing.columns
    for box in drawing.node_boxes:
        column = columns[box.column]
        if box.x < column.x or box.x + box.w > column.x + column.w:
            yield f"{box.id} leaves its column"
        room = box.h if box.rotated or (drawing.vertical and box.kind != "shortcut") else box.w
        role: TextRole = "note" if box.kind in ("minor", "shortcut", "gate") else "label"
        if box.kind not in OPERATORS and max(measure(box.label, role), measure(box.note, "note")) > room:
            yield f"a text leaves its box {box.id}"
    for text in drawing.captions:
        if not any(column.x <= text.x and text.x + text.w <= column.x + column.w for column in columns):
            yield f"caption {text.text!r} leaves its column"
        inside = [frame for frame in drawing.frames if frame.x < text.x + text.w and text.x < frame.x + frame.w]
        if any(text.y < frame.y or text.y + text.h > frame.y + frame.h for frame in inside):
            yield f"caption {text.text!r} leaves its frame"
        if text.y < drawing.top or text.y + text.h > drawing.bottom:
            yield f"caption {text.text!r} leaves the drawing"
    for frame in drawing.frames:
        if measure(frame.title, "label") + measure(frame.note, "note") + 18 > frame.w:
            yield f"the title of {frame.id} leaves its frame"
    for column in () if drawing.vertical else columns:
        if max(measure(column.titles[0], "title"), measure(column.subtitles[0], "subtitle")) > column.w:
            yield f"the title of {column.id} leaves its column"
