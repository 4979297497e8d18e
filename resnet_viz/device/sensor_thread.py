"""A card's sensors, read at a steady rate while something is measured on it."""

from collections.abc import Callable
from threading import Event, Thread

from resnet_viz.records.sensors import SensorSample

PERIOD_SECONDS = 1 / 15
"""The pause between two readings: more than ten a second, since a card updates its own sensors hardly more often."""
STOP_SECONDS = 5.0
"""The longest that one reading is waited for when the thread is stopped."""


class SensorThread:
    """Calls `read` with the seconds since this was made, in a thread between `start` and `stop`.

    The measuring thread is held up only while the few samples are stored; NVIDIA's library is called without Python's
    lock. `clock` returns nanoseconds, those of the measured passes.
    """

    def __init__(
        self,
        read: Callable[[float], SensorSample | None],
        clock: Callable[[], int],
        *,
        period_seconds: float = PERIOD_SECONDS,
    ) -> None:
        self._read, self._clock, self._period_seconds = read, clock, period_seconds
        self._begin = clock()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._samples: list[tuple[int, SensorSample]] = []

    @property
    def samples(self) -> tuple[SensorSample, ...]:
        """The samples so far."""
        return tuple(sample for _, sample in self._samples)

    def start(self) -> None:
        """Begin to read; does nothing where it has begun already."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="sensors", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread; the samples stay."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def sample(self) -> None:
        """Read the sensors once; the moment is that before the reading."""
        moment = self._clock()
        sample = self._read((moment - self._begin) / 1e9)
        if sample is not None:
            self._samples.append((moment, sample))

    def throttled_spans(self) -> tuple[tuple[int, int], ...]:
        """Return the spans in nanoseconds of the clock in which the card may have been slowed down.

        A sample that says so stands for the time from the one before to the one after it, since the card may have
        changed at any moment between two samples.
        """
        samples = self._samples.copy()
        period_ns = round(1e9 * self._period_seconds)
        spans: list[tuple[int, int]] = []
        for place, (moment, sample) in enumerate(samples):
            if not sample.throttled:
                continue
            begin = samples[place - 1][0] if place else moment - period_ns
            end = samples[place + 1][0] if place + 1 < len(samples) else moment + period_ns
            if spans and begin <= spans[-1][1]:
                begin = spans.pop()[0]
            spans.append((begin, end))
        return tuple(spans)

    def _run(self) -> None:
        self.sample()
        while not self._stopping.wait(self._period_seconds):
            self.sample()
