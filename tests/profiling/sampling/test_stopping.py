"""When there are enough passes: their number, the time that they took, and the certainty of the medians."""

import random
from collections.abc import Callable

import pytest

from resnet_viz.profiling.sampling import stopping
from resnet_viz.profiling.sampling.samples import Samples
from resnet_viz.profiling.sampling.stopping import StoppingRule, main_steps
from resnet_viz.profiling.statistics import GROWTH


def passes_taken(row_of: Callable[[int], list[float]], most: int = 2_000, whole_us: float | None = None) -> int:
    """The number of rounds after which the rule is content; `most` where it never is."""
    samples = Samples()
    rule = StoppingRule(samples)
    for number in range(most):
        row = row_of(number)
        samples.rows.append(row)
        samples.uninstrumented.append(sum(row) if whole_us is None else whole_us)
        if rule():
            return number + 1
    return most


def noisy(part: float, seed: int = 0) -> Callable[[], float]:
    """A factor around 1 with this standard deviation."""
    chance = random.Random(seed)
    return lambda: chance.gauss(1.0, part)


def test_fifty_steady_passes_of_a_second_are_enough() -> None:
    assert passes_taken(lambda _: [6e5, 4e5]) == 50


def test_quick_passes_must_keep_the_device_busy_for_a_second() -> None:
    """Both kinds of pass take 1 ms, and the rule looks at them seldom."""
    assert 500 <= passes_taken(lambda _: [600.0, 400.0]) <= 500 * GROWTH + 1


def test_noise_is_averaged_until_the_median_is_known_to_a_percent() -> None:
    """The median's standard error is 1.25 σ ÷ √n; half the interval is 1.96 of it: about 600 passes at 10 %."""
    factor = noisy(0.10)
    assert 300 <= passes_taken(lambda _: [1e6 * factor()]) <= 1_000


@pytest.mark.parametrize(("short_us", "goes_on"), [(2_000.0, False), (200_000.0, True)])
def test_only_layers_that_make_nine_tenths_of_the_time_must_be_certain(short_us: float, goes_on: bool) -> None:
    factor = noisy(0.40)
    taken = passes_taken(lambda _: [1e6, short_us * factor()], most=400, whole_us=1e6)
    assert (taken > 50) is goes_on


def test_the_whole_must_be_certain_too() -> None:
    samples = Samples(uninstrumented=[1e6, 2e6] * 30, rows=[[1e6]] * 60)
    assert not StoppingRule(samples)()
    assert StoppingRule(Samples(uninstrumented=[1e6] * 60, rows=[[1e6]] * 60))()


def test_the_sum_must_be_certain_too() -> None:
    """Every second pass one of five layers takes twice as long, so that each is steady and their sum is not."""
    rows = [[1e6 * (2 if place == 2 * layer + 1 else 1) for layer in range(5)] for place in range(10)] * 10
    assert not StoppingRule(Samples([5e6] * 100, rows))()
    assert StoppingRule(Samples([5e6] * 100, [[1e6] * 5] * 100))()


def test_a_card_that_its_power_holds_back_all_the_time_is_measured_until_it_is_certain() -> None:
    spans = [(place, place + 1) for place in range(0, 600, 10)]
    samples = Samples([1e6] * 60, [[1e6]] * 60, spans, spans)
    assert StoppingRule(samples, lambda: [(0, 600)])()


def test_too_few_undisturbed_passes_are_not_enough() -> None:
    spans = [(place, place + 1) for place in range(0, 600, 10)]
    samples = Samples([1e6] * 60, [[1e6]] * 60, spans, spans)
    assert not StoppingRule(samples, lambda: [(0, 109)])(), "49 of 60 are left"
    assert StoppingRule(samples, lambda: [(0, 99)])()


def test_the_main_steps_are_the_longest_that_make_nine_tenths() -> None:
    assert list(main_steps([[1.0, 60.0, 9.0, 30.0], [1.0, 60.0, 9.0, 30.0]])) == [1, 3]
    assert list(main_steps([[1.0, 60.0, 9.1, 29.9]])) == [1, 3, 2]
    assert list(main_steps([[5.0]])) == [0]


def test_looking_costs_little_however_many_layers_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in sorted samples: 300 layers that are never certain, for 2,000 passes."""
    looked = []

    def is_certain(times: list[float]) -> bool:
        looked.append(len(times))
        return len(looked) % 7 > 0

    monkeypatch.setattr(stopping, "is_certain", is_certain)
    assert passes_taken(lambda _: [10_000.0] * 300) == 2_000
    assert sum(looked) < 2_000 * 100


def test_a_measurement_holds_no_more_values_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "MAX_VALUES", 600)
    swing = passes_taken(lambda number: [1e6 * (1 + number % 2)] * 5)
    assert 120 <= swing <= 150
