"""The ceilings of a device and its stopwatches, with fake clocks and devices and on this machine."""

import pytest
import torch

from resnet_viz.profiling import ceilings as module
from resnet_viz.profiling.ceilings import ceilings, event_stopwatch, stopwatch_for, synchronizer
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles import DeviceWork, FakeClock, FakeCuda
from tests.profiling.networks import CPU, make_quick


def test_ceilings_follow_from_bytes_operations_and_times(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)
    found = ceilings(CPU, ProfileSettings(), FakeClock(reading_ns=2_000_000))  # all work takes 2 ms
    assert found.bytes_per_second == pytest.approx(2 * (1 << 20) / 0.002)
    assert found.flops_per_second == pytest.approx(2 * 64**3 / 0.002)
    assert found.launch_us == pytest.approx(2000 / module.LAUNCHES_PER_SAMPLE)
    assert found.cache_bytes == 1 << 16


def test_the_copy_is_larger_than_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)
    monkeypatch.setattr(module, "cache_bytes", lambda _: 4 << 20)
    found = ceilings(CPU, ProfileSettings(), FakeClock(reading_ns=1_000_000))
    assert found.bytes_per_second == pytest.approx(2 * (8 << 20) / 0.001)


@pytest.mark.parametrize("dtype", ["fp32", "bf16", "fp16"])
def test_this_machine_has_ceilings(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    make_quick(monkeypatch)
    import time

    found = ceilings(CPU, ProfileSettings(dtype=dtype), time.perf_counter_ns)  # type: ignore[arg-type]
    assert min(found.bytes_per_second, found.flops_per_second, found.launch_us) > 0


def test_work_on_a_host_is_timed_by_its_clock() -> None:
    clock = FakeClock()
    assert stopwatch_for(CPU, clock)(lambda: clock.spend(12.5)) == 12.5
    assert synchronizer(CPU)() is None


def test_work_on_a_card_is_timed_by_events_without_its_launch() -> None:
    cuda = FakeCuda(FakeClock(), host_us=100.0)
    assert event_stopwatch(cuda)(lambda: cuda.launch(7.25)) == pytest.approx(7.25)
    assert event_stopwatch(cuda)(DeviceWork(cuda, [2.0] * 5).run_whole) == pytest.approx(10.0)


def test_the_sleep_grows_while_the_host_falls_behind() -> None:
    """Fifty launches of 40 µs take longer than the first wait: the times must be the device's all the same."""
    cuda = FakeCuda(FakeClock(), host_us=40.0)
    assert event_stopwatch(cuda)(DeviceWork(cuda, [2.0] * 50).run_whole) == pytest.approx(100.0)


def test_a_card_is_synchronized_by_its_own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[object] = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    card = torch.device("cuda", 1)
    synchronizer(card)()
    assert waited == [card]
