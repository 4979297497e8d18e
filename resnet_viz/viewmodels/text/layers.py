"""What is written on and under the canvas's cards, bands and routes."""

from math import sqrt

from resnet_viz.records.analysis import LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import short

_KEPT = 2  # sizes of a feature map, the batch and the channels left out


def channels(shape: Shape) -> int:
    """The channels (or features) of a tensor's shape."""
    return shape[1] if len(shape) > 1 else 1


def side(shape: Shape) -> float:
    """The side of a square with the area of the feature map; 1 for a vector."""
    if len(shape) < 2 + _KEPT:
        return 1.0
    return sqrt(shape[-1] * shape[-2])


def layer_label(layer: LayerRecord) -> str:
    """What the layer does, in a word or two: `3×3, 128`."""
    window = f"{layer.geometry.kernel}×{layer.geometry.kernel}" if layer.geometry else ""
    return facts_of(layer).label.format(window=window, n=channels(layer.output))


def stem_label(layer: LayerRecord) -> str:
    """The same with its kind, for a layer that stands outside a block: `conv 7×7, 64`."""
    return tr("conv {text}").format(text=layer_label(layer)) if layer.kind == "conv" else layer_label(layer)


def layer_note(layer: LayerRecord) -> str:
    """What is particular about its window: `stride 2`, `32 groups`, `dilated 2`."""
    window = layer.geometry
    if window is None:
        return tr("stride {n}").format(n=2) if layer.kind == "pad" and _halves(layer) else ""
    notes = []
    if window.stride > 1:
        notes.append(tr("stride {n}").format(n=window.stride))
    if window.groups > 1:
        notes.append(tr("{n} groups").format(n=window.groups))
    if window.dilation > 1:
        notes.append(tr("dilated {n}").format(n=window.dilation))
    return " · ".join(notes)


def _halves(layer: LayerRecord) -> bool:
    return bool(layer.inputs) and side(layer.inputs[0]) > side(layer.output)


def pill_label(layer: LayerRecord) -> str:
    """A shortcut's layer on one line: `1×1, 512 /2`."""
    stride = layer.geometry.stride if layer.geometry else 1
    return f"{layer_label(layer)} /{stride}" if stride > 1 else layer_label(layer)


def size_caption(shape: Shape) -> str:
    """`112²`, or `112×96` where it is not square; empty for a vector."""
    if len(shape) < 2 + _KEPT or side(shape) == 1:
        return ""
    height, width = shape[-2:]
    return f"{height}²" if height == width else f"{height}×{width}"


def cost_caption(operations: int) -> str:
    """`218 M`; empty where there are none."""
    return short(operations, 3) if operations else ""
