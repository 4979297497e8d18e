"""Each sentence of `warnings` appears exactly when it should."""

import msgspec
import pytest

from resnet_viz.device.cpu_load import CpuShares
from resnet_viz.profiling.run_warnings import FEW_REPETITIONS, cpu_shared_warning, warnings
from resnet_viz.profiling.statistics import summarize
from resnet_viz.records.message import Message
from resnet_viz.records.run import Environment, GroupTime, LayerTime, Measurement, Method, ProfileRun
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.spreads import varying, whole


def layer(name: str, median_us: float, *, variation: float = 0.0, doubt: str = "") -> LayerTime:
    return LayerTime(name, varying(variation, median_us), (median_us,), 0, 0, doubt=doubt)


def made(whole_us: float = 1000.0, *layers: LayerTime, n: int = 20, variation: float = 0.0) -> ProfileRun:
    return ProfileRun(
        made="2026-01-01T00:00:00+00:00", complete=True, spec=ResNetSpec(), settings=ProfileSettings(),
        place=Environment(device="cpu", name="a processor"), method="host-clock", layers=layers,
        whole=whole(whole_us, n, variation),
    )  # fmt: skip


def said(run: ProfileRun, **changes: object) -> list[str]:
    return [str(message) for message in warnings(msgspec.structs.replace(run, **changes))]


GOOD = made(1000.0, layer("conv1", 700.0), layer("fc", 290.0))


def test_a_good_run_and_an_empty_one_have_no_warnings() -> None:
    assert said(GOOD) == []
    assert said(GOOD, whole=None, layers=(), method=None) == []


@pytest.mark.parametrize(
    ("whole_us", "sum_us", "sentence"),
    [
        (1000.0, 950.0, ""),  # 5 %
        (1000.0, 949.0, "+5.1 %"),
        (1000.0, 1050.0, ""),
        (1000.0, 1051.0, "-5.1 %"),
        (100.0, 80.0, ""),  # 20 µs, though 20 %
        (100.0, 79.9, "+20.1 %"),
        (100.0, 120.0, ""),
        (100.0, 120.1, "-20.1 %"),
    ],
)
def test_the_sum_must_agree_with_the_whole_within_5_percent_or_20_microseconds(
    whole_us: float, sum_us: float, sentence: str
) -> None:
    found = said(made(whole_us, layer("conv1", sum_us)))
    assert len(found) == bool(sentence)
    assert all(sentence in one for one in found)


@pytest.mark.parametrize(
    ("sum_us", "mark_us", "warned"),
    [
        (1060.0, 0.0, True),
        (1060.0, 15.0, False),  # with one timestamp as the whole has, the layers take 1045 µs
        (1060.0, 4.0, True),
        (1110.0, 30.0, True),
        (940.0, 10.0, True),  # without timestamps the sum would be smaller still
        (960.0, 10.0, False),  # as measured it agrees
    ],
)
def test_the_sum_may_agree_with_or_without_the_timestamps_that_it_contains(
    sum_us: float, mark_us: float, warned: bool
) -> None:
    run = made(1000.0, layer("conv1", sum_us - 100.0), layer("fc", 100.0))
    assert bool(said(run, mark_us=mark_us)) is warned


def test_backward_blocks_are_part_of_the_sum() -> None:
    run = made(1000.0, layer("conv1", 300.0))
    assert len(said(run)) == 1
    back = (GroupTime("stem", "block", varying(0.0, 700.0)), GroupTime("stem", "stage", varying(0.0, 700.0)))
    assert said(run, backward=back) == []


@pytest.mark.parametrize("method", ["cuda-graph", "run-ahead", "host-clock", "synchronised"])
def test_synchronised_times_are_called_upper_bounds(method: Method) -> None:
    found = said(GOOD, method=method)
    assert len(found) == (method == "synchronised")
    assert all("upper bounds" in one for one in found)


def test_implausible_layers_are_counted_and_the_first_is_named() -> None:
    layers = (layer("conv1", 500.0), layer("bn1", 300.0, doubt="too fast"), layer("fc", 200.0, doubt="too fast"))
    assert said(GOOD, layers=layers) == ["2 layers are faster than the measured ceilings allow, bn1 among them."]
    assert said(GOOD, layers=(*layers[:2], layer("fc", 200.0))) == ["bn1 is faster than the measured ceilings allow."]


def test_a_card_that_slowed_down_is_reported_with_each_reason_once() -> None:
    readings = tuple(
        SensorSample(1.0, throttled=reason) for reason in ("", "power cap", "temperature (software)", "power cap")
    )
    assert said(GOOD, readings=readings) == [
        "The card slowed itself down during the run: power cap; temperature (software)."
    ]
    assert said(GOOD, readings=(SensorSample(1.0), SensorSample(2.0))) == []


def test_passes_that_were_left_out_are_counted_with_the_reason() -> None:
    readings = (SensorSample(1.0), SensorSample(2.0, throttled="power cap"))
    assert said(GOOD, readings=readings, dropped_passes=1) == [
        "1 pass is left out of the figures, because the card slowed itself down during it: power cap."
    ]
    assert said(GOOD, readings=readings, dropped_passes=12) == [
        "12 passes are left out of the figures, because the card slowed itself down during them: power cap."
    ]


@pytest.mark.parametrize(
    ("clocks", "drifts"), [((), False), ((1980,), False), ((1980, 1950), False), ((1980, 1935, 1410), True)]
)
def test_a_clock_that_drifts_is_reported(clocks: tuple[int, ...], drifts: bool) -> None:
    readings = (SensorSample(0.0), *(SensorSample(1.0, clock) for clock in clocks))
    found = said(GOOD, readings=readings)
    assert found == (["The card's clock moved between 1,410 and 1,980 MHz during the passes, and their times with it: "
                      "it is not pinned."] if drifts else [])  # fmt: skip


@pytest.mark.parametrize(
    ("others", "idle", "warned"), [(0.25, 0.05, True), (0.25, 0.11, False), (0.09, 0.0, False), (0.1, 0.1, True)]
)
def test_others_are_named_where_they_took_a_tenth_and_less_than_a_tenth_was_idle(
    others: float, idle: float, warned: bool
) -> None:
    found = list(cpu_shared_warning(CpuShares(others, idle)))
    assert found == ([Message("shared", {"part": 100 * others})] if warned else [])


def test_few_repetitions_are_reported_once_the_run_is_complete() -> None:
    few = made(1000.0, layer("conv1", 1000.0), n=FEW_REPETITIONS - 1)
    assert said(few) == ["So few passes fitted into the time budget that quartiles mean little."]
    assert said(few, complete=False) == []
    assert said(made(1000.0, layer("conv1", 1000.0), n=FEW_REPETITIONS)) == []  # end to end: no layers' passes


def certain(n: int, half_width: float) -> Measurement:
    """The whole network's time with a confidence interval of its median."""
    summary = varying(0.0, 1000.0, n)
    low, high = 1000.0 * (1 - half_width), 1000.0 * (1 + half_width)
    return Measurement(msgspec.structs.replace(summary, low_us=low, high_us=high), ())


@pytest.mark.parametrize(
    ("n", "half_width", "sentence"),
    [
        (50, 0.01, ""),
        (49, 0.013, "Fewer than 50 passes fitted into the time budget: the median is uncertain; a longer run helps."),
        (80, 0.02, "The time budget ended before the whole network's median was known to ±1 %; a longer run helps."),
    ],
)
def test_a_run_that_ended_before_its_median_was_certain_says_so(n: int, half_width: float, sentence: str) -> None:
    whole_time = certain(n, half_width)
    found = said(GOOD, whole=whole_time, instrumented=whole_time)
    assert found == ([sentence] if sentence else [])
    assert said(GOOD, whole=whole_time, instrumented=whole_time, complete=False) == []


def test_a_noisy_whole_and_noisy_layers_are_reported() -> None:
    assert len(said(made(1000.0, layer("conv1", 1000.0), variation=0.12))) == 1
    noisy = layer("conv1", 500.0, variation=0.3)
    assert said(GOOD, layers=(noisy, layer("fc", 500.0))) == [
        "1 of 2 layers has an interquartile range of 25 % or more of its median."
    ]
    assert said(GOOD, layers=(noisy, noisy)) == [
        "2 of 2 layers have an interquartile range of 25 % or more of their median."
    ]


def test_several_warnings_come_together() -> None:
    run = made(1000.0, layer("conv1", 500.0, variation=0.5, doubt="too fast"), n=3, variation=0.3)
    found = said(run, method="synchronised", readings=(SensorSample(1.0, throttled="power cap"),))
    assert len(found) == len(set(found)) == 7


def with_passes(samples: tuple[float, ...], device: str = "cpu", **changes: object) -> ProfileRun:
    """A run of these uninstrumented passes, whose layers' sum meets the whole."""
    summary = summarize(samples)
    run = made(summary.median_us, layer("conv1", summary.median_us))
    place = Environment(device=device, name="a device")
    return msgspec.structs.replace(run, whole=Measurement(summary, samples), place=place, **changes)


JUMP = (61_000.0, 62_000.0, 61_500.0) * 10 + (80_000.0, 81_000.0, 80_500.0) * 10


def test_a_change_of_level_is_told_in_place_of_the_variation_that_it_makes() -> None:
    assert said(with_passes(JUMP, others_share=0.01)) == [
        "The times of the passes changed from 61.500 ms to 80.500 ms during the run, although other programs took only "
        "1 % of the processor: its clock changed, or the threads moved between cores that share no cache. "
        "Measure again."
    ]
    assert [message.kind for message in warnings(with_passes(JUMP[::-1]))] == ["level changed"]
    assert [message.kind for message in warnings(with_passes(JUMP[::2] + JUMP[1::2]))] == ["level changed"]


@pytest.mark.parametrize(("device", "others"), [("cuda:0", None), ("cpu", 0.3), ("cpu", None)])
def test_a_change_of_level_names_no_share_of_the_processor_that_explains_nothing(
    device: str, others: float | None
) -> None:
    assert said(with_passes(JUMP, device, others_share=others)) == [
        "The times of the passes changed from 61.500 ms to 80.500 ms during the run: the device's clock changed, or "
        "another program used it. Measure again."
    ]


def test_a_change_of_level_that_is_explained_already_is_not_told() -> None:
    shares = CpuShares(others=0.4, idle=0.0)
    kinds = [message.kind for message in warnings(with_passes(JUMP, others_share=0.4), shares)]
    assert kinds == ["shared", "whole varies much"]
    drifting = tuple(SensorSample(1.0, clock) for clock in (1980, 1410))
    kinds = [message.kind for message in warnings(with_passes(JUMP, "cuda:0", readings=drifting))]
    assert kinds == ["whole varies much", "clocks drift"]
    throttled = (SensorSample(1.0, throttled="power cap"),)
    kinds = [message.kind for message in warnings(with_passes(JUMP, "cuda:0", readings=throttled))]
    assert kinds == ["whole varies much", "throttled"]
