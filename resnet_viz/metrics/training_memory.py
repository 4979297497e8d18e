"""The most memory that one training pass takes: weights, the optimizer's state, saved tensors and gradients."""

from collections.abc import Iterator

from resnet_viz.graph.calls import INPUT, sources
from resnet_viz.metrics.memory import memory, optimizer_bytes
from resnet_viz.metrics.saved_for_backward import VIEWS, savings
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.profiling import Dtype, Optimizer

PASSED_ON = ("add", *VIEWS)
"""Layers whose backward pass hands on the gradient of their output, under another shape for a view."""


def training_peak_bytes(
    analysis: Analysis, dtype: Dtype = "fp32", batch: int | None = None, optimizer: Optimizer | None = None
) -> int:
    """Return the most bytes that are live at one moment of a training pass, the optimizer's update included.

    That is while some layer's backward pass runs, or at the update, when every weight has its gradient. Counted are
    the tensors between operations; workspaces within an operation, such as the roots of Adam's second moments or half a
    subsampled gradient at a zero-padding shortcut, and the loss, whose tensors are small, come on top.
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
    savers: dict[str, str] = {}
    for saver, tensor, _ in savings(analysis.layers, analysis.edges):
        savers.setdefault(tensor, saver)
    released_at: dict[str, int] = {}
    for tensor, size in saved.items():
        saver = savers.get(tensor, tensor)  # what a layer saves beside tensors goes with the layer
        released_at[saver] = released_at.get(saver, 0) + size
    size_of_parameter = sums.params_bytes // analysis.totals.params
    live_saved, weight_gradients = sum(saved.values()), 0
    last = analysis.layers[-1].id
    gradients: dict[str, int] = {last: 0}  # the tensor that holds the gradient of each layer's output
    sizes = {0: outputs[last] or outputs[sources(analysis, last)[0]]}
    for number, layer in enumerate(reversed(analysis.layers), 1):
        weight_gradients += layer.params * size_of_parameter
        incoming = gradients.pop(layer.id)
        for source in sources(analysis, layer.id):
            if source == INPUT:
                continue
            if layer.kind in PASSED_ON:
                outgoing = incoming
            else:
                outgoing = number
                sizes[number] = outputs[source] or sizes[incoming]
            gradients.setdefault(source, outgoing)
        yield live_saved + weight_gradients + sum(sizes.values())
        live_saved -= released_at.get(layer.id, 0)
        held = set(gradients.values())
        sizes = {name: size for name, size in sizes.items() if name in held}
