"""Numbers as texts."""

import pytest

from resnet_viz.viewmodels.text import numbers as units


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (9_999, "9,999"), (12_345, "12.35 k"), (999_999, "1.000 M"), (25_557_032, "25.56 M"),
        (4_089_184_256, "4.089 G"), (115_605_504, "115.6 M"), (10**15, "1.000 P"),
        (25 * 10**17, "2.500 E"), (None, "—"),
    ],
)  # fmt: skip
def test_short(number: int | None, text: str) -> None:
    assert units.short(number) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KiB"),
        (102_228_128, "97.5 MiB"),
        (1 << 60, "1.0 EiB"),
        ((1 << 30) - 1, "1.0 GiB"),
        (None, "—"),
    ],
)  # fmt: skip
def test_byte_size(count: int | None, text: str) -> None:
    assert units.byte_size(count) == text


def test_single_formats() -> None:
    assert units.exact(25_557_032) == "25,557,032"
    assert units.exact(None) == "—"
    assert units.shape((1, 256, 14, 14)) == "1×256×14×14"
    assert units.shape_of_one((1, 256, 14, 14)) == "256×14×14"
    assert units.percent(units.share(28, 1000)) == "2.8 %"
    assert units.share(1, 0) == 0
    assert units.duration(0.041) == "41 ms"
    assert units.duration(1.23) == "1.2 s"
    assert units.duration(0.0001) == "1 ms"
    assert units.pixels(1451) == "1,451 px"


def test_sizes_in_a_fixed_unit_and_with_a_number_of_decimals() -> None:
    assert units.byte_size(9_633_792, digits=2) == "9.19 MiB"
    assert units.byte_size(5 << 30, digits=2, largest="MiB") == "5,120.00 MiB"
    assert units.byte_size(512, digits=2, largest="MiB") == "512 B"
    assert units.mebibytes(1024) == "0.0 MiB"
    assert units.mebibytes(3 << 30, 2) == "3,072.00 MiB"
    assert units.gigabytes(85_899_345_920) == "85.9 GB"
    assert units.gigabytes(None) == units.giga(None) == "—"


def test_times_for_a_column_have_three_decimals() -> None:
    """Three decimals whatever the size, unlike single times."""
    assert [units.aligned_milliseconds(time) for time in (61, 120_500, None)] == ["0.061 ms", "120.500 ms", "—"]
    assert units.milliseconds(120_500) == "120.5 ms"
    assert units.aligned_range(61, 1_234_567) == "0.061–1,234.567"
