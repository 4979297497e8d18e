"""The events of torch's profiler: the kernels that each named range launched, and what ran on the device, in order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

RANGE_PREFIX = "layer:"
_DRIVER_CALL = re.compile(r"cu(da)?[A-Z]")
"""The names of CUDA's own functions, whose ids are of another series than those of operators."""


class Activity(NamedTuple):
    """A kernel, copy or fill on a device; microseconds from the profiler's start."""

    name: str
    start_us: float
    duration_us: float

    @property
    def end_us(self) -> float:
        """The end in microseconds."""
        return self.start_us + self.duration_us


class Launched(NamedTuple):
    """A kernel as the operator that launched it reports it: its name, and the microseconds that it took."""

    name: str
    duration_us: float


class Operator(NamedTuple):
    """An operator of torch on the host, with those that it called; microseconds from the profiler's start."""

    name: str
    start_us: float
    duration_us: float
    called: tuple["Operator", ...]


class NamedRange(NamedTuple):
    """A named range of the host: the layer, start and length in microseconds, its operators, and its kernels."""

    layer: str
    start_us: float
    host_us: float
    operators: tuple[Operator, ...]
    kernels: tuple[Launched, ...]


class ProfilerEvent(Protocol):
    """The part of torch's FunctionEvent that is read here."""

    name: str
    device_type: Any
    time_range: Any
    kernels: Sequence[Any]
    cpu_children: Sequence[Any]


def named_ranges(events: Iterable[ProfilerEvent]) -> list[NamedRange]:
    """Return the ranges of layers in the order of the host.

    On a CUDA device the profiler emits every range twice, on the host and as an annotation of the device under the same
    name; the annotation has no kernels and is none, so only the host's ranges count.
    """
    opened = [event for event in events if _is_on_host(event) and event.name.startswith(RANGE_PREFIX)]
    return [
        NamedRange(
            event.name.removeprefix(RANGE_PREFIX),
            event.time_range.start,
            event.time_range.elapsed_us(),
            _operators(event),
            tuple(_launched(event)),
        )
        for event in sorted(opened, key=lambda event: event.time_range.start)
    ]


def device_activities(events: Iterable[ProfilerEvent]) -> list[Activity]:
    """Return what ran on the device in its order: kernels, copies and fills, without the annotations of ranges."""
    ran = [event for event in events if not _is_on_host(event) and not _is_annotation(event)]
    return sorted(map(_activity, ran), key=lambda activity: activity.start_us)


def _is_on_host(event: ProfilerEvent) -> bool:
    return bool(event.device_type.name == "CPU")


def _is_annotation(event: ProfilerEvent) -> bool:
    """Tell whether a device's event is the shadow of a range, or a wait, and so no work of the device."""
    is_range = bool(getattr(event, "is_user_annotation", False)) or event.name.startswith(RANGE_PREFIX)
    return is_range or event.name.endswith(" Sync")


def _activity(event: ProfilerEvent) -> Activity:
    return Activity(event.name, event.time_range.start, event.time_range.elapsed_us())


def _operators(event: ProfilerEvent) -> tuple[Operator, ...]:
    called = sorted(event.cpu_children, key=lambda inner: inner.time_range.start)
    return tuple(
        Operator(inner.name, inner.time_range.start, inner.time_range.elapsed_us(), _operators(inner))
        for inner in called
        if not _DRIVER_CALL.match(inner.name)
    )


def _launched(event: ProfilerEvent) -> Iterator[Launched]:
    """Yield the kernels of an operator and of those that it calls, in the order of their launches.

    A call of the driver may have the number of another operator, whose kernels the profiler then gives to both.
    """
    if _DRIVER_CALL.match(event.name):
        return
    yield from (Launched(kernel.name, kernel.duration) for kernel in event.kernels)
    for inner in sorted(event.cpu_children, key=lambda inner: inner.time_range.start):
        yield from _launched(inner)
