"""What a node is joined to: where its inputs come from, where its outputs go, and its shortcuts."""

import msgspec

from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis


class Neighbors(msgspec.Struct, frozen=True):
    """Layers outside a node that it reads or that read it; `shortcuts` are the `+` of the shortcuts that touch it."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    shortcuts: tuple[str, ...]


def neighbors(analysis: Analysis, name: str) -> Neighbors:
    """All that a layer, block or stage is joined to, in the order of execution; linear in the edges."""
    inside = {layer.id for layer in analysis.layers_in(name)}
    entering = [edge.source for edge in analysis.edges if edge.target in inside and edge.source not in inside]
    leaving = [edge.target for edge in analysis.edges if edge.source in inside and edge.target not in inside]
    shortcuts = [edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS]
    touching = [edge.target for edge in shortcuts if not inside.isdisjoint((edge.source, edge.target, edge.fork))]
    return Neighbors(*(tuple(dict.fromkeys(names)) for names in (entering, leaving, touching)))


def other_end(analysis: Analysis, name: str) -> str | None:
    """Along the shortcut: from anywhere in a block or from where one begins to its `+`, and from a `+` back to there.

    None where no shortcut touches the node.
    """
    shortcuts = [edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS]
    back = next((edge for edge in shortcuts if edge.target == name), None)
    if back is not None:
        return back.fork or back.source
    begins = next((edge for edge in shortcuts if name in (edge.fork, edge.source)), None)
    if begins is not None:
        return begins.target
    layer = analysis.layer_by_id.get(name)
    block = name if layer is None else f"layer{layer.stage}.{layer.block}"
    return next((edge.target for edge in shortcuts if edge.target.startswith(f"{block}.")), None)
