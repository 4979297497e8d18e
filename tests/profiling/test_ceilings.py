"""The ceilings of a device and its stopwatches, with fake clocks and devices and on this machine."""

from collections.abc import Callable

import pytest
import torch

from resnet_viz.profiling import ceilings as module
from resnet_viz.profiling.ceilings import ceilings, empty_cache, event_stopwatch, stopwatch_for, synchronizer
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.work import DeviceWork
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


def test_each_kind_of_device_is_synchronized_by_its_own_call(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[object] = []
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    monkeypatch.setattr(torch.xpu, "synchronize", waited.append)
    synchronizer(torch.device("mps"))()
    synchronizer(torch.device("xpu", 1))()
    synchronizer(CPU)()
    assert waited == ["mps", torch.device("xpu", 1)]


def test_unused_memory_is_given_back_only_on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(True))
    empty_cache(CPU)
    assert emptied == []
    empty_cache(torch.device("cuda", 0))
    assert emptied == [True]


def test_a_card_is_timed_by_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(FakeClock(), host_us=100.0)
    monkeypatch.setattr(module, "Cuda", lambda _: cuda)
    assert stopwatch_for(torch.device("cuda", 0), FakeClock())(lambda: cuda.launch(7.25)) == pytest.approx(7.25)


def test_a_sleep_grows_no_further_than_needed_and_stays() -> None:
    cuda = FakeCuda(FakeClock(), host_us=40.0)
    stopwatch, work = event_stopwatch(cuda), DeviceWork(cuda, [2.0] * 50)
    stopwatch(work.run_whole)
    stopwatch(work.run_whole)
    assert cuda.sleeps[:2] == [module.FIRST_WAIT_CYCLES, 2 * module.FIRST_WAIT_CYCLES]
    assert cuda.sleeps[-1] == cuda.sleeps[-2] == max(cuda.sleeps)
    hopeless = FakeCuda(FakeClock(), host_us=5e6)
    assert event_stopwatch(hopeless)(DeviceWork(hopeless, [2.0]).run_whole) >= 2.0
    assert MAX_SLEEP_CYCLES <= max(hopeless.sleeps) < 2 * MAX_SLEEP_CYCLES


class FakeMatrix:
    """A matrix that needs no device."""

    def to(self, **_: object) -> "FakeMatrix":
        return self

    def __matmul__(self, _: "FakeMatrix") -> "FakeMatrix":
        return self


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of fp32 values copied, on a device that is only pretended to."""
    elements_copied: list[int] = []

    def copy_us(elements: int, *_: object) -> float:
        elements_copied.append(elements)
        return 1e6

    monkeypatch.setattr(module, "_copy_us", copy_us)

    def takes_a_second(work: Callable[[], object]) -> float:
        work()
        return 1e6

    monkeypatch.setattr(module, "stopwatch_for", lambda *_: takes_a_second)
    monkeypatch.setattr(torch, "randn", lambda *_: FakeMatrix())
    monkeypatch.setattr(module, "_median_us", lambda *_: 50.0)
    monkeypatch.setattr(module, "cache_bytes", lambda _: 0)
    monkeypatch.setattr(torch, "zeros", lambda *_, **__: None)
    return elements_copied


def test_a_card_multiplies_matrices_of_8192_and_copies_a_quarter_of_its_free_memory_at_most(
    monkeypatch: pytest.MonkeyPatch, copied: list[int]
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (16 << 20, 1 << 40))
    found = ceilings(torch.device("cuda", 0), ProfileSettings(), FakeClock())
    assert copied == [1 << 20]
    assert found.bytes_per_second == 2 * 4 * (1 << 20)
    assert found.flops_per_second == 2 * 8192**3
    assert found.launch_us == 1.0
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (1 << 40, 1 << 40))
    ceilings(torch.device("cuda", 0), ProfileSettings(), FakeClock())
    assert 4 * copied[-1] == 4 << 30


def test_a_processor_copies_256_mib_and_multiplies_matrices_of_1536(copied: list[int]) -> None:
    found = ceilings(CPU, ProfileSettings(), FakeClock())
    assert found.flops_per_second == 2 * 1536**3
    assert [4 * elements for elements in copied] == [256 << 20]


def test_a_device_of_another_kind_copies_512_mib_and_multiplies_matrices_of_2048(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "cache_bytes", lambda _: 0)
    found = ceilings(torch.device("meta"), ProfileSettings(), FakeClock(reading_ns=2_000_000))  # all work takes 2 ms
    assert found.bytes_per_second == pytest.approx(2 * (512 << 20) / 0.002)
    assert found.flops_per_second == pytest.approx(2 * 2048**3 / 0.002)
