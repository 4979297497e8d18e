"""Analysis followed by measurement: each result has the times of what was measured, in its own place."""

from collections.abc import Iterator
from typing import Any

import pytest

from resnet_viz import measurement, pipeline
from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.compare.width_matching import solved_width
from resnet_viz.records.block_pair import BlockComparison, PairTimes, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import Environment, Measurement, ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_run import around

SETTINGS = ProfileSettings(batch=3)
SETTING = BlockSetting(channels=16, size=8)
PROGRESS = ProfileProgress("ceilings", 0.0)
TIMES = PairTimes(
    place=Environment(device="cpu", name="A processor"),
    dtype="fp32",
    first=Measurement(around(300.0), (300.0,)),
    second=Measurement(around(100.0), (100.0,)),
    ratio=3.0,
    low=2.9,
    high=3.1,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces measuring by made-up times: point i takes 10 i + 1 and 10 i + 2 µs; collects what is to be measured."""
    found: list[Any] = []

    def measure_pair(analyses: Any, settings: ProfileSettings, *, whole: bool = False) -> Iterator[Any]:
        found.append(([analysis.spec for analysis in analyses], settings, whole))
        yield PROGRESS
        yield TIMES

    def measure_points(specs: Any, settings: ProfileSettings, *, whole: bool = False) -> Iterator[Any]:
        found.append((list(specs), settings, whole))
        yield PROGRESS
        yield [(10.0 * index + 1, 10.0 * index + 2) for index in range(len(specs))]

    monkeypatch.setattr(measurement, "measure_pair", measure_pair)
    monkeypatch.setattr(measurement, "measure_points", measure_points)
    return found


def test_blocks_are_measured_in_the_networks_of_their_comparison(asked: list[Any]) -> None:
    progress, compared = measurement.measure_blocks(SETTING, SETTINGS)
    assert progress == PROGRESS
    assert isinstance(compared, BlockComparison)
    expected = pipeline.compare_blocks(SETTING)
    assert asked == [([expected.basic.spec, expected.bottleneck.spec], SETTINGS, False)]
    assert compared.times == TIMES
    assert compared.basic.spec == expected.basic.spec


def test_a_match_by_latency_takes_the_width_that_was_found(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def latency_width(setting: BlockSetting, start: int, settings: ProfileSettings) -> Iterator[Any]:
        assert (setting.match, settings) == ("latency", SETTINGS)
        yield ProfileProgress("widths", 0.5)
        yield start + 3

    monkeypatch.setattr(measurement, "latency_width", latency_width)
    setting = SETTING.but(match="latency")
    start = solved_width(setting)
    *progress, compared = measurement.measure_blocks(setting, SETTINGS)
    assert [item.phase for item in progress if isinstance(item, ProfileProgress)] == ["widths", "ceilings"]
    assert isinstance(compared, BlockComparison)
    assert compared.bottleneck.spec == setting.spec_of("bottleneck", start + 3)


def test_each_point_of_a_sweep_has_the_times_of_its_own_blocks(asked: list[Any]) -> None:
    counted = sweep(SETTING, (16, 32))
    _, measured = measurement.measure_sweep(counted, SETTINGS)
    assert isinstance(measured, Sweep)
    times = [(point.basic_us, point.bottleneck_us) for point in measured.points]
    assert times == [(10.0 * index + 1, 10.0 * index + 2) for index in range(len(counted.points))]
    (specs, settings, whole) = asked[0]
    assert (settings, whole) == (SETTINGS, False)
    for (basic, bottleneck), point in zip(specs, counted.points, strict=True):
        assert (basic.block, bottleneck.block) == ("basic", "bottleneck")
        setting = SETTING.but(channels=point.channels)
        assert basic == setting.spec_of("basic", point.basic.channels)
        assert bottleneck == setting.spec_of("bottleneck", point.bottleneck.channels // 4)


def test_two_networks_are_measured_whole(asked: list[Any]) -> None:
    first, second = preset("resnet20_cifar"), preset("resnet32_cifar")
    progress, compared = measurement.measure_networks(first, second, SETTINGS)
    assert progress == PROGRESS
    assert isinstance(compared, NetworkComparison)
    assert asked == [([first, second], SETTINGS, True)]
    assert compared.times == TIMES


def test_each_network_of_a_series_has_its_own_time(asked: list[Any]) -> None:
    base = ResNetSpec(block="basic", blocks=(2, 2, 2, 2), width=8, input=(1, 3, 32, 32))
    _, measured = measurement.measure_pairs(base, SETTINGS)
    assert isinstance(measured, NetworkPairs)
    (specs, _, whole) = asked[0]
    assert whole
    assert [(point.spec, point.latency_us) for point in measured.basic] == [
        (first, 10.0 * index + 1) for index, (first, _) in enumerate(specs)
    ]
    assert [(point.spec, point.latency_us) for point in measured.bottleneck] == [
        (second, 10.0 * index + 2) for index, (_, second) in enumerate(specs)
    ]
    assert {spec.input[0] for pair in specs for spec in pair} == {3}
