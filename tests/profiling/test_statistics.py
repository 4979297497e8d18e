"""Median and quartiles against numpy and the standard library, and the warnings about noise."""

import math
import random
import statistics as stdlib
from itertools import accumulate, pairwise

import numpy as np
import pytest

from resnet_viz.profiling.statistics import (
    MIN_PASSES,
    has_settled,
    is_certain,
    layers_noise_warning,
    measurement_of,
    median_interval,
    quantile,
    summarize,
    whole_noise_warning,
)
from resnet_viz.records.message import Message
from resnet_viz.records.run import TimeSummary
from tests.profiling.doubles.spreads import varying


@pytest.mark.parametrize("seed", range(20))
def test_quartiles_are_numpys_and_the_standard_librarys(seed: int) -> None:
    chance = random.Random(seed)
    samples = [chance.lognormvariate(3, 1) for _ in range(chance.randint(2, 60))]
    found = summarize(samples)
    q1, median, q3 = stdlib.quantiles(samples, n=4, method="inclusive")
    assert (found.q1_us, found.median_us, found.q3_us) == pytest.approx((q1, median, q3), abs=6e-5)
    by_numpy = [float(value) for value in np.quantile(samples, (0.25, 0.5, 0.75))]
    assert [found.q1_us, found.median_us, found.q3_us] == pytest.approx(by_numpy, abs=6e-5)
    assert found.min_us == pytest.approx(min(samples), abs=6e-5)
    assert found.n == len(samples)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.9, 0.99, 1.0])
def test_any_quantile_is_numpys(part: float) -> None:
    chance = random.Random(7)
    ordered = sorted(chance.random() for _ in range(37))
    assert quantile(ordered, part) == pytest.approx(float(np.quantile(ordered, part)), rel=1e-12)


def test_a_single_sample_is_its_own_quartiles() -> None:
    assert summarize([12.5]) == TimeSummary(12.5, 12.5, 12.5, 12.5, 1, mean_us=12.5)
    assert quantile([12.5], 0.99) == 12.5


@pytest.mark.parametrize("n", [6, 7, 9, 20, 50, 71, 999, 1_000, 1_001, 1_500])
def test_the_medians_interval_is_the_narrowest_with_a_coverage_of_95_percent(n: int) -> None:
    """Its coverage is 1 − 2 P(B ≤ k) of a binomial B with n trials of probability ½, in exact integers."""
    interval = median_interval(range(n))
    assert interval is not None
    low, high = map(int, interval)
    assert low + high == n - 1
    below = [*accumulate(math.comb(n, k) for k in range(low + 3))]
    assert 40 * below[low] <= 2**n
    narrower = 1 if n <= 1_000 else 2  # many samples are counted by the normal distribution, one rank aside
    assert 40 * below[low + narrower] > 2**n


def test_fewer_than_six_samples_have_no_interval() -> None:
    assert median_interval([1.0] * 5) is None
    assert median_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) == (1.0, 6.0)
    assert summarize([3.0] * 5).low_us is summarize([3.0] * 5).high_us is summarize([3.0] * 5).uncertainty is None


def test_the_interval_holds_the_true_median_of_a_skewed_distribution_in_95_of_100_cases() -> None:
    chance, hits = random.Random(3), 0
    for _ in range(1_000):
        found = summarize([chance.lognormvariate(0.0, 1.0) for _ in range(40)])
        assert found.low_us is not None
        assert found.high_us is not None
        hits += found.low_us <= 1.0 <= found.high_us
    assert 935 <= hits <= 985  # the coverage at 40 samples is 96.2 %


def test_a_median_is_certain_where_its_interval_is_within_one_percent_or_the_timers_resolution() -> None:
    assert is_certain([99.0] * 25 + [100.0] * 10 + [101.0] * 25)
    assert not is_certain([98.9] * 25 + [100.0] * 10 + [101.2] * 25)
    assert is_certain([5.0] * 25 + [5.5] * 25)  # a tick of 0.5 µs
    assert not is_certain([5.0] * 25 + [5.6] * 25)
    assert not is_certain([100.0] * 5)


def test_half_the_interval_by_the_median_is_its_uncertainty() -> None:
    found = summarize([90.0] * 10 + [100.0] * 3 + [120.0] * 10)
    assert (found.low_us, found.median_us, found.high_us) == (90.0, 100.0, 120.0)
    assert found.uncertainty == 0.15


def test_samples_stay_in_order_and_their_summary_does_not_depend_on_it() -> None:
    assert measurement_of([3.0, 1.0, 2.00004]).samples_us == (3.0, 1.0, 2.0)
    assert measurement_of([3.0, 1.0, 2.0]).spread == measurement_of([1.0, 2.0, 3.0]).spread


def test_settled_needs_enough_samples_whose_median_is_certain() -> None:
    assert has_settled([100.0] * MIN_PASSES)
    assert not has_settled([100.0] * (MIN_PASSES - 1))
    assert has_settled([99.0] * 29 + [101.0] * 29)
    assert not has_settled([98.9] * 29 + [101.1] * 29)


def test_a_single_outlier_does_not_unsettle() -> None:
    assert has_settled([100.0] * (MIN_PASSES - 1) + [5000.0])


def test_samples_are_looked_at_at_growing_intervals() -> None:
    """A look sorts them, so that looking at each would cost more than taking them."""
    looked = [count for count in range(1, 10_000) if has_settled([100.0] * count)]
    assert looked[:4] == [50, 58, 67, 78]
    assert len(looked) < 45
    assert all(after <= 1.2 * before for before, after in pairwise(looked))


@pytest.mark.parametrize(
    ("variation", "said"), [(0.0, ""), (0.099, ""), (0.1, "longer run"), (0.249, "longer run"), (0.25, "Do not rely")]
)
def test_a_whole_that_varies_is_warned_about_at_10_and_strongly_at_25_percent(variation: float, said: str) -> None:
    sentence = "".join(map(str, whole_noise_warning(varying(variation))))
    assert (said in sentence) if said else sentence == ""
    if said:
        assert f"{100 * variation:.0f} %" in sentence


def test_varying_layers_are_warned_about_when_they_are_a_tenth() -> None:
    calm, noisy = varying(0.2), varying(0.25)
    for spreads in ([], [calm] * 50, [calm] * 19 + [noisy]):
        assert list(layers_noise_warning(spreads)) == []
    assert list(layers_noise_warning([calm] * 18 + [noisy] * 2)) == [Message("layers vary", {"noisy": 2, "all": 20})]


def test_times_of_zero_do_not_vary() -> None:
    assert summarize([0.0, 0.0]).variation == 0.0
