"""Build the rows of the layers in which two networks differ; neighboring blocks with equal changes share their rows."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import LayerRecord
from resnet_viz.records.network_pair import Change, LayerChange, NetworkComparison
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.layers import layer_label, layer_note
from resnet_viz.viewmodels.text.numbers import shape_of_one, short

BlockChanges = Sequence[LayerChange]


class ChangeRow(msgspec.Struct, frozen=True):
    """One layer that differs, alike in neighboring blocks, or a group of blocks that only one network has.

    `first` and `second` describe the layer or the blocks in each network; empty in a network that lacks them.
    """

    where: str
    change: Change
    first: str
    second: str


def change_rows(compared: NetworkComparison) -> tuple[ChangeRow, ...]:
    """Return the rows of all layers that differ, in order; neighboring blocks with equal changes share their rows."""
    blocks = [[*members] for _, members in groupby(compared.layers, _block_id)]
    rows: list[ChangeRow] = []
    for (change, _stage), group in groupby(blocks, lambda members: (_whole_block_change(members), members[0].stage)):
        if change is not None:
            rows.append(_whole_blocks_row(change, [*group]))
            continue
        for _, equal in groupby(group, _differences):
            rows.extend(_layer_rows([*equal]))
    return tuple(rows)


def change_names() -> dict[Change, str]:
    """Return the name of each kind of change."""
    return {"same": tr("same"), "changed": tr("changed"), "added": tr("added"), "removed": tr("removed")}


def _block_id(layer: LayerChange) -> str:
    """Return the id of the layer's block."""
    record = _either_record(layer)
    return id_of_group(record.stage, record.block, "block")


def _whole_block_change(members: BlockChanges) -> Change | None:
    """Return `added` or `removed` for a block that only one network has; None for any other block, stem and head."""
    changes = {layer.change for layer in members}
    is_whole = len(changes) == 1 and members[0].change in ("added", "removed")
    return members[0].change if is_whole and _either_record(members[0]).block is not None else None


def _differences(members: BlockChanges) -> tuple[tuple[str, Change, str, str], ...]:
    """Return name in the block, change and both descriptions of each layer that differs."""
    return tuple(
        (_name_in_block(layer, _block_id(layer)), layer.change, _described(layer.first), _described(layer.second))
        for layer in members
        if layer.change != "same"
    )


def _name_in_block(layer: LayerChange, block: str) -> str:
    """Return the layer's id without that of its block, `relu2 → relu3` where the two networks differ in it."""
    names = [record.id.removeprefix(f"{block}.") for record in (layer.first, layer.second) if record is not None]
    return " → ".join(dict.fromkeys(names))


def _layer_rows(blocks: Sequence[BlockChanges]) -> Iterator[ChangeRow]:
    prefix = _span(blocks) + "." if _either_record(blocks[0][0]).block is not None else ""
    for name, change, first, second in _differences(blocks[0]):
        yield ChangeRow(f"{prefix}{name}", change, first, second)


def _span(blocks: Sequence[BlockChanges]) -> str:
    """Return `layer3.6` for one block, `layer3.6–22` for several."""
    first, last = _block_id(blocks[0][0]), _either_record(blocks[-1][0]).block
    return first if len(blocks) == 1 else f"{first}–{last}"


def _whole_blocks_row(change: Change, blocks: Sequence[BlockChanges]) -> ChangeRow:
    layers = [_either_record(layer) for members in blocks for layer in members]
    text = tr("{blocks} · {layers} layers · {params} parameters").format(
        blocks=trn("{n} block", "{n} blocks", len(blocks)).format(n=len(blocks)),
        layers=f"{len(layers):,}", params=short(sum(layer.params for layer in layers)),
    )  # fmt: skip
    return ChangeRow(_span(blocks), change, "" if change == "added" else text, text if change == "added" else "")


def _described(layer: LayerRecord | None) -> str:
    if layer is None:
        return ""
    parts = (layer_label(layer), layer_note(layer), shape_of_one(layer.output))
    return " · ".join(part for part in parts if part)


def _either_record(layer: LayerChange) -> LayerRecord:
    record = layer.first or layer.second
    assert record is not None
    return record
