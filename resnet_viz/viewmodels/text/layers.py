"""The texts on and under the node boxes of the canvas."""

from math import sqrt

from resnet_viz.records.analysis import LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.spec.network import NORM_GROUPS, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import short

_MAP_DIMENSIONS = 2  # height and width of a feature map, after the batch and the channels


def channels(shape: Shape) -> int:
    """Return the number of channels, or of features, of a tensor of this shape."""
    return shape[1] if len(shape) > 1 else 1


def side(shape: Shape) -> float:
    """Return the side of a square with the feature map's area, in pixels; 1 for a vector."""
    if len(shape) < 2 + _MAP_DIMENSIONS:
        return 1.0
    return sqrt(shape[-1] * shape[-2])


def layer_label(layer: LayerRecord) -> str:
    """Return a short label of the layer: `3×3, 128`."""
    window = f"{layer.geometry.kernel}×{layer.geometry.kernel}" if layer.geometry else ""
    return facts_of(layer).label.format(window=window, n=channels(layer.output))


def stem_label(layer: LayerRecord) -> str:
    """Return the label of a layer outside the blocks, with its kind: `conv 7×7, 64`."""
    return tr("conv {text}").format(text=layer_label(layer)) if layer.kind == "conv" else layer_label(layer)


def layer_note(layer: LayerRecord) -> str:
    """Return the layer's stride, groups and dilation where they are not 1: `stride 2 · 32 groups`."""
    window = layer.geometry
    if window is None:
        return ""
    notes = []
    if window.stride > 1:
        notes.append(tr("stride {n}").format(n=window.stride))
    if window.groups > 1:
        notes.append(tr("{n} groups").format(n=window.groups))
    if window.dilation > 1:
        notes.append(tr("dilated {n}").format(n=window.dilation))
    return " · ".join(notes)


def layer_remarks(layer: LayerRecord) -> tuple[str, ...]:
    """Return what neither the layer's label nor its window tells: `rounds up` of a pool, `32 groups` of a norm."""
    remarks = []
    if layer.geometry is not None and layer.geometry.ceil:
        remarks.append(tr("rounds up"))
    if layer.variant in ("group", "evonorm"):
        remarks.append(tr("{n} groups").format(n=NORM_GROUPS))
    return tuple(remarks)


def field_remark(spec: ResNetSpec) -> str:
    """Return what the receptive field of a network leaves out; empty where it leaves nothing out."""
    norms = spec.norm in ("group", "evonorm", "frn")
    if spec.attention != "none" and norms:
        return tr("The receptive field is that of the spatial path: gates and norms read the whole map beside it.")
    if spec.attention != "none":
        return tr("The receptive field is that of the spatial path: the gates read the whole map beside it.")
    return (
        tr("The receptive field is that of the spatial path: the norms read the whole map beside it.") if norms else ""
    )


def shortcut_label(layer: LayerRecord) -> str:
    """Return the label of a layer on a shortcut, with its stride: `1×1, 512 /2`."""
    stride = layer.geometry.stride if layer.geometry else 1
    return f"{layer_label(layer)} /{stride}" if stride > 1 else layer_label(layer)


def gate_label(layer: LayerRecord) -> str:
    """Return the label of a layer on a gate's branch: `pool`, `1×1, 16`, `sigmoid`, `1D conv 5`."""
    if layer.variant == "channels":
        return tr("1D conv {kernel}").format(kernel=layer.params)  # its parameters are its only filter
    return tr("pool") if layer.kind == "pool" else layer_label(layer)


def size_caption(shape: Shape) -> str:
    """Return the size of a feature map: `112²`, or `112×96` where it is not square; empty for a vector."""
    if len(shape) < 2 + _MAP_DIMENSIONS or side(shape) == 1:
        return ""
    height, width = shape[-2:]
    return f"{height}²" if height == width else f"{height}×{width}"


def cost_caption(operations: int) -> str:
    """Return the operations in short form: `218 M`; empty where there are none."""
    return short(operations, 3) if operations else ""
