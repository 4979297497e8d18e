"""Series with and without a change of level."""

from random import Random

import pytest

from resnet_viz.profiling.sampling.level_change import MIN_LEVEL_PASSES, level_change

WIDTH = MIN_LEVEL_PASSES


def noisy(median: float, n: int, deviation: float = 0.02, *, seed: int = 1) -> list[float]:
    """Times whose noise only lengthens them."""
    random = Random(seed)
    return [median * (1 + abs(random.gauss(0.0, deviation))) for _ in range(n)]


@pytest.mark.parametrize("n", [WIDTH, 40, 1_000])
@pytest.mark.parametrize(("first", "second"), [(61.0, 80.0), (80.0, 61.0), (61.0, 69.0)])
def test_a_jump_is_found_with_both_levels(first: float, second: float, n: int) -> None:
    found = level_change(noisy(first, n) + noisy(second, n, seed=2))
    assert list(found or ()) == [pytest.approx(first, rel=0.03), pytest.approx(second, rel=0.03)]


def test_a_level_that_is_left_again_is_found() -> None:
    found = level_change(noisy(61.0, 40) + noisy(80.0, 20) + noisy(61.0, 40))
    assert sorted(found or ()) == [pytest.approx(61.0, rel=0.03), pytest.approx(80.0, rel=0.03)]


def test_outliers_hide_no_jump_and_make_none() -> None:
    series = noisy(61.0, 30) + noisy(80.0, 30)
    series[20] = series[40] = 500.0
    assert list(level_change(series) or ()) == [pytest.approx(61.0, rel=0.03), pytest.approx(80.0, rel=0.03)]
    level = noisy(61.0, 60)
    level[10:60:10] = [500.0] * 5
    assert level_change(level) is None


@pytest.mark.parametrize("n", [60, 600])
def test_a_drift_is_no_change_of_level(n: int) -> None:
    for total in (0.03, 0.05, 0.3):
        assert level_change([x * (1 + total * i / n) for i, x in enumerate(noisy(61.0, n))]) is None


def test_a_small_step_and_few_passes_are_no_change_of_level() -> None:
    assert level_change(noisy(61.0, 40) + noisy(64.0, 40)) is None
    assert level_change(noisy(61.0, WIDTH - 1) + noisy(80.0, WIDTH)) is None
    assert level_change([]) is None
    assert level_change([0.0] * 40) is None


def test_passes_that_alternate_between_two_times_have_one_level() -> None:
    assert level_change([61.0, 80.0] * 100) is None


@pytest.mark.parametrize("deviation", [0.05, 0.2, 0.5])
def test_plain_noise_is_hardly_ever_taken_for_a_change_of_level(deviation: float) -> None:
    found = [level_change(noisy(61.0, 100, deviation, seed=seed)) for seed in range(50)]
    assert sum(change is not None for change in found) <= 1
