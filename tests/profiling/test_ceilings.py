"""The ceilings of a device, with fake clocks and devices and on this machine."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch

from resnet_viz.profiling import ceilings as module
from resnet_viz.profiling.ceilings import ceilings, empty_cache
from resnet_viz.profiling.timers import call_timers
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU, make_quick


def test_ceilings_follow_from_bytes_operations_and_times(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)
    found = ceilings(CPU, ProfileSettings(), FakeClock(reading_ns=2_000_000))  # all work takes 2 ms
    assert found.bytes_per_second == pytest.approx(2 * (1 << 20) / 0.002)
    assert found.flops_per_second == pytest.approx(2 * 64**3 / 0.002)
    assert found.launch_us == pytest.approx(2000 / call_timers.LAUNCHES)
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


def test_the_memory_that_a_card_keeps_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(True))
    empty_cache(CPU)
    assert emptied == []
    empty_cache(torch.device("cuda", 0))
    assert emptied == [True]


class Asked(NamedTuple):
    """The fake card, and how large the copy and the matrices were."""

    cuda: FakeCuda
    copied: list[int]
    multiplied: list[int]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A fake card whose copies take 4 ms, products 2 ms, shortest operations 1.25 µs; its events cost 1.5 µs."""
    found = Asked(FakeCuda(FakeClock(), host_us=5.0), [], [])
    found.cuda.timestamp_us = 1.5

    def copy(elements: int, _: torch.device) -> Callable[[], None]:
        found.copied.append(elements)
        return lambda: found.cuda.launch(4_000.0)

    def product(side: int, *_: object) -> Callable[[], None]:
        found.multiplied.append(side)
        return lambda: found.cuda.launch(2_000.0)

    monkeypatch.setattr(module, "_copy", copy)
    monkeypatch.setattr(module, "_matrix_product", product)
    monkeypatch.setattr(module, "cache_bytes", lambda _: 0)
    for part in (module, call_timers):
        monkeypatch.setattr(part, "Cuda", lambda _: found.cuda)
        monkeypatch.setattr(part, "shortest_operation", lambda _: lambda: found.cuda.launch(1.25))
    return found


CARD = torch.device("cuda", 0)


def test_a_card_multiplies_matrices_of_8192_and_copies_a_quarter_of_its_free_memory_at_most(
    monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (16 << 20, 1 << 40))
    found = ceilings(CARD, ProfileSettings(), FakeClock())
    assert (asked.copied, asked.multiplied) == ([1 << 20], [8192])
    assert found.bytes_per_second == pytest.approx(2 * 4 * (1 << 20) / 0.004)
    assert found.flops_per_second == pytest.approx(2 * 8192**3 / 0.002)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (1 << 40, 1 << 40))
    ceilings(CARD, ProfileSettings(), FakeClock())
    assert 4 * asked.copied[-1] == 4 << 30


def test_the_shortest_operation_of_a_card_is_measured_in_a_graph_and_beside_it_eagerly(
    monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    """Between eager launches this card idles for a microsecond that a graph saves."""
    launch = asked.cuda.launch
    monkeypatch.setattr(asked.cuda, "launch", lambda us: launch(us if asked.cuda.recording is not None else us + 1.0))
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (16 << 20, 1 << 40))
    found = ceilings(CARD, ProfileSettings(), FakeClock())
    assert found.launch_us == pytest.approx(1.25)
    assert found.eager_launch_us == pytest.approx(2.25)
    asked.cuda.refusal = "no graphs here"
    found = ceilings(CARD, ProfileSettings(), FakeClock())
    assert found.launch_us == found.eager_launch_us == pytest.approx(2.25)


def test_a_processor_copies_256_mib_and_multiplies_matrices_of_1536(asked: Asked) -> None:
    found = ceilings(CPU, ProfileSettings(), FakeClock(reading_ns=2_000_000))  # all work takes 2 ms
    assert ([4 * elements for elements in asked.copied], asked.multiplied) == ([256 << 20], [1536])
    assert found.flops_per_second == pytest.approx(2 * 1536**3 / 0.002)
    assert found.eager_launch_us is None


def test_a_device_of_another_kind_copies_512_mib_and_multiplies_matrices_of_2048(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "cache_bytes", lambda _: 0)
    found = ceilings(torch.device("meta"), ProfileSettings(), FakeClock(reading_ns=2_000_000))  # all work takes 2 ms
    assert found.bytes_per_second == pytest.approx(2 * (512 << 20) / 0.002)
    assert found.flops_per_second == pytest.approx(2 * 2048**3 / 0.002)
