"""The tables of comparisons: pages for readers, and plain values for programs."""

from collections.abc import Mapping

import msgspec
import pytest

from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.pipeline import compare_blocks, compare_specs
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint
from resnet_viz.records.table import Table
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.figures import block_rows
from resnet_viz.viewmodels.compare.layer_changes import change_rows
from resnet_viz.viewmodels.compare.tables import block_tables, network_tables, pairs_tables, sweep_tables
from tests.viewmodels.compare.made_up import pair_times

SETTING = BlockSetting(channels=64, size=14, stride=2, batch=3)
BLOCKS = compare_blocks(SETTING)
NETWORKS = compare_specs(preset("resnet18"), preset("resnet18").but(shortcut="none"))


def rows_of(table: Table) -> Mapping[object, tuple[object, ...]]:
    """The rows of a table by their first cell."""
    return {row[0]: tuple(row[1:]) for row in table.rows}


def headings(table: Table) -> tuple[str, ...]:
    """The headings of a table."""
    return tuple(column.heading for column in table.columns)


def test_the_page_of_two_blocks_has_their_setting_and_figures() -> None:
    (page,) = block_tables(BLOCKS).pages
    assert page.title == "Basic against Bottleneck · 64 channels, 14×14, stride 2, batch 3"
    assert headings(page) == ("metric", "Basic", "Bottleneck", "ratio")
    assert [tuple(row) for row in page.rows] == [row.cells("not measured") for row in block_rows(BLOCKS)]
    assert rows_of(block_tables(BLOCKS, unmeasured="measure it").pages[0])["latency"][:2] == ("measure it",) * 2


def test_the_plain_table_of_two_blocks_has_setting_figures_and_measurement() -> None:
    measured = msgspec.structs.replace(BLOCKS, times=pair_times())
    table = block_tables(measured).plain
    assert headings(table) == ("figure", "basic", "bottleneck", "ratio")
    found = rows_of(table)
    assert found["width"] == (64, 16, None)
    assert found["channels"] == (64, 64, None)
    assert found["shortcut"] == ("B", "B", None)
    assert [found[name][:2] for name in ("size", "stride", "batch", "groups", "order", "stride_in", "match")] == [
        (14, 14), (2, 2), (3, 3), (1, 1), ("post", "post"), ("3x3", "3x3"), ("channels", "channels")]  # fmt: skip
    basic, bottleneck = BLOCKS.basic.figures, BLOCKS.bottleneck.figures
    assert found["params"] == (basic.params, bottleneck.params, f"{basic.params / bottleneck.params:.10g}")
    assert found["latency_us"] == ("200", "100", "2")
    assert found["device"] == ("a processor", "a processor", None)
    assert found["dtype"] == ("bf16", "bf16", None)
    assert found["rounds"] == (20, 20, None)
    assert found["event_pair_us"] == (None, None, None)
    times = msgspec.structs.replace(pair_times(), event_pair_us=1.25)
    with_events = rows_of(block_tables(msgspec.structs.replace(BLOCKS, times=times)).plain)
    assert with_events["event_pair_us"] == ("1.25", "1.25", None)
    assert found["latency_q1_us"] == ("190", "95", None)
    assert found["latency_q3_us"] == ("210", "105", None)
    assert found["latency_ratio_low"] == (None, None, "1.8")
    assert found["latency_ratio_high"] == (None, None, "2.2")
    assert "quartiles_us" not in found
    unmeasured = rows_of(block_tables(BLOCKS).plain)
    assert unmeasured["latency_us"] == (None, None, None)
    assert "device" not in unmeasured


def test_the_pages_of_two_networks_have_fields_totals_and_layers() -> None:
    fields, totals, layers = network_tables(NETWORKS).pages
    names = tuple(headings(fields)[1:])
    assert [tuple(row) for row in fields.rows] == [("shortcut", "B", "none")]
    assert (headings(totals), totals.title) == (("metric", *names, "ratio"), " · ".join(names))
    assert rows_of(totals)["parameters"][:2] == ("11,689,512", "11,515,688")
    assert rows_of(totals)["latency"][:2] == ("not measured", "not measured")
    assert [tuple(row) for row in layers.rows] == [
        (row.where, row.change, row.first, row.second) for row in change_rows(NETWORKS)
    ]
    assert rows_of(network_tables(NETWORKS, unmeasured="?").pages[1])["latency"][:2] == ("?", "?")
    by_folded = network_tables(NETWORKS, "folded").pages[1]
    assert "MACs" in rows_of(totals)
    assert "MACs" not in rows_of(by_folded)


def test_the_plain_table_of_two_networks_has_a_row_for_each_figure_of_each_layer() -> None:
    plain = network_tables(msgspec.structs.replace(NETWORKS, times=pair_times())).plain
    assert headings(plain) == ("part", "name", "change", "first", "second", "ratio")
    rows = [tuple(row) for row in plain.rows]
    assert rows[0] == ("field", "shortcut", "changed", "B", "none", None)
    totals = {row[1]: row[2:] for row in rows if row[0] == "total"}
    assert totals["params"] == (None, 11_689_512, 11_515_688, f"{11_689_512 / 11_515_688:.10g}")
    assert totals["latency_us"] == (None, "200", "100", "2")
    assert totals["rounds"] == (None, 20, 20, None)
    for figure in ("params", "macs"):
        layers = [row for row in rows if row[0] == f"layer {figure}"]
        assert [row[1] for row in layers] == [layer.id for layer in NETWORKS.layers]
        for row, layer in zip(layers, NETWORKS.layers, strict=True):
            values = [getattr(record, figure, None) for record in (layer.first, layer.second)]
            assert row[2:] == (layer.change, *values, None)
    unmeasured = [tuple(row) for row in network_tables(NETWORKS).plain.rows]
    assert not [row for row in unmeasured if row[1] in ("latency_us", "rounds")]


def test_a_sweep_has_a_row_for_each_number_of_channels() -> None:
    swept = sweep(BlockSetting(size=14), (16, 64))
    point = msgspec.structs.replace(swept.points[0], basic_us=12.34567, bottleneck_us=8.0)
    tables = sweep_tables(msgspec.structs.replace(swept, points=(point, swept.points[1])))
    assert headings(tables.plain) == (
        "channels_basic", "channels_bottleneck", "params_basic", "params_bottleneck", "macs_basic", "macs_bottleneck",
        "kept_basic", "kept_bottleneck", "us_basic", "us_bottleneck",
    )  # fmt: skip
    first, second = (tuple(row) for row in tables.plain.rows)
    basic, bottleneck = point.basic, point.bottleneck
    assert first == (16, 16, basic.params, bottleneck.params, basic.macs, bottleneck.macs, basic.kept, bottleneck.kept,
                     "12.3457", "8.0000")  # fmt: skip
    assert second[-2:] == (None, None)
    (page,) = tables.pages
    assert page.title == "Basic and Bottleneck over their channels"
    assert headings(page)[:4] == ("channels Basic", "channels Bottleneck", "parameters Basic", "parameters Bottleneck")
    assert [row[0] for row in page.rows] == ["16", "64"]


@pytest.fixture
def pairs() -> NetworkPairs:
    """One pair of networks with made-up costs."""
    basic = NetworkPoint(preset("resnet34"), 200, 3_000, 0, 0, 8 << 20, "resnet34")
    bottleneck = NetworkPoint(preset("resnet50"), 100, 4_000, 0, 0, 4 << 20, "resnet50")
    return NetworkPairs((basic,), (bottleneck,), (NetworkPair("params", basic, bottleneck),))


def test_a_pair_has_a_row_with_both_costs_and_their_ratios(pairs: NetworkPairs) -> None:
    tables = pairs_tables(pairs)
    assert headings(tables.plain) == (
        "match", "depth_basic", "depth_bottleneck", "params_basic", "params_bottleneck", "macs_basic",
        "macs_bottleneck", "kept_bytes_basic", "kept_bytes_bottleneck", "depth_ratio", "params_ratio", "macs_ratio",
        "kept_bytes_ratio",
    )  # fmt: skip
    (row,) = tables.plain.rows
    assert tuple(row) == ("params", 34, 50, 200, 100, 3_000, 4_000, 8 << 20, 4 << 20, "0.68", "2", "0.75", "2")
    (page,) = tables.pages
    assert page.title == "Networks of Basic blocks and of Bottlenecks"
    assert page.rows[0][:4] == ("parameters", "ResNet-34", "ResNet-50", "−100")
