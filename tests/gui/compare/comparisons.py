"""Comparisons for the tests of their views, and a view of two blocks that is shown."""

from typing import Any

import msgspec

from resnet_viz.gui.compare.blocks_view import BlocksView
from resnet_viz.gui.shown import EVERYTHING, CompareState, Shown
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.analysis import Convention
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset

COMPARED = compare_blocks(BlockSetting())


def network(name: str, params: int, latency_us: float | None = None) -> NetworkPoint:
    """A network of a series with plausible costs."""
    return NetworkPoint(preset(name), params, 100 * params, 7 * params, 5 * params, 3 * params, name, latency_us)


PAIRS = NetworkPairs(
    (network("resnet18", 11_000_000), network("resnet34", 22_000_000)),
    (network("resnet50", 26_000_000), network("resnet101", 45_000_000)),
    (
        NetworkPair("depth", network("resnet34", 22_000_000), network("resnet50", 26_000_000)),
        NetworkPair("params", network("resnet34", 22_000_000), network("resnet41", 23_000_000)),
    ),
)


class ShownBlocks:
    """A view of two blocks, and the state that it shows."""

    def __init__(self, view: BlocksView) -> None:
        self.view = view
        self.state = CompareState(blocks=COMPARED, pairs=PAIRS)
        self.display()

    def display(self, convention: Convention = "macs", **changes: Any) -> None:
        """Show a state with these changes."""
        self.state = msgspec.structs.replace(self.state, **changes)
        shown = Shown(preset("resnet50"), convention=convention, comparison=self.state)
        self.view.display(shown, EVERYTHING)
