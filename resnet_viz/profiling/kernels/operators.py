"""torch's operators of recorded passes on a processor, which has no kernels, as the parts of each layer's time."""

from collections.abc import Iterator, Sequence
from statistics import median

from resnet_viz.profiling.kernels.events import NamedRange, Operator
from resnet_viz.records.kernels import Kernel, LayerKernels

INNER_PART = 0.5
"""An operator that spends more than this part of its time in others is listed as those: it only passes work on."""
LISTED_PART = 0.05
"""Operators that take less than this part of their layer's time are not listed."""


def operators_of_layers(passes: Sequence[Sequence[NamedRange]]) -> tuple[LayerKernels, ...]:
    """Return the operators that take each layer's time, from the ranges of every pass in the same order."""
    traced = sorted(passes, key=_host_us)[(len(passes) - 1) // 2]
    start_us = traced[0].start_us
    return tuple(_layer(each, ranges, start_us) for each, ranges in zip(traced, zip(*passes, strict=True), strict=True))


def _layer(traced: NamedRange, ranges: Sequence[NamedRange], pass_start_us: float) -> LayerKernels:
    """Return a layer's operators by their medians over the passes in which it called the same ones.

    The layer's own time is that of its range: a timestamp before and after it sees Python's part of it as well.
    """
    every = [_flat(traced.operators), *(_flat(each.operators) for each in ranges if each is not traced)]
    same = [one for one in every if [each.name for each in one] == [each.name for each in every[0]]]
    medians = [median(each.duration_us for each in column) for column in zip(*same, strict=True)]
    time_us = median(each.host_us for each in ranges)
    kernels = tuple(
        Kernel(
            name=every[0][number].name,
            time_us=round(medians[number], 3),
            start_us=round(every[0][number].start_us - pass_start_us, 3),
            traced_us=round(every[0][number].duration_us, 3),
        )
        for number in _listed(traced.operators, medians, first=0, least_us=LISTED_PART * time_us)
    )
    return LayerKernels(traced.layer, round(time_us, 3), kernels)


def _listed(operators: Sequence[Operator], medians: Sequence[float], *, first: int, least_us: float) -> Iterator[int]:
    """Yield the numbers of the operators to list; in `medians` the first of them has the number `first`."""
    number = first
    for operator in operators:
        if medians[number] >= least_us:
            inner = list(_numbers(operator.called, number + 1))
            if sum(medians[each] for each in inner) > INNER_PART * medians[number]:
                yield from _listed(operator.called, medians, first=number + 1, least_us=least_us)
            else:
                yield number
        number += len(_flat([operator]))


def _numbers(operators: Sequence[Operator], first: int) -> Iterator[int]:
    for operator in operators:
        yield first
        first += len(_flat([operator]))


def _flat(operators: Sequence[Operator]) -> list[Operator]:
    """Return the operators, each followed by those that it called."""
    return [each for operator in operators for each in (operator, *_flat(operator.called))]


def _host_us(one: Sequence[NamedRange]) -> float:
    return one[-1].start_us + one[-1].host_us - one[0].start_us
