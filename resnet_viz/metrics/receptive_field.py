"""Receptive field and jump of every layer, in input pixels along the longer side (Araujo et al., Distill 2019)."""

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.graph.elements import INPUT, Call


@dataclass(frozen=True)
class Field:
    """`size`: the input pixels that one output pixel sees; `jump`: the input pixels between neighbouring outputs."""

    size: int
    jump: int


def fields(calls: Sequence[Call]) -> dict[str, Field]:
    """The field of each call by id; where paths meet, the largest."""
    found = {INPUT: Field(1, 1)}
    for call in calls:
        before = [found[source] for source in call.inputs]
        size, jump = max(field.size for field in before), max(field.jump for field in before)
        kernel, stride = _window(call)
        found[call.id] = Field(size + (kernel - 1) * jump, jump * stride)
    return found


def _window(call: Call) -> tuple[int, int]:
    """Effective kernel and stride; global pooling sees its whole input, and so moves nowhere."""
    window = call.operation.geometry
    if window is not None:
        return window.dilation * (window.kernel - 1) + 1, window.stride
    if call.operation.kind == "pool":
        return max(call.input_shapes[0][2:]), 1
    return 1, 1
