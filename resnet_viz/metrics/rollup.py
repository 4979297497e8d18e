"""Sums of layer records over blocks, stages and the whole network."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, GroupLevel, GroupRecord, LayerRecord, Totals
from resnet_viz.records.quantities import SUMMED_FIELDS
from resnet_viz.texts import tr


def totals(layers: Sequence[LayerRecord], peak_activation_bytes: int) -> Totals:
    """Sum the records of all layers; `activations` are those of convolutions and linear layers."""
    params = sum(layer.params for layer in layers)
    return Totals(
        layers=len(layers),
        params=params,
        macs=sum(layer.macs for layer in layers),
        flops=sum(layer.flops for layer in layers),
        activations=sum(prod(layer.output) for layer in layers if layer.kind in ("conv", "linear")),
        params_bytes=params * BYTES_PER_ELEMENT,
        peak_activation_bytes=peak_activation_bytes,
        receptive_field=max(layer.receptive_field for layer in layers if layer.role not in ("gate", "head")),
    )


def groups(analysis: Analysis, level: GroupLevel) -> tuple[GroupRecord, ...]:
    """Return the stem, each block or stage, and the head, in execution order; every layer is in exactly one."""
    return tuple(_groups(analysis.layers, level))


def _groups(layers: Sequence[LayerRecord], level: GroupLevel) -> Iterator[GroupRecord]:
    def key(layer: LayerRecord) -> str:
        return id_of_group(layer.stage, layer.block, level)

    for name, members in groupby(layers, key):
        inside = list(members)
        yield GroupRecord(
            id=name,
            title=_title(inside[0], level),
            stage=inside[0].stage,
            block=inside[0].block if level == "block" else None,
            layers=len(inside),
            input=inside[0].inputs[0],
            output=inside[-1].output,
            **{field: sum(getattr(layer, field) for layer in inside) for field in SUMMED_FIELDS},
            receptive_field=inside[-1].receptive_field,
        )


def _title(layer: LayerRecord, level: GroupLevel) -> str:
    if layer.stage is None:
        return tr("head")
    if layer.stage == 0:
        return tr("stem")
    if level == "stage":
        return tr("stage {n} · conv{paper}_x").format(n=layer.stage, paper=layer.stage + 1)
    return tr("stage {n} · block {block}").format(n=layer.stage, block=(layer.block or 0) + 1)
