"""The width at which one block takes as long as the other, on a clock that only the test advances."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resnet_viz.errors import SpecError, UserError
from resnet_viz.profiling import width_search
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.timers.call_timers import Timing
from resnet_viz.profiling.width_search import MAX_TRIES, RATIO_TOLERANCE, latency_width, search_width
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.limits import MAX_CHANNELS
from resnet_viz.spec.network import EXPANSION
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import CPU
from tests.profiling.doubles.work import scripted_timing

SETTINGS = ProfileSettings(seconds=0.1, warmup_passes=0, warmup_seconds=0.0)
SETTING = BlockSetting(match="latency")
WIDEST = MAX_CHANNELS // EXPANSION[SETTING.solve]


def searched(
    fixed_us: float, us_of: Callable[[int], float], *, start: int = 64, setting: BlockSetting = SETTING
) -> tuple[int, list[ProfileProgress], list[int]]:
    """The width found, the progress, and the widths that were tried, in their order."""
    clock, tried = FakeClock(), []

    def timings_of_width(width: int) -> tuple[Timing, Timing]:
        tried.append(width)
        return scripted_timing(clock, lambda: fixed_us), scripted_timing(clock, lambda: us_of(width))

    *progress, width = search_width(setting, start, timings_of_width, Setup(SETTINGS, CPU, clock))
    assert isinstance(width, int)
    return width, [item for item in progress if isinstance(item, ProfileProgress)], tried


@pytest.mark.parametrize(("fixed_us", "expected"), [(400.0, 20), (90.0, 9), (5_000.0, 70), (3.0, 1), (4_096.0, 64)])
def test_the_width_that_takes_as_long_is_found(fixed_us: float, expected: int) -> None:
    width, _, tried = searched(fixed_us, lambda width: max(3.0, float(width * width)))
    assert abs(width - expected) <= max(1, RATIO_TOLERANCE * expected)
    assert tried[0] == 64


@settings(max_examples=40, deadline=None)
@example(target=2637, start=1, us=1.0)
@given(target=st.integers(1, WIDEST), start=st.integers(16, WIDEST), us=st.floats(0.5, 50.0))
def test_any_width_is_found_from_any_start_that_is_not_tiny(target: int, start: int, us: float) -> None:
    width, progress, tried = searched(us * target, lambda width: us * width, start=start)
    assert abs(width / target - 1) <= 2 * RATIO_TOLERANCE or abs(width - target) <= 1
    assert len(tried) == len(set(tried)) <= MAX_TRIES
    assert all(1 <= tried_width <= WIDEST for tried_width in tried)
    assert [item.number for item in progress][: len(tried) - 1] == tried[1:]
    assert [item.done for item in progress] == [number / MAX_TRIES for number in range(1, len(progress) + 1)]


def test_a_search_ends_as_soon_as_a_width_is_near_enough() -> None:
    assert searched(6_400.0, lambda width: 100.0 * width)[2] == [64]
    assert searched(6_570.0, lambda width: 100.0 * width)[2] == [64]
    assert searched(6_700.0, lambda width: 100.0 * width)[2] != [64]


def test_widths_are_multiples_of_the_groups() -> None:
    setting = BlockSetting(match="latency", groups=32)
    width, _, tried = searched(9_000.0, lambda width: 10.0 * width, start=100, setting=setting)
    assert tried[0] == 96
    assert {width % 32 for width in (width, *tried)} == {0}
    assert abs(width - 900) <= 32


@pytest.mark.parametrize(
    ("fixed_us", "found"), [(40.0, True), (26.0, True), (24.9, False), (24.0, False)], ids=lambda value: str(value)
)
def test_a_width_that_is_off_by_a_factor_of_two_is_none(fixed_us: float, found: bool) -> None:
    """No width here is faster than 50 µs."""
    if found:
        assert searched(fixed_us, lambda width: 49.0 + width)[0] == 1
    else:
        with pytest.raises(SpecError, match="takes about as long") as caught:
            searched(fixed_us, lambda width: 49.0 + width)
        assert (caught.value.field, caught.value.value) == ("match", "latency")


def test_a_real_block_is_matched_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = BlockSetting(match="latency", channels=16, size=8, batch=2)
    clock = FakeClock(reading_ns=1_000_000)
    *progress, width = latency_width(setting, 4, ProfileSettings(seconds=2.0), clock)
    assert width == 4, "every work takes a millisecond on this clock, so the first width is near enough"
    assert progress == []


def test_running_out_of_memory_is_that_no_width_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr(width_search, "search_width", out_of_memory)
    with pytest.raises(UserError, match="takes about as long"):
        list(latency_width(BlockSetting(match="latency", channels=16, size=8), 4, SETTINGS, FakeClock()))


def test_each_try_has_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ProfileSettings] = []

    def search(*arguments: object) -> list[int]:
        setup = arguments[-1]
        assert isinstance(setup, Setup)
        asked.append(setup.settings)
        return [7]

    monkeypatch.setattr(width_search, "search_width", search)
    for seconds in (4.8, 0.5):
        setting = BlockSetting(match="latency", channels=16, size=8)
        assert list(latency_width(setting, 4, ProfileSettings(seconds=seconds), FakeClock())) == [7]
    assert [settings.seconds for settings in asked] == pytest.approx([0.3, 0.1])
    assert [settings.warmup_seconds for settings in asked] == [0.05, 0.05]
