"""Count the figures of one block, and match them with those of the other."""

import msgspec

from resnet_viz.compare.width_matching import MATCHED_BY_CHANNELS
from resnet_viz.metrics.conventions import elementwise_operations, foldable_norms
from resnet_viz.metrics.saved_for_backward import saved_bytes, saved_elements
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.block_pair import Agreement, BlockComparison, BlockCost, BlockSide, PairTimes
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import BlockKind

BLOCK_STAGE = 2
"""The stage into which `BlockSetting.spec_of` puts the compared block."""


def block_layers(analysis: Analysis) -> tuple[LayerRecord, ...]:
    """Return the layers of the compared block in a network of `BlockSetting.spec_of`."""
    return tuple(layer for layer in analysis.layers if layer.stage == BLOCK_STAGE)


def block_side(analysis: Analysis, kind: BlockKind, width: int, moved_bytes: int) -> BlockSide:
    """Return the compared block of an analyzed network of `BlockSetting.spec_of`.

    `moved_bytes` are the bytes that its layers read and write in fp32.
    """
    layers = block_layers(analysis)
    inside = {layer.id for layer in layers}
    edges = tuple(edge for edge in analysis.edges if edge.target in inside)
    before = analysis.layers[analysis.layers.index(layers[0]) - 1]
    macs = sum(layer.macs for layer in layers)
    flops = sum(layer.flops for layer in layers)
    figures = BlockCost(
        weights=sum(_weights(layer) for layer in layers),
        params=sum(layer.params for layer in layers),
        macs=macs,
        elementwise=elementwise_operations(layers),
        folded=elementwise_operations(layers, foldable_norms(analysis)),
        kept=saved_elements(layers, edges),
        kept_bytes=saved_bytes(layers, edges),
        moved_bytes=moved_bytes,
        intensity=flops / moved_bytes,
        layers=sum(layer.kind == "conv" and layer.role == "main" for layer in layers),
        field_added=(layers[-1].receptive_field - before.receptive_field) // before.jump,
    )
    return BlockSide(kind, width, analysis.spec, layers, edges, figures)


def matched_quantity(setting: BlockSetting, side: BlockSide) -> float:
    """Return the value of the matched quantity in one block.

    Latency cannot be counted, so a match by latency gives the channels instead.
    """
    return side.channels if setting.match in MATCHED_BY_CHANNELS else int(getattr(side.figures, setting.match))


def with_times(compared: BlockComparison, times: PairTimes) -> BlockComparison:
    """Return the comparison with measured times; a match by latency then states how nearly the times agree."""
    agreement = compared.agreement
    if compared.setting.match == "latency":
        medians = {"basic": times.first.spread.median_us, "bottleneck": times.second.spread.median_us}
        agreement = Agreement("latency", medians[compared.setting.fixed], medians[compared.setting.solve])
    return msgspec.structs.replace(compared, times=times, agreement=agreement)


def _weights(layer: LayerRecord) -> int:
    """Return the weights of a convolution, which has no bias in a block; 0 for any other layer."""
    return layer.params if layer.kind == "conv" else 0
