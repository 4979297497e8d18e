"""Explains a layer's parameters and operations by formulas, in letters and with the layer's own numbers."""

import math
from collections.abc import Iterable, Iterator
from itertools import takewhile

from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.kinds import facts_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Reason
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import count_label


def params_reason(analysis: Analysis, layer: LayerRecord) -> Reason:
    """Explain the parameters of a layer that has some."""
    question, value = tr("Why this many parameters?"), units.exact(layer.params)
    if layer.kind == "norm":
        vectors, note = _norm_parameters(layer)
        worked = f"{vectors} · {layer.output[1]} = {value}"
        return Reason(question, f"{vectors} · C", (worked,), value, note)
    if layer.variant == "channels":
        return _channel_filter_reason(analysis, layer, question)
    bias = has_bias(layer)
    if layer.kind == "linear":
        formula = tr("inputs · outputs + outputs") if bias else tr("inputs · outputs")
    else:
        formula = tr("K · K · (C_in / groups) · C_out") if _is_grouped(layer) else tr("K · K · C_in · C_out")
        formula += " + C_out" if bias else ""
    written = product(_written_weights(layer))
    if bias:
        written += f" + {layer.output[1]}"
    return Reason(question, formula, (f"{written} = {value}",), value, _bias_note(analysis, layer, bias=bias))


def gate_reason(analysis: Analysis, multiply: LayerRecord) -> Reason:
    """Explain the parameters of the whole gate whose numbers a `×` multiplies with the map."""
    convolutions = [layer for layer in _gate_layers(analysis, multiply) if layer.params]
    value = units.exact(sum(layer.params for layer in convolutions))
    question, channels = tr("What does the gate add?"), multiply.output[1]
    if len(convolutions) == 1:
        note = tr("K weights of one filter, the same for all {n} channels").format(n=channels)
        return Reason(question, tr("K parameters"), (value,), value, note)
    hidden = convolutions[-1].output[1]
    worked = f"2 · {channels} · {hidden} + {hidden} + {channels} = {value}"
    note = tr("C channels, and h = {n} in its narrow layer").format(n=hidden)
    return Reason(question, tr("2 · C · h + h + C parameters"), (worked,), value, note)


def cost_reason(layer: LayerRecord, costs: Costs) -> Reason:
    """Explain the multiply-adds of a layer by the convention of the costs."""
    question = tr("Why this many {things}?").format(things=count_label(costs.convention).noun)
    value = units.exact(costs.by_id[layer.id])
    formula, factors, note = _multiply_adds(layer)
    if layer.output[0] > 1:
        formula, factors = tr("{formula} · N").format(formula=formula), [*factors, str(layer.output[0])]
    if costs.convention != "macs":
        formula, factors = f"2 · {formula}", ["2", *factors]
        note = tr("{note}, for a multiplication and an addition").format(note=note)
    return Reason(question, formula, (f"{product(factors)} = {value}",), value, note)


def flops_reason(layer: LayerRecord, costs: Costs) -> Reason:
    """Explain the floating-point operations of a layer without multiply-adds."""
    question, value = tr("Why this many FLOPs?"), units.exact(layer.flops)
    each = facts_of(layer).flops_per_output
    factors, formula = [each] * (each > 1) + [*layer.output], _each_output(layer).format(n=each)
    if layer.kind == "pool" and layer.geometry is not None:
        kernel = layer.geometry.kernel
        factors, formula = [kernel, kernel, *layer.output], tr("K · K for each output value")
    elif layer.kind == "pool":
        factors, formula = [*layer.inputs[0]], tr("1 for each input value")
    return Reason(question, formula, (f"{product(factors)} = {value}",), value, _elementwise_note(costs, layer.id))


def weight_factors(layer: LayerRecord) -> tuple[int, ...]:
    """Return factors whose product is the number of weights of a convolution or linear layer, without the bias."""
    if layer.variant == "channels":
        return (layer.params,)
    if layer.geometry is None:
        return layer.inputs[0][-1], layer.output[-1]
    kernel = layer.geometry.kernel
    return kernel, kernel, layer.inputs[0][1] // layer.geometry.groups, layer.output[1]


def has_bias(layer: LayerRecord) -> bool:
    """Tell whether a convolution or linear layer has a bias."""
    return layer.params > math.prod(weight_factors(layer))


def product(factors: Iterable[int | str]) -> str:
    """Write factors as a product: `3 · 3 · 64`."""
    return " · ".join(map(str, factors))


def _norm_parameters(layer: LayerRecord) -> tuple[int, str]:
    """Return how many parameters a norm has for each channel, and a note on what they are."""
    return {
        "group": (2, tr("a scale γ and a shift β for each channel; no running statistics, each image has its own")),
        "evonorm": (3, tr("a scale γ, a shift β and the v of x · σ(v·x) for each channel; no running statistics")),
        "frn": (3, tr("a scale γ, a shift β and a threshold τ for each channel; no running statistics")),
    }.get(
        layer.variant, (2, tr("a scale γ and a shift β for each channel; the running statistics are not learned"))
    )  # fmt: skip


def _channel_filter_reason(analysis: Analysis, layer: LayerRecord, question: str) -> Reason:
    """Explain the kernel of efficient channel attention, which follows from the number of channels."""
    channels, value = layer.output[1], units.exact(layer.params)
    unpruned = analysis.spec.unpruned_outputs[(layer.stage or 1) - 1]
    nearest = int((math.log2(unpruned) + 1) / 2)
    worked = [f"⌊(log₂({unpruned}) + 1) / 2⌋ = {nearest}"]
    if nearest != layer.params:
        worked.append(f"{nearest} + {layer.params - nearest} = {value}")
    note = tr("the K weights of one filter, without a bias")
    if unpruned != channels:
        note = tr("the K weights of one filter, without a bias; C is {n}, as before pruning").format(n=unpruned)
    formula = tr("K = ⌊(log₂ C + 1) / 2⌋, rounded up to an odd number of at least 3")
    return Reason(question, formula, tuple(worked), value, note)


def _gate_layers(analysis: Analysis, multiply: LayerRecord) -> Iterator[LayerRecord]:
    """Yield the layers of the gate in front of a `×`, the last one first."""
    before = reversed(analysis.layers[: analysis.layers.index(multiply)])
    return takewhile(lambda layer: layer.role == "gate", before)


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
    readers = [analysis.layer_by_id[edge.target] for edge in analysis.edges if edge.source == layer.id]
    if {reader.kind for reader in readers} != {"norm"}:
        return tr("no bias")
    if all(not reader.variant for reader in readers):
        return tr("no bias: batch norm follows")
    return tr("no bias: the norm behind it has a shift for each channel")


def _multiply_adds(layer: LayerRecord) -> tuple[str, list[str], str]:
    """Return the formula of a layer's multiply-adds for one image, its factors, and a note."""
    positions = [str(size) for size in layer.output[2:]]
    if layer.variant == "blur" and layer.geometry is not None:
        kernel = str(layer.geometry.kernel)
        factors = [kernel, kernel, str(layer.output[1]), *positions]
        return tr("K · K · C · H_out · W_out"), factors, tr("each channel has the same fixed filter")
    weights = units.exact(math.prod(weight_factors(layer)))
    if layer.kind == "linear":
        return tr("weights"), [weights], tr("each weight is used once")
    if layer.variant == "channels":
        return tr("weights · C"), [weights, str(layer.output[1])], tr("each weight is used at every channel")
    return tr("weights · H_out · W_out"), [weights, *positions], tr("each weight is used at every output position")


def _each_output(layer: LayerRecord) -> str:
    """Return the template of a formula for the operations that a layer takes for each output value."""
    return {
        "group": tr("{n} for each output value: 3 for mean and variance, 2 for scale and shift"),
        "evonorm": tr("{n} for each output value: 3 for mean and variance, 3 for x · σ(v·x), 1 for the division, 2 for "
                      "scale and shift"),
        "frn": tr("{n} for each output value: 2 for the mean square, 2 for the scales, 1 for the shift, 1 for the "
                  "threshold"),
    }.get(layer.variant, tr("{n} for each output value"))  # fmt: skip


def _elementwise_note(costs: Costs, layer_id: str) -> str:
    if costs.by_id[layer_id]:
        return ""
    if costs.convention == "folded":
        return tr("folded into the convolution before it, at no cost")
    return tr("MACs are counted only for convolutions and linear layers")
