"""What a comparison of two networks shows: totals, what differs in the question, and which layers differ."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from resnet_viz.graph.elements import group_id
from resnet_viz.network_comparisons import Change, LayerChange, NetworkComparison
from resnet_viz.presets import title_of
from resnet_viz.records import LayerRecord
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.comparison import FigureRow, latency_rows
from resnet_viz.viewmodels.labels import layer_label, layer_note
from resnet_viz.viewmodels.units import UNKNOWN, byte_size, exact, pixels, shape_of_one


class ChangeRow(msgspec.Struct, frozen=True):
    """One layer that differs, or neighbouring blocks that one network alone has: what stands there in each."""

    where: str
    change: Change
    first: str
    second: str


def network_names(compared: NetworkComparison) -> tuple[str, str]:
    """What the two are called; where that is one name, A and B tell them apart."""
    first, second = title_of(compared.first), title_of(compared.second)
    return (f"A · {first}", f"B · {second}") if first == second else (first, second)


def total_rows(compared: NetworkComparison, how_to_measure: str) -> tuple[FigureRow, ...]:
    """The totals of both networks with their ratio; `how_to_measure` stands where a time is yet unknown."""
    names = {
        "depth": tr("depth"),
        "layers": tr("operations"),
        "params": tr("parameters"),
        "macs": tr("MACs"),
        "flops": tr("FLOPs"),
        "activations": tr("activations"),
        "kept_bytes": tr("kept for training"),
        "peak_activation_bytes": tr("peak of the activations"),
        "receptive_field": tr("receptive field"),
    }
    counted = (
        FigureRow(pair.name, names[pair.name], pair.first, pair.second, _text(pair.name, pair.first),
                  _text(pair.name, pair.second), pair.ratio)
        for pair in compared.totals
    )  # fmt: skip
    return (*counted, *latency_rows(compared.times, how_to_measure))


def change_rows(compared: NetworkComparison) -> tuple[ChangeRow, ...]:
    """Every layer that differs, in order; blocks that one network alone has are one row for each run of them."""
    return tuple(_rows(compared.layers))


def change_names() -> dict[Change, str]:
    """What each way of differing is called."""
    return {"same": tr("same"), "changed": tr("changed"), "added": tr("added"), "removed": tr("removed")}


def field_sentence(compared: NetworkComparison) -> str:
    """Which fields of the question differ, with both values."""
    names = network_names(compared)
    lead = tr("{first} against {second}").format(first=names[0], second=names[1])
    changes = "; ".join(
        tr("{field}: {first} against {second}").format(
            field=change.field.replace("_", " "), first=change.first or UNKNOWN, second=change.second or UNKNOWN
        )
        for change in compared.fields
    )
    return f"{lead} · {changes}" if changes else lead


def change_sentence(compared: NetworkComparison) -> str:
    """How many layers are the same, changed, added and removed."""
    if not compared.fields:
        return tr("The two networks are the same: no difference in {n} layers.").format(n=f"{len(compared.layers):,}")
    counts = [
        text.format(n=f"{compared.count(change):,}") for change, text in _counted() if compared.count(change)
    ]  # fmt: skip
    return tr("From the first to the second: {counts}.").format(counts=", ".join(counts))


def _counted() -> tuple[tuple[Change, str], ...]:
    return (
        ("changed", tr("{n} layers changed")), ("added", tr("{n} added")), ("removed", tr("{n} removed")),
        ("same", tr("{n} the same")),
    )  # fmt: skip


def _text(name: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if name.endswith("_bytes"):
        return byte_size(int(value))
    return pixels(int(value)) if name == "receptive_field" else exact(int(value))


def _rows(layers: Sequence[LayerChange]) -> Iterator[ChangeRow]:
    blocks = [[*members] for _, members in groupby(layers, _block_of)]
    for (whole, _stage), run in groupby(blocks, lambda members: (_whole(members), members[0].stage)):
        if whole is None:
            for members in run:
                yield from (_row(layer) for layer in members if layer.change != "same")
        else:
            yield _run_row(whole, [*run])


def _block_of(layer: LayerChange) -> str:
    record = _known(layer)
    return group_id(record.stage, record.block, "block")


def _whole(members: Sequence[LayerChange]) -> Change | None:
    """What happened to a block that one network alone has; None for stem and head, and where both have it."""
    changes = {layer.change for layer in members}
    alone = len(changes) == 1 and members[0].change in ("added", "removed") and _known(members[0]).block is not None
    return members[0].change if alone else None


def _run_row(change: Change, blocks: Sequence[Sequence[LayerChange]]) -> ChangeRow:
    names = [_block_of(blocks[0][0]), _block_of(blocks[-1][0])]
    where = names[0] if len(blocks) == 1 else " – ".join(names)
    layers = [_known(layer) for members in blocks for layer in members]
    text = tr("{blocks}, {layers} layers, {params} parameters").format(
        blocks=trn("{n} block", "{n} blocks", len(blocks)).format(n=len(blocks)),
        layers=f"{len(layers):,}", params=exact(sum(layer.params for layer in layers)),
    )  # fmt: skip
    return ChangeRow(where, change, "" if change == "added" else text, text if change == "added" else "")


def _row(layer: LayerChange) -> ChangeRow:
    return ChangeRow(layer.id, layer.change, _described(layer.first), _described(layer.second))


def _described(layer: LayerRecord | None) -> str:
    if layer is None:
        return ""
    parts = (layer_label(layer), layer_note(layer), shape_of_one(layer.output))
    return " · ".join(part for part in parts if part)


def _known(layer: LayerChange) -> LayerRecord:
    record = layer.first or layer.second
    assert record is not None
    return record
