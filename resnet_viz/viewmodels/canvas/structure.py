"""The structure that the canvas draws: stem, stages of residual blocks with their shortcuts and gates, head."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.records.analysis import BRANCH_KINDS, Analysis, EdgeKind, EdgeRecord, LayerRecord, Shape
from resnet_viz.records.costs import Costs
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr

PAPER_STAGES = 4
LONG_STAGE_BLOCKS = 12  # a stage with more of them shows a repeat of equal blocks as one box
BLOCK_NAMES: dict[BlockKind, str] = {"basic": "Basic", "bottleneck": "Bottleneck"}


class Block(msgspec.Struct, frozen=True):
    """A block of a stage; `shortcut_edge` is None for a plain block without a shortcut, `gate_edge` without attention.

    Blocks with the same `pattern` number have equal layers, shapes, shortcuts and gates. `main`, `shortcut` and `gate`
    are the layers of the main path, of the shortcut, and of the side branch that computes the gate; `name` is that of
    the block's type.
    """

    id: str
    pattern: int
    main: tuple[LayerRecord, ...]
    shortcut: tuple[LayerRecord, ...]
    shortcut_edge: EdgeRecord | None
    gate: tuple[LayerRecord, ...] = ()
    gate_edge: EdgeRecord | None = None
    name: str = ""

    @property
    def layers(self) -> tuple[LayerRecord, ...]:
        """The layers of the main path, then those of the shortcut and those of the gate."""
        return self.main + self.shortcut + self.gate

    @property
    def branch_edges(self) -> tuple[EdgeRecord, ...]:
        """The edges that join the main path from beside it: the shortcut's and the gate's, where the block has them."""
        return tuple(edge for edge in (self.shortcut_edge, self.gate_edge) if edge is not None)

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
    blocks in the whole stage, also where only one of them is drawn; `block_name` is the type of its blocks.
    """

    id: str
    stage: int | None
    layers: tuple[LayerRecord, ...]
    blocks: tuple[Block, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    feature_level: str | None = None
    paper_name: str = ""
    stage_blocks: int = 0
    block_name: str = ""

    @property
    def output(self) -> Shape:
        """The shape of the section's output."""
        return self.blocks[-1].output if self.blocks else self.layers[-1].output


class NetworkStructure(msgspec.Struct, frozen=True):
    """The sections in the order of execution, what their blocks have in common, and the operations of each node.

    `branch_kinds` are the kinds of its edges beside the main path; `attention` is the short name of what computes the
    gates, such as SE, empty without gates. The blocks of a `pruned` network have inner widths of their own.
    """

    sections: tuple[Section, ...]
    pre_activated: bool
    branch_kinds: tuple[EdgeKind, ...]
    costs: Costs
    attention: str = ""
    pruned: bool = False

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return sum(len(section.blocks) for section in self.sections)


def structure_of(analysis: Analysis, costs: Costs) -> NetworkStructure:
    """Return the structure of an analyzed network, in time linear in its layers."""
    branches = {edge.target: edge for edge in analysis.edges if edge.kind in BRANCH_KINDS}
    make = partial(_block, branches=branches, patterns={})
    sections = []
    for key, members in groupby(analysis.layers, key=_section_of):
        layers = tuple(members)
        if key in ("stem", "head"):
            sections.append(Section(key, 0 if key == "stem" else None, layers, (), (), layers[-1].feature_level))
        else:
            sections.append(_stage(analysis.spec, layers, make))
    return NetworkStructure(
        tuple(sections),
        analysis.spec.order == "pre",
        _present(branches.values()),
        costs,
        "" if analysis.spec.attention == "none" else analysis.spec.attention.upper(),
        analysis.spec.block_widths is not None,
    )


def _present(edges: Iterable[EdgeRecord]) -> tuple[EdgeKind, ...]:
    """Return the kinds of these edges in the order of BRANCH_KINDS."""
    kinds = {edge.kind for edge in edges}
    return tuple(kind for kind in BRANCH_KINDS if kind in kinds)


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
    kinds = _present(edge for block in section.blocks for edge in block.branch_edges)
    return msgspec.structs.replace(network, sections=(section,), branch_kinds=kinds)


def _section_of(layer: LayerRecord) -> str:
    if layer.block is not None:
        return f"layer{layer.stage}"
    return "head" if layer.stage is None or layer.role == "head" else "stem"


def _stage(
    spec: ResNetSpec, layers: tuple[LayerRecord, ...], make: Callable[[tuple[LayerRecord, ...], str], Block]
) -> Section:
    stage = layers[0].stage or 0
    name, block_name = f"layer{stage}", BLOCK_NAMES[spec.stage_kinds[stage - 1]]
    blocks = tuple(make(tuple(members), block_name) for _, members in groupby(layers, key=lambda layer: layer.block))
    named = spec.stem == "imagenet" and len(spec.blocks) <= PAPER_STAGES
    return Section(
        name,
        stage,
        (),
        blocks,
        _repeats(name, blocks),
        layers[-1].feature_level,
        f"conv{stage + 1}_x" if named else "",
        len(blocks),
        block_name,
    )


def _block(
    layers: tuple[LayerRecord, ...], type_name: str, branches: dict[str, EdgeRecord], patterns: dict[object, int]
) -> Block:
    name = f"layer{layers[0].stage}.{layers[0].block}"
    on_branch = {role: tuple(layer for layer in layers if layer.role == role) for role in ("shortcut", "gate")}
    main = tuple(layer for layer in layers if layer.role not in on_branch)
    joining = [branches[layer.id] for layer in main if layer.id in branches]
    shortcut_edge = next((edge for edge in joining if edge.kind != "gate"), None)
    gate_edge = next((edge for edge in joining if edge.kind == "gate"), None)
    cut = len(name)
    forks = tuple(
        (edge.kind, edge.fork[cut:] if edge.fork and edge.fork.startswith(f"{name}.") else "") for edge in joining
    )
    shapes = tuple((layer.id[cut:], layer.inputs, layer.output, layer.geometry, layer.params) for layer in layers)
    pattern = patterns.setdefault((shapes, forks), len(patterns))
    return Block(name, pattern, main, on_branch["shortcut"], shortcut_edge, on_branch["gate"], gate_edge, type_name)


def _repeats(name: str, blocks: tuple[Block, ...]) -> tuple[Repeat, ...]:
    """Return the repeats of a long stage; they never include its first or last block."""
    if len(blocks) <= LONG_STAGE_BLOCKS:
        return ()
    repeats = []
    for _, members in groupby(range(1, len(blocks) - 1), key=lambda index: blocks[index].pattern):
        indices = list(members)
        start, stop = indices[0], indices[-1] + 1
        if stop - start > 1:
            repeats.append(Repeat(f"{name}.{start}-{stop - 1}", start, stop))
    return tuple(repeats)
