"""Count Basic and Bottleneck networks of every depth, and pair those that agree in depth, parameters or MACs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import get_args

import msgspec

from resnet_viz.metrics.conventions import elementwise_operations, foldable_norms
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.depths import distribute_blocks
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.spec.presets import name_of, published_blocks

SERIES_BLOCKS = (4, 8, 12, 16, 24, 33, 42, 50, 58, 66)
"""Total blocks of the networks in a series, beside the published ones."""
MAX_SERIES_BLOCKS = 200
"""The most blocks of a network in a series, and the end of the search for a partner."""


class NetworkCost(msgspec.Struct, frozen=True):
    """The cost of a network, or of one more block in a stage."""

    params: int
    macs: int
    elementwise: int
    folded: int
    kept_bytes: int

    def plus(self, other: "NetworkCost", times: int = 1) -> "NetworkCost":
        """Return this cost with `times` of the other added."""
        mine, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return NetworkCost(*(one + times * more for one, more in zip(mine, theirs, strict=True)))


class DepthSeries(msgspec.Struct, frozen=True):
    """The cost of a network at any depth: with one block in each stage, and of each further block of a stage.

    All blocks of a stage but the first are identical, so the sums are exact.
    """

    spec: ResNetSpec
    least: NetworkCost
    further: tuple[NetworkCost, ...]

    def at(self, blocks: Sequence[int]) -> NetworkPoint:
        """Return the network with this number of blocks in each stage."""
        cost = self.least
        for count, one in zip(blocks, self.further, strict=True):
            cost = cost.plus(one, count - 1)
        spec = self.spec.but(blocks=tuple(blocks))
        return NetworkPoint(spec=spec, name=name_of(spec), **msgspec.structs.asdict(cost))

    def of_total(self, total: int) -> NetworkPoint:
        """Return the network with `total` blocks, spread over its stages by `spec.depths.distribute_blocks`."""
        return self.at(distribute_blocks(total, len(self.further)))


def depth_series(spec: ResNetSpec, analyse: Callable[[ResNetSpec], Analysis]) -> DepthSeries:
    """Build the series from analyses with one block in each stage, and with a second block in one stage at a time."""
    stages = len(spec.blocks)
    ones = (1,) * stages
    least = _cost(analyse(spec.but(blocks=ones)))
    twos = ((*ones[:stage], 2, *ones[stage + 1 :]) for stage in range(stages))
    further = tuple(_cost(analyse(spec.but(blocks=blocks))).plus(least, -1) for blocks in twos)
    return DepthSeries(spec, least, further)


def network_pairs(series_of: Mapping[BlockKind, DepthSeries]) -> NetworkPairs:
    """Return both series, and by each match the nearest network of the other block for every published network."""
    totals = sorted({*SERIES_BLOCKS, *(total for one in series_of.values() for total in _published_totals(one))})
    shown = {
        kind: tuple(one.of_total(total) for total in totals if total >= len(one.further))
        for kind, one in series_of.items()
    }
    every = {
        kind: [one.of_total(total) for total in range(len(one.further), MAX_SERIES_BLOCKS)]
        for kind, one in series_of.items()
    }
    return NetworkPairs(shown["basic"], shown["bottleneck"], tuple(_pairs(series_of, every)))


def _pairs(
    series_of: Mapping[BlockKind, DepthSeries], every: Mapping[BlockKind, Sequence[NetworkPoint]]
) -> Iterator[NetworkPair]:
    for match in get_args(PairMatch):
        for kind, network in _networks_to_pair(series_of):
            other: BlockKind = "basic" if kind == "bottleneck" else "bottleneck"
            partner = nearest(network, every[other], match)
            pair = (network, partner) if kind == "basic" else (partner, network)
            yield NetworkPair(match, *pair)


def _networks_to_pair(series_of: Mapping[BlockKind, DepthSeries]) -> list[tuple[BlockKind, NetworkPoint]]:
    """Return the published networks of both blocks; where there are none, some networks of the series."""
    published = [
        (kind, one.of_total(total)) for kind, one in series_of.items() for total in _published_totals(one)
    ]  # fmt: skip
    return published or [
        (kind, one.of_total(total)) for kind, one in series_of.items() for total in SERIES_BLOCKS[1::3]
    ]


def _published_totals(series: DepthSeries) -> list[int]:
    """Return the total blocks of the published networks that `distribute_blocks` gives their published stages."""
    totals = {sum(blocks): blocks for blocks in published_blocks(series.spec)}
    return [
        total for total, blocks in totals.items()
        if total <= MAX_SERIES_BLOCKS and blocks == distribute_blocks(total, len(blocks))
    ]  # fmt: skip


def nearest(network: NetworkPoint, others: Sequence[NetworkPoint], match: PairMatch) -> NetworkPoint:
    """Return the network that is nearest in depth, parameters or MACs; on a tie the one with fewer parameters."""
    target = getattr(network, match)
    return min(others, key=lambda point: (abs(getattr(point, match) - target), point.params))


def _cost(analysis: Analysis) -> NetworkCost:
    return NetworkCost(
        params=analysis.totals.params,
        macs=analysis.totals.macs,
        elementwise=elementwise_operations(analysis.layers),
        folded=elementwise_operations(analysis.layers, foldable_norms(analysis)),
        kept_bytes=saved_bytes(analysis.layers, analysis.edges),
    )
