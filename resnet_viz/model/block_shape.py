"""The arguments of a residual block, and those of every block of a network."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from resnet_viz.spec.network import Antialias, Attention, NormKind, Order, ResNetSpec, ShortcutKind, StrideIn


@dataclass(frozen=True, kw_only=True)
class BlockShape:
    """The arguments of a block: channels in, between and out, its stride, and the settings of the network.

    `widths` are the output channels of all its convolutions but the last. `unpruned_out` are its output channels before
    pruning. `first_dilation` belongs to the resolution of the block's input, `dilation` to that of its output.
    `activated` says that a pre-activation block reads what the stem has activated.
    """

    channels_in: int
    widths: tuple[int, ...]
    channels_out: int
    unpruned_out: int
    stride: int
    first_dilation: int
    dilation: int
    activated: bool
    groups: int
    bias: bool
    order: Order
    shortcut: ShortcutKind
    stride_in: StrideIn
    projection_kernel: int
    norm: NormKind
    weight_standardization: bool
    antialias: Antialias
    attention: Attention
    attention_reduction: int

    @property
    def conv_stride(self) -> int:
        """The stride of the convolution that lowers the resolution, 1 where a pool behind it does."""
        return self.stride if self.antialias == "none" else 1


def block_shapes(spec: ResNetSpec) -> Iterator[list[BlockShape]]:
    """Yield the arguments of every block, stage by stage."""
    channels, dilation = spec.width, 1
    stages = zip(spec.blocks, spec.outputs, spec.unpruned_outputs, spec.stage_strides, spec.dilated, strict=True)
    for stage, (blocks, after, unpruned, stride, dilated) in enumerate(stages):
        before = dilation
        if dilated:
            dilation, stride = dilation * stride, 1
        first = BlockShape(
            channels_in=channels, widths=spec.widths_inside(stage, 0), channels_out=after, unpruned_out=unpruned,
            stride=stride, first_dilation=before, dilation=dilation,
            activated=stage == 0 and spec.first_activation == "stem", groups=spec.groups, bias=spec.bias,
            order=spec.order, shortcut=spec.shortcut, stride_in=spec.stride_in,
            projection_kernel=spec.projection_kernel, norm=spec.norm,
            weight_standardization=spec.weight_standardization, antialias=spec.antialias, attention=spec.attention,
            attention_reduction=spec.attention_reduction,
        )  # fmt: skip
        channels = after
        later = replace(first, channels_in=after, stride=1, first_dilation=dilation, activated=False)
        if spec.block_widths is None:
            yield [first] + [later] * (blocks - 1)
        else:
            yield [first] + [replace(later, widths=spec.widths_inside(stage, block)) for block in range(1, blocks)]
