"""What follows from the fields of a run: sums, shares, rates, and the network that it belongs to."""

import msgspec
import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.run import GroupTime, LayerTime, Measurement, ProfileRun, TimeSummary, is_run_of
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))
SMALL = ResNetSpec(block="basic", blocks=(1, 1), width=4, stem="cifar", classes=5, input=(1, 3, 8, 8))


def run_with(**changes: object) -> ProfileRun:
    return msgspec.structs.replace(RUN, **changes)


def layer_time(median_us: float, flops: int = 3_000, moved: int = 500) -> LayerTime:
    return LayerTime("conv1", around(median_us), (), flops, moved)


def test_the_variation_is_the_interquartile_range_over_the_median() -> None:
    assert TimeSummary(100.0, 90.0, 115.0, 80.0, 9).variation == 0.25
    assert TimeSummary(0.0, 0.0, 5.0, 0.0, 9).variation == 0.0


def test_a_layers_rates_are_its_work_over_its_time() -> None:
    assert layer_time(2.0).flops_per_second == pytest.approx(1.5e9)
    assert layer_time(2.0).bytes_per_second == pytest.approx(2.5e8)


@pytest.mark.parametrize("layer", [layer_time(0.0), layer_time(2.0, flops=0, moved=0)])
def test_without_time_or_work_a_rate_is_unknown(layer: LayerTime) -> None:
    assert (layer.flops_per_second, layer.bytes_per_second) == (None, None)


def test_times_are_found_by_the_id_of_a_layer_block_or_stage() -> None:
    assert RUN.time_of("conv1") is RUN.layers[0]
    assert [(group.id, group.level) for group in RUN.groups if RUN.time_of(group.id) is group][-1] == ("head", "stage")
    assert RUN.time_of("layer9") is None


def test_the_sum_is_that_of_the_layers_medians_where_no_pass_was_instrumented() -> None:
    total = sum(layer.spread.median_us for layer in RUN.layers)
    assert RUN.sum_us == total
    assert RUN.unaccounted_us == pytest.approx(5.0)
    assert run_with(layers=()).sum_us is None
    assert run_with(layers=()).unaccounted_us is None
    assert run_with(whole=None).unaccounted_us is None


def test_the_sum_is_the_median_over_instrumented_passes_where_there_are_any() -> None:
    run = run_with(instrumented=Measurement(around(33.0), (33.0,)))
    assert run.sum_us == 33.0
    assert RUN.whole is not None
    assert run.unaccounted_us == pytest.approx(RUN.whole.spread.median_us - 33.0)


def test_backward_blocks_count_in_the_sum_but_not_their_stages() -> None:
    backward = (GroupTime("stem", "block", around(70.0)), GroupTime("stem", "stage", around(70.0)))
    assert RUN.sum_us is not None
    assert run_with(backward=backward).sum_us == pytest.approx(RUN.sum_us + 70.0)


def test_a_share_is_of_the_whole_network() -> None:
    run = run_with(whole=Measurement(around(200.0), (200.0,)))
    assert run.part_of_whole(50.0) == 0.25
    assert run.part_of_whole(None) is None
    assert run_with(whole=None).part_of_whole(50.0) is None


def test_a_run_is_of_its_own_network_whatever_the_batch_and_image_size() -> None:
    analysis = analyse(SMALL)
    assert is_run_of(small_run(SMALL), analysis)
    assert is_run_of(small_run(SMALL.but(input=(7, 3, 16, 12))), analysis)


@pytest.mark.parametrize("change", [{"width": 8}, {"classes": 6}, {"order": "pre"}, {"block": "bottleneck"}])
def test_a_run_of_another_network_is_not_of_this_one(change: dict[str, object]) -> None:
    assert not is_run_of(small_run(SMALL.but(**change)), analyse(SMALL))


def test_a_run_with_a_layer_that_the_network_lacks_is_not_of_it() -> None:
    run = small_run(SMALL)
    foreign = msgspec.structs.replace(run, layers=(*run.layers, LayerTime("layer9.conv", around(1.0), (), 0, 0)))
    assert not is_run_of(foreign, analyse(SMALL))


def test_without_a_run_or_a_network_there_is_no_run_of_it() -> None:
    assert not is_run_of(None, analyse(SMALL))
    assert not is_run_of(small_run(SMALL), None)
