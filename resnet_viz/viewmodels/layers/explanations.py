"""Explains a layer's shape, parameters and operations by formulas, in letters and with the layer's own numbers."""

import math
from collections.abc import Iterable

import msgspec

from resnet_viz.records.analysis import Analysis, Geometry, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.kinds import facts_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import count_label


class Reason(msgspec.Struct, frozen=True):
    """A question with its answer: the formula in letters, the lines with numbers, the result, and a remark."""

    question: str
    formula: str
    worked: tuple[str, ...]
    result: str
    note: str


def layer_reasons(analysis: Analysis, costs: Costs, layer: LayerRecord) -> tuple[Reason, ...]:
    """Answer the questions that make sense for a layer: its shape, its parameters, and its operations."""
    reasons = [_shape_reason(layer)]
    if layer.params:
        reasons.append(_params_reason(analysis, layer))
    if layer.kind in ("conv", "linear"):
        reasons.append(_cost_reason(layer, costs))
    elif layer.flops:
        reasons.append(_flops_reason(layer, costs))
    return tuple(reasons)


def window_size(size: int, geometry: Geometry) -> int:
    """Return the number of positions of a sliding window along a side of `size` pixels."""
    reach = geometry.dilation * (geometry.kernel - 1)
    return (size + 2 * geometry.padding - reach - 1) // geometry.stride + 1


def weight_factors(layer: LayerRecord) -> tuple[int, ...]:
    """Return factors whose product is the number of weights of a convolution or linear layer, without the bias."""
    if layer.geometry is None:
        return layer.inputs[0][-1], layer.output[-1]
    kernel = layer.geometry.kernel
    return kernel, kernel, layer.inputs[0][1] // layer.geometry.groups, layer.output[1]


def has_bias(layer: LayerRecord) -> bool:
    """Tell whether a convolution or linear layer has a bias."""
    return layer.params > math.prod(weight_factors(layer))


def _shape_reason(layer: LayerRecord) -> Reason:
    question, one = tr("Why this shape?"), units.shape_of_one(layer.output)
    if layer.kind in ("conv", "pool") and layer.geometry is not None:
        return _window_reason(question, layer, layer.geometry)
    if layer.kind == "pad":
        return _pad_reason(question, layer)
    pooled = f"{units.shape_of_one(layer.inputs[0])} → {one}"
    answers = {
        "pool": (tr("Each H×W map is averaged to one number, whatever its size"), pooled),
        "flatten": (
            tr("The values of one image in a row: C · H · W"),
            f"{_product(layer.inputs[0][1:])} = {layer.output[-1]}",
        ),
        "linear": (tr("One output value for each class"), one),
        "add": (tr("Element by element: both inputs and the output have the same shape"), one),
    }
    alike = tr("Element by element: the output has the input's shape")
    formula, worked = answers.get(layer.kind, (alike, one))
    return Reason(question, formula, (worked,), one, "")


def _window_reason(question: str, layer: LayerRecord, geometry: Geometry) -> Reason:
    formula = "⌊(H + 2P − D·(K − 1) − 1) / S⌋ + 1" if geometry.dilation > 1 else "⌊(H + 2P − K) / S⌋ + 1"
    high, wide = layer.inputs[0][2:]
    worked = tuple(_window_worked(size, geometry) for size in dict.fromkeys((high, wide)))
    note = tr("channels stay {n}") if layer.kind == "pool" else tr("channels: one for each of the {n} filters")
    return Reason(question, formula, worked, units.shape_of_one(layer.output), note.format(n=layer.output[1]))


def _window_worked(size: int, geometry: Geometry) -> str:
    kernel, dilation = geometry.kernel, geometry.dilation
    reach = f"{kernel}" if dilation == 1 else f"{dilation}·({kernel} − 1) − 1"
    inside = f"({size} + 2·{geometry.padding} − {reach})"
    return f"⌊{inside} / {geometry.stride}⌋ + 1 = {window_size(size, geometry)}"


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


def _params_reason(analysis: Analysis, layer: LayerRecord) -> Reason:
    question, value = tr("Why this many parameters?"), units.exact(layer.params)
    if layer.kind == "norm":
        worked = f"2 · {layer.output[1]} = {value}"
        note = tr("a scale γ and a shift β for each channel; the running statistics are not learned")
        return Reason(question, "2 · C", (worked,), value, note)
    bias = has_bias(layer)
    if layer.kind == "linear":
        formula = tr("inputs · outputs + outputs") if bias else tr("inputs · outputs")
    else:
        formula = tr("K · K · (C_in / groups) · C_out") if _is_grouped(layer) else tr("K · K · C_in · C_out")
        formula += " + C_out" if bias else ""
    written = _product(_written_weights(layer))
    if bias:
        written += f" + {layer.output[1]}"
    return Reason(question, formula, (f"{written} = {value}",), value, _bias_note(analysis, layer, bias=bias))


def _is_grouped(layer: LayerRecord) -> bool:
    return layer.geometry is not None and layer.geometry.groups > 1


def _written_weights(layer: LayerRecord) -> tuple[int | str, ...]:
    if layer.geometry is None or layer.geometry.groups == 1:
        return weight_factors(layer)
    kernel, groups = layer.geometry.kernel, layer.geometry.groups
    return kernel, kernel, f"({layer.inputs[0][1]} / {groups})", layer.output[1]


def _bias_note(analysis: Analysis, layer: LayerRecord, *, bias: bool) -> str:
    if bias:
        return tr("the last term is the bias")
    kinds = {analysis.layer_by_id[edge.target].kind for edge in analysis.edges if edge.source == layer.id}
    return tr("no bias: batch norm follows") if kinds == {"norm"} else tr("no bias")


def _cost_reason(layer: LayerRecord, costs: Costs) -> Reason:
    question = tr("Why this many {things}?").format(things=count_label(costs.convention).noun)
    value = units.exact(costs.by_id[layer.id])
    weights = units.exact(math.prod(weight_factors(layer)))
    if layer.kind == "linear":
        formula, factors = tr("weights"), [weights]
        note = tr("each weight is used once")
    else:
        formula, factors = tr("weights · H_out · W_out"), [weights, *(str(size) for size in layer.output[2:])]
        note = tr("each weight is used at every output position")
    if layer.output[0] > 1:
        formula, factors = tr("{formula} · N").format(formula=formula), [*factors, str(layer.output[0])]
    if costs.convention != "macs":
        formula, factors = f"2 · {formula}", ["2", *factors]
        note = tr("{note}, for a multiplication and an addition").format(note=note)
    return Reason(question, formula, (f"{_product(factors)} = {value}",), value, note)


def _flops_reason(layer: LayerRecord, costs: Costs) -> Reason:
    question, value = tr("Why this many FLOPs?"), units.exact(layer.flops)
    each = facts_of(layer).flops_per_output
    factors, formula = [each] * (each > 1) + [*layer.output], tr("{n} for each output value").format(n=each)
    if layer.kind == "pool" and layer.geometry is not None and layer.variant != "average":
        kernel = layer.geometry.kernel
        factors, formula = [kernel, kernel, *layer.output], tr("K · K for each output value")
    elif layer.kind == "pool":
        factors, formula = [*layer.inputs[0]], tr("1 for each input value")
    return Reason(question, formula, (f"{_product(factors)} = {value}",), value, _elementwise_note(costs, layer.id))


def _elementwise_note(costs: Costs, layer_id: str) -> str:
    if costs.by_id[layer_id]:
        return ""
    if costs.convention == "folded":
        return tr("folded into the convolution before it, at no cost")
    return tr("MACs are counted only for convolutions and linear layers")


def _product(factors: Iterable[int | str]) -> str:
    return " · ".join(map(str, factors))
