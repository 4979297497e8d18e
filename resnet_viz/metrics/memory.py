"""Which tensors are alive while the network runs."""

from collections.abc import Sequence
from math import prod

from resnet_viz.graph.elements import INPUT, Call
from resnet_viz.records import BYTES_PER_ELEMENT

VIEWS = ("flatten",)


def peak_activation_bytes(calls: Sequence[Call]) -> int:
    """The most bytes alive at one layer of an inference pass in fp32: what the layer reads, what it writes, and what
    a later layer still needs. No layer works in place; flattening makes a view, which takes nothing.
    """
    last_use = {source: position for position, call in enumerate(calls) for source in call.inputs}
    alive = {INPUT: prod(calls[0].input_shapes[0])}
    elements = peak = alive[INPUT]
    for position, call in enumerate(calls):
        view = call.operation.kind in VIEWS
        alive[call.id] = prod(call.output)
        elements += 0 if view else alive[call.id]
        peak = max(peak, elements)
        for source in set(call.inputs):
            if last_use[source] == position:
                released = alive.pop(source)
                elements -= 0 if view else released
    return peak * BYTES_PER_ELEMENT
