"""The figures of one block, and what they are in the other."""

import msgspec

from resnet_viz.compare.width_matching import UNCOUNTED
from resnet_viz.metrics.conventions import elementwise_operations, foldable_norms
from resnet_viz.metrics.saved_for_backward import saved_bytes, saved_elements
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.block_pair import Agreement, BlockComparison, BlockCost, BlockSide, PairTimes
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import BlockKind

STAGE = 2
"""Where `BlockSetting.spec_of` puts the block."""


def block_layers(analysis: Analysis) -> tuple[LayerRecord, ...]:
    """The layers of the block that is compared."""
    return tuple(layer for layer in analysis.layers if layer.stage == STAGE)


def block_side(analysis: Analysis, kind: BlockKind, width: int, moved_bytes: int) -> BlockSide:
    """The block in the network of `BlockSetting.spec_of`; `moved_bytes` is what its layers read and write in fp32."""
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


def quantity(setting: BlockSetting, side: BlockSide) -> float:
    """What is matched, of one block; latency is not counted, so the channels stand for it."""
    return side.channels if setting.match in UNCOUNTED else int(getattr(side.figures, setting.match))


def with_times(compared: BlockComparison, times: PairTimes) -> BlockComparison:
    """The comparison with what was measured, which a match by latency agrees in."""
    agreement = compared.agreement
    if compared.setting.match == "latency":
        medians = {"basic": times.first.spread.median_us, "bottleneck": times.second.spread.median_us}
        agreement = Agreement("latency", medians[compared.setting.held], medians[compared.setting.solve])
    return msgspec.structs.replace(compared, times=times, agreement=agreement)


def _weights(layer: LayerRecord) -> int:
    """A convolution's parameters; those of our blocks have no bias."""
    return layer.params if layer.kind == "conv" else 0
