"""Numbers as texts: exact examples, and texts that read back as the number."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resnet_viz.viewmodels.text import numbers as units

SIZES = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
BYTE_SIZES = {unit: 1024**power for power, unit in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (9_999, "9,999"), (-9_999, "-9,999"), (10_000, "10.00 k"), (12_345, "12.35 k"), (-12_345, "-12.35 k"),
        (999_949, "999.9 k"), (999_999, "1.000 M"), (10**6, "1.000 M"), (25_557_032, "25.56 M"),
        (4_089_184_256, "4.089 G"), (115_605_504, "115.6 M"), (10**12, "1.000 T"), (10**15, "1.000 P"),
        (25 * 10**17, "2.500 E"), (999_999 * 10**12, "1.000 E"), (5 * 10**21, "5,000 E"), (None, "—"),
    ],
)  # fmt: skip
def test_a_short_number_has_four_digits_and_a_prefix(number: int | None, text: str) -> None:
    assert units.short(number) == text


def test_a_short_number_can_have_other_digits() -> None:
    assert [units.short(25_557_032, digits) for digits in (1, 2, 3, 6)] == ["26 M", "26 M", "25.6 M", "25.5570 M"]
    assert units.short(999_999, 2) == "1.0 M"


@given(st.integers(10_000, 10**21 - 10**18))
@example(99_995_000_000)
def test_a_short_number_reads_back_within_its_digits(number: int) -> None:
    digits, prefix = units.short(number).split()
    assert float(digits) * SIZES[prefix] == pytest.approx(number, rel=5.01e-4)
    assert 1 <= float(digits) < 1000
    assert len(digits.replace(".", "")) == 4


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (102_228_128, "97.5 MiB"), ((1 << 20) - 1, "1.0 MiB"),
        ((1 << 30) - 1, "1.0 GiB"), (1 << 40, "1.0 TiB"), (1 << 50, "1.0 PiB"), (1 << 60, "1.0 EiB"),
        (1 << 71, "2,048.0 EiB"), (None, "—"),
    ],
)  # fmt: skip
def test_a_size_has_a_binary_unit(count: int | None, text: str) -> None:
    assert units.byte_size(count) == text


@given(st.integers(0, 1 << 62), st.integers(0, 3))
def test_a_size_reads_back_within_its_decimals(count: int, digits: int) -> None:
    number, unit = units.byte_size(count, digits=digits).split()
    size = BYTE_SIZES[unit]
    assert abs(float(number.replace(",", "")) - count / size) <= 0.500001 * 10**-digits
    assert float(number.replace(",", "")) < 1024


def test_sizes_in_a_fixed_unit_and_with_a_number_of_decimals() -> None:
    assert units.byte_size(9_633_792, digits=2) == "9.19 MiB"
    assert units.byte_size(5 << 30, digits=2, largest="MiB") == "5,120.00 MiB"
    assert units.byte_size(512, digits=2, largest="MiB") == "512 B"
    assert units.mebibytes(1024) == "0.0 MiB"
    assert units.mebibytes(3 << 30, 2) == "3,072.00 MiB"
    assert units.gigabytes(85_899_345_920) == "85.9 GB"
    assert units.giga(1_234_000_000_000) == "1,234.0"
    assert units.gigabytes(None) == units.giga(None) == "—"


@pytest.mark.parametrize(
    ("time_us", "text"),
    [
        (0.0, "0.000 ms"), (61, "0.061 ms"), (9_999, "9.999 ms"), (10_000, "10.00 ms"), (99_990, "99.99 ms"),
        (100_000, "100.0 ms"), (120_500, "120.5 ms"), (1_234_567, "1,234.6 ms"), (-61, "−0.061 ms"),
        (-12_000, "−12.00 ms"), (-120_500, "−120.5 ms"), (None, "—"),
    ],
)  # fmt: skip
def test_a_time_has_four_digits(time_us: float | None, text: str) -> None:
    assert units.milliseconds(time_us) == text


def test_times_for_a_column_have_three_decimals() -> None:
    """Three decimals whatever the size, unlike single times."""
    times = (61, 120_500, 1_234_567, None)
    assert [units.aligned_milliseconds(time) for time in times] == ["0.061 ms", "120.500 ms", "1,234.567 ms", "—"]
    assert units.aligned_range(61, 1_234_567) == "0.061–1,234.567"
    assert units.aligned_range(1_234_567, 61) == "1,234.567–0.061"


def test_a_rate_has_three_digits_and_its_unit() -> None:
    assert units.rate(121_400_000_000, "FLOP/s") == "121 GFLOP/s"
    assert units.rate(1_234.4, "B/s") == "1,234 B/s"
    assert units.rate(None, "B/s") == "—"


def test_the_powers_of_ten_between_two_exponents() -> None:
    names = ("10⁻⁴", "0.001", "0.01", "0.1", "1", "10", "100", "10³", "10⁴")
    assert units.decades(-4.0, 4.9) == tuple(
        (float(power), name) for power, name in zip(range(-4, 5), names, strict=True)
    )
    assert units.decades(0.1, 0.9) == ()
    assert units.decades(0.5, 1.0) == ((1.0, "10"),)


def test_exact_numbers_shapes_and_pixels() -> None:
    assert units.exact(25_557_032) == "25,557,032"
    assert units.exact(None) == "—"
    assert units.shape((1, 256, 14, 14)) == "1×256×14×14"
    assert units.shape_of_one((1, 256, 14, 14)) == "256×14×14"
    assert units.pixels(1451) == "1,451 px"


def test_shares_and_percentages() -> None:
    assert units.share(28, 1000) == 0.028
    assert units.share(1, 0) == 0
    assert units.percent(0.0284) == "2.8 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0001, "1 ms"), (0.041, "41 ms"), (0.9994, "999 ms"), (0.9995, "1.0 s"), (1.23, "1.2 s"), (75.0, "75.0 s")],
)
def test_a_duration_changes_its_unit_at_a_second(seconds: float, text: str) -> None:
    assert units.duration(seconds) == text
