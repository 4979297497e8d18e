"""Timers for single pieces of work: by events in a CUDA graph, by events behind a sleep, or by the host's clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Protocol

import torch

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda, Event, Graph
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES, host_stopwatch
from resnet_viz.profiling.timers.timer import Clock, Runnable, TimerUnavailable
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

Timing = Callable[[], list[float]]
"""Runs the calls once more and returns the microseconds of each."""
LAUNCHES = 50
"""The shortest operations that follow each other where the cost of one is measured."""
COST_REPETITIONS = 40
WARM_RUNS = 3
FIRST_WAIT_CYCLES = 2_000_000  # about 1 ms


def do_nothing() -> None:
    """Do nothing, in place of a step that is not needed."""


@dataclass(frozen=True)
class TimedCalls:
    """Calls that follow each other and are timed one by one; `before` precedes the first and is not timed."""

    calls: tuple[Runnable, ...]
    before: Runnable = do_nothing

    def run(self) -> None:
        """Run everything once, without timing it."""
        self.before()
        for call in self.calls:
            call()


class CallTimer(Protocol):
    """One way to time calls; what its events cost by themselves is not part of the times.

    `event_pair_us` is that cost of two events around a call, and `launch_us` the shortest time of an operation among
    others; both are None for a timer without events.
    """

    method: Method
    event_pair_us: float | None
    launch_us: float | None

    def timings(self, *sequences: TimedCalls) -> tuple[Timing, ...]:
        """Return a timing for each sequence, all taken in the same way; only one may run at a time."""


@dataclass(frozen=True)
class Timings:
    """Timings with the timer that takes them, and the reasons against better ones."""

    timer: CallTimer
    timings: tuple[Timing, ...]
    refusals: tuple[Message, ...] = ()


class HostCallTimer(CallTimer):
    """Times calls by the host's clock, each from an idle device to an idle device."""

    event_pair_us: float | None = None
    launch_us: float | None = None

    def __init__(self, synchronize: Runnable, clock: Clock, method: Method = "host-clock") -> None:
        self.method = method
        self._stopwatch = host_stopwatch(synchronize, clock)

    def timings(self, *sequences: TimedCalls) -> tuple[Timing, ...]:
        """Return a timing for each sequence."""
        return tuple(self._timing(sequence) for sequence in sequences)

    def _timing(self, sequence: TimedCalls) -> Timing:
        def measure() -> list[float]:
            sequence.before()
            return [self._stopwatch(call) for call in sequence.calls]

        return measure


@dataclass
class _EventTimer(CallTimer):
    """The common part of both timers by events, which knows what a pair of its events costs."""

    cuda: Cuda
    shortest: Runnable
    event_pair_us: float | None = field(default=None, init=False)
    launch_us: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Measure a single shortest operation, and many of them: from the difference follow both costs.

        Events around nothing would cost less: between operations they also keep one from overlapping the next.
        """
        one = TimedCalls((self.shortest,))
        many = TimedCalls((lambda: [self.shortest() for _ in range(LAUNCHES)],))
        one_us, many_us = (
            _middle_mean([timing()[0] for _ in range(COST_REPETITIONS)]) for timing in self.timings(one, many)
        )
        self.launch_us = max(0.0, (many_us - one_us) / (LAUNCHES - 1))
        self.event_pair_us = max(0.0, one_us - self.launch_us)

    def _times_us(self, pairs: Sequence[tuple[Event, Event]]) -> list[float]:
        cost_us = self.event_pair_us or 0.0
        return [max(0.0, 1000 * start.elapsed_time(end) - cost_us) for start, end in pairs]


class GraphCallTimer(_EventTimer):
    """Captures the calls with their events in a CUDA graph and replays it, so that no time contains the host's.

    Raises TimerUnavailable where the device refuses the capture, or has too little memory for the graph's own.
    """

    method: Method = "cuda-graph"

    def timings(self, *sequences: TimedCalls) -> tuple[Timing, ...]:
        """Capture each sequence; the graphs share their memory, since only one runs at a time."""
        captured: list[Timing] = []
        graph: Graph | None = None
        for sequence in sequences:
            for _ in range(WARM_RUNS):  # without the events, which may be recorded only inside a graph
                sequence.run()
            self.cuda.synchronize()
            try:
                pairs = _pairs(self.cuda, sequence, in_graph=True)
                graph = self.cuda.capture(_with_events(sequence, pairs), warm_passes=0, sharing_memory_of=graph)
            except (RuntimeError, TypeError) as error:  # TypeError: this torch knows no external events
                if is_out_of_memory(error):
                    raise TimerUnavailable("graph out of memory") from error
                reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
                raise TimerUnavailable("graph refused", reason=reason) from error
            captured.append(self._timing(graph, pairs))
        return tuple(captured)

    def _timing(self, graph: Graph, pairs: Sequence[tuple[Event, Event]]) -> Timing:
        def measure() -> list[float]:
            graph.replay()
            self.cuda.synchronize()
            return self._times_us(pairs)

        return measure


class QueuedCallTimer(_EventTimer):
    """Times eager calls by events, queued behind a sleep that grows until the device never waits for the host."""

    method: Method = "run-ahead"

    def timings(self, *sequences: TimedCalls) -> tuple[Timing, ...]:
        """Return a timing for each sequence."""
        return tuple(self._timing(sequence, _pairs(self.cuda, sequence)) for sequence in sequences)

    def _timing(self, sequence: TimedCalls, pairs: Sequence[tuple[Event, Event]]) -> Timing:
        cycles = FIRST_WAIT_CYCLES
        run = _with_events(sequence, pairs)

        def measure() -> list[float]:
            nonlocal cycles
            while True:
                self.cuda.sleep(cycles)
                run()
                ahead = not pairs[0][0].query()
                self.cuda.synchronize()
                if ahead or cycles >= MAX_SLEEP_CYCLES:
                    return self._times_us(pairs)
                cycles *= 2

        return measure


def call_timer(device: torch.device, clock: Clock, refusals: list[Message]) -> CallTimer:
    """Return the best call timer of a device; after a refusal, which is added to `refusals`, one without graphs."""
    if device.type != "cuda":
        return HostCallTimer(synchronizer(device), clock, "host-clock" if device.type == "cpu" else "synchronised")
    cuda, shortest = Cuda(device), shortest_operation(device)
    if not refusals:
        try:
            return GraphCallTimer(cuda, shortest)
        except TimerUnavailable as unavailable:
            refusals.append(unavailable.message)
    return QueuedCallTimer(cuda, shortest)


def timings_of(device: torch.device, clock: Clock, *sequences: TimedCalls) -> Timings:
    """Return timings of all sequences by one call timer, the best that can time them all."""
    refusals: list[Message] = []
    while True:
        timer = call_timer(device, clock, refusals)
        try:
            return Timings(timer, timer.timings(*sequences), tuple(refusals))
        except TimerUnavailable as unavailable:
            refusals.append(unavailable.message)


def shortest_operation(device: torch.device) -> Runnable:
    """Return a call that does next to nothing on the device: what it takes is the launch of one operation."""
    number = torch.zeros(1, device=device)
    return lambda: number.add_(1)


def synchronizer(device: torch.device) -> Runnable:
    """Return a call that waits until the device has done its work; it does nothing for a CPU."""
    if device.type == "cuda":
        return Cuda(device).synchronize
    if device.type == "mps":
        return torch.mps.synchronize
    if device.type == "xpu":
        return lambda: torch.xpu.synchronize(device)
    return do_nothing


def _middle_mean(samples: Sequence[float]) -> float:
    """Return the mean of the middle half: events tick too coarsely for the median of times this short."""
    quarter = len(samples) // 4
    return fmean(sorted(samples)[quarter : len(samples) - quarter])


def _pairs(cuda: Cuda, sequence: TimedCalls, *, in_graph: bool = False) -> list[tuple[Event, Event]]:
    return [(cuda.event(in_graph=in_graph), cuda.event(in_graph=in_graph)) for _ in sequence.calls]


def _with_events(sequence: TimedCalls, pairs: Sequence[tuple[Event, Event]]) -> Runnable:
    """Return a call that runs the sequence with an event before and after each timed call."""

    def run() -> None:
        sequence.before()
        for call, (start, end) in zip(sequence.calls, pairs, strict=True):
            start.record()
            call()
            end.record()

    return run
