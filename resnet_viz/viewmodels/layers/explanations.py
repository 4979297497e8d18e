"""Explains a layer's shape, parameters and operations by formulas, in letters and with the layer's own numbers."""

from resnet_viz.records.analysis import Analysis, Geometry, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.counts import cost_reason, flops_reason, gate_reason, params_reason, product
from resnet_viz.viewmodels.parts import Reason
from resnet_viz.viewmodels.text import numbers as units


def layer_reasons(analysis: Analysis, costs: Costs, layer: LayerRecord) -> tuple[Reason, ...]:
    """Answer the questions that make sense for a layer: its shape, its parameters, and its operations."""
    reasons = [_shape_reason(layer)]
    if layer.params:
        reasons.append(params_reason(analysis, layer))
    if layer.kind == "multiply":
        reasons.append(gate_reason(analysis, layer))
    if layer.macs:
        reasons.append(cost_reason(layer, costs))
    elif layer.flops:
        reasons.append(flops_reason(layer, costs))
    return tuple(reasons)


def window_size(size: int, geometry: Geometry) -> int:
    """Return the number of positions of a sliding window along a side of `size` pixels."""
    free = size + 2 * geometry.padding + geometry.end_padding - geometry.dilation * (geometry.kernel - 1) - 1
    if not geometry.ceil:
        return free // geometry.stride + 1
    return -(-free // geometry.stride) + 1 - _starts_outside(size, geometry)


def _starts_outside(size: int, geometry: Geometry) -> bool:
    """Tell whether the last window of a size that is rounded up would start beyond the edge, so that it is left out."""
    free = size + 2 * geometry.padding - geometry.kernel
    return geometry.ceil and -(-free // geometry.stride) * geometry.stride >= size + geometry.padding


def _shape_reason(layer: LayerRecord) -> Reason:
    question, one = tr("Why this shape?"), units.shape_of_one(layer.output)
    if layer.kind in ("conv", "pool") and layer.geometry is not None:
        return _window_reason(question, layer, layer.geometry)
    if layer.variant == "channels":
        return _channels_reason(question, layer)
    if layer.kind == "pad":
        return _pad_reason(question, layer)
    pooled = f"{units.shape_of_one(layer.inputs[0])} → {one}"
    answers = {
        "pool": (tr("Each H×W map is averaged to one number, whatever its size"), pooled),
        "flatten": (
            tr("The values of one image in a row: C · H · W"),
            f"{product(layer.inputs[0][1:])} = {layer.output[-1]}",
        ),
        "linear": (tr("One output value for each class"), one),
        "add": (tr("Element by element: both inputs and the output have the same shape"), one),
        "multiply": (
            tr("Each H×W map times the one number of its channel: the output has the shape of the maps"),
            f"{' · '.join(map(units.shape_of_one, layer.inputs))} → {one}",
        ),
    }
    alike = tr("Element by element: the output has the input's shape")
    formula, worked = answers.get(layer.kind, (alike, one))
    return Reason(question, formula, (worked,), one, "")


def _window_reason(question: str, layer: LayerRecord, geometry: Geometry) -> Reason:
    reach = "D·(K − 1) − 1" if geometry.dilation > 1 else "K"
    formula = _positions(f"(H + 2P{' + E' if geometry.end_padding else ''} − {reach})", "S", geometry)
    sizes = dict.fromkeys(layer.inputs[0][2:])
    worked = tuple(_window_worked(size, geometry) for size in sizes)
    note = tr("channels stay {n}") if layer.kind == "pool" else tr("channels: one for each of the {n} filters")
    if layer.variant == "blur":
        note = tr("channels stay {n}; at its edges the map is mirrored")
    elif any(_starts_outside(size, geometry) for size in sizes):
        note = tr("channels stay {n}; the last window would start beyond the edge and is left out")
    return Reason(question, formula, worked, units.shape_of_one(layer.output), note.format(n=layer.output[1]))


def _window_worked(size: int, geometry: Geometry) -> str:
    kernel, dilation = geometry.kernel, geometry.dilation
    reach = f"{kernel}" if dilation == 1 else f"{dilation}·({kernel} − 1) − 1"
    end = f" + {geometry.end_padding}" if geometry.end_padding else ""
    positions = _positions(f"({size} + 2·{geometry.padding}{end} − {reach})", str(geometry.stride), geometry)
    left_out = " − 1" if _starts_outside(size, geometry) else ""
    return f"{positions}{left_out} = {window_size(size, geometry)}"


def _positions(free: str, stride: str, geometry: Geometry) -> str:
    """Write the number of positions of a window with so many pixels to move over, rounded down or up."""
    return f"⌈{free} / {stride}⌉ + 1" if geometry.ceil else f"⌊{free} / {stride}⌋ + 1"


def _channels_reason(question: str, layer: LayerRecord) -> Reason:
    kernel, channels = layer.params, layer.output[1]
    formula = tr("C + 2P − K + 1: the filter slides over the channels, with P zeros before and behind them")
    worked = f"{channels} + 2·{kernel // 2} − {kernel} + 1 = {channels}"
    return Reason(question, formula, (worked,), units.shape_of_one(layer.output), "")


def _pad_reason(question: str, layer: LayerRecord) -> Reason:
    before, after = layer.inputs[0], layer.output
    stride = layer.geometry.stride if layer.geometry is not None else _pad_stride(before[2], after[2])
    worked = [f"⌊({size} − 1) / {stride}⌋ + 1 = {(size - 1) // stride + 1}" for size in dict.fromkeys(before[2:])]
    worked.append(f"{before[1]} + {after[1] - before[1]} = {after[1]}")
    note = tr("{n} channels of zeros are appended").format(n=units.exact(after[1] - before[1]))
    formula = tr("⌊(H − 1) / S⌋ + 1, every S-th pixel is kept")
    return Reason(question, formula, tuple(worked), units.shape_of_one(after), note)


def _pad_stride(before: int, after: int) -> int:
    """Return the smallest stride that leaves `after` of `before` pixels."""
    return next((stride for stride in range(1, before + 1) if (before - 1) // stride + 1 == after), before)
