"""What is said of whole series: which block has less, and from where on that changes."""

import re
from typing import get_args

import pytest

from resnet_viz.compare.channel_sweep import crossings, geometric_range, sweep
from resnet_viz.pipeline import compare_depths
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Sweep
from resnet_viz.records.network_pair import PairMatch
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
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


def timed(*times: tuple[int, float, float]) -> Sweep:
    """A sweep of which the times alone differ."""
    points = tuple(ChannelPoint(channels, SAME, SAME, 0.0, first, second) for channels, first, second in times)
    return Sweep(BlockSetting(), points, tuple(crossings(BlockSetting(), points)))


def test_a_crossing_is_said_with_its_channels() -> None:
    said = sweep_sentences(timed((16, 10.0, 20.0), (64, 40.0, 30.0), (256, 90.0, 40.0)))
    assert said[-2:] == (
        "Less time below about 40 channels: the Basic block.",
        "Less time from about 40 channels on: the Bottleneck.",
    )


def test_without_a_crossing_the_lesser_is_named() -> None:
    assert "Less time at every width: the Basic block (Basic ÷ Bottleneck 0.50)." in sweep_sentences(
        timed((16, 10.0, 20.0), (64, 20.0, 40.0))
    )
    assert "Less time: neither block at every width (Basic ÷ Bottleneck 0.99 to 1.01)." in sweep_sentences(
        timed((16, 99.0, 100.0), (64, 101.0, 100.0))
    )


def test_no_sentence_contradicts_a_sweep() -> None:
    for match in ("channels", "params", "macs"):
        for stride in (1, 2):
            found = sweep(BlockSetting(match=match, stride=stride), geometric_range(16, 2_048, 50))
            said = sweep_sentences(found)
            if match != "channels":
                part = re.search(r"within ([\d.]+) %", said[0])
                assert part is not None
                assert float(part[1]) == pytest.approx(100 * max(point.slack for point in found.points), rel=0.05)
                said = said[1:]
            for sentence in said:
                figure = {"parameters": "params", "MACs": "macs", "activations saved": "kept"}[
                    re.findall("parameters|MACs|activations saved", sentence)[0]
                ]
                ratios = [getattr(point.basic, figure) / getattr(point.bottleneck, figure) for point in found.points]
                low, high = (re.findall(r"[\d.]+\d", sentence) * 2)[:2]
                assert (low, high) == (f"{min(ratios):.2f}", f"{max(ratios):.2f}")
                if "every width" in sentence:
                    assert ("the Bottleneck (" in sentence) == (min(ratios) > 1)


def test_rows_and_lines_have_the_figures_of_their_points() -> None:
    found = sweep(BlockSetting(size=14), (16, 256))
    assert len(sweep_cells(found.points[0])) == len(sweep_headings())
    assert sweep_cells(found.points[1])[:4] == ("256", "256", "1.181 M", "70.40 k")
    assert sweep_cells(found.points[1])[-2:] == ("—", "—")
    assert sweep_lines(found, "params") == (
        (16.0, 256.0),
        tuple(point.basic.params for point in found.points),
        tuple(point.bottleneck.params for point in found.points),
    )
    assert sweep_lines(found, "latency") is None


def test_pairs_are_named_and_counted() -> None:
    found = compare_depths(ResNetSpec())
    cells = next(row for row in map(pair_cells, found.pairs) if (row[0], row[2]) == ("parameters", "ResNet-152"))
    assert cells[5] == "60.19 M"
    assert len(cells) == len(pair_headings())
    assert "60.19 M parameters" in point_note("bottleneck", next(p for p in found.bottleneck if p.name == "resnet152"))


@pytest.mark.parametrize("match", get_args(PairMatch))
def test_the_sentence_about_pairs_holds_for_each_of_them(match: PairMatch) -> None:
    found = compare_depths(ResNetSpec())
    members = [pair for pair in found.pairs if pair.match == match]
    said = pair_sentence(found, match)
    words = {"depth": "depth", "params": "parameters", "macs": "MACs", "kept_bytes": "bytes saved for backward"}
    del words[match]
    for name, word in words.items():
        span = re.search(rf"{word} ([\d.]+) to ([\d.]+\d)", said)
        assert span is not None
        ratios = [getattr(pair.basic, name) / getattr(pair.bottleneck, name) for pair in members]
        assert [float(end) for end in span.groups()] == [round(min(ratios), 2), round(max(ratios), 2)]
    left = re.search(r"within ([\d.]+) %", said)
    assert left is not None
    gaps = [abs(getattr(pair.basic, match) / getattr(pair.bottleneck, match) - 1) for pair in members]
    assert float(left[1]) == pytest.approx(100 * max(gaps), rel=0.05)


def test_operations_follow_the_convention() -> None:
    found = sweep(BlockSetting(size=14), (16, 256))
    plain, twice = sweep_lines(found, "macs"), sweep_lines(found, "twice")
    assert plain is not None
    assert twice is not None
    assert twice[1] == tuple(2 * value for value in plain[1])
    point = compare_depths(ResNetSpec()).bottleneck[0]
    assert "FLOPs" in point_note("bottleneck", point, "elementwise")
    assert "MACs" not in point_note("bottleneck", point, "elementwise")
