"""Analyses and comparisons of networks from end to end, without measurements; those are in `resnet_viz.measurement`."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import get_args

from resnet_viz.compare.blocks import block_layers, block_side, matched_quantity
from resnet_viz.compare.depth_series import depth_series, network_pairs
from resnet_viz.compare.networks import compare_networks
from resnet_viz.compare.width_matching import solved_width
from resnet_viz.errors import SpecError
from resnet_viz.graph import rules
from resnet_viz.graph.caffe_names import caffe_name
from resnet_viz.graph.calls import Call
from resnet_viz.graph.edges import edges
from resnet_viz.graph.trace import trace
from resnet_viz.metrics import counts
from resnet_viz.metrics.memory import peak_activation_bytes
from resnet_viz.metrics.receptive_field import ReceptiveField, receptive_fields
from resnet_viz.metrics.rollup import totals
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, LayerRecord
from resnet_viz.records.block_pair import Agreement, BlockComparison, BlockSide
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import CONVS_PER_BLOCK, BlockKind, ResNetSpec
from resnet_viz.texts import tr


def analyse(spec: ResNetSpec) -> Analysis:
    """Trace the network of a spec, count its layers and check its graph; no weights are allocated."""
    calls = trace(spec)
    fields = receptive_fields(calls)
    levels = _feature_levels(spec, calls)
    layers = tuple(_record(spec, call, fields[call.id], levels.get(call.id)) for call in calls)
    analysis = Analysis(
        spec=spec,
        totals=totals(layers, peak_activation_bytes(calls)),
        layers=layers,
        edges=edges(calls),
        remarks=tuple(_remarks(layers)),
    )
    rules.check(analysis.graph)
    return analysis


def compare_blocks(setting: BlockSetting) -> BlockComparison:
    """Analyze a Basic block and a Bottleneck with the same input and output, one of them at the width that matches.

    Raises SpecError if no width matches or one of the blocks cannot be built.
    """
    if setting.match == "latency":
        raise SpecError("match", setting.match, tr("it has to be measured, so name a device: --device cpu"))
    return compare_at_width(setting, solved_width(setting))


def compare_at_width(setting: BlockSetting, width: int) -> BlockComparison:
    """Return the comparison in which the block to be solved for, `setting.solve`, has this width."""
    widths = {setting.fixed: setting.fixed_width, setting.solve: width}
    sides = {kind: _side(setting, kind, width) for kind, width in widths.items()}
    target, reached = (matched_quantity(setting, sides[kind]) for kind in (setting.fixed, setting.solve))
    return BlockComparison(setting, sides["basic"], sides["bottleneck"], Agreement(setting.match, target, reached))


def compare_specs(first: ResNetSpec, second: ResNetSpec) -> NetworkComparison:
    """Analyze two networks and compare them."""
    return compare_networks(analyse(first), analyse(second))


def compare_depths(base: ResNetSpec) -> NetworkPairs:
    """Return Basic and Bottleneck networks of every depth, otherwise as `base`, and the pairs that match."""
    return network_pairs({kind: depth_series(base.with_block(kind), analyse) for kind in get_args(BlockKind)})


def _side(setting: BlockSetting, kind: BlockKind, width: int) -> BlockSide:
    analysis = analyse(setting.spec_of(kind, width))
    moved = sum(moved_bytes(layer, BYTES_PER_ELEMENT) for layer in block_layers(analysis))
    return block_side(analysis, kind, width, moved)


def _record(spec: ResNetSpec, call: Call, field: ReceptiveField, level: str | None) -> LayerRecord:
    operation = call.operation
    return LayerRecord(
        id=call.id,
        kind=operation.kind,
        type=operation.type,
        stage=call.stage,
        block=call.block,
        role=call.role,
        inputs=call.input_shapes,
        output=call.output,
        params=operation.params,
        macs=counts.macs(call),
        flops=counts.flops(call),
        output_bytes=prod(call.output) * BYTES_PER_ELEMENT,
        receptive_field=field.size,
        jump=field.jump,
        geometry=operation.geometry,
        caffe_name=_caffe_name(spec, call),
        feature_level=level,
        variant=operation.variant,
    )


def _caffe_name(spec: ResNetSpec, call: Call) -> str | None:
    if spec.order == "pre":
        return None
    kind = spec.stage_kinds[call.stage - 1] if call.stage else spec.block
    return caffe_name(call.id, call.operation.kind, CONVS_PER_BLOCK[kind])


def _feature_levels(spec: ResNetSpec, calls: Sequence[Call]) -> dict[str, str]:
    """Return the feature levels by layer id, empty for a network with a head: C1 is the output of the stem, C2, C3, …
    are those of the stages.
    """
    if spec.head:
        return {}
    last = {call.stage: call.id for call in calls if call.stage is not None}
    return {layer: f"C{stage + 1}" for stage, layer in last.items()}


def _remarks(layers: Sequence[LayerRecord]) -> Iterator[str]:
    """Yield a sentence for each property of a valid network that is probably not intended."""
    for layer in layers:
        strided = layer.geometry is not None and layer.geometry.stride > 1
        if strided and layer.inputs[0][2:] == (1, 1):
            yield tr("From {layer} on the feature map is a single pixel: later strides change nothing.").format(
                layer=layer.id
            )
            return
