"""Which fields of a network have no effect, and which are not at their default."""

from collections.abc import Iterator

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr


def without_effect(spec: ResNetSpec) -> dict[str, str]:
    """Return the fields that have no effect on this network, each with the reason."""
    return {field: reason for reason, fields in _reasons(spec) for field in fields}


def changed_fields(spec: ResNetSpec) -> frozenset[str]:
    """Return the fields with an effect that do not have the value of a new network."""
    new, ignored = ResNetSpec(), without_effect(spec)
    fields = spec.__struct_fields__
    return frozenset(field for field in fields if field not in ignored and getattr(spec, field) != getattr(new, field))


def _reasons(spec: ResNetSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each reason that holds, with its fields; of several for one field the last is given."""
    stages = tuple(zip(spec.stage_kinds, spec.stage_strides, spec.dilated, strict=True))
    lowering = tr("No block lowers the resolution.")
    if spec.stem == "cifar":
        yield tr("The CIFAR stem is one convolution, without a pool."), (
            "stem_widths", "stem_pool", "stem_pool_stride", "stem_pool_padding"
        )  # fmt: skip
    elif spec.stem_pool != "max":
        yield tr("Only the maximum alone can be padded in several ways."), ("stem_pool_padding",)
    if not any(stride > 1 for _, stride, _ in stages[1:]):
        yield tr("No stage after the first has a stride that dilation could replace."), ("dilate",)
    if not any(stride > 1 and not dilated for _, stride, dilated in stages):
        yield lowering, ("antialias",)
    lowered_by_convolution = [
        spec.antialias == "none" or dilated for kind, stride, dilated in stages if kind == "bottleneck" and stride > 1
    ]
    if not lowered_by_convolution:
        yield tr("No Bottleneck lowers the resolution."), ("stride_in",)
    elif not any(lowered_by_convolution):
        yield tr("With anti-aliasing, the pool behind the 3×3 has the stride."), ("stride_in",)
    if spec.shortcut not in ("B", "C"):
        yield tr("Only the shortcuts B and C have projections with a stride."), ("projection_kernel",)
    elif not any(stride > 1 for _, stride, _ in stages):
        yield lowering, ("projection_kernel",)
    if spec.order == "post":
        yield tr("Only the order pre has a choice."), ("first_activation",)
    if spec.attention != "se":
        yield tr("Only squeeze and excitation has a narrow layer."), ("attention_reduction",)
    if spec.block_widths is not None:
        yield tr("The block widths are given one by one."), ("width_per_group", "reduce_first")
    if not spec.head:
        yield tr("The network has no head."), ("classes",)
