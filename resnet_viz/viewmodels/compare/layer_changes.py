"""The layers in which two networks differ, as rows; what blocks in a row have alike is said once."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import LayerRecord
from resnet_viz.records.network_pair import Change, LayerChange, NetworkComparison
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.layers import layer_label, layer_note
from resnet_viz.viewmodels.text.numbers import shape_of_one, short

Block = Sequence[LayerChange]


class ChangeRow(msgspec.Struct, frozen=True):
    """One layer that differs, in neighboring blocks alike, or blocks that one network alone has: what stands there
    in each.
    """

    where: str
    change: Change
    first: str
    second: str


def change_rows(compared: NetworkComparison) -> tuple[ChangeRow, ...]:
    """Every layer that differs, in order; blocks that differ alike, or that one network alone has, in one go."""
    blocks = [[*members] for _, members in groupby(compared.layers, _name)]
    rows: list[ChangeRow] = []
    for (whole, _stage), run in groupby(blocks, lambda members: (_whole(members), members[0].stage)):
        if whole is not None:
            rows.append(_run_row(whole, [*run]))
            continue
        for _, alike in groupby(run, _differences):
            rows.extend(_layer_rows([*alike]))
    return tuple(rows)


def change_names() -> dict[Change, str]:
    """What each way of differing is called."""
    return {"same": tr("same"), "changed": tr("changed"), "added": tr("added"), "removed": tr("removed")}


def _name(layer: LayerChange) -> str:
    """The id of the block that it stands in."""
    record = _known(layer)
    return id_of_group(record.stage, record.block, "block")


def _whole(members: Block) -> Change | None:
    """What happened to a block that one network alone has; None for stem and head, and where both have it."""
    changes = {layer.change for layer in members}
    alone = len(changes) == 1 and members[0].change in ("added", "removed") and _known(members[0]).block is not None
    return members[0].change if alone else None


def _differences(members: Block) -> tuple[tuple[str, Change, str, str], ...]:
    """What differs in a block, its layers named within it."""
    return tuple(
        (_within(layer, _name(layer)), layer.change, _described(layer.first), _described(layer.second))
        for layer in members
        if layer.change != "same"
    )


def _within(layer: LayerChange, block: str) -> str:
    """The layer's name in its block, or in the network for stem and head; both names where they differ."""
    names = [record.id.removeprefix(f"{block}.") for record in (layer.first, layer.second) if record is not None]
    return " → ".join(dict.fromkeys(names))


def _layer_rows(blocks: Sequence[Block]) -> Iterator[ChangeRow]:
    place = _span(blocks) + "." if _known(blocks[0][0]).block is not None else ""
    for name, change, first, second in _differences(blocks[0]):
        yield ChangeRow(f"{place}{name}", change, first, second)


def _span(blocks: Sequence[Block]) -> str:
    """`layer3.6`, or `layer3.6–22` for a run of blocks."""
    first, last = _name(blocks[0][0]), _known(blocks[-1][0]).block
    return first if len(blocks) == 1 else f"{first}–{last}"


def _run_row(change: Change, blocks: Sequence[Block]) -> ChangeRow:
    layers = [_known(layer) for members in blocks for layer in members]
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


def _known(layer: LayerChange) -> LayerRecord:
    record = layer.first or layer.second
    assert record is not None
    return record
