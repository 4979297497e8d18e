"""The layer graph contracted to blocks or stages, with every shortcut edge."""

from typing import TYPE_CHECKING, Any, get_args

from resnet_viz.errors import SpecError
from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import SHORTCUT_KINDS, GroupLevel, Level
from resnet_viz.records.quantities import SUMMED_FIELDS
from resnet_viz.texts import tr

if TYPE_CHECKING:
    import networkx


def fold(graph: "networkx.DiGraph", level: Level) -> "networkx.DiGraph":
    """Return the layer graph contracted to blocks or stages, as a frozen networkx.MultiDiGraph.

    A node has the sums of `params`, `macs`, `flops` and `output_bytes`, the number of `layers`, the shape of its first
    input in `inputs` and of its last output in `output`; its `kind` is "stem", "stage", "block" or "head". All main
    edges between two groups become one; a gate edge lies within a block and vanishes. Every shortcut edge of the layer
    graph remains an edge, from the group where the shortcut starts to the group of its `+`, with the ids of those two
    layers in `fork` and `into`. It is a loop if both groups are the same, and may be parallel to a main edge; hence the
    multigraph. At level "layer" the result is `graph` itself. Raises SpecError for another level.
    """
    if level == "layer":
        return graph
    if level not in get_args(GroupLevel):
        raise SpecError("level", level, tr("give one of layer, block, stage"))
    import networkx  # takes 0.1 s, and the window never calls this

    folded = networkx.MultiDiGraph()
    group_of = {}
    for node, data in graph.nodes(data=True):
        group = group_of[node] = id_of_group(data["stage"], data["block"], level)
        if group not in folded:
            folded.add_node(group, **_new_group(data, level))
        _add_layer(folded.nodes[group], data)
    for source, target, data in graph.edges(data=True):
        if data["kind"] in SHORTCUT_KINDS:
            begin, end = group_of[data["fork"]], group_of[target]
            folded.add_edge(begin, end, kind=data["kind"], fork=data["fork"], into=target)
        elif group_of[source] != group_of[target] and not _has_main(folded, group_of[source], group_of[target]):
            folded.add_edge(group_of[source], group_of[target], kind="main")
    return networkx.freeze(folded)


def _new_group(data: dict[str, Any], level: GroupLevel) -> dict[str, Any]:
    block = data["block"] if level == "block" else None
    sums = dict.fromkeys((*SUMMED_FIELDS, "layers"), 0)
    kind = {None: "head", 0: "stem"}.get(data["stage"], level)
    return {"kind": kind, "stage": data["stage"], "block": block, "inputs": data["inputs"][:1], **sums}


def _add_layer(group: dict[str, Any], data: dict[str, Any]) -> None:
    for name in SUMMED_FIELDS:
        group[name] += data[name]
    group["layers"] += 1
    group["output"] = data["output"]


def _has_main(folded: "networkx.MultiDiGraph", source: str, target: str) -> bool:
    return any(edge["kind"] == "main" for edge in (folded.get_edge_data(source, target) or {}).values())
