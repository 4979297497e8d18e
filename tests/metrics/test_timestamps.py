"""What timestamps cost, times without them, and the one rule by which the layers' sum meets the whole."""

from typing import Any

import msgspec
import pytest

from resnet_viz.metrics.timestamps import (
    MAX_TIMESTAMP_US,
    agree,
    corrected_sum_us,
    corrected_us,
    correction_us,
    in_situ_us,
    sparse_agreement,
    sum_meets_whole,
    timestamps_in_sum,
)
from resnet_viz.records.run import GroupTime, Measurement, ProfileRun, TimeSummary
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))
LAYERS = len(RUN.layers)


def around(median_us: float, half_us: float = 1.0, mean_us: float | None = None) -> TimeSummary:
    """A summary whose median is certain to `half_us`."""
    low, high = median_us - half_us, median_us + half_us
    return TimeSummary(median_us, low, high, low, 60, low, high, mean_us)


def made(whole_us: float, sum_us: float, **fields: Any) -> ProfileRun:
    """A run whose whole and sum are these."""
    times = {name: Measurement(around(us), (us,)) for name, us in (("whole", whole_us), ("instrumented", sum_us))}
    return msgspec.structs.replace(RUN, **times, **fields)


def test_the_cost_in_situ_is_shared_by_the_timestamps_that_an_instrumented_pass_has_more() -> None:
    assert in_situ_us(around(800.0), around(973.0), 174) == pytest.approx(1.0)
    assert in_situ_us(around(800.0), around(973.0), 2) == pytest.approx(173.0)
    assert in_situ_us(around(800.0), around(973.0), 1) is None, "such a pass has the same timestamps"


@pytest.mark.parametrize(("half_us", "known"), [(9.0, True), (10.0, False), (30.0, False)])
def test_a_cost_within_the_noise_is_unknown(half_us: float, known: bool) -> None:
    assert (in_situ_us(around(800.0, half_us), around(820.0, half_us), 11) is not None) is known


def test_a_cost_from_too_few_passes_to_know_the_noise_is_unknown() -> None:
    few = TimeSummary(800.0, 800.0, 800.0, 800.0, 3)
    assert in_situ_us(few, around(900.0), 11) is None
    assert in_situ_us(around(700.0), few, 11) is None


@pytest.mark.parametrize(
    ("empty_us", "measured_us", "expected"),
    [
        (0.4, 1.7, 1.7),
        (0.4, None, 0.4),
        (None, 1.7, 1.7),
        (None, None, None),
        (0.4, 0.3, 0.4),  # no timestamp costs less between layers than back to back
        (None, -0.3, None),
        (0.4, MAX_TIMESTAMP_US, MAX_TIMESTAMP_US),
        (0.4, MAX_TIMESTAMP_US + 0.1, 0.4),  # that is no timestamp any more
    ],
)
def test_what_is_taken_off_is_the_cost_in_situ_where_it_is_credible(
    empty_us: float | None, measured_us: float | None, expected: float | None
) -> None:
    assert correction_us(empty_us, measured_us) == expected


def test_a_corrected_time_is_without_each_of_its_timestamps() -> None:
    assert corrected_us(around(10.0), 1.5) == pytest.approx(8.5)
    assert corrected_us(around(10.0), 1.5, 4) == pytest.approx(4.0)
    assert corrected_us(around(10.0), 0.0) == 10.0
    assert corrected_us(around(10.0), None) is None
    assert corrected_us(around(1.5), 1.5) is None, "nothing but the timestamp was seen"
    assert corrected_us(around(10.0), 1.5, 9) is None


def test_a_mean_near_the_median_is_finer_than_an_events_resolution() -> None:
    assert corrected_us(around(4.5, mean_us=4.27), 1.5) == pytest.approx(2.77)
    assert corrected_us(around(4.5, mean_us=5.0), 1.5) == pytest.approx(3.5)
    assert corrected_us(around(4.5, mean_us=9.0), 1.5) == pytest.approx(3.0), "a mean that outliers moved"


def test_the_sum_has_a_timestamp_for_each_layer_and_what_is_trained() -> None:
    assert timestamps_in_sum(RUN) == LAYERS
    back = (GroupTime("stem", "block", around(5.0)), GroupTime("stem", "stage", around(5.0)))
    assert timestamps_in_sum(made(900.0, 950.0, backward=back)) == LAYERS + 1
    loss = Measurement(around(5.0), (5.0,))
    assert timestamps_in_sum(made(900.0, 950.0, backward=back, optimizer=back, loss=loss)) == LAYERS + 3


@pytest.mark.parametrize(
    ("whole_us", "other_us", "expected"),
    [(1000.0, 1050.0, True), (1000.0, 1050.5, False), (1000.0, 949.5, False), (60.0, 40.0, True), (60.0, 80.5, False)],
)
def test_times_agree_within_5_percent_or_20_microseconds(whole_us: float, other_us: float, expected: bool) -> None:
    assert agree(whole_us, other_us) is expected


def test_a_sum_with_credible_timestamps_meets_the_whole() -> None:
    """On a card at batch 1 the timestamps are a fifth of the sum."""
    cost_us, whole_us = 1.7, 150.0
    sum_us = whole_us + cost_us * (LAYERS - 1)
    assert sum_us > 1.15 * whole_us
    run = made(whole_us, sum_us, mark_us=0.4, timestamp_correction_us=cost_us)
    assert corrected_sum_us(run) == pytest.approx(whole_us)
    assert sum_meets_whole(run) is True
    assert sum_meets_whole(made(whole_us, sum_us, mark_us=0.4, timestamp_correction_us=0.4)) is False
    assert sum_meets_whole(made(whole_us, sum_us, mark_us=None)) is False


def test_an_older_run_is_judged_by_the_cost_of_a_timestamp_that_it_knows() -> None:
    sum_us = 150.0 + 1.7 * (LAYERS - 1)
    assert sum_meets_whole(made(150.0, sum_us, mark_us=1.7)) is True
    assert sum_meets_whole(made(150.0, sum_us, mark_us=0.1)) is False


def test_what_was_not_measured_meets_nothing() -> None:
    assert sum_meets_whole(msgspec.structs.replace(RUN, whole=None)) is None
    assert sum_meets_whole(msgspec.structs.replace(RUN, layers=())) is None
    assert corrected_sum_us(msgspec.structs.replace(RUN, layers=(), mark_us=1.0)) is None
    assert corrected_sum_us(made(600.0, 700.0, mark_us=None)) is None


def test_sparse_times_are_compared_with_the_dense_ones_of_the_same_layers() -> None:
    assert sparse_agreement(RUN) is None
    layers = tuple(
        msgspec.structs.replace(layer, sparse_us=None if number == 0 else 0.9 * layer.spread.median_us)
        for number, layer in enumerate(RUN.layers)
    )
    found = sparse_agreement(msgspec.structs.replace(RUN, layers=layers))
    assert found is not None
    dense_us = sum(layer.spread.median_us for layer in layers[1:])
    assert found.layers == LAYERS - 1
    assert found.dense_us == pytest.approx(dense_us)
    assert found.sparse_us == pytest.approx(0.9 * dense_us)
    assert found.difference == pytest.approx(-0.1)
