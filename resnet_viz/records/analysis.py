"""The result of an analysis as frozen data: layers, edges, totals, groups of layers, and cross-checks."""

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from resnet_viz.spec.network import ResNetSpec

if TYPE_CHECKING:
    import networkx

Shape = tuple[int, ...]
Kind = Literal[
    "conv", "norm", "act", "pool", "add", "pad", "flatten", "linear", "multiply", "sigmoid", "unknown"
]  # fmt: skip
Role = Literal["main", "shortcut", "stem", "head", "gate"]
EdgeKind = Literal["main", "identity", "projection", "padding", "gate"]
SHORTCUT_KINDS: tuple[EdgeKind, ...] = ("identity", "projection", "padding")
BRANCH_KINDS: tuple[EdgeKind, ...] = (*SHORTCUT_KINDS, "gate")
"""The kinds of edges from beside the main path into it: those of shortcuts, and that of a gate into its multiplication.
"""
Level = Literal["layer", "block", "stage"]
GroupLevel = Literal["block", "stage"]
"""The levels at which one node stands for several layers."""
BYTES_PER_ELEMENT = 4  # fp32


class Geometry(msgspec.Struct, frozen=True):
    """The sliding window of a convolution or pooling layer, in pixels; `groups` and `bias` of a convolution.

    `padding` is that on every side, `end_padding` what the bottom and the right have beyond it. With `ceil` the output
    size is rounded up: the last window may reach beyond the bottom and the right, but never starts there.
    """

    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    groups: int = 1
    bias: bool = False
    ceil: bool = False
    end_padding: int = 0


Convention = Literal["macs", "twice", "elementwise", "folded"]
"""How operations are counted: multiply-adds; twice as many; those plus the operations of elementwise layers; and that
with each batch norm folded into its convolution.
"""


class LayerRecord(msgspec.Struct, frozen=True):
    """An operation of the network: one call of a module, one node of the graph.

    Shapes are N, C, H, W. `macs` counts multiply-adds of convolutions, linear layers and blurs, whose filters are
    fixed, without the bias. `flops` is 2 × macs, or for other layers: batch norm 2, group norm 5, EvoNorm S0 9, filter
    response norm 6, activation, sigmoid, addition and multiplication 1 per output element, a max or average pool k² per
    output element, a global average pool 1 per input element. `receptive_field` and `jump` are in input pixels, along
    the longer side, on the path that sees the most; behind the `×` of channel attention, what the gate has seen of the
    whole map is left out. `caffe_name` and `feature_level` (C1 … C5, on backbones) are None where they do not apply.

    `variant` is "max", "average" or "blur" for a pool, and the average of the whole map has no `geometry`; "group",
    "evonorm" or "frn" for a norm other than batch norm; "standardized" for a convolution with standardized filters;
    "channels" for one over the channels of N×C×1×1, which has no `geometry` either; and empty otherwise. Channel
    attention has the `role` "gate" from its global pool to its sigmoid; its `×`, of kind "multiply", is on the main
    path.
    """

    id: str
    kind: Kind
    type: str
    stage: int | None
    block: int | None
    role: Role
    inputs: tuple[Shape, ...]
    output: Shape
    params: int
    macs: int
    flops: int
    output_bytes: int
    receptive_field: int
    jump: int
    geometry: Geometry | None = None
    caffe_name: str | None = None
    feature_level: str | None = None
    variant: str = ""


class EdgeRecord(msgspec.Struct, frozen=True):
    """A tensor that one layer writes and another reads.

    A shortcut edge enters a residual `+`, and its `fork` is the layer whose output the shortcut takes. A gate edge
    enters the `×` of channel attention, and its `fork` is the layer whose output the gate reads and the `×` multiplies.
    A main edge has no fork.
    """

    source: str
    target: str
    kind: EdgeKind = "main"
    fork: str | None = None


class Totals(msgspec.Struct, frozen=True):
    """Sums over the network; `activations` counts the output elements of convolutions and linear layers.

    `receptive_field` is that of the last feature map, in input pixels. `peak_activation_bytes` is the largest size in
    fp32 of all tensors that are live at the same layer of an inference pass, the network's input included.
    """

    layers: int
    params: int
    macs: int
    flops: int
    activations: int
    params_bytes: int
    peak_activation_bytes: int
    receptive_field: int


class Analysis(msgspec.Struct, frozen=True, dict=True):
    """The analysis of a network: layers in execution order, edges, totals, and remarks, which are sentences.

    Every `macs` is a count of multiply-adds; `records.costs` has the operations by other conventions.
    """

    spec: ResNetSpec
    totals: Totals
    layers: tuple[LayerRecord, ...]
    edges: tuple[EdgeRecord, ...]
    remarks: tuple[str, ...] = ()

    @cached_property
    def graph(self) -> "networkx.DiGraph":
        """The network as a frozen networkx graph: a node for each layer, its record's fields as attributes."""
        import networkx  # takes 0.1 s, and the window draws without it

        graph = networkx.DiGraph()
        for layer in self.layers:
            graph.add_node(layer.id, **msgspec.structs.asdict(layer))
        for edge in self.edges:
            graph.add_edge(edge.source, edge.target, kind=edge.kind, fork=edge.fork)
        return networkx.freeze(graph)

    @cached_property
    def layer_by_id(self) -> dict[str, LayerRecord]:
        """The layers by id."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def edges_into(self) -> dict[str, list[EdgeRecord]]:
        """The edges into each layer by its id, in the order of its inputs; the network's input has no edge."""
        edges: dict[str, list[EdgeRecord]] = {layer.id: [] for layer in self.layers}
        for edge in self.edges:
            edges[edge.target].append(edge)
        return edges

    def layers_in(self, node_id: str) -> tuple[LayerRecord, ...]:
        """Return the layer with that id, or the layers of that stem, stage, block or head in execution order."""
        if node_id in self.layer_by_id:
            return (self.layer_by_id[node_id],)
        return tuple(layer for layer in self.layers if layer.role == node_id or layer.id.startswith(f"{node_id}."))


class GroupRecord(msgspec.Struct, frozen=True):
    """A stem, stage, block or head: the sums over its layers, its first input and its last output."""

    id: str
    title: str
    stage: int | None
    block: int | None
    layers: int
    input: Shape
    output: Shape
    params: int
    macs: int
    flops: int
    output_bytes: int
    receptive_field: int


class CrossCheckResult(msgspec.Struct, frozen=True):
    """The result of another counter for the network, and the count expected from our layers by that counter's rules.

    `params` and `count` are None if the tool was not run or does not report them; `sentence` gives the reason, or
    explains the difference between its count and plain MACs. `agrees` is None if nothing was compared.
    """

    tool: str
    version: str
    params: int | None
    count: int | None
    expected_count: int
    agrees: bool | None
    sentence: str
