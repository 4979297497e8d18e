"""The timer by the host's clock, on a fake clock and a fake CUDA device."""

import pytest

from resnet_viz.profiling.timers.host import HostTimer
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.work import DeviceWork, HostWork, finished

TIMES = [120.0, 3.5, 40.0, 0.25, 900.125]
"""Steps in microseconds."""


def test_host_steps_add_up_exactly_to_the_pass() -> None:
    clock = FakeClock()
    timer = HostTimer(HostWork(clock, TIMES, prepare_us=5000.0), clock)
    told, times = finished(timer.time_steps())
    assert told == []
    assert times == pytest.approx(TIMES)
    assert sum(times) == pytest.approx(sum(TIMES), rel=1e-12)
    assert timer.time_whole() == pytest.approx(sum(TIMES), rel=1e-12)


def test_reading_the_clock_is_in_every_step_once_and_its_cost_is_known() -> None:
    clock = FakeClock(reading_ns=40)
    timer = HostTimer(HostWork(clock, TIMES), clock)
    assert timer.timestamp_us == pytest.approx(0.04)
    _, times = finished(timer.time_steps())
    assert times == pytest.approx([us + 0.04 for us in TIMES])


def test_synchronizing_after_each_step_gives_upper_bounds() -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock, host_us=2.0)
    work = DeviceWork(cuda, TIMES)
    plain, waiting = HostTimer(work, clock), HostTimer(work, clock, cuda.synchronize)
    assert (plain.method, waiting.method) == ("host-clock", "synchronised")
    _, times = finished(waiting.time_steps())
    assert times == pytest.approx([us + 2.0 for us in TIMES])
    assert waiting.time_whole() >= sum(TIMES)
    cuda.synchronize()
    _, launches = finished(plain.time_steps())
    assert launches == pytest.approx([2.0] * len(TIMES)), "without waiting only the launches are seen"


def test_a_pass_starts_on_an_idle_device() -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock, host_us=0.0)
    timer = HostTimer(DeviceWork(cuda, TIMES), clock, cuda.synchronize)
    cuda.launch(50_000.0)
    assert timer.time_whole() == pytest.approx(sum(TIMES))
    cuda.launch(50_000.0)
    assert finished(timer.time_steps())[1] == pytest.approx(TIMES)
