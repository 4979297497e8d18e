"""The inspector's text on a layer, block or stage: facts, and the reasons for its numbers."""

import itertools
from collections.abc import Mapping, Sequence

import msgspec

from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.layers.explanations import layer_reasons
from resnet_viz.viewmodels.layers.purpose import group_purpose, layer_purpose
from resnet_viz.viewmodels.layers.table import type_text
from resnet_viz.viewmodels.parts import Fact, Reason
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.layers import field_remark


class Details(msgspec.Struct, frozen=True):
    """Everything that the inspector shows for one node."""

    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    reasons: tuple[Reason, ...]
    purpose: str


def details(analysis: Analysis, costs: Costs, node_id: str) -> Details | None:
    """Describe a layer, block or stage; None if the network has no such node."""
    layer = analysis.layer_by_id.get(node_id)
    if layer is not None:
        return _of_layer(analysis, costs, layer)
    group = find_group(analysis, node_id)
    return None if group is None else _of_group(analysis, costs, group)


def find_group(analysis: Analysis, node_id: str) -> GroupRecord | None:
    """Return the stem, stage, block or head with this id; None if the network has none."""
    candidates = groups(analysis, "block" if "." in node_id else "stage")
    return next((group for group in candidates if group.id == node_id), None)


def has_node(analysis: Analysis, node_id: str) -> bool:
    """Tell whether the network has this layer, block or stage."""
    return node_id in analysis.layer_by_id or find_group(analysis, node_id) is not None


def overview(analysis: Analysis, costs: Costs, title: str) -> Details:
    """Describe the whole network, which the inspector does while nothing is chosen."""
    spec, totals = analysis.spec, analysis.totals
    stages = trn("{n} stage · {kind}", "{n} stages · {kind}", len(spec.blocks))
    kinds = {_block_name(analysis, stage): None for stage in range(1, len(spec.blocks) + 1)}
    subtitle = stages.format(n=len(spec.blocks), kind=", ".join(kinds))
    facts = (
        Fact(tr("input"), units.shape(spec.input)),
        Fact(tr("output"), units.shape(analysis.layers[-1].output), strong=True),
        Fact(tr("layers"), units.exact(totals.layers)),
        *_sums(analysis, costs),
        Fact(tr("weights"), units.byte_size(totals.params_bytes), tr("fp32")),
        Fact(tr("activations"), units.short(totals.activations)),
        Fact(tr("receptive field"), units.pixels(totals.receptive_field)),
    )
    return Details(title, subtitle, facts, (), " ".join(filter(None, (*analysis.remarks, field_remark(spec)))))


def with_facts(details: Details, facts: Sequence[Fact]) -> Details:
    """Return the details with more facts below their own."""
    return msgspec.structs.replace(details, facts=(*details.facts, *facts))


def _of_layer(analysis: Analysis, costs: Costs, layer: LayerRecord) -> Details:
    facts = [Fact(_input_name(layer, index), units.shape(sizes)) for index, sizes in enumerate(layer.inputs)]
    facts += [
        Fact(tr("output"), units.shape(layer.output), strong=True),
        *_sums(analysis, costs, layer),
        Fact(tr("output size"), units.byte_size(layer.output_bytes), tr("fp32")),
        Fact(tr("receptive field"), units.pixels(layer.receptive_field), tr("jump {n}").format(n=layer.jump)),
    ]
    names = ((tr("Caffe name"), layer.caffe_name), (tr("feature level"), layer.feature_level))
    facts += [Fact(name, text) for name, text in names if text]
    subtitle = " · ".join([type_text(layer), *_position(analysis, layer)])
    reasons = layer_reasons(analysis, costs, layer)
    return Details(layer.id, subtitle, tuple(facts), reasons, layer_purpose(analysis, layer))


def _of_group(analysis: Analysis, costs: Costs, group: GroupRecord) -> Details:
    facts = (
        Fact(tr("input"), units.shape(group.input)),
        Fact(tr("output"), units.shape(group.output), strong=True),
        Fact(tr("layers"), units.exact(group.layers)),
        *_sums(analysis, costs, group),
        Fact(tr("outputs"), units.byte_size(group.output_bytes), tr("of all layers")),
        Fact(tr("receptive field"), units.pixels(group.receptive_field)),
    )
    params = {part.id: part.params for part in (*_parts(analysis, group), group)}
    reasons = (
        _sum_reason(analysis, group, tr("parameters"), params),
        _sum_reason(analysis, group, count_label(costs.convention).noun, costs.by_id),
    )
    return Details(group.id, _group_subtitle(analysis, group), facts, reasons, group_purpose(analysis, group))


def _sums(analysis: Analysis, costs: Costs, part: LayerRecord | GroupRecord | None = None) -> tuple[Fact, ...]:
    """Return the facts on parameters and operations of a part of the network, or of all of it."""
    totals = analysis.totals

    def share_note(amount: int, total: int) -> str:
        return units.percent(units.share(amount, total)) if amount and part is not None else ""

    counted, operations = part or totals, costs.by_id[part.id] if part else costs.total
    facts = (
        Fact(tr("parameters"), units.exact(counted.params), share_note(counted.params, totals.params)),
        Fact(count_label(costs.convention).heading, units.short(operations), share_note(operations, costs.total)),
    )
    if costs.convention == "elementwise":  # FLOPs would be the same number again
        return facts
    return (*facts, Fact(tr("FLOPs"), units.short(counted.flops), share_note(counted.flops, totals.flops)))


def _input_name(layer: LayerRecord, index: int) -> str:
    if layer.kind == "multiply":
        return tr("input") if index == 0 else tr("gate")
    if layer.kind != "add":
        return tr("input")
    return tr("residual") if index == 0 else tr("shortcut")


def _position(analysis: Analysis, layer: LayerRecord) -> list[str]:
    if not layer.stage:
        return [tr("stem") if layer.role == "stem" else tr("head")]
    position = [tr("stage {n}").format(n=layer.stage)]
    if layer.block is not None:
        count = analysis.spec.blocks[layer.stage - 1]
        position.append(tr("block {n} of {count}").format(n=layer.block + 1, count=count))
    if layer.role == "shortcut":
        position.append(tr("shortcut"))
    return position


def _block_name(analysis: Analysis, stage: int) -> str:
    """Return the name of the blocks of a stage, which is counted from 1."""
    return tr("Bottleneck") if analysis.spec.stage_kinds[stage - 1] == "bottleneck" else tr("Basic block")


def _group_subtitle(analysis: Analysis, group: GroupRecord) -> str:
    if not group.stage:
        return tr("before the first stage") if group.id == "stem" else tr("after the last stage")
    count, block = analysis.spec.blocks[group.stage - 1], _block_name(analysis, group.stage)
    if group.block is None:
        return tr("{n} × {block}").format(n=count, block=block)
    sentence = tr("{block} · stage {stage} · block {n} of {count}")
    return sentence.format(block=block, stage=group.stage, n=group.block + 1, count=count)


def _sum_reason(analysis: Analysis, group: GroupRecord, name: str, amounts: Mapping[str, int]) -> Reason:
    """Write an amount as the sum over a stage's blocks or a block's layers, with equal neighbors as a product."""
    question, value = tr("Why this many {things}?").format(things=name), amounts[group.id]
    terms = [(part.id, amount) for part in _parts(analysis, group) if (amount := amounts[part.id])]
    if len(terms) == 1:
        return Reason(question, tr("All of it in {name}").format(name=terms[0][0]), (units.exact(value),), "", "")
    written = []
    for amount, run in itertools.groupby(amount for _, amount in terms):
        times = len(list(run))
        written.append(units.exact(amount) if times == 1 else f"{times} · {units.exact(amount)}")
    is_stage = group.block is None and bool(group.stage)
    over = tr("The sum over its blocks") if is_stage else tr("The sum over its layers")
    worked = (f"{' + '.join(written) or 0} = {units.exact(value)}",)
    return Reason(question, over, worked, units.exact(value), "")


def _parts(analysis: Analysis, group: GroupRecord) -> Sequence[LayerRecord | GroupRecord]:
    if group.block is None and group.stage:
        return [block for block in groups(analysis, "block") if block.stage == group.stage]
    return analysis.layers_in(group.id)
