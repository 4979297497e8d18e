"""The edges between calls; a shortcut or gate edge has its kind and the layer from which its branch starts."""

from collections.abc import Sequence

from resnet_viz.graph.calls import INPUT, Call
from resnet_viz.records.analysis import EdgeKind, EdgeRecord


def edges(calls: Sequence[Call]) -> tuple[EdgeRecord, ...]:
    """Return the edges in execution order of their targets; the network's input has none.

    Each residual `+` has one shortcut edge and each `×` one gate edge, that of its second argument.
    """
    by_id = {call.id: call for call in calls}
    edges = []
    for call in calls:
        for position, source in enumerate(call.inputs):
            if call.operation.kind == "add" and position == 1:
                edges.append(_shortcut(source, call, by_id))
            elif call.operation.kind == "multiply" and position == 1:
                edges.append(_gate(source, call, by_id))
            elif source != INPUT:
                edges.append(EdgeRecord(source, call.id))
    return tuple(edges)


def _shortcut(source: str, add: Call, by_id: dict[str, Call]) -> EdgeRecord:
    kind: EdgeKind = "identity"
    fork = source
    while by_id[fork].role == "shortcut":
        kind = "padding" if by_id[fork].operation.kind == "pad" else "projection"
        fork = by_id[fork].inputs[0]
    return EdgeRecord(source, add.id, kind, fork)


def _gate(source: str, multiply: Call, by_id: dict[str, Call]) -> EdgeRecord:
    fork = source
    while by_id[fork].role == "gate":
        fork = by_id[fork].inputs[0]
    return EdgeRecord(source, multiply.id, "gate", fork)
