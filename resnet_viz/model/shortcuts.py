"""The shortcuts of He et al. 2015, section 3.3: identity or A, B, C where shapes differ; D of He et al. 2019."""

from collections import OrderedDict

from torch import nn

from resnet_viz.model.block_shape import BlockShape
from resnet_viz.model.norms import make_norm
from resnet_viz.model.operations import ZeroPad, make_conv
from resnet_viz.model.pools import SamePaddedAvgPool2d


def make_shortcut(shape: BlockShape) -> nn.Module | None:
    """Return the module between x and the `+`; None for an identity shortcut and in a plain network.

    The projection of a pre-activation block has no norm: it reads the activated input (He et al. 2016, and the authors'
    released code). Its convolution is `0` with and without a pool before it, as timm has one name for both; behind an
    activation the pool is `0`, and an identity stands for it where the resolution stays.
    """
    same_shape = shape.stride == 1 and shape.channels_in == shape.channels_out
    if shape.shortcut == "none" or (same_shape and shape.shortcut != "C"):
        return None
    if shape.shortcut == "A":
        return ZeroPad(shape.channels_out, shape.stride)
    pool = _pool(shape) if shape.shortcut == "D" else None
    if shape.order == "pre":
        pools = {"pool": pool} if pool is not None else {}
        return nn.Sequential(OrderedDict({**pools, "0": _projection(shape)}))
    pools_by_place = [pool or nn.Identity()] if shape.shortcut == "D" else []
    norm = make_norm(shape.norm, shape.channels_out)
    return nn.Sequential(*pools_by_place, _projection(shape), *([] if norm is None else [norm]))


def _pool(shape: BlockShape) -> nn.Module | None:
    """Return the average pool of shortcut D: over 2×2, also where dilation replaces the stride."""
    if shape.stride > 1:
        return nn.AvgPool2d(2, shape.stride, ceil_mode=True, count_include_pad=False)
    return SamePaddedAvgPool2d() if shape.dilation > 1 else None


def _projection(shape: BlockShape) -> nn.Module:
    kernel, stride = 1, 1 if shape.shortcut == "D" else shape.stride
    if shape.shortcut != "D" and (shape.stride > 1 or shape.dilation > 1):
        kernel = shape.projection_kernel
    return make_conv(
        shape.channels_in, shape.channels_out, kernel, stride=stride, bias=shape.bias,
        dilation=shape.first_dilation if kernel > 1 else 1, standardized=shape.weight_standardization,
    )  # fmt: skip
