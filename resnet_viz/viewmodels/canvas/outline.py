"""A network as the canvas tells it: stem, stages of blocks with their shortcuts, head."""

from collections.abc import Callable, Iterable
from itertools import groupby

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, EdgeKind, EdgeRecord, LayerRecord, Shape
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr

PAPER_STAGES = 4
LONG_STAGE = 12  # blocks; a longer stage folds its runs of equal blocks
SHORTEST_RUN = 3


class Block(msgspec.Struct, frozen=True):
    """A residual block (plain where `shortcut` is None); blocks of one `pattern` are equal but for their place."""

    id: str
    pattern: int
    main: tuple[LayerRecord, ...]
    shortcut: tuple[LayerRecord, ...]
    shortcut_edge: EdgeRecord | None

    @property
    def layers(self) -> tuple[LayerRecord, ...]:
        """Those of the main path, then those of the shortcut."""
        return self.main + self.shortcut

    @property
    def output(self) -> Shape:
        """The shape the block puts out."""
        return self.main[-1].output


class Run(msgspec.Struct, frozen=True):
    """Equal blocks one after the other, `start` to `stop` (excluded) of their stage, that fold into one card."""

    id: str
    start: int
    stop: int


class Section(msgspec.Struct, frozen=True):
    """The stem, a stage or the head; `layers` outside blocks, `blocks` in a stage.

    `paper_name` is conv2_x and so on, empty where the paper has no such name. A block that is shown alone is one `of`
    so many.
    """

    id: str
    stage: int | None
    layers: tuple[LayerRecord, ...]
    blocks: tuple[Block, ...] = ()
    runs: tuple[Run, ...] = ()
    feature_level: str | None = None
    paper_name: str = ""
    of: int = 0

    @property
    def output(self) -> Shape:
        """The shape the section puts out."""
        return self.blocks[-1].output if self.blocks else self.layers[-1].output


class Outline(msgspec.Struct, frozen=True):
    """The sections from left to right, what holds for all of them, and what each of their nodes costs."""

    sections: tuple[Section, ...]
    block_name: str
    pre_activated: bool
    shortcut_kinds: tuple[EdgeKind, ...]
    costs: Costs

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return sum(len(section.blocks) for section in self.sections)


def outline(analysis: Analysis, costs: Costs) -> Outline:
    """The network's sections; linear in the layers."""
    shortcuts = {edge.target: edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS}
    patterns: dict[object, int] = {}
    sections = []
    for key, members in groupby(analysis.layers, key=_section_of):
        layers = tuple(members)
        if key in ("stem", "head"):
            sections.append(Section(key, 0 if key == "stem" else None, layers, (), (), _level(layers)))
        else:
            stage = _stage(key, layers, lambda block: _block(block, shortcuts, patterns))
            named = analysis.spec.stem == "imagenet" and len(analysis.spec.blocks) <= PAPER_STAGES
            name = f"conv{(stage.stage or 0) + 1}_x" if named else ""
            sections.append(msgspec.structs.replace(stage, paper_name=name, of=len(stage.blocks)))
    kinds = {edge.kind for edge in shortcuts.values()}
    return Outline(
        tuple(sections),
        "Bottleneck" if analysis.spec.block == "bottleneck" else "Basic",
        analysis.spec.order == "pre",
        tuple(kind for kind in SHORTCUT_KINDS if kind in kinds),
        costs,
    )


def part_of(network: Outline, name: str) -> Outline:
    """The stage, stem, head or block of this name alone; raises SpecError where there is none."""
    for section in network.sections:
        if section.id == name:
            return _alone(network, section)
        block = next((block for block in section.blocks if block.id == name), None)
        if block is not None:
            return _alone(network, msgspec.structs.replace(section, blocks=(block,), runs=()))
    accepted = tr("give a stage or block of the network, such as {ids}")
    raise SpecError("part", name, accepted.format(ids=", ".join(section.id for section in network.sections)))


def _alone(network: Outline, section: Section) -> Outline:
    there = {block.shortcut_edge.kind for block in section.blocks if block.shortcut_edge}
    kinds = tuple(kind for kind in network.shortcut_kinds if kind in there)
    return msgspec.structs.replace(network, sections=(section,), shortcut_kinds=kinds)


def _section_of(layer: LayerRecord) -> str:
    if layer.block is not None:
        return f"layer{layer.stage}"
    return "head" if layer.stage is None or layer.role == "head" else "stem"


def _level(layers: Iterable[LayerRecord]) -> str | None:
    levels = [layer.feature_level for layer in layers if layer.feature_level]
    return levels[-1] if levels else None


def _stage(name: str, layers: tuple[LayerRecord, ...], make: Callable[[tuple[LayerRecord, ...]], Block]) -> Section:
    blocks = tuple(make(tuple(members)) for _, members in groupby(layers, key=lambda layer: layer.block))
    return Section(name, layers[0].stage, (), blocks, _runs(name, blocks), _level(layers))


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


def _runs(name: str, blocks: tuple[Block, ...]) -> tuple[Run, ...]:
    """The runs of a long stage; its first and its last block stay out of them."""
    if len(blocks) <= LONG_STAGE:
        return ()
    runs = []
    for _, members in groupby(range(1, len(blocks) - 1), key=lambda index: blocks[index].pattern):
        indices = list(members)
        if len(indices) >= SHORTEST_RUN:
            start, stop = indices[0], indices[-1] + 1
            runs.append(Run(f"{name}.{start}-{stop - 1}", start, stop))
    return tuple(runs)
