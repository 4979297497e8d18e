"""The memory that a network takes: the tensors live at each layer, and those that training saves for backward."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from resnet_viz.errors import SpecError
from resnet_viz.graph.calls import INPUT, Call, sources
from resnet_viz.metrics.saved_for_backward import VIEWS, own_tensors, saved_tensors
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, LayerRecord
from resnet_viz.records.memory import LargestBatches, LayerMemory, Memory
from resnet_viz.spec.checks import check_integer
from resnet_viz.spec.profiling import BYTES, MAX_PROFILE_BATCH, Dtype, Optimizer
from resnet_viz.texts import tr

BATCH_COUNTER_BYTES = 8
"""The size of a batch norm's count of batches, a 64-bit integer whatever the dtype."""
BLUR_FILTER = 9
"""The elements of a blur's filter, which all channels share."""
GIBIBYTE = 1024**3


class LayerUse(NamedTuple):
    """A layer's use of memory: the ids of the tensors that it reads, and the elements of its output.

    The output of a view is the tensor that it reads under another shape.
    """

    id: str
    reads: tuple[str, ...]
    elements: int
    is_view: bool


class LiveTensors(NamedTuple):
    """The tensors live while layer `id` runs, each by the id of the layer that wrote it, and all their elements."""

    id: str
    names: tuple[str, ...]
    elements: int


def memory(analysis: Analysis, dtype: Dtype = "fp32", batch: int | None = None) -> Memory:
    """Compute the memory of a network in a dtype, for `batch` images where it is given in place of the spec's.

    No layer works in place; flattening makes a view, which takes nothing. Raises SpecError for an impossible batch.
    """
    size = BYTES[dtype]
    own = analysis.spec.input[0]
    if batch is not None:
        check_integer("batch", batch, 1, MAX_PROFILE_BATCH)
    spec = analysis.spec if batch is None else analysis.spec.but(input=(batch, *analysis.spec.input[1:]))
    batch = spec.input[0]
    live_at_layers = live_tensors(_layer_uses(analysis), prod(analysis.spec.input))
    saved = saved_tensors(analysis.layers, analysis.edges)
    layers = []
    for layer, live in zip(analysis.layers, live_at_layers, strict=True):
        output = 0 if layer.kind in VIEWS else scaled(prod(layer.output), own, batch) * size
        saved_here = (output if layer.id in saved else 0) + own_bytes(layer, dtype, own, batch)
        layers.append(LayerMemory(layer.id, output, live.names, scaled(live.elements, own, batch) * size, saved_here))
    input_bytes = prod(spec.input) * size
    peak = max(layers, key=lambda layer: layer.live_bytes)
    return Memory(
        spec=spec,
        dtype=dtype,
        batch=batch,
        params_bytes=analysis.totals.params * size,
        buffers_bytes=sum(_buffers(layer, size) for layer in analysis.layers),
        peak_bytes=peak.live_bytes,
        peak_at=peak.id,
        kept_bytes=input_bytes + sum(layer.kept_bytes for layer in layers),
        kept_input_bytes=input_bytes,
        statistics_bytes=sum(own_bytes(layer, dtype, 0, 0) for layer in analysis.layers),
        layers=tuple(layers),
    )


def largest_batches(memory: Memory, gib: float) -> LargestBatches:
    """Find the largest batches of inference and of training that fit into `gib` GiB, in the dtype of `memory`.

    Only the network and its tensors are counted: workspaces, the allocator's rounding, a CUDA context and an
    optimizer's state come on top. Raises SpecError for an impossible size.
    """
    if not 0 < gib < 1e9:
        raise SpecError("fits_gib", gib, tr("give a size in GiB, such as 16"))
    available = int(gib * GIBIBYTE)
    each = zip(memory.fixed_bytes, memory.image_bytes, strict=True)
    inference, training = (max(0, (available - fixed) // image) for fixed, image in each)
    return LargestBatches(gib, inference, training)


def optimizer_bytes(params_bytes: int, optimizer: Optimizer | None) -> int:
    """Return the bytes of an optimizer's state: as much as the parameters for each number that it keeps of each.

    SGD keeps a momentum, Adam two moments; Adam's count of steps, 4 bytes for each tensor, is left out.
    """
    return params_bytes * {None: 0, "sgd": 1, "adam": 2}[optimizer]


def peak_activation_bytes(calls: Sequence[Call]) -> int:
    """Return the largest total of live tensors at one layer of an inference pass in fp32, in bytes.

    Live are the layer's inputs, its output, and all that a later layer still reads. No layer works in place; flattening
    makes a view, which takes nothing.
    """
    uses = [LayerUse(call.id, call.inputs, prod(call.output), call.operation.kind in VIEWS) for call in calls]
    return max(live.elements for live in live_tensors(uses, prod(calls[0].input_shapes[0]))) * BYTES_PER_ELEMENT


def live_tensors(uses: Sequence[LayerUse], input_elements: int) -> Iterator[LiveTensors]:
    """Yield the tensors live at each layer, in execution order: its output, and all that it or a later layer reads."""
    base = {INPUT: INPUT}
    for use in uses:
        base[use.id] = base[use.reads[0]] if use.is_view else use.id
    last_use = {base[source]: index for index, use in enumerate(uses) for source in use.reads}
    live = {INPUT: input_elements}
    for index, use in enumerate(uses):
        if not use.is_view:
            live[use.id] = use.elements
        yield LiveTensors(use.id, tuple(live), sum(live.values()))
        for source in {base[source] for source in use.reads}:
            if last_use[source] == index:
                del live[source]


def _layer_uses(analysis: Analysis) -> list[LayerUse]:
    return [
        LayerUse(layer.id, sources(analysis, layer.id), prod(layer.output), layer.kind in VIEWS)
        for layer in analysis.layers
    ]


def own_bytes(layer: LayerRecord, dtype: Dtype, own: int, batch: int) -> int:
    """Return the bytes that a layer, analyzed at batch `own`, saves beside its output in a dtype at another batch.

    At batch 0 these are the tensors whose size does not depend on it.
    """
    return sum(
        (scaled(tensor.nbytes(BYTES[dtype]), own, batch) if batch else 0)
        if tensor.per_image
        else tensor.nbytes(BYTES[dtype])
        for tensor in own_tensors(layer)
    )


def _buffers(layer: LayerRecord, size: int) -> int:
    """Return the bytes of a batch norm's running statistics and counter, or of a blur's filter."""
    if layer.kind == "norm" and not layer.variant:
        return 2 * layer.output[1] * size + BATCH_COUNTER_BYTES
    return BLUR_FILTER * size if layer.variant == "blur" else 0


def scaled(elements: int, own: int, batch: int) -> int:
    """Return the elements at another batch than the analyzed one."""
    return elements // own * batch
