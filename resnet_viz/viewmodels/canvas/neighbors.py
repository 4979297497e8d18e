"""Finds the neighbors of a node: the layers before and after it, and the ends of its shortcuts and gates."""

import msgspec

from resnet_viz.records.analysis import BRANCH_KINDS, Analysis


class Neighbors(msgspec.Struct, frozen=True):
    """The layers outside a node that it reads or that read it, and the `+` or `×` of each branch that touches it."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    join_ids: tuple[str, ...]


def neighbors(analysis: Analysis, name: str) -> Neighbors:
    """Return the neighbors of a layer, block or stage in the order of execution, in time linear in the edges."""
    inside = {layer.id for layer in analysis.layers_in(name)}
    entering = [edge.source for edge in analysis.edges if edge.target in inside and edge.source not in inside]
    leaving = [edge.target for edge in analysis.edges if edge.source in inside and edge.target not in inside]
    branches = [edge for edge in analysis.edges if edge.kind in BRANCH_KINDS]
    touching = [edge.target for edge in branches if not inside.isdisjoint((edge.source, edge.target, edge.fork))]
    return Neighbors(*(tuple(dict.fromkeys(names)) for names in (entering, leaving, touching)))


def other_shortcut_end(analysis: Analysis, name: str) -> str | None:
    """Return the node at the other end of a node's shortcut or gate; None where neither touches it.

    From a block, a layer in it or the layer where a shortcut begins, that is its `+`; from a `+`, the beginning. From a
    layer of a gate's branch or the one where it begins, it is the `×`; from a `×`, the beginning of its branch.
    """
    branches = [edge for edge in analysis.edges if edge.kind in BRANCH_KINDS]
    incoming = next((edge for edge in branches if edge.target == name), None)
    if incoming is not None:
        return incoming.fork or incoming.source
    outgoing = next((edge for edge in branches if name in (edge.fork, edge.source)), None)
    if outgoing is not None:
        return outgoing.target
    layer = analysis.layer_by_id.get(name)
    block = name if layer is None else f"layer{layer.stage}.{layer.block}"
    on_gate = layer is not None and layer.role == "gate"
    ends = (edge.target for edge in branches if (edge.kind == "gate") == on_gate)
    return next((end for end in ends if end.startswith(f"{block}.")), None)
