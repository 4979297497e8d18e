"""The sentences and rows of whole series: which block has less of a figure, and from which channels on."""

import re
from typing import get_args

import pytest

from resnet_viz.compare.channel_sweep import crossings, geometric_range, sweep
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Sweep, operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.series import (
    pair_cells,
    pair_headings,
    pair_sentence,
    point_note,
    sweep_cells,
    sweep_headings,
    sweep_lines,
    sweep_sentences,
)

SAME = ClosedFormCost(64, 100, 100, 100, 100, 100)
MIB = 1 << 20


def timed(*times: tuple[int, float, float]) -> Sweep:
    """A sweep in which only the times differ."""
    points = tuple(ChannelPoint(channels, SAME, SAME, 0.0, first, second) for channels, first, second in times)
    return Sweep(BlockSetting(), points, tuple(crossings(BlockSetting(), points)))


def network(name: str, params: int, macs: int, saved_mib: int, latency_us: float | None = None) -> NetworkPoint:
    """A network with made-up costs; elementwise operations are a tenth of the MACs."""
    return NetworkPoint(preset(name), params, macs, macs // 10, macs // 20, saved_mib * MIB, name, latency_us)


SMALL, LARGE = network("resnet18", 100, 1_000, 10), network("resnet34", 300, 4_000, 30)
OTHER, OTHERS_PARTNER = network("resnet50", 200, 1_500, 40), network("resnet101", 240, 2_000, 40)
PAIRS = NetworkPairs(
    (SMALL, LARGE),
    (OTHER, OTHERS_PARTNER),
    (
        NetworkPair("params", SMALL, OTHER),
        NetworkPair("params", LARGE, OTHERS_PARTNER),
        NetworkPair("macs", SMALL, OTHER),
    ),
)


def test_a_crossing_divides_the_channels_between_the_blocks() -> None:
    swept = timed((16, 10.0, 20.0), (64, 40.0, 30.0), (256, 90.0, 40.0))
    assert sweep_sentences(swept)[-2:] == (
        "Less time below about 40 channels: the Basic block.",
        "Less time from about 40 channels on: the Bottleneck.",
    )


def test_several_crossings_divide_the_channels_into_ranges() -> None:
    swept = timed((1_000, 20.0, 10.0), (2_000, 10.0, 20.0), (3_000, 20.0, 10.0))
    assert sweep_sentences(swept)[-3:] == (
        "Less time below about 1,500 channels: the Bottleneck.",
        "Less time from about 1,500 to 2,500 channels: the Basic block.",
        "Less time from about 2,500 channels on: the Bottleneck.",
    )


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (((16, 10.0, 20.0), (64, 20.0, 40.0)), "Less time at every width: the Basic block (Basic ÷ Bottleneck 0.50)."),
        (((16, 30.0, 20.0), (64, 80.0, 40.0)),
         "Less time at every width: the Bottleneck (Basic ÷ Bottleneck 1.50 to 2.00)."),
        (((16, 99.0, 100.0), (64, 101.0, 100.0)),
         "Less time: neither block at every width (Basic ÷ Bottleneck 0.99 to 1.01)."),
        (((16, 100.0, 100.0), (64, 300.0, 100.0)),
         "Less time: neither block at every width (Basic ÷ Bottleneck 1.00 to 3.00)."),
        (((16, 50.0, 100.0), (64, 100.0, 100.0)),
         "Less time: neither block at every width (Basic ÷ Bottleneck 0.50 to 1.00)."),
    ],
)  # fmt: skip
def test_without_a_crossing_one_block_has_less_or_neither(
    times: tuple[tuple[int, float, float], ...], sentence: str
) -> None:
    assert sweep_sentences(timed(*times))[-1] == sentence


def test_counts_and_times_have_a_sentence_each_and_the_matched_quantity_its_slack() -> None:
    low, high = ClosedFormCost(64, 100, 100, 0, 0, 100), ClosedFormCost(64, 200, 200, 0, 0, 200)
    points = tuple(ChannelPoint(channels, low, high, slack) for channels, slack in ((16, 0.01), (2_000, 0.034)))
    half = "at every width: the Basic block (Basic ÷ Bottleneck 0.50)."
    assert sweep_sentences(Sweep(BlockSetting(), points, ())) == (
        f"Fewer parameters {half}", f"Fewer MACs {half}", f"Fewer activations saved {half}")  # fmt: skip
    assert sweep_sentences(Sweep(BlockSetting(match="params"), points, ())) == (
        "Matched by parameters: within 3.4 %, worst at 2,000 channels.",
        f"Fewer MACs {half}", f"Fewer activations saved {half}")  # fmt: skip
    assert sweep_sentences(Sweep(BlockSetting(match="macs"), points, ()))[:2] == (
        "Matched by MACs: within 3.4 %, worst at 2,000 channels.", f"Fewer parameters {half}")  # fmt: skip
    assert sweep_sentences(Sweep(BlockSetting(match="params"), (), ())) == ()


@pytest.mark.parametrize("match", ["channels", "params", "macs"])
@pytest.mark.parametrize("stride", [1, 2])
def test_no_sentence_contradicts_a_sweep(match: Match, stride: int) -> None:
    swept = sweep(BlockSetting(match=match, stride=stride), geometric_range(16, 2_048, 50))
    for sentence in sweep_sentences(swept)[match != "channels" :]:
        figure = {"parameters": "params", "MACs": "macs", "activations saved": "kept"}[
            re.findall("parameters|MACs|activations saved", sentence)[0]
        ]
        ratios = [getattr(point.basic, figure) / getattr(point.bottleneck, figure) for point in swept.points]
        low, high = (re.findall(r"[\d.]+\d", sentence) * 2)[:2]
        assert (low, high) == (f"{min(ratios):.2f}", f"{max(ratios):.2f}")
        if "every width" in sentence:
            assert ("the Bottleneck (" in sentence) == (min(ratios) > 1)


def test_a_row_has_each_figure_of_both_blocks() -> None:
    basic = ClosedFormCost(256, 1_180_672, 1_000_000, 0, 0, 2_000)
    bottleneck = ClosedFormCost(1_024, 70_400, 3_000_000, 0, 0, 5_000)
    assert sweep_headings() == (
        "channels Basic", "channels Bottleneck", "parameters Basic", "parameters Bottleneck", "MACs Basic",
        "MACs Bottleneck", "saved Basic", "saved Bottleneck", "latency Basic", "latency Bottleneck",
    )  # fmt: skip
    assert sweep_cells(ChannelPoint(256, basic, bottleneck, 0.0, 2_000.0, None)) == (
        "256", "1,024", "1.181 M", "70.40 k", "1.000 M", "3.000 M", "2,000", "5,000", "2.000 ms", "—",
    )  # fmt: skip


def test_lines_have_the_figures_of_the_points_where_they_are_known() -> None:
    swept = sweep(BlockSetting(size=14), (16, 256))
    first, second = swept.points
    assert sweep_lines(swept, "params") == (
        (16.0, 256.0),
        (first.basic.params, second.basic.params),
        (first.bottleneck.params, second.bottleneck.params),
    )
    assert sweep_lines(swept, "latency") is None
    twice = sweep_lines(swept, "twice")
    assert twice is not None
    assert twice[2] == tuple(2 * point.bottleneck.macs for point in swept.points)
    partly = Sweep(BlockSetting(), (ChannelPoint(16, SAME, SAME, 0.0), ChannelPoint(32, SAME, SAME, 0.0, 3.0, 4.0)), ())
    assert sweep_lines(partly, "latency") == ((32.0,), (3.0,), (4.0,))


def test_a_pair_has_a_row_of_names_remainder_and_ratios() -> None:
    assert pair_headings() == (
        "matched by", "Basic", "Bottleneck", "difference", "parameters Basic", "parameters Bottleneck", "÷",
        "MACs Basic", "MACs Bottleneck", "÷", "saved Basic", "saved Bottleneck", "÷",
    )  # fmt: skip
    assert pair_cells(PAIRS.pairs[0]) == (
        "parameters", "ResNet-18", "ResNet-50", "+100", "100", "200", "0.50", "1,000", "1,500", "0.67",
        "10.0 MiB", "40.0 MiB", "0.25",
    )  # fmt: skip
    assert pair_cells(PAIRS.pairs[1])[3] == "−60"
    assert pair_cells(NetworkPair("macs", SMALL, SMALL))[3] == "nothing"


def test_the_sentence_about_pairs_has_the_range_of_each_other_figure() -> None:
    assert pair_sentence(PAIRS, "params") == (
        "Nearest in parameters (within 50 %), Basic ÷ Bottleneck: depth 0.34 to 0.36, MACs 0.67 to 2.00, "
        "bytes saved for backward 0.25 to 0.75."
    )
    assert pair_sentence(PAIRS, "macs") == (
        "Nearest in MACs (within 33 %), Basic ÷ Bottleneck: depth 0.36, parameters 0.50, bytes saved for backward 0.25."
    )
    by_flops = pair_sentence(PAIRS, "macs", "folded")
    assert "parameters 0.50, FLOPs 0.67, bytes" in by_flops
    assert pair_sentence(PAIRS, "depth") == ""
    assert [*get_args(PairMatch)] == ["depth", "params", "macs"]


def test_operations_of_a_pair_follow_the_convention() -> None:
    heavy = NetworkPoint(preset("resnet18"), 100, 1_000, 1_000, 0, MIB)
    pairs = NetworkPairs((), (), (NetworkPair("params", heavy, network("resnet50", 100, 1_000, 1)),))
    assert "FLOPs 1.43" in pair_sentence(pairs, "params", "elementwise")
    assert operations(heavy, "elementwise") == 3_000


def test_the_tooltip_of_a_network_has_its_costs_and_measured_time() -> None:
    assert point_note("bottleneck", OTHER) == (
        "ResNet-50 · Bottleneck · 200 parameters · 1,500 MACs · 40.0 MiB saved for backward"
    )
    measured = network("resnet18", 100, 1_000, 10, 2_500.0)
    assert point_note("basic", measured, "elementwise") == (
        "ResNet-18 · Basic · 100 parameters · 2,100 FLOPs · 10.0 MiB saved for backward · 2.500 ms"
    )


def test_a_figure_that_one_block_lacks_is_in_no_ratio_of_infinity() -> None:
    assert sweep_sentences(timed((16, 2.0, 0.0)))[-1] == (
        "Less time at every width: the Bottleneck (Basic ÷ Bottleneck 2.00)."
    )
