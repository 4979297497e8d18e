"""Passes that are left out because of when they ran, and the samples that a file keeps."""

import pytest

from resnet_viz.profiling.sampling.samples import MAX_FILED, Samples, Span, filed_samples, thinned, undisturbed


def made(*begins: int) -> Samples:
    """Uninstrumented passes of 10 ns at these moments, each followed by an instrumented one of 5 ns."""
    return Samples(
        uninstrumented=[float(begin) for begin in begins],
        rows=[[begin + 0.25, begin + 0.5] for begin in begins],
        uninstrumented_spans=[(begin, begin + 10) for begin in begins],
        row_spans=[(begin + 11, begin + 16) for begin in begins],
    )


@pytest.mark.parametrize(
    ("spans", "wholes", "rows"),
    [
        ([], [0, 20, 40, 60], [0, 20, 40, 60]),
        ([(100, 200)], [0, 20, 40, 60], [0, 20, 40, 60]),
        ([(10, 10)], [20, 40, 60], [0, 20, 40, 60]),  # the last moment of a pass is its own
        ([(12, 25)], [0, 40, 60], [20, 40, 60]),
        ([(17, 19)], [0, 20, 40, 60], [0, 20, 40, 60]),
        ([(0, 5), (33, 58)], [20, 60], [0, 60]),
        ([(0, 1_000)], [], []),
    ],
)
def test_passes_that_touch_a_span_are_left_out(spans: list[Span], wholes: list[int], rows: list[int]) -> None:
    left = made(0, 20, 40, 60).outside(spans)
    assert left.uninstrumented == wholes
    assert [row[0] for row in left.rows] == [begin + 0.25 for begin in rows]
    assert [begin for begin, _ in left.uninstrumented_spans] == wholes
    assert [begin - 11 for begin, _ in left.row_spans] == rows


def test_disturbed_passes_are_left_out_unless_they_are_most_of_the_measurement() -> None:
    samples = made(0, 20, 40, 60)
    assert undisturbed(samples, [(0, 30)]).uninstrumented == [40, 60]
    assert undisturbed(samples, [(0, 40)]) is samples  # three of four uninstrumented passes
    assert undisturbed(samples, []) is samples
    assert undisturbed(Samples(), [(0, 1)]).number == 0


def test_the_time_of_a_measurement_is_from_its_first_pass_to_its_last() -> None:
    assert Samples().seconds is None
    samples = made(1_000_000_000, 3_000_000_000)
    assert samples.seconds == 2.000000016
    samples.uninstrumented_spans.append((4_000_000_000, 5_000_000_000))
    assert samples.seconds == 4.0
    assert samples.number == 4


def test_a_file_keeps_every_sample_of_a_usual_run_and_evenly_spaced_ones_of_a_long_one() -> None:
    usual = [place + 0.123456 for place in range(MAX_FILED)]
    assert filed_samples(usual, 3) == tuple(place + 0.123 for place in range(MAX_FILED))
    long = list(range(10 * MAX_FILED + 5))
    assert filed_samples(long, 3) == tuple(range(0, len(long), 11))
    assert thinned(["a"] * 7, 3) == ["a"] * 3


@pytest.mark.parametrize("passes", [50, 1_999, 30_000])
@pytest.mark.parametrize("layers", [1, 100, 175, 1_000, 500_000])
def test_the_samples_of_all_layers_of_a_file_are_bounded(passes: int, layers: int) -> None:
    kept = len(filed_samples([1.0] * passes, 3, layers))
    assert 1 <= kept <= min(passes, MAX_FILED)
    assert kept == 1 or kept * layers <= 200_000


def test_sparse_passes_that_touch_a_span_are_left_out_as_well() -> None:
    samples = Samples(sparse=[{0: 1.0}, {1: 2.0}, {2: 3.0}], sparse_spans=[(0, 5), (10, 15), (20, 25)])
    left = samples.outside([(13, 14)])
    assert (left.sparse, left.sparse_spans) == ([{0: 1.0}, {2: 3.0}], [(0, 5), (20, 25)])
