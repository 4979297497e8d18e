"""Which fields of a network have no effect, and which are not at their default."""

from collections.abc import Iterator
from itertools import pairwise

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
    """Yield each reason that holds, with its fields."""
    if spec.stem == "cifar":
        yield tr("The CIFAR stem is one convolution, without a pool."), (
            "stem_widths", "stem_pool", "stem_pool_stride", "stem_pool_padding"
        )  # fmt: skip
    elif spec.stem_pool != "max":
        yield tr("Only the maximum alone can be padded in several ways."), ("stem_pool_padding",)
    yield from _reasons_of_strides(spec)
    if spec.order == "post":
        yield tr("Only the order pre has a choice."), ("first_activation",)
    if spec.attention != "se":
        yield tr("Only squeeze and excitation has a narrow layer."), ("attention_reduction",)
    if spec.block_widths is not None:
        yield tr("The block widths are given one by one."), ("width_per_group", "reduce_first")
    if not spec.head:
        yield tr("The network has no head."), ("classes",)


def _reasons_of_strides(spec: ResNetSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the reasons that depend on which stages begin with a stride, or with dilation in its place."""
    strided = [stage for stage, stride in enumerate(spec.stage_strides) if stride > 1]
    lowering = [stage for stage in strided if not spec.dilated[stage]]
    bottlenecks = [stage for stage in strided if spec.stage_kinds[stage] == "bottleneck"]
    unlike = [stage for stage, pair in enumerate(pairwise((spec.width, *spec.outputs))) if pair[0] != pair[1]]
    if not any(strided):
        yield tr("No stage after the first has a stride that dilation could replace."), ("dilate",)
    if not lowering:
        yield tr("No block lowers the resolution."), ("antialias",)
    if not bottlenecks:
        yield tr("No Bottleneck lowers the resolution."), ("stride_in",)
    elif spec.antialias != "none" and not any(spec.dilated[stage] for stage in bottlenecks):
        yield tr("With anti-aliasing, the pool behind the 3×3 has the stride."), ("stride_in",)
    if spec.shortcut not in ("B", "C"):
        yield tr("Only the shortcuts B and C have projections with a stride."), ("projection_kernel",)
    elif not (strided if spec.shortcut == "C" else lowering or any(stage >= strided[0] for stage in unlike if strided)):
        yield tr("No block with a stride has a projection."), ("projection_kernel",)
