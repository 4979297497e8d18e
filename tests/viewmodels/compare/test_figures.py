"""The rows of figures under a comparison: names, texts, ratios, and what is unknown."""

from functools import cache

import msgspec
import pytest

from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import compare_blocks, compare_specs
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison
from resnet_viz.records.run import Ceilings
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.figures import (
    FigureRow,
    block_names,
    block_rows,
    block_titles,
    bound_of,
    counted_rows,
    figure_text,
    quantity_names,
    time_rows,
)
from tests.viewmodels.compare.made_up import pair_times


@cache
def compared(channels: int = 256) -> BlockComparison:
    """The blocks of the published example, not measured."""
    return compare_blocks(BlockSetting(channels=channels))


def measured(*, ceilings: Ceilings | None = None) -> BlockComparison:
    """Return these blocks with made-up times."""
    return msgspec.structs.replace(compared(), times=pair_times(ceilings=ceilings))


def test_every_figure_of_both_blocks_has_a_row() -> None:
    assert [row.cells("?") for row in block_rows(compared())] == [
        ("weights of convolutions", "1,179,648", "69,632", "16.94 ×"),
        ("parameters", "1,180,672", "70,400", "16.77 ×"),
        ("MACs", "3,699,376,128", "218,365,952", "16.94 ×"),
        ("elementwise operations", "5,619,712", "4,415,488", "1.27 ×"),
        ("activations saved for backward", "4,015,104", "3,212,032", "1.25 ×"),
        ("… their size, fp32", "15.3 MiB", "12.3 MiB", "1.25 ×"),
        ("bytes moved, fp32", "50.4 MiB", "37.0 MiB", "1.36 ×"),
        ("operations per byte, fp32", "140.0", "11.4", "12.32 ×"),
        ("weight layers", "2", "3", "0.67 ×"),
        ("receptive field added", "+4 px", "+2 px", "2.00 ×"),
        ("latency", "?", "?", ""),
        ("achieved", "?", "?", ""),
        ("bound by", "?", "?", ""),
    ]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_operations_are_those_of_the_convention(convention: Convention) -> None:
    pair = compared().operations(convention)
    row = next(row for row in block_rows(compared(), convention) if row.name == pair.name)
    assert (row.first, row.second, row.ratio) == (pair.first, pair.second, pair.ratio)
    assert (row.label == "MACs") == (convention == "macs")


def test_measured_times_have_their_quartiles_rate_and_limit() -> None:
    rows = {row.name: row for row in block_rows(measured(ceilings=Ceilings(1e9, 1e12, 1.0, 0)))}
    assert rows["latency_us"].cells("") == (
        "latency, cpu, bf16 (median)", "0.200 ms", "0.100 ms", "2.00 × (1.80–2.20)")  # fmt: skip
    assert rows["quartiles_us"].cells("") == ("… quartiles of 20 rounds", "0.190–0.210 ms", "0.095–0.105 ms", "")
    basic, bottleneck = compared().basic.figures, compared().bottleneck.figures
    assert rows["flops_per_second"].first == pytest.approx(basic.flops / 200e-6)
    assert rows["flops_per_second"].second == pytest.approx(bottleneck.flops / 100e-6)
    assert rows["flops_per_second"].first_text == f"{basic.flops / 200e-6 / 1e12:.1f} TFLOP/s"
    assert (rows["bound"].first, rows["bound"].second_text) == ("memory", "memory")


def test_cold_times_have_a_row_of_their_own_and_the_others_are_named_warm() -> None:
    cold = pair_times(330.0, 110.0)
    times = msgspec.structs.replace(pair_times(), cold_first=cold.first, cold_second=cold.second)
    rows = {row.name: row for row in time_rows(times)}
    assert rows["latency_us"].cells("")[0] == "latency, cpu, bf16 (median, warm caches)"
    assert rows["cold_latency_us"].cells("") == ("… with cold caches (median)", "0.330 ms", "0.110 ms", "3.00 ×")
    assert "cold_latency_us" not in {row.name for row in time_rows(pair_times())}


def test_measured_times_say_how_they_were_taken_where_that_is_known() -> None:
    times = msgspec.structs.replace(pair_times(), method="cuda-graph")
    rows = {row.name: row for row in block_rows(msgspec.structs.replace(compared(), times=times))}
    text = "CUDA graph with external events"
    assert rows["method"].cells("") == ("… measured by", text, text, "")
    assert rows["method"].first == "cuda-graph"
    assert "method" not in {row.name for row in block_rows(measured())}


def test_one_round_is_singular_and_a_time_of_nothing_has_no_rate() -> None:
    times = pair_times()
    once = msgspec.structs.replace(times.first, spread=msgspec.structs.replace(times.first.spread, n=1, median_us=0.0))
    found = msgspec.structs.replace(times, first=once)
    assert [row.label for row in time_rows(found)][1] == "… quartiles of 1 round"
    rows = {row.name: row for row in block_rows(msgspec.structs.replace(compared(), times=found))}
    assert (rows["flops_per_second"].first, rows["flops_per_second"].first_text) == (None, "—")
    assert (rows["bound"].first, rows["bound"].first_text) == (None, "—")


@pytest.mark.parametrize(
    ("ceilings", "bound"),
    [
        (Ceilings(1e15, 1e9, 0.0, 0), "compute"),
        (Ceilings(1e6, 1e15, 0.0, 0), "memory"),
        (Ceilings(1e15, 1e15, 1_000.0, 0), "launch"),
    ],
)
def test_the_greatest_lower_bound_limits_a_block(ceilings: Ceilings, bound: str) -> None:
    assert bound_of(compared().basic, pair_times(ceilings=ceilings)) == bound
    assert bound_of(compared().basic, pair_times()) is None


def test_the_memory_bound_counts_bytes_in_the_measured_dtype() -> None:
    """In bf16 a block moves half the bytes of fp32; compute takes as long as three quarters of the fp32 traffic."""
    side = compared().basic
    times = pair_times(ceilings=Ceilings(side.figures.moved_bytes * 1.0, side.figures.flops / 0.75, 0.0, 0))
    assert bound_of(side, times) == "compute"
    assert bound_of(side, msgspec.structs.replace(times, dtype="fp32")) == "memory"


def test_the_launch_bound_counts_every_operation_of_the_block() -> None:
    side = compared().basic
    times = pair_times(ceilings=Ceilings(1e30, side.figures.flops * 1e6 / (len(side.layers) - 0.5), 1.0, 0))
    assert bound_of(side, times) == "launch"


@pytest.mark.parametrize(
    ("ratio", "interval", "text"),
    [
        (None, None, ""), (16.941, None, "16.94 ×"), (1_234.5, None, "1,234.50 ×"), (0.1, None, "0.10 ×"),
        (0.0123, None, "0.012 ×"), (1.5, (1.254, 1.756), "1.50 × (1.25–1.76)"),
    ],
)  # fmt: skip
def test_a_ratio_has_two_decimals_or_two_digits(
    ratio: float | None, interval: tuple[float, float] | None, text: str
) -> None:
    assert FigureRow("a", "a", ratio=ratio, interval=interval).ratio_text == text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("params", None, "—"), ("kept_bytes", 1 << 20, "1.0 MiB"), ("intensity", 1_234.56, "1,234.6"),
        ("receptive_field", 483.0, "483 px"), ("field_added", 4.0, "+4 px"), ("macs", 1_000.0, "1,000"),
    ],
)  # fmt: skip
def test_a_counted_figure_is_written_with_its_unit(name: str, value: float | None, text: str) -> None:
    assert figure_text(name, value) == text


def test_titles_have_the_channels_only_where_they_differ() -> None:
    assert block_titles(compared()) == ("Basic", "Bottleneck")
    assert block_titles(compare_blocks(BlockSetting(size=7, match="params"))) == ("Basic, 256", "Bottleneck, 1,052")
    assert [*block_names()] == ["basic", "bottleneck"]
    assert quantity_names()["macs"] == "MACs"


def test_counted_rows_of_networks_are_named_by_the_caller() -> None:
    networks = compare_specs(preset("resnet18"), preset("resnet34"))
    (row,) = counted_rows(networks, {"depth": "layers with weights"}, "macs")
    assert row.cells("") == ("layers with weights", "18", "34", "0.53 ×")
