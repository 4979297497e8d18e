"""The timer by events between eager launches, queued behind a sleeping device."""

from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES, time_queued
from resnet_viz.profiling.timers.timer import InstrumentedPass, TimedWork, Timer, TimerUnavailable
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

MAX_QUEUED_STEPS = 180  # steps of two events and up to three launches each: below the 1,000 that a stream takes
FIRST_SLEEP_CYCLES = 20_000_000  # about 10 ms
MOST_SLEEP_CYCLES_OF_DEEP = 8 * FIRST_SLEEP_CYCLES
"""The longest sleep behind which a pass with cuts is queued whole: a longer one only keeps a full queue waiting."""


class RunAheadTimer(Timer):
    """Times eager passes by events while the queue is kept full: a pass counts only if the host stayed ahead.

    Raises TimerUnavailable, when it is made or in a later pass, where the host cannot be kept ahead of the device.
    """

    method: Method = "run-ahead"
    starved_passes: int = 0

    def __init__(
        self,
        work: TimedWork,
        cuda: Cuda,
        cuts: Sequence[int] = (),
        *,
        launches: Sequence[int] = (),
        sleep_cycles: int = FIRST_SLEEP_CYCLES,
    ) -> None:
        """Let a pass be cut before the steps `cuts`, which ascend from 1 or more.

        `launches` is how much each step queues, 1 for a single step.
        """
        self._work, self._cuda = work, cuda
        self.cuts = frozenset(_needed_cuts(cuts, launches or [1] * len(work.steps)))
        self._in_pieces = False
        self._starts = [cuda.event() for _ in work.steps]
        self._stops = [cuda.event() for _ in work.steps]
        self._cycles = sleep_cycles

    def time_whole(self) -> float:
        """Time an eager pass between two events while the queue is full.

        Where the queue is too short for the whole of it, this and all later passes are queued in pieces, as
        instrumented ones are, but without the events between the steps.
        """
        while not self._in_pieces:
            self._work.prepare_pass()
            self._cuda.synchronize()
            ahead, time_us = time_queued(self._cuda, self._cycles, self._work.run_whole)
            if ahead:
                return time_us
            if self.cuts and self._cycles >= MOST_SLEEP_CYCLES_OF_DEEP:
                self._in_pieces, self.warning = True, Message("whole in pieces", {"n": len(self.cuts) + 1})
            else:
                self._sleep_longer()
        pieces = (0, *sorted(self.cuts))
        while not self._queue_pass(pieces):
            self._sleep_longer()
        return sum(self._times_us(pieces))

    def queue_whole(self) -> None:
        """Queue an eager pass."""
        self._work.prepare_pass()
        self._work.run_whole()

    def time_steps(self) -> InstrumentedPass:
        """Time a pass, cut where the queue would overflow; a starved one is repeated behind a longer sleep."""
        steps = range(len(self._starts))
        while not self._queue_pass(steps):
            self._sleep_longer()
        yield len(self._work.steps)
        return self._times_us(steps)

    def _times_us(self, begins: Sequence[int]) -> list[float]:
        """Return the time of each stretch of steps, which begins with this step and ends before the next of them."""
        return [1000 * self._starts[step].elapsed_time(self._stops[step]) for step in begins]

    def _queue_pass(self, begins: Collection[int]) -> bool:
        """Queue a pass with events around the stretches that begin with these steps, 0 and the cuts among them.

        Returns whether the host stayed ahead in every piece of the pass.
        """
        ahead, last = True, 0
        first = self._starts[0]
        self._work.prepare_pass()
        self._cuda.synchronize()
        self._cuda.sleep(self._cycles)
        for step in self._work.run_steps():
            is_end = step == len(self._starts)
            if step not in begins and not is_end:
                continue
            if step:
                self._stops[last].record()
            if step in self.cuts or is_end:
                ahead = ahead and not first.query()
                self._cuda.synchronize()
            if is_end:
                break
            if step in self.cuts:
                self._cuda.sleep(self._cycles)
                first = self._starts[step]
            self._starts[step].record()
            last = step
        return ahead

    def _sleep_longer(self) -> None:
        self.starved_passes += 1
        self._cuda.synchronize()
        self._cycles *= 2
        if self._cycles > MAX_SLEEP_CYCLES:
            raise TimerUnavailable("host behind")


def _needed_cuts(cuts: Sequence[int], launches: Sequence[int]) -> list[int]:
    """Return as few of the cuts as keep every piece within the queue."""
    queued = [0, *accumulate(launches)]
    needed: list[int] = []
    last = 0
    for cut, following in pairwise((*cuts, len(launches))):
        if queued[following] - queued[last] > MAX_QUEUED_STEPS:
            needed.append(cut)
            last = cut
    return needed
