"""The thread that reads sensors: its samples, its end, and the spans in which a card was slowed down."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from resnet_viz.device import sensor_thread
from resnet_viz.device.sensor_thread import SensorThread
from resnet_viz.records.sensors import SensorSample
from tests.profiling.doubles.clock import FakeClock

NO_WAIT = 60.0


class Card:
    """Sensors that a test waits for: each reading is counted, and the next throttling can be set."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.throttled = ""
        self.answers = True
        self.read_enough = threading.Event()
        self.threads: set[str] = set()

    def read(self, second: float) -> SensorSample | None:
        """Return a sample and count it."""
        self.seconds.append(second)
        self.threads.add(threading.current_thread().name)
        if len(self.seconds) >= 5:
            self.read_enough.set()
        return SensorSample(second, throttled=self.throttled) if self.answers else None


@contextmanager
def running(thread: SensorThread) -> Iterator[None]:
    thread.start()
    try:
        yield
    finally:
        thread.stop()


def test_samples_are_read_in_a_thread_of_their_own_until_it_is_stopped() -> None:
    clock, card = FakeClock(), Card()
    clock.spend(5e6)
    thread = SensorThread(card.read, clock, period_seconds=0.001)
    before = thread.samples
    clock.spend(2.5e6)
    with running(thread):
        thread.start()  # a second start begins no second thread
        assert card.read_enough.wait(NO_WAIT)
    assert before == ()
    assert card.threads == {"sensors"}
    assert not any(one.name == "sensors" for one in threading.enumerate())
    assert set(card.seconds) == {2.5}  # since the thread was made, by the given clock
    assert [sample.second for sample in thread.samples] == card.seconds


def test_the_sensors_are_read_ten_to_twenty_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float | None] = []

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            return len(pauses) == 3 or super().wait(0.0)

    monkeypatch.setattr(sensor_thread, "Event", Stopping)
    card = Card()
    thread = SensorThread(card.read, FakeClock())
    with running(thread):
        while len(pauses) < 3:
            time.sleep(0.001)
    assert len(card.seconds) == len(pauses) == 3, "one reading before each pause"
    assert all(pause is not None and 10 <= 1 / pause <= 20 for pause in pauses)


def test_a_thread_that_was_never_started_can_be_stopped() -> None:
    SensorThread(Card().read, FakeClock()).stop()


def test_a_card_without_sensors_has_no_samples() -> None:
    card = Card()
    card.answers = False
    thread = SensorThread(card.read, FakeClock(), period_seconds=0.001)
    with running(thread):
        assert card.read_enough.wait(NO_WAIT)
    assert thread.samples == ()
    assert thread.throttled_spans() == ()


@pytest.mark.parametrize(
    ("throttled", "spans"),
    [
        ("-----", []),
        ("--x--", [(10, 30)]),
        ("x----", [(-100, 10)]),  # before the first sample, for as long as a period
        ("----x", [(30, 140)]),
        ("-xx--", [(0, 30)]),
        ("x-x--", [(-100, 30)]),
        ("xxxxx", [(-100, 140)]),
    ],
)
def test_a_throttled_sample_stands_for_the_time_between_its_neighbors(
    throttled: str, spans: list[tuple[int, int]]
) -> None:
    clock, card = FakeClock(), Card()
    thread = SensorThread(card.read, clock, period_seconds=100e-9)
    for sign in throttled:
        card.throttled = "power cap" if sign == "x" else ""
        thread.sample()
        clock.now += 10
    assert thread.throttled_spans() == tuple(spans)
