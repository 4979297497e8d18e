"""What a node is joined to: where its inputs come from, where its outputs go, and the skips that begin or end in it."""

import msgspec

from resnet_viz.records.analysis import SKIP_KINDS, Analysis


class Neighbours(msgspec.Struct, frozen=True):
    """Layers outside a node that it reads or that read it; `skips` are the `+` of the skips that touch it."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    skips: tuple[str, ...]


def neighbours(analysis: Analysis, name: str) -> Neighbours:
    """All that a layer, block or stage is joined to, in the order of execution; linear in the edges."""
    inside = {layer.id for layer in analysis.layers_in(name)}
    entering = [edge.source for edge in analysis.edges if edge.target in inside and edge.source not in inside]
    leaving = [edge.target for edge in analysis.edges if edge.source in inside and edge.target not in inside]
    skips = [edge for edge in analysis.edges if edge.kind in SKIP_KINDS]
    touching = [edge.target for edge in skips if not inside.isdisjoint((edge.source, edge.target, edge.fork))]
    return Neighbours(*(tuple(dict.fromkeys(names)) for names in (entering, leaving, touching)))


def other_end(analysis: Analysis, name: str) -> str | None:
    """Along the skip: from anywhere in a block or from where a skip begins to its `+`, and from a `+` back to there.

    None where no skip touches the node.
    """
    skips = [edge for edge in analysis.edges if edge.kind in SKIP_KINDS]
    back = next((edge for edge in skips if edge.target == name), None)
    if back is not None:
        return back.fork or back.source
    begins = next((edge for edge in skips if name in (edge.fork, edge.source)), None)
    if begins is not None:
        return begins.target
    layer = analysis.layer_by_id.get(name)
    block = name if layer is None else f"layer{layer.stage}.{layer.block}"
    return next((edge.target for edge in skips if edge.target.startswith(f"{block}.")), None)
