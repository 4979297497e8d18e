"""The shortcuts of He et al. 2015, section 3.3: identity or A, B, C where shapes differ; none in a plain network."""

from torch import nn

from resnet_viz.model.norms import BatchNorm2d
from resnet_viz.model.operations import Conv2d, ZeroPad
from resnet_viz.spec.network import Order, ShortcutKind


def make_shortcut(
    kind: ShortcutKind, channels_in: int, channels_out: int, *, stride: int, order: Order, bias: bool
) -> nn.Module | None:
    """Return the module between x and the `+`; None for an identity shortcut and in a plain network.

    The projection of a pre-activation block has no batch norm: it reads the activated input (He et al. 2016, and
    the authors' released code).
    """
    same_shape = stride == 1 and channels_in == channels_out
    if kind == "none" or (same_shape and kind != "C"):
        return None
    if kind == "A":
        return ZeroPad(channels_out, stride)
    projection = Conv2d(channels_in, channels_out, 1, stride=stride, bias=bias)
    if order == "pre":
        return nn.Sequential(projection)
    return nn.Sequential(projection, BatchNorm2d(channels_out))
