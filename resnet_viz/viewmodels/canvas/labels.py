"""The words on the canvas: titles of stages, and what their shortcuts are."""

from resnet_viz.records.kinds import EDGE_KINDS
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.outline import Block, Outline, Section
from resnet_viz.viewmodels.text.numbers import shape_of_one


def section_titles(section: Section) -> tuple[str, ...]:
    """The band's title, then shorter ones for less room."""
    if section.id == "stem":
        return (tr("stem"),)
    if section.stage is None:
        return (tr("head"),)
    stage = tr("stage {n}").format(n=section.stage)
    long = (f"{stage} · {section.paper_name}",) if section.paper_name else ()
    return (*long, stage, str(section.stage))


def section_subtitles(section: Section, network: Outline) -> tuple[str, ...]:
    """The line under the band's title, then shorter ones."""
    shape = shape_of_one(section.output)
    if section.layers and section.layers[-1].kind == "linear":
        return tr("{n} classes").format(n=shape), shape
    if not section.blocks:
        return (shape,)
    count = f"{len(section.blocks)} × {network.block_name}"
    if len(section.blocks) < section.of:
        count = tr("1 of {n} {block}").format(n=section.of, block=network.block_name)
    return f"{count} · {shape}", count, f"× {len(section.blocks)}"


def shortcut_summary(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """How many shortcuts of each kind some blocks have, a line each: `1 projection`, `35 identity`."""
    kinds = [block.shortcut_edge.kind for block in blocks if block.shortcut_edge]
    return tuple(facts.count_text.format(n=kinds.count(kind)) for kind, facts in EDGE_KINDS.items() if kind in kinds)
