"""Build the drawings of two blocks, aligned by role: the input x, the convolutions, the `+`, and the output."""

from itertools import takewhile

import msgspec

from resnet_viz.records.analysis import SHORTCUT_KINDS, Convention, EdgeKind, LayerRecord
from resnet_viz.records.block_pair import BlockComparison, BlockSide
from resnet_viz.records.kinds import EDGE_KINDS
from resnet_viz.spec.network import BlockKind
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.layers import layer_label, layer_note, shortcut_label
from resnet_viz.viewmodels.text.numbers import exact, shape_of_one, short

SLOTS = 3
"""The rows of convolutions: the first, the middle one, which a Basic block lacks, and the last."""

MAX_EXACT_COUNT = 100_000_000
"""The count from which on a number is abbreviated, since its digits no longer fit a card."""


class ConvCard(msgspec.Struct, frozen=True):
    """One convolution in its row: its kernel and channels, its cost, its norm and activation, and its output shape."""

    slot: int
    title: str
    cost: str
    partners: str
    output: str


class ShortcutLine(msgspec.Struct, frozen=True):
    """The shortcut beside the convolutions: its kind, its name, and a line for each operation on it."""

    kind: EdgeKind
    title: str
    lines: tuple[str, ...] = ()


class BlockDrawing(msgspec.Struct, frozen=True):
    """One block from top to bottom, `x` and `y` being its input and output; `shortcut` is None in a plain network."""

    kind: BlockKind
    title: str
    x: str
    cards: tuple[ConvCard, ...]
    shortcut: ShortcutLine | None
    y: str


def block_drawings(compared: BlockComparison, convention: Convention = "macs") -> tuple[BlockDrawing, BlockDrawing]:
    """Return the drawings of the Basic block and of the Bottleneck, with operations by a counting convention."""
    return _drawing(compared.basic, convention), _drawing(compared.bottleneck, convention)


def _drawing(side: BlockSide, convention: Convention) -> BlockDrawing:
    convolutions = [layer for layer in side.layers if layer.kind == "conv" and layer.role == "main"]
    slots = (0, SLOTS - 1) if len(convolutions) < SLOTS else tuple(range(SLOTS))
    cards = tuple(_card(slot, layer, side, convention) for slot, layer in zip(slots, convolutions, strict=True))
    return BlockDrawing(
        kind=side.kind,
        title=block_names()[side.kind],
        x=f"x   {shape_of_one(side.layers[0].inputs[0])}",
        cards=cards,
        shortcut=_shortcut(side),
        y=f"{_output_formula(side)}   {shape_of_one(side.layers[-1].output)}",
    )


def _card(slot: int, layer: LayerRecord, side: BlockSide, convention: Convention) -> ConvCard:
    note = layer_note(layer)
    return ConvCard(
        slot=slot,
        title=" · ".join(part for part in (layer_label(layer), note) if part),
        cost=tr("{params} params · {n} {operations}").format(
            params=_count_text(layer.params),
            operations=count_label(convention).noun,
            n=short(layer.macs if convention == "macs" else 2 * layer.macs, 3),
        ),
        partners=_partners(layer, side),
        output=shape_of_one(layer.output),
    )


def _count_text(count: int) -> str:
    """Return the exact number if it fits a card, else an abbreviated one."""
    return exact(count) if count < MAX_EXACT_COUNT else short(count, 4)


def _partners(convolution: LayerRecord, side: BlockSide) -> str:
    """Return a text about the norm and the activation next to a convolution, and on which side of it they are."""
    main = [layer for layer in side.layers if layer.role == "main"]
    index, before = main.index(convolution), side.spec.order == "pre"
    beside = main[:index][::-1] if before else main[index + 1 :]
    names = [layer_label(layer) for layer in takewhile(lambda layer: layer.kind in ("norm", "act"), beside)]
    if not names:
        return ""
    text = tr("{names} before") if before else tr("then {names}")
    return text.format(names=", ".join(reversed(names) if before else names))


def _shortcut(side: BlockSide) -> ShortcutLine | None:
    edge = next((edge for edge in side.edges if edge.kind in SHORTCUT_KINDS), None)
    if edge is None:
        return None
    passed = [layer for layer in side.layers if layer.role == "shortcut" and layer.kind in ("pool", "conv", "pad")]
    lines = [shape_of_one(layer.output) if layer.kind == "pad" else shortcut_label(layer) for layer in passed]
    lines += [tr("{n} params").format(n=_count_text(layer.params)) for layer in passed if layer.params]
    return ShortcutLine(edge.kind, EDGE_KINDS[edge.kind].short_name, tuple(lines))


def _output_formula(side: BlockSide) -> str:
    """Return the block's output as a formula, as the papers write it."""
    projected = any(layer.role == "shortcut" for layer in side.layers)
    inside = tr("F(x)") if side.spec.shortcut == "none" else tr("F(x) + s(x)") if projected else tr("F(x) + x")
    return inside if side.spec.order == "pre" else tr("ReLU({inside})").format(inside=inside)
