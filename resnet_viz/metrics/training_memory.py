"""The most memory that one training pass takes: weights, the optimizer's state, saved tensors and gradients."""

from collections.abc import Iterator
from itertools import count
from math import prod

from resnet_viz.graph.calls import INPUT, sources
from resnet_viz.metrics.memory import memory, optimizer_bytes, own_bytes, scaled
from resnet_viz.metrics.saved_for_backward import READ_PADDED_COPY, VIEWS, padded_elements, savings
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.spec.profiling import BYTES, Dtype, Optimizer

PASSED_ON = ("add", *VIEWS)
"""Layers whose backward pass hands on the gradient of their output, under another shape for a view."""


def training_peak_bytes(
    analysis: Analysis, dtype: Dtype = "fp32", batch: int | None = None, optimizer: Optimizer | None = None
) -> int:
    """Return the most bytes that are live at one moment of a training pass, the optimizer's update included.

    That is while some layer's backward pass runs, or at the update, when every weight has its gradient. Counted are
    the tensors between operations, and between the steps of an operation that consists of several; other workspaces,
    such as the roots of Adam's second moments or half a subsampled gradient at a zero-padding shortcut, and the loss,
    whose tensors are small, come on top.
    """
    sums = memory(analysis, dtype, batch)
    constant = sums.params_bytes + sums.buffers_bytes + sums.kept_input_bytes
    constant += optimizer_bytes(sums.params_bytes, optimizer)
    return constant + max(sums.params_bytes, *_backward_bytes(analysis, dtype, batch))


def _backward_bytes(analysis: Analysis, dtype: Dtype, batch: int | None) -> Iterator[int]:
    """Yield the bytes of saved tensors and gradients while the backward pass of each layer runs, the last layer first.

    A saved tensor is released with the first layer that saved it. A layer's weights get their gradient while it runs. A
    gradient that two layers pass to the same tensor is added up in place of the first.
    """
    sums = memory(analysis, dtype, batch)
    outputs = {layer.id: layer.output_bytes for layer in sums.layers}
    saved = {layer.id: layer.kept_bytes for layer in sums.layers}
    own = analysis.spec.input[0]
    released_at = {layer.id: own_bytes(layer, dtype, own, sums.batch) for layer in analysis.layers}
    savers: dict[str, str] = {}
    for saver, tensor, _ in savings(analysis.layers, analysis.edges):
        savers.setdefault(tensor, saver)
    for tensor, saver in savers.items():
        released_at[saver] += 0 if tensor == INPUT else outputs[tensor]
    size_of_parameter = sums.params_bytes // analysis.totals.params
    live_saved, weight_gradients = sum(saved.values()), 0
    last = analysis.layers[-1].id
    gradients: dict[str, int] = {last: 0}  # the tensor that holds the gradient of each layer's output
    sizes = {0: outputs[last] or outputs[sources(analysis, last)[0]]}
    numbers = count(1)
    for layer in reversed(analysis.layers):
        weight_gradients += layer.params * size_of_parameter
        incoming = gradients.pop(layer.id)
        for source in sources(analysis, layer.id):
            if source == INPUT:
                continue
            if layer.kind in PASSED_ON:
                outgoing = incoming
            else:
                outgoing = next(numbers)
                sizes[outgoing] = outputs[source] or sizes[incoming]
            gradients.setdefault(source, outgoing)
        within = _within_operation(layer, dtype, own, sums.batch)
        yield live_saved + weight_gradients + sum(sizes.values()) + within
        live_saved -= released_at.get(layer.id, 0)
        held = set(gradients.values())
        sizes = {name: size for name, size in sizes.items() if name in held}


def _within_operation(layer: LayerRecord, dtype: Dtype, own: int, batch: int) -> int:
    """Return the bytes that a layer's backward pass takes between its steps, beyond its gradients before and after.

    A gate's gradient has the full size before it is summed over each map; the gradient of a pool's bordered input has
    the border. The norms that activate take two tensors of full size while their parameters have no gradients yet, all
    three for a threshold, which also takes two masks of a byte each, and the last one for EvoNorm.
    """
    size = BYTES[dtype]
    elements = scaled(prod(layer.output), own, batch)
    if layer.kind == "multiply":
        return elements * size
    if layer.type in READ_PADDED_COPY:
        return scaled(padded_elements(layer) - prod(layer.inputs[0]), own, batch) * size
    if layer.variant == "evonorm":
        return (2 * elements - layer.params // 3) * size
    if layer.variant == "frn":
        return (2 * elements - layer.params) * size + 2 * elements
    return 0
