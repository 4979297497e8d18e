"""Two networks side by side: totals, the fields that differ, and layers aligned stage by stage."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from resnet_viz.graph.calls import id_of_group
from resnet_viz.metrics.conventions import costs
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.block_pair import FigurePair
from resnet_viz.records.network_pair import Change, FieldChange, LayerChange, NetworkComparison
from resnet_viz.spec.network import ResNetSpec

TOTALS = ("params", "macs", "flops", "activations", "peak_activation_bytes", "receptive_field", "layers")
SAME = ("type", "variant", "role", "inputs", "output", "params", "geometry")
"""What makes two layers the same: the operation, its window and its shapes; the receptive field is not its own."""
Place = tuple[int, int]


def compare_networks(first: Analysis, second: Analysis) -> NetworkComparison:
    """Hold two analysed networks side by side, layer by layer by what they do in their block."""
    return NetworkComparison(
        first=first.spec,
        second=second.spec,
        fields=tuple(_fields(first.spec, second.spec)),
        totals=tuple(_totals(first, second)),
        layers=tuple(_layers(first, second)),
    )


def _fields(first: ResNetSpec, second: ResNetSpec) -> Iterator[FieldChange]:
    """What the specs say differently; stage widths and strides as they come out, said or not."""
    for field in ResNetSpec.__struct_fields__:
        one, other = getattr(first, field), getattr(second, field)
        if one != other:
            yield FieldChange(field, _spelled(field, first), _spelled(field, second))


def _spelled(field: str, spec: ResNetSpec) -> str:
    derived = {"stage_widths": spec.widths, "strides": spec.stage_strides, "dilate": spec.dilated[1:]}
    value = derived.get(field, getattr(spec, field))
    if isinstance(value, tuple):
        between = "x" if field == "input" else ","
        return between.join(str(int(part)) for part in value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _totals(first: Analysis, second: Analysis) -> Iterator[FigurePair]:
    yield FigurePair("depth", first.spec.depth, second.spec.depth)
    for name in TOTALS:
        yield FigurePair(name, getattr(first.totals, name), getattr(second.totals, name))
    yield FigurePair("flops_norms_folded", *(costs(found, "folded").total for found in (first, second)))
    yield FigurePair("kept_bytes", *(saved_bytes(found.layers, found.edges) for found in (first, second)))


def _layers(first: Analysis, second: Analysis) -> Iterator[LayerChange]:
    left, right = _by_place(first.layers), _by_place(second.layers)
    for place in sorted(left.keys() | right.keys()):
        blocks = left.get(place, []), right.get(place, [])
        alike = all(_ends_in_act(members) for members in blocks)
        one, other = (_roles(members, alike) for members in blocks)
        for role in _merged(list(one), list(other)):
            yield _change(one.get(role), other.get(role))


def _by_place(layers: Sequence[LayerRecord]) -> dict[Place, list[LayerRecord]]:
    """The layers of each block in the order of stages and blocks, the head last."""
    groups = groupby(layers, lambda layer: id_of_group(layer.stage, layer.block, "block"))
    found = [[*members] for _, members in groups]
    return {_place(members[0]): members for members in found}


def _ends_in_act(members: Sequence[LayerRecord]) -> bool:
    return bool(members) and members[-1].kind == "act" and members[-1].block is not None


def _roles(members: Sequence[LayerRecord], ends: bool) -> dict[str, LayerRecord]:
    """Each layer of a block under the name of what it does there: its own, and where both blocks end in a ReLU, that.

    It is `relu2` in a Basic block and `relu3` in a Bottleneck, which has another `relu2`.
    """
    return {"end" if ends and layer is members[-1] else layer.id: layer for layer in members}


def _place(layer: LayerRecord) -> Place:
    after_all = 1 << 20
    return (after_all if layer.stage is None else layer.stage, 0 if layer.block is None else layer.block)


def _merged(first: list[str], second: list[str]) -> list[str]:
    """The first's names, and each that the second alone has behind the one it follows there."""
    merged = list(first)
    for place, name in enumerate(second):
        if name not in merged:
            merged.insert(merged.index(second[place - 1]) + 1 if place else 0, name)
    return merged


def _change(first: LayerRecord | None, second: LayerRecord | None) -> LayerChange:
    known = first or second
    assert known is not None
    change: Change = "removed" if second is None else "added" if first is None else "same"
    if first is not None and second is not None and any(getattr(first, key) != getattr(second, key) for key in SAME):
        change = "changed"
    return LayerChange(known.id, known.stage, change, first, second)
