"""Kernels of recorded passes given to the layers that launched them, by their order."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from statistics import median

from resnet_viz.profiling.kernels.events import Activity, NamedRange
from resnet_viz.records.kernels import COMPARED_US, Kernel, KernelAgreement, KernelSource, LayerKernels
from resnet_viz.records.message import Message
from resnet_viz.records.run import LayerTime

SHOWN_NAME = 120
MAX_NAME = 500
"""Names of kernels are C++ templates that may be far longer."""
MEMORY_OPERATIONS = ("Memcpy", "Memset")
Pass = Sequence[Activity]


class KernelsUnavailable(Exception):
    """Raised where kernels cannot be given to layers; the message says why."""

    def __init__(self, kind: str, **values: str | int) -> None:
        self.message = Message(kind, {**values})
        super().__init__(str(self.message))


def owners_of(ranges: Iterable[NamedRange]) -> list[tuple[str, str]]:
    """Return the layer and the name of each kernel of an eager pass, in the order of the launches."""
    return [(each.layer, kernel.name) for each in ranges for kernel in each.kernels]


def split_passes(ran: Pass, passes: int) -> list[Pass]:
    """Split what ran into equal passes; raises KernelsUnavailable where they do not divide or differ in their names."""
    if not ran or len(ran) % passes:
        raise KernelsUnavailable("kernels uneven", n=len(ran), passes=passes)
    size = len(ran) // passes
    split = [ran[start : start + size] for start in range(0, len(ran), size)]
    for one in split[1:]:
        _check_same_names(_names(split[0]), _names(one))
    return split


def given_to_layers(
    owners: Sequence[tuple[str, str]], passes: Sequence[Pass], layers: Sequence[str]
) -> tuple[LayerKernels, ...]:
    """Give the kernels of passes to the layers whose eager pass launched the same kernels in the same order.

    A captured graph may copy or fill memory where the eager pass does not, or the other way round; where the kernels
    alone agree, such copies belong to no layer. Raises KernelsUnavailable where the kernels differ.
    """
    if [name for _, name in owners] != _names(passes[0]):
        owners = [owner for owner in owners if not _is_memory_operation(owner[1])]
        passes = [[each for each in one if not _is_memory_operation(each.name)] for one in passes]
        _check_same_names([name for _, name in owners], _names(passes[0]))
    positions: dict[str, list[int]] = {layer: [] for layer in layers}
    for position, (layer, _) in enumerate(owners):
        positions[layer].append(position)
    traced = _middle_pass(passes)
    return tuple(_layer(layer, positions[layer], passes, traced) for layer in layers)


def times_without_timestamps(times: Iterable[LayerTime]) -> dict[str, float]:
    """Return each layer's time without its timestamp, which no kernel contains, where the cost of that is known."""
    return {time.id: time.spread.median_us if time.corrected_us is None else time.corrected_us for time in times}


def agreement(
    own_us: Mapping[str, float], kernels: Iterable[LayerKernels], source: KernelSource
) -> KernelAgreement | None:
    """Compare the timestamps' times of layers with the kernels', over the layers that are long enough; None without."""
    kernel_us = {layer.id: layer.time_us for layer in kernels}
    apart = [
        (abs(us / kernel_us[layer] - 1), layer)
        for layer, us in own_us.items()
        if us > COMPARED_US[source] and kernel_us.get(layer)
    ]
    if not apart:
        return None
    worst, layer = max(apart)
    return KernelAgreement(len(apart), round(median(part for part, _ in apart), 5), round(worst, 5), layer)


def _layer(layer: str, positions: Sequence[int], passes: Sequence[Pass], traced: Pass) -> LayerKernels:
    kernels = tuple(
        Kernel(
            name=traced[position].name[:MAX_NAME],
            time_us=round(median(one[position].duration_us for one in passes), 3),
            start_us=round(traced[position].start_us - traced[0].start_us, 3),
            traced_us=round(traced[position].duration_us, 3),
        )
        for position in positions
    )
    sums = [sum(one[position].duration_us for position in positions) for one in passes]
    return LayerKernels(layer, round(median(sums), 3), kernels)


def _middle_pass(passes: Sequence[Pass]) -> Pass:
    """Return the pass whose length, from the first kernel's start to the last one's end, is the (lower) median."""
    return sorted(passes, key=lambda one: one[-1].end_us - one[0].start_us if one else 0.0)[(len(passes) - 1) // 2]


def _check_same_names(expected: Sequence[str], found: Sequence[str]) -> None:
    for number, (one, other) in enumerate(zip_longest(expected, found), start=1):
        if one != other:
            names = {"expected": (one or "–")[:SHOWN_NAME], "found": (other or "–")[:SHOWN_NAME]}
            raise KernelsUnavailable("kernels differ", number=number, **names)


def _names(one: Pass) -> list[str]:
    return [each.name for each in one]


def _is_memory_operation(name: str) -> bool:
    return name.startswith(MEMORY_OPERATIONS)
