"""Workloads and timers whose times the test chooses, for a fake clock and a fake CUDA device."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from resnet_viz.profiling.timers.call_timers import Timing
from resnet_viz.profiling.timers.timer import InstrumentedPass
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda


class DeviceWork:
    """A workload whose steps take the given microseconds of the device, each in one launch or several."""

    def __init__(self, cuda: FakeCuda, times: Sequence[float], launches: int = 1) -> None:
        self.steps: Sequence[object] = times
        self.prepared_passes = 0
        self._cuda, self._times, self._launches = cuda, times, launches

    def prepare_pass(self) -> None:
        """Count the passes that were prepared."""
        self.prepared_passes += 1

    def run_whole(self) -> None:
        """Run every step."""
        for _ in self.run_steps():
            pass

    def run_steps(self) -> Iterator[int]:
        """Yield the index of each step before it runs, and the number of steps at the end."""
        for index, us in enumerate(self._times):
            yield index
            for _ in range(self._launches):
                self._cuda.launch(us / self._launches)
        yield len(self._times)


class HostWork:
    """A workload whose steps take the given microseconds of the host."""

    def __init__(self, clock: FakeClock, times: Sequence[float], prepare_us: float = 0.0) -> None:
        self.steps: Sequence[object] = times
        self._clock, self._times, self._prepare_us = clock, times, prepare_us

    def prepare_pass(self) -> None:
        """Spend time that belongs to no pass."""
        self._clock.spend(self._prepare_us)

    def run_whole(self) -> None:
        """Run every step."""
        for _ in self.run_steps():
            pass

    def run_steps(self) -> Iterator[int]:
        """Yield the index of each step before it runs, and the number of steps at the end."""
        for index, us in enumerate(self._times):
            yield index
            self._clock.spend(us)
        yield len(self._times)


class ScriptedTimer:
    """A timer that spends and returns scripted times, and records the order of its passes.

    `order` has an A for each uninstrumented pass and a B for each instrumented one.
    """

    method: Method = "host-clock"
    warning: Message | None = None
    starved_passes: int | None = None

    def __init__(
        self,
        clock: FakeClock,
        *,
        whole_us: Callable[[int], float] = lambda _: 1000.0,
        row_us: Callable[[int], list[float]] = lambda _: [400.0, 600.0],
    ) -> None:
        self.timestamp_us: float | None = None
        self.order = ""
        self._clock, self._whole_us, self._row_us = clock, whole_us, row_us

    def time_whole(self) -> float:
        """Spend and return the time of the next uninstrumented pass."""
        us = self._whole_us(self.order.count("A"))
        self.order += "A"
        self._clock.spend(us)
        return us

    def time_steps(self) -> InstrumentedPass:
        """Spend and return the times of the next instrumented pass, and report its step 1."""
        row = self._row_us(self.order.count("B"))
        self.order += "B"
        self._clock.spend(sum(row))
        yield 1
        return row

    def queue_whole(self) -> None:
        """Spend the time of an uninstrumented pass; `order` has a Q for it."""
        self.order += "Q"
        self._clock.spend(self._whole_us(0))

    def time_sparsely(self) -> Mapping[int, float]:
        """Return no times, as a timer without sparse passes."""
        return {}


def scripted_timing(clock: FakeClock, us: Callable[[], float]) -> Timing:
    """A timing of one call that takes the microseconds that `us` returns."""

    def measure() -> list[float]:
        took = us()
        clock.spend(took)
        return [took]

    return measure


class FakeTorchMode:
    """A torch mode that knows whether it is entered."""

    def __init__(self) -> None:
        self.inside = False
        self.entered = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        assert not self.inside
        self.inside = True
        self.entered += 1
        try:
            yield
        finally:
            self.inside = False


def finished(instrumented: InstrumentedPass) -> tuple[list[int], list[float]]:
    """Run a pass to its end; return the steps that it reported, and the times of all steps."""
    reported = []
    while True:
        try:
            reported.append(next(instrumented))
        except StopIteration as end:
            times: list[float] = end.value
            return reported, times
