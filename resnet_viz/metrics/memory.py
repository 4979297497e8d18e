"""What a network holds in memory: which tensors are alive while it runs, and what training keeps for the way back."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from resnet_viz.errors import SpecError
from resnet_viz.graph.calls import INPUT, Call, sources
from resnet_viz.metrics.saved_for_backward import INDEX_BYTES, STATISTICS, VIEWS, kept_tensors
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, LayerRecord
from resnet_viz.records.memory import Fits, LayerMemory, Memory
from resnet_viz.spec.checks import check_integer
from resnet_viz.spec.profiling import BYTES, MOST_BATCH, Dtype
from resnet_viz.texts import tr

COUNTER_BYTES = 8
"""Of a batch norm's counter of batches: 64 bits whatever the dtype."""
STATISTIC_BYTES = 4
"""Of the mean and the deviation that a batch norm keeps for the backward pass: fp32 whatever the dtype."""
GIBIBYTE = 1024**3


class Step(NamedTuple):
    """One layer as memory sees it: the ids that it reads, and the elements of what it puts out; a view puts out the
    tensor that it reads under another shape.
    """

    id: str
    reads: tuple[str, ...]
    elements: int
    view: bool


class Live(NamedTuple):
    """The tensors alive while one layer runs, by the layer that put them out, and their elements."""

    id: str
    alive: tuple[str, ...]
    elements: int


def memory(analysis: Analysis, dtype: Dtype = "fp32", batch: int | None = None) -> Memory:
    """The memory of a network in a dtype, `batch` in place of the spec's.

    No layer works in place; flattening makes a view, which takes nothing. Raises SpecError for an impossible batch.
    """
    size = BYTES[dtype]
    own = analysis.spec.input[0]
    if batch is not None:
        check_integer("batch", batch, 1, MOST_BATCH)
    spec = analysis.spec if batch is None else analysis.spec.but(input=(batch, *analysis.spec.input[1:]))
    batch = spec.input[0]
    lives = live_sets(_steps(analysis), prod(analysis.spec.input))
    kept = kept_tensors(analysis.layers, analysis.edges)
    layers = []
    for layer, live in zip(analysis.layers, lives, strict=True):
        output = 0 if layer.kind in VIEWS else _scaled(prod(layer.output), own, batch) * size
        mine = (output if layer.id in kept else 0) + _extra(layer, own, batch)
        layers.append(LayerMemory(layer.id, output, live.alive, _scaled(live.elements, own, batch) * size, mine))
    kept_input = prod(spec.input) * size
    peak = max(layers, key=lambda layer: layer.live_bytes)
    return Memory(
        spec=spec,
        dtype=dtype,
        batch=batch,
        params_bytes=analysis.totals.params * size,
        buffers_bytes=sum(
            2 * layer.output[1] * size + COUNTER_BYTES for layer in analysis.layers if layer.kind == "norm"
        ),
        peak_bytes=peak.live_bytes,
        peak_at=peak.id,
        kept_bytes=kept_input + sum(layer.kept_bytes for layer in layers),
        kept_input_bytes=kept_input,
        statistics_bytes=sum(_statistics(layer) for layer in analysis.layers if layer.kind == "norm"),
        layers=tuple(layers),
    )


def fits(memory: Memory, gib: float) -> Fits:
    """The largest batches of inference and of training that fit into so many GiB, in the dtype of `memory`.

    Nothing but the network and its tensors is counted: workspaces, the allocator's rounding, a CUDA context and an
    optimizer's state come on top. Raises SpecError for a memory that is none.
    """
    if not 0 < gib < 1e9:
        raise SpecError("fits_gib", gib, tr("give a size in GiB, such as 16"))
    room = int(gib * GIBIBYTE)
    each = zip(memory.fixed_bytes, memory.image_bytes, strict=True)
    inference, training = (max(0, (room - fixed) // image) for fixed, image in each)
    return Fits(gib, inference, training)


def peak_activation_bytes(calls: Sequence[Call]) -> int:
    """The most bytes alive at one layer of an inference pass in fp32: what the layer reads, what it writes, and what
    a later layer still needs. No layer works in place; flattening makes a view, which takes nothing.
    """
    steps = [Step(call.id, call.inputs, prod(call.output), call.operation.kind in VIEWS) for call in calls]
    return max(live.elements for live in live_sets(steps, prod(calls[0].input_shapes[0]))) * BYTES_PER_ELEMENT


def live_sets(steps: Sequence[Step], input_elements: int) -> Iterator[Live]:
    """What is alive at each step, in execution order: what it or a later step reads, and what it puts out."""
    base = {INPUT: INPUT}
    for step in steps:
        base[step.id] = base[step.reads[0]] if step.view else step.id
    last_use = {base[source]: place for place, step in enumerate(steps) for source in step.reads}
    alive = {INPUT: input_elements}
    for place, step in enumerate(steps):
        if not step.view:
            alive[step.id] = step.elements
        yield Live(step.id, tuple(alive), sum(alive.values()))
        for source in {base[source] for source in step.reads}:
            if last_use[source] == place:
                del alive[source]


def _steps(analysis: Analysis) -> list[Step]:
    return [
        Step(layer.id, sources(analysis, layer.id), prod(layer.output), layer.kind in VIEWS)
        for layer in analysis.layers
    ]


def _extra(layer: LayerRecord, own: int, batch: int) -> int:
    """What a layer keeps beside tensors of the network: a norm's mean and deviation, a max pool's indices."""
    if layer.kind == "norm":
        return _statistics(layer)
    return _scaled(prod(layer.output), own, batch) * INDEX_BYTES if layer.variant == "max" else 0


def _statistics(norm: LayerRecord) -> int:
    return STATISTICS * norm.output[1] * STATISTIC_BYTES


def _scaled(elements: int, own: int, batch: int) -> int:
    return elements // own * batch
