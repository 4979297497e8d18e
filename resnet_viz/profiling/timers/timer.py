"""The protocol of a timer for the steps of a pass, and of the work that it times."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Protocol

from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

Clock = Callable[[], int]
"""Returns nanoseconds from an arbitrary origin."""
Runnable = Callable[[], object]
Stopwatch = Callable[[Runnable], float]
"""Runs a piece of work and returns the microseconds that it took."""
InstrumentedPass = Generator[int, None, list[float]]
"""Runs a pass and returns the microseconds of each step; while it is slow, it yields the current step's number."""

TIMESTAMPS = 200  # taken to measure what one timestamp costs


class TimerUnavailable(Exception):
    """Raised where this machine cannot time in this way; the message says why."""

    def __init__(self, kind: str, **values: str) -> None:
        self.message = Message(kind, {**values})
        super().__init__(str(self.message))


class TimedWork(Protocol):
    """The part of a workload that a timer uses."""

    @property
    def steps(self) -> Sequence[object]:
        """The steps of a pass; a timer needs only their number."""

    def prepare_pass(self) -> None:
        """Do what must precede a pass and is not part of its time."""

    def run_whole(self) -> object:
        """Run an uninstrumented pass."""

    def run_steps(self) -> Iterator[int]:
        """Run a pass step by step: yield i before step i, and the number of steps after the last."""


class Timer(Protocol):
    """One way to time the passes of a workload; every time is in microseconds.

    `timestamp_us` is the cost of taking one timestamp, which every step's time contains; None where it is unknown.
    `starved_passes` are those that were repeated because the device had to wait for the host; None where nothing can
    starve. `warning` is set where the times do not mean what they should.
    """

    method: Method
    timestamp_us: float | None = None
    starved_passes: int | None = None
    warning: Message | None = None

    def time_whole(self) -> float:
        """Run an uninstrumented pass and return its time."""

    def time_steps(self) -> InstrumentedPass:
        """Run an instrumented pass and return the time of each step."""

    def queue_whole(self) -> None:
        """Queue an uninstrumented pass behind what is queued already, and do not wait for it."""

    def time_sparsely(self) -> Mapping[int, float]:
        """Run a pass with timestamps around a few steps, others each time, and return the times of those steps.

        Empty where the timer has no such passes.
        """
        return {}


def step_times(timer: Timer) -> list[float]:
    """Run an instrumented pass to its end and return the microseconds of each step."""
    running = timer.time_steps()
    while True:
        try:
            next(running)
        except StopIteration as end:
            times: list[float] = end.value
            return times
