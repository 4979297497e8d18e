"""Changes of a network after which its lists for each stage and block still fit its stages and blocks."""

from typing import Any, TypeVar

from resnet_viz.spec.network import ResNetSpec

Value = TypeVar("Value")
InnerWidths = tuple[int, ...]
"""The channels between the convolutions of one block."""


def fitted(spec: ResNetSpec, **changes: Any) -> ResNetSpec:
    """Return the network with these fields changed, and the lists fitted that are not changed themselves.

    A list is cut where stages or blocks are removed. A new stage has stride 2 and twice the width of the one before; a
    new block has the inner widths of the one before. Where a stage gets blocks of another kind, `stage_outputs` and
    `block_widths` are dropped. A stage of which `block_widths` has one block alone has that one in every place.

    Raises SpecError if the result is not valid.
    """
    if "block" in changes:
        changes = {"stage_blocks": None, **changes}
    shape = ResNetSpec(blocks=changes.get("blocks", spec.blocks))  # its lists are no longer than it is allowed
    stages = len(shape.blocks)
    fields: dict[str, Any] = {
        "stage_widths": _doubled(spec.stage_widths, stages),
        "strides": _extended(spec.strides, stages, 2),
        "dilate": _extended(spec.dilate, stages - 1, False) or None,
        "stage_blocks": _extended(spec.stage_blocks, stages, spec.stage_kinds[-1]),
        **changes,
    }
    kinds = shape.but(block=fields.get("block", spec.block), stage_blocks=fields["stage_blocks"]).stage_kinds
    keeps_kinds = all(new == old for new, old in zip(kinds, spec.stage_kinds, strict=False))
    pruned = {
        "stage_outputs": _doubled(spec.stage_outputs, stages) if keeps_kinds else None,
        "block_widths": _of_blocks(spec.block_widths, shape.blocks) if keeps_kinds else None,
    }
    if changes.get("block_widths") is not None:
        pairs = zip(changes["block_widths"], shape.blocks, strict=False)
        fields["block_widths"] = tuple(stage * blocks if len(stage) == 1 else stage for stage, blocks in pairs)
    return spec.but(**{**pruned, **fields})


def _extended(values: tuple[Value, ...] | None, count: int, new: Value) -> tuple[Value, ...] | None:
    return None if values is None else values[:count] + (new,) * (count - len(values))


def _doubled(widths: tuple[int, ...] | None, count: int) -> tuple[int, ...] | None:
    """Cut or extend the widths of stages to so many."""
    if widths is None:
        return None
    return widths[:count] + tuple(widths[-1] * 2 ** (1 + stage) for stage in range(count - len(widths)))


def _of_blocks(
    widths: tuple[tuple[InnerWidths, ...], ...] | None, blocks: tuple[int, ...]
) -> tuple[tuple[InnerWidths, ...], ...] | None:
    """Cut or extend the inner widths to so many blocks in each stage."""
    if widths is None:
        return None
    fitting: list[tuple[InnerWidths, ...]] = []
    for stage, count in enumerate(blocks):
        new = tuple(2 * width for width in fitting[-1][-1]) if stage >= len(widths) else widths[stage][-1]
        fitting.append(_extended(widths[stage] if stage < len(widths) else (), count, new) or ())
    return tuple(fitting)
