"""The structure that the canvas draws: stem, stages of residual blocks with their shortcuts, head."""

from collections.abc import Callable
from itertools import groupby

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, EdgeKind, EdgeRecord, LayerRecord, Shape
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr

PAPER_STAGES = 4
LONG_STAGE_BLOCKS = 12  # a stage with more of them shows a repeat of equal blocks as one box


class Block(msgspec.Struct, frozen=True):
    """A block of a stage; `shortcut_edge` is None for a plain block without a shortcut.

    Blocks with the same `pattern` number have equal layers, shapes and shortcuts. `main` and `shortcut` are the layers
    of the main path and of the shortcut.
    """

    id: str
    pattern: int
    main: tuple[LayerRecord, ...]
    shortcut: tuple[LayerRecord, ...]
    shortcut_edge: EdgeRecord | None

    @property
    def layers(self) -> tuple[LayerRecord, ...]:
        """The layers of the main path, then those of the shortcut."""
        return self.main + self.shortcut

    @property
    def output(self) -> Shape:
        """The shape of the block's output."""
        return self.main[-1].output


class Repeat(msgspec.Struct, frozen=True):
    """Consecutive equal blocks, `start` to `stop` (excluded) of their stage, that can be drawn as one box."""

    id: str
    start: int
    stop: int


class Section(msgspec.Struct, frozen=True):
    """The stem, a stage or the head. A stage has `blocks`; the stem and the head have `layers`.

    `paper_name` is the paper's name of the stage (conv2_x, …), empty where it has none. `stage_blocks` is the number of
    blocks in the whole stage, also where only one of them is drawn.
    """

    id: str
    stage: int | None
    layers: tuple[LayerRecord, ...]
    blocks: tuple[Block, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    feature_level: str | None = None
    paper_name: str = ""
    stage_blocks: int = 0

    @property
    def output(self) -> Shape:
        """The shape of the section's output."""
        return self.blocks[-1].output if self.blocks else self.layers[-1].output


class NetworkStructure(msgspec.Struct, frozen=True):
    """The sections in the order of execution, what their blocks have in common, and the operations of each node."""

    sections: tuple[Section, ...]
    block_name: str
    pre_activated: bool
    shortcut_kinds: tuple[EdgeKind, ...]
    costs: Costs

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return sum(len(section.blocks) for section in self.sections)


def structure_of(analysis: Analysis, costs: Costs) -> NetworkStructure:
    """Return the structure of an analyzed network, in time linear in its layers."""
    shortcuts = {edge.target: edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS}
    patterns: dict[object, int] = {}
    sections = []
    for key, members in groupby(analysis.layers, key=_section_of):
        layers = tuple(members)
        if key in ("stem", "head"):
            sections.append(Section(key, 0 if key == "stem" else None, layers, (), (), layers[-1].feature_level))
        else:
            stage = _stage(key, layers, lambda block: _block(block, shortcuts, patterns))
            named = analysis.spec.stem == "imagenet" and len(analysis.spec.blocks) <= PAPER_STAGES
            name = f"conv{int(key.removeprefix('layer')) + 1}_x" if named else ""
            sections.append(msgspec.structs.replace(stage, paper_name=name, stage_blocks=len(stage.blocks)))
    kinds = {edge.kind for edge in shortcuts.values()}
    return NetworkStructure(
        tuple(sections),
        "Bottleneck" if analysis.spec.block == "bottleneck" else "Basic",
        analysis.spec.order == "pre",
        tuple(kind for kind in SHORTCUT_KINDS if kind in kinds),
        costs,
    )


def part_of(network: NetworkStructure, name: str) -> NetworkStructure:
    """Return the structure of one stage, stem, head or block alone; raise SpecError for an unknown id."""
    for section in network.sections:
        if section.id == name:
            return _with_section(network, section)
        block = next((block for block in section.blocks if block.id == name), None)
        if block is not None:
            return _with_section(network, msgspec.structs.replace(section, blocks=(block,), repeats=()))
    accepted = tr("give a stage or block of the network, such as {ids}")
    raise SpecError("part", name, accepted.format(ids=", ".join(section.id for section in network.sections)))


def _with_section(network: NetworkStructure, section: Section) -> NetworkStructure:
    present = {block.shortcut_edge.kind for block in section.blocks if block.shortcut_edge}
    kinds = tuple(kind for kind in network.shortcut_kinds if kind in present)
    return msgspec.structs.replace(network, sections=(section,), shortcut_kinds=kinds)


def _section_of(layer: LayerRecord) -> str:
    if layer.block is not None:
        return f"layer{layer.stage}"
    return "head" if layer.stage is None or layer.role == "head" else "stem"


def _stage(name: str, layers: tuple[LayerRecord, ...], make: Callable[[tuple[LayerRecord, ...]], Block]) -> Section:
    blocks = tuple(make(tuple(members)) for _, members in groupby(layers, key=lambda layer: layer.block))
    return Section(name, layers[0].stage, (), blocks, _repeats(name, blocks), layers[-1].feature_level)


def _block(layers: tuple[LayerRecord, ...], shortcuts: dict[str, EdgeRecord], patterns: dict[object, int]) -> Block:
    name = f"layer{layers[0].stage}.{layers[0].block}"
    main = tuple(layer for layer in layers if layer.role != "shortcut")
    shortcut_edge = next((shortcuts[layer.id] for layer in main if layer.id in shortcuts), None)
    cut = len(name)
    fork = (
        shortcut_edge.fork[cut:]
        if shortcut_edge and shortcut_edge.fork and shortcut_edge.fork.startswith(f"{name}.")
        else ""
    )
    shapes = tuple((layer.id[cut:], layer.inputs, layer.output, layer.geometry, layer.params) for layer in layers)
    pattern = patterns.setdefault((shapes, shortcut_edge.kind if shortcut_edge else None, fork), len(patterns))
    shortcut = tuple(layer for layer in layers if layer.role == "shortcut")
    return Block(name, pattern, main, shortcut, shortcut_edge)


def _repeats(name: str, blocks: tuple[Block, ...]) -> tuple[Repeat, ...]:
    """Return the repeats of a long stage; they never include its first or last block."""
    if len(blocks) <= LONG_STAGE_BLOCKS:
        return ()
    repeats = []
    for _, members in groupby(range(1, len(blocks) - 1), key=lambda index: blocks[index].pattern):
        indices = list(members)
        start, stop = indices[0], indices[-1] + 1
        repeats.append(Repeat(f"{name}.{start}-{stop - 1}", start, stop))
    return tuple(repeats)
