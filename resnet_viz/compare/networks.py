"""Compare two networks: totals, the fields of the spec that differ, and layers aligned block by block."""

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
COMPARED_FIELDS = ("type", "variant", "role", "inputs", "output", "params", "geometry")
"""Two layers are the same if these agree: the operation, its window and its shapes, but not the receptive field,
which depends on the layers before."""
BlockIndex = tuple[bool, int, int]
"""Whether it is the head, which comes last, then the stage and the block in it; the stem is stage 0."""


def compare_networks(first: Analysis, second: Analysis) -> NetworkComparison:
    """Compare two analyzed networks; layers are aligned by their role in their block."""
    return NetworkComparison(
        first=first.spec,
        second=second.spec,
        fields=tuple(_fields(first.spec, second.spec)),
        totals=tuple(_totals(first, second)),
        layers=tuple(_layers(first, second)),
    )


def _fields(first: ResNetSpec, second: ResNetSpec) -> Iterator[FieldChange]:
    """Yield the fields in which the specs differ; stage widths and strides count with their effective values."""
    for field in ResNetSpec.__struct_fields__:
        one, other = getattr(first, field), getattr(second, field)
        if one != other:
            yield FieldChange(field, _spelled(field, first), _spelled(field, second))


def _spelled(field: str, spec: ResNetSpec) -> str:
    """Return the value of a field as the command line spells it."""
    derived = {
        "stage_widths": spec.widths,
        "strides": spec.stage_strides,
        "stage_outputs": spec.outputs,
        "stage_blocks": spec.stage_kinds,
        "dilate": spec.dilated[1:],
    }
    value = derived.get(field, getattr(spec, field))
    if isinstance(value, tuple):
        between = "x" if field == "input" else ","
        return between.join(map(_spelled_part, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _spelled_part(part: object) -> str:
    """Return an item of a list as the command line spells it: a list within it in brackets, true as 1."""
    if isinstance(part, tuple):
        return f"[{','.join(map(_spelled_part, part))}]"
    return str(int(part)) if isinstance(part, bool) else str(part)


def _totals(first: Analysis, second: Analysis) -> Iterator[FigurePair]:
    yield FigurePair("depth", first.spec.depth, second.spec.depth)
    for name in TOTALS:
        yield FigurePair(name, getattr(first.totals, name), getattr(second.totals, name))
    yield FigurePair("flops_norms_folded", *(costs(found, "folded").total for found in (first, second)))
    yield FigurePair("kept_bytes", *(saved_bytes(found.layers, found.edges) for found in (first, second)))


def _layers(first: Analysis, second: Analysis) -> Iterator[LayerChange]:
    left, right = _by_block(first.layers), _by_block(second.layers)
    for index in sorted(left.keys() | right.keys()):
        blocks = left.get(index, []), right.get(index, [])
        both_end_in_relu = all(_ends_in_relu(members) for members in blocks)
        one, other = (_roles(members, both_end_in_relu) for members in blocks)
        for role in _merged(list(one), list(other)):
            yield _change(one.get(role), other.get(role))


def _by_block(layers: Sequence[LayerRecord]) -> dict[BlockIndex, list[LayerRecord]]:
    """Return the layers of each block, of the stem and of the head."""
    groups = groupby(layers, lambda layer: id_of_group(layer.stage, layer.block, "block"))
    found = [[*members] for _, members in groups]
    return {_block_index(members[0]): members for members in found}


def _ends_in_relu(members: Sequence[LayerRecord]) -> bool:
    return bool(members) and members[-1].kind == "act" and members[-1].block is not None


def _roles(members: Sequence[LayerRecord], ends_in_relu: bool) -> dict[str, LayerRecord]:
    """Return the layers of a block by their role: the layer's id, or `end` for the ReLU that ends the block.

    That ReLU is `relu2` in a Basic block but `relu3` in a Bottleneck, which has another `relu2`.
    """
    return {"end" if ends_in_relu and layer is members[-1] else layer.id: layer for layer in members}


def _block_index(layer: LayerRecord) -> BlockIndex:
    return layer.stage is None, layer.stage or 0, layer.block or 0


def _merged(first: list[str], second: list[str]) -> list[str]:
    """Return the first list with each name that only the second has inserted behind its predecessor in the second."""
    merged = list(first)
    for index, name in enumerate(second):
        if name not in merged:
            merged.insert(merged.index(second[index - 1]) + 1 if index else 0, name)
    return merged


def _change(first: LayerRecord | None, second: LayerRecord | None) -> LayerChange:
    known = first or second
    assert known is not None
    change: Change = "removed" if second is None else "added" if first is None else "same"
    if (
        first is not None
        and second is not None
        and any(getattr(first, key) != getattr(second, key) for key in COMPARED_FIELDS)
    ):
        change = "changed"
    return LayerChange(known.id, known.stage, change, first, second)
