"""Networks with either block over their depth, and the pairs that agree in depth, parameters or MACs."""

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

SHOWN = (4, 8, 12, 16, 24, 33, 42, 50, 58, 66)
"""Blocks of the networks that make a series, beside the published ones."""
MOST_BLOCKS = 200
"""How far a series and the search for a partner go."""


class Cost(msgspec.Struct, frozen=True):
    """What a network, or one more block in a stage, costs."""

    params: int
    macs: int
    elementwise: int
    folded: int
    kept_bytes: int

    def plus(self, other: "Cost", times: int = 1) -> "Cost":
        """This and so many of the other."""
        mine, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Cost(*(one + times * more for one, more in zip(mine, theirs, strict=True)))


class Series(msgspec.Struct, frozen=True):
    """All depths of one network: what it costs with a block a stage, and what each further block of a stage adds.

    A stage's later blocks are alike, so this is exact.
    """

    spec: ResNetSpec
    least: Cost
    further: tuple[Cost, ...]

    def at(self, blocks: Sequence[int]) -> NetworkPoint:
        """The network with so many blocks in each stage."""
        cost = self.least
        for count, one in zip(blocks, self.further, strict=True):
            cost = cost.plus(one, count - 1)
        spec = self.spec.but(blocks=tuple(blocks))
        return NetworkPoint(spec=spec, name=name_of(spec), **msgspec.structs.asdict(cost))

    def of_total(self, total: int) -> NetworkPoint:
        """The network with so many blocks, shared out by the rule."""
        return self.at(distribute_blocks(total, len(self.further)))


def series(spec: ResNetSpec, analyse: Callable[[ResNetSpec], Analysis]) -> Series:
    """The series of a network, from analysing one block a stage and then two in one stage after the other."""
    stages = len(spec.blocks)
    ones = (1,) * stages
    least = _cost(analyse(spec.but(blocks=ones)))
    twos = ((*ones[:stage], 2, *ones[stage + 1 :]) for stage in range(stages))
    further = tuple(_cost(analyse(spec.but(blocks=blocks))).plus(least, -1) for blocks in twos)
    return Series(spec, least, further)


def network_pairs(of: Mapping[BlockKind, Series]) -> NetworkPairs:
    """Both series, and for each published depth the nearest network with the other block by each match."""
    published = {kind: {sum(blocks): blocks for blocks in published_blocks(one.spec)} for kind, one in of.items()}
    totals = sorted({*SHOWN, *(total for found in published.values() for total in found if total <= MOST_BLOCKS)})
    shown = {
        kind: tuple(
            one.at(published[kind][total]) if total in published[kind] else one.of_total(total)
            for total in totals
            if total >= len(one.further)
        )
        for kind, one in of.items()
    }
    every = {kind: [of[kind].of_total(total) for total in range(len(of[kind].further), MOST_BLOCKS)] for kind in of}
    return NetworkPairs(shown["basic"], shown["bottleneck"], tuple(_pairs(of, every)))


def _pairs(of: Mapping[BlockKind, Series], every: Mapping[BlockKind, Sequence[NetworkPoint]]) -> Iterator[NetworkPair]:
    for match in get_args(PairMatch):
        for kind, held in _held(of):
            other: BlockKind = "basic" if kind == "bottleneck" else "bottleneck"
            partner = nearest(held, every[other], match)
            pair = (held, partner) if kind == "basic" else (partner, held)
            yield NetworkPair(match, *pair)


def _held(of: Mapping[BlockKind, Series]) -> list[tuple[BlockKind, NetworkPoint]]:
    """The published depths; where there are none, some of those that are shown."""
    published = [
        (kind, one.at(blocks)) for kind, one in of.items() for blocks in published_blocks(one.spec)
        if sum(blocks) <= MOST_BLOCKS
    ]  # fmt: skip
    some = ((kind, one, total) for kind, one in of.items() for total in SHOWN[1::3] if total >= len(one.further))
    return published or [(kind, one.of_total(total)) for kind, one, total in some]


def nearest(held: NetworkPoint, others: Sequence[NetworkPoint], match: PairMatch) -> NetworkPoint:
    """The one whose depth, parameters or MACs are nearest; the smaller of two."""
    target = getattr(held, match)
    return min(others, key=lambda point: (abs(getattr(point, match) - target), point.params))


def _cost(analysis: Analysis) -> Cost:
    return Cost(
        params=analysis.totals.params,
        macs=analysis.totals.macs,
        elementwise=elementwise_operations(analysis.layers),
        folded=elementwise_operations(analysis.layers, foldable_norms(analysis)),
        kept_bytes=saved_bytes(analysis.layers, analysis.edges),
    )
