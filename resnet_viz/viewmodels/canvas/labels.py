"""Texts of the canvas: titles of its columns, the shortcuts of collapsed blocks, and the legend."""

import msgspec

from resnet_viz.records.analysis import EdgeKind
from resnet_viz.records.kinds import EDGE_KINDS
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.canvas.drawing import Drawing
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure, Section
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.layers import channels
from resnet_viz.viewmodels.text.numbers import shape_of_one


class LegendEntry(msgspec.Struct, frozen=True):
    """The name of a kind of shortcut or of the gates, and a shorter one, to stand beside a sample of its line."""

    kind: EdgeKind
    name: str
    short_name: str


def section_titles(section: Section) -> tuple[str, ...]:
    """Return the title of a stage column, followed by shorter ones for narrow columns."""
    if section.id == "stem":
        return (tr("stem"),)
    if section.stage is None:
        return (tr("head"),)
    stage = tr("stage {n}").format(n=section.stage)
    long = (f"{stage} · {section.paper_name}",) if section.paper_name else ()
    return (*long, stage, str(section.stage))


def section_subtitles(section: Section) -> tuple[str, ...]:
    """Return the subtitle of a stage column, followed by shorter ones for narrow columns."""
    shape = shape_of_one(section.output)
    if section.layers and section.layers[-1].kind == "linear":
        return tr("{n} classes").format(n=shape), shape
    if not section.blocks:
        return (shape,)
    count = f"{len(section.blocks)} × {section.block_name}"
    if len(section.blocks) < section.stage_blocks:
        count = tr("1 of {n} {block}").format(n=section.stage_blocks, block=section.block_name)
    return f"{count} · {shape}", count, f"× {len(section.blocks)}"


def shortcut_summary(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Return the number of shortcuts of each kind, a line each: `1 projection`, `35 identity`."""
    kinds = [block.shortcut_edge.kind for block in blocks if block.shortcut_edge]
    return tuple(facts.count_text.format(n=kinds.count(kind)) for kind, facts in EDGE_KINDS.items() if kind in kinds)


def gate_summary(blocks: tuple[Block, ...], network: NetworkStructure) -> tuple[str, ...]:
    """Return the number of gates in a line, `3 SE gates`; no line where there is none."""
    n = sum(block.gate_edge is not None for block in blocks)
    text = trn("{n} {attention} gate", "{n} {attention} gates", n)
    return (text.format(n=n, attention=network.attention),) if n else ()


def pruned_widths(block: Block, network: NetworkStructure) -> tuple[str, ...]:
    """Return a pruned block's channels behind each inner convolution in a line, `47·18`; no line in other networks."""
    if not network.pruned:
        return ()
    convolutions = [layer for layer in block.main if layer.kind == "conv"]
    return ("·".join(str(channels(layer.output)) for layer in convolutions[:-1]),)


def block_type(block: Block, network: NetworkStructure) -> str:
    """Return the name of a block's type: `Bottleneck`, `Basic, plain`, `Bottleneck, SE gate`."""
    parts = [block.name]
    if block.shortcut_edge is None:
        parts.append(tr("plain"))
    if block.gate_edge is not None:
        parts.append(gate_name(network))
    return ", ".join(parts)


def gate_name(network: NetworkStructure) -> str:
    """Return the name of the network's kind of gate: `SE gate`."""
    return tr("{attention} gate").format(attention=network.attention)


def legend_entries(network: NetworkStructure) -> tuple[LegendEntry, ...]:
    """Return a legend entry for each kind of shortcut in the network, and for its gates."""
    names = {kind: (facts.name, facts.short_name) for kind, facts in EDGE_KINDS.items()}
    names["gate"] = (gate_name(network), gate_name(network))
    return tuple(LegendEntry(kind, *names[kind]) for kind in network.branch_kinds)


def cost_sentence(network: NetworkStructure, drawing: Drawing) -> str:
    """Return the sentence that says what the numbers under the boxes of the network's drawing are."""
    has_widths = network.pruned and any(box.kind == "block" for box in drawing.node_boxes)
    text = tr("under boxes: {things}, inner widths") if has_widths else tr("under boxes: {things}")
    return text.format(things=count_label(network.costs.convention).heading)
