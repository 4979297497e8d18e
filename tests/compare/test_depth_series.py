"""Networks of either block over their depth, against each network analysed, and their pairs."""

from functools import cache
from typing import get_args

import msgspec
import pytest

from resnet_viz.compare.depth_series import MAX_SERIES_BLOCKS, DepthSeries, NetworkCost, nearest, network_pairs
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.pipeline import analyse, compare_depths
from resnet_viz.records.block_pair import operations
from resnet_viz.records.network_pair import NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.spec.presets import preset

BASE = ResNetSpec()
NAMES = {"resnet18", "resnet26", "resnet34", "resnet50", "resnet101", "resnet152", "resnet200"}


@cache
def resnet_pairs() -> NetworkPairs:
    """The series and pairs of the ImageNet networks."""
    return compare_depths(BASE)


def point(params: int, *, blocks: tuple[int, ...] = (2, 2, 2, 2), macs: int = 0) -> NetworkPoint:
    """A network with made-up parameters and MACs."""
    return NetworkPoint(BASE.but(blocks=blocks), params, macs, 0, 0, 0)


def made_up_series(spec: ResNetSpec) -> DepthSeries:
    """A series in which every figure of every stage differs, so that no two can be mistaken."""
    further = tuple(NetworkCost(10**stage, 2 * 10**stage, 3 * 10**stage, 4 * 10**stage, 5 * 10**stage)
                    for stage in range(len(spec.blocks)))  # fmt: skip
    return DepthSeries(spec, NetworkCost(7, 8, 9, 10, 11), further)


def made_up_pair(spec: ResNetSpec) -> dict[BlockKind, DepthSeries]:
    """The series of either block."""
    return {kind: made_up_series(spec.but(block=kind)) for kind in get_args(BlockKind)}


def test_a_network_costs_its_least_and_each_further_block() -> None:
    found = made_up_series(BASE).at((3, 1, 2, 5))
    assert found.params == 7 + 2 * 1 + 0 * 10 + 1 * 100 + 4 * 1_000
    assert found.macs == 8 + 2 * 4_102
    assert found.elementwise == 9 + 3 * 4_102
    assert found.folded == 10 + 4 * 4_102
    assert found.kept_bytes == 11 + 5 * 4_102
    assert (found.spec.blocks, found.name, found.latency_us) == ((3, 1, 2, 5), None, None)
    assert made_up_series(BASE).at((3, 4, 6, 3)).name == "resnet50"


def test_a_network_of_a_total_has_the_blocks_of_that_depth() -> None:
    assert made_up_series(BASE).of_total(16).spec == preset("resnet50")
    assert made_up_series(BASE).of_total(4).params == 7


@pytest.mark.parametrize("match", get_args(PairMatch))
def test_the_nearest_network_is_that_of_the_matched_figure(match: PairMatch) -> None:
    network = point(100, blocks=(1, 1, 1, 2), macs=1_000)
    by_match = {
        "depth": point(900, blocks=(1, 1, 1, 1), macs=9_000),
        "params": point(99, blocks=(9, 9, 9, 9), macs=9_000),
        "macs": point(900, blocks=(9, 9, 9, 9), macs=1_001),
    }
    assert nearest(network, [*by_match.values()], match) == by_match[match]


@pytest.mark.parametrize("match", get_args(PairMatch))
def test_of_two_networks_at_the_same_distance_the_smaller_one_is_nearest(match: PairMatch) -> None:
    network = point(100, blocks=(1, 1, 1, 2), macs=100)
    smaller, larger = point(90, blocks=(1, 1, 1, 1), macs=90), point(110, blocks=(1, 1, 2, 2), macs=110)
    assert nearest(network, [larger, smaller], match) == smaller
    assert nearest(network, [smaller, larger], match) == smaller


def test_the_networks_of_a_series_cost_what_their_analysis_counts() -> None:
    for series in (resnet_pairs().basic, resnet_pairs().bottleneck):
        for found in (*series[:2], *series[3::5]):
            analysis = analyse(found.spec)
            saved = saved_bytes(analysis.layers, analysis.edges)
            assert (found.params, found.macs, found.kept_bytes) == (analysis.totals.params, analysis.totals.macs, saved)
            for convention in CONVENTIONS:
                assert operations(found, convention) == costs(analysis, convention).total


def test_a_series_has_the_published_networks_among_its_own() -> None:
    found = resnet_pairs()
    assert {network.name for network in (*found.basic, *found.bottleneck) if network.name} == NAMES
    for series in (found.basic, found.bottleneck):
        totals = [sum(network.spec.blocks) for network in series]
        assert totals == sorted(set(totals))
        assert (totals[0], totals[-1]) == (4, 66)
        assert {8, 16, 33, 50, 66} < set(totals)
    assert [point.spec.block for point in found.basic] == ["basic"] * len(found.basic)


@pytest.mark.parametrize("match", get_args(PairMatch))
def test_every_published_network_has_the_nearest_partner_of_any_depth(match: PairMatch) -> None:
    series = made_up_pair(BASE)
    matched = [pair for pair in network_pairs(series).pairs if pair.match == match]
    published = []
    for index, pair in enumerate(matched):
        fixed, partner = (pair.basic, pair.bottleneck) if index < 2 else (pair.bottleneck, pair.basic)
        published.append(fixed.name)
        target = getattr(fixed, match)
        others = [series[partner.spec.block].of_total(total) for total in range(4, MAX_SERIES_BLOCKS)]
        assert abs(getattr(partner, match) - target) == min(abs(getattr(other, match) - target) for other in others)
        assert (pair.basic.spec.block, pair.bottleneck.spec.block) == ("basic", "bottleneck")
    assert published == ["resnet18", "resnet34", "resnet26", "resnet50", "resnet101", "resnet152", "resnet200"]


def test_published_networks_whose_stages_no_rule_gives_are_not_paired() -> None:
    """timm's 48 blocks of ecaresnet269d are 3, 30, 48, 8; the depth rule would give others."""
    names = {found.name for found in compare_depths(preset("ecaresnet50d")).bottleneck}
    assert {"ecaresnet50d", "ecaresnet101d", "ecaresnet200d"} <= names
    assert "ecaresnet269d" not in names


def test_a_series_of_another_network_keeps_its_fields() -> None:
    base = ResNetSpec(order="pre", shortcut="C", width=16, input=(2, 3, 64, 64))
    for found in compare_depths(base).bottleneck[:3]:
        assert (found.spec.order, found.spec.shortcut, found.spec.input) == ("pre", "C", (2, 3, 64, 64))
        assert analyse(found.spec).totals.params == found.params


@pytest.mark.parametrize("stages", [1, 3, 6])
def test_networks_of_another_number_of_stages_are_paired_too(stages: int) -> None:
    base = ResNetSpec(blocks=(2,) * stages, stem="cifar", input=(1, 3, 32, 32))
    found = compare_depths(base)
    assert {pair.match for pair in found.pairs} == {"depth", "params", "macs"}
    for network in (*found.basic[:2], found.bottleneck[1]):
        assert min(network.spec.blocks) >= 1
        totals = analyse(network.spec).totals
        assert (network.params, network.macs) == (totals.params, totals.macs)


def test_without_published_networks_some_of_the_series_are_paired() -> None:
    base = ResNetSpec(blocks=(1,) * 5, stem="cifar", input=(1, 3, 32, 32))
    found = network_pairs(made_up_pair(base))
    assert [sum(network.spec.blocks) for network in found.basic] == [8, 12, 16, 24, 33, 42, 50, 58, 66]
    fixed = {sum(pair.basic.spec.blocks) for pair in found.pairs if pair.match == "depth"}
    assert {8, 24, 50} <= fixed


def test_published_networks_of_another_family_are_named_and_paired() -> None:
    found = compare_depths(preset("resnet20_cifar"))
    published = {f"resnet{depth}_cifar" for depth in (20, 32, 44, 56, 110)}
    assert {network.name for network in found.basic if network.name} == published
    assert {pair.basic.name for pair in found.pairs if pair.match == "depth"} == published
    assert len(found.basic) == len(found.bottleneck)


def test_the_deepest_partner_has_as_many_blocks_as_a_series_can_have() -> None:
    series = made_up_pair(BASE)
    dear = msgspec.structs.replace(series["basic"], least=NetworkCost(*[10**9] * 5))
    found = network_pairs({"basic": dear, "bottleneck": series["bottleneck"]})
    pair = next(pair for pair in found.pairs if pair.match == "params")
    assert sum(pair.bottleneck.spec.blocks) == 199


def test_a_cost_minus_itself_is_nothing() -> None:
    cost = NetworkCost(1, 2, 3, 4, 5)
    assert set(msgspec.structs.astuple(cost.plus(cost, -1))) == {0}
    assert cost.plus(cost) == NetworkCost(2, 4, 6, 8, 10)
