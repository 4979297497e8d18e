"""The properties of each kind of layer and of each kind of edge; a new kind is added here."""

from typing import NamedTuple

from resnet_viz.records.analysis import EdgeKind, Kind, LayerRecord
from resnet_viz.texts import tr


class KindFacts(NamedTuple):
    """The properties of a kind of layer; variants of a kind have entries of their own.

    `label` is the text on the node's box, a template with `{window}` and `{n}` channels; `onnx` and `fx` are the names
    of the node in ONNX and torch.fx, of the last or most costly one of several. `fx_before` are the operators of a
    layer of several that come before the one called `fx`, as far as others have them too. `color` and `name` belong to
    the coloring by kind and are empty for a kind without a color. `flops_per_output` counts the operations for each
    output element besides multiply-adds. A `minor` layer is left out of a collapsed stem or head.

    A norm that computes its statistics at inference counts 3 operations for a mean and a variance, 2 for a mean square.
    """

    label: str
    onnx: str
    fx: str
    color: str = ""
    name: str = ""
    flops_per_output: int = 0
    minor: bool = False
    fx_before: tuple[str, ...] = ()


KINDS = {
    "conv": KindFacts("{window}, {n}", "Conv", "conv2d", "stage1", tr("convolution")),
    "standardized": KindFacts(
        "{window}, {n}", "Conv", "conv2d", "stage1", tr("convolution"), fx_before=("batch_norm",)
    ),
    "channels": KindFacts(tr("1D, {n}"), "Conv", "conv1d", "stage1", tr("convolution")),
    "norm": KindFacts(tr("BN"), "BatchNormalization", "batch_norm", "stage2", tr("batch norm"), 2, minor=True),
    "group": KindFacts(tr("GN"), "InstanceNormalization", "group_norm", "stage2", tr("group norm"), 5, minor=True),
    "evonorm": KindFacts(
        tr("EvoNorm S0"), "Add_1", "add", "stage2", tr("EvoNorm S0"), 9, True, ("mul", "sigmoid", "mul", "add", "mul")
    ),
    "frn": KindFacts(
        tr("FRN + TLU"), "Max", "maximum", "stage2", tr("filter response norm"), 6, True, ("add", "mul", "mul", "add")
    ),
    "act": KindFacts(tr("ReLU"), "Relu", "relu", "stage3", tr("ReLU"), 1, minor=True),
    "max": KindFacts(tr("max pool {window}"), "MaxPool", "max_pool2d", "stage4", tr("pooling")),
    "average": KindFacts(tr("average pool"), "GlobalAveragePool", "adaptive_avg_pool2d", "stage4", tr("pooling")),
    "windowed average": KindFacts(tr("average pool {window}"), "AveragePool", "avg_pool2d", "stage4", tr("pooling")),
    "blur": KindFacts(tr("blur pool {window}"), "Conv", "conv2d", "stage4", tr("pooling")),
    "linear": KindFacts(tr("fc, {n}"), "Gemm", "linear", "stage6", tr("linear")),
    "pad": KindFacts(tr("zero padding, {n}"), "Pad", "pad", "stage5", tr("zero padding")),
    "add": KindFacts("+", "Add", "add", flops_per_output=1),
    "multiply": KindFacts("×", "Mul", "mul", flops_per_output=1),
    "sigmoid": KindFacts(tr("sigmoid"), "Sigmoid", "sigmoid", flops_per_output=1, minor=True),
    "flatten": KindFacts(tr("flatten"), "Flatten", "flatten", minor=True),
    "unknown": KindFacts(tr("unknown"), "", ""),
}


class EdgeFacts(NamedTuple):
    """The name of a kind of edge, one for narrow places, and a template for a number of them where they are counted."""

    name: str
    short_name: str
    count_text: str = ""


EDGE_KINDS: dict[EdgeKind, EdgeFacts] = {
    "projection": EdgeFacts(tr("projection shortcut"), tr("projection"), tr("{n} projection")),
    "padding": EdgeFacts(tr("zero-padding shortcut"), tr("zero padding"), tr("{n} zero padding")),
    "identity": EdgeFacts(tr("identity shortcut"), tr("identity"), tr("{n} identity")),
    "gate": EdgeFacts(tr("channel attention"), tr("gate"), tr("{n} channel attention")),
    "main": EdgeFacts(tr("main path"), tr("main path")),
}


def facts_of(layer: LayerRecord) -> KindFacts:
    """Return the properties of the layer's kind and variant."""
    return facts_of_variant(layer.kind, layer.variant, is_windowed=layer.geometry is not None)


def facts_of_variant(kind: Kind, variant: str, *, is_windowed: bool) -> KindFacts:
    """Return the properties of a kind and variant; an average is "windowed" unless it is that of the whole map."""
    return KINDS["windowed average" if variant == "average" and is_windowed else variant or kind]
