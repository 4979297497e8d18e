"""The stem: the operations before the first stage."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial

from torch import nn

from resnet_viz.model.norms import make_activated_norm
from resnet_viz.model.operations import Conv2d, make_conv
from resnet_viz.model.pools import BlurPool2d, ZeroPaddedMaxPool2d
from resnet_viz.spec.network import ResNetSpec

Part = tuple[str, Callable[[], nn.Module]]
"""The name of an operation or sequence of operations, and the function that makes it."""


def stem_parts(spec: ResNetSpec) -> Iterator[Part]:
    """Yield the parts of the stem: convolution, norm, ReLU and, except for CIFAR, pool.

    The convolution is 7×7 with the stride 2, three 3×3 of which the first has the stride 2, or for CIFAR a single 3×3.
    In a pre-activation network whose first block has the first activation, the stem has none.
    """
    yield "conv1", partial(_convolution, spec)
    if spec.order == "post" or spec.first_activation == "stem":
        yield from activated_norm_parts(spec, spec.width, "bn1", "relu")
    if spec.stem == "imagenet":
        yield "maxpool", partial(_pool, spec)


def activated_norm_parts(spec: ResNetSpec, channels: int, norm: str, activation: str) -> Iterator[Part]:
    """Yield a norm and its activation under these names; the norm alone where it activates, or only the activation."""
    if spec.norm != "none":
        yield norm, lambda: make_activated_norm(spec.norm, channels)[0] or nn.Identity()
    if spec.norm not in ("evonorm", "frn"):
        yield activation, nn.ReLU


def _convolution(spec: ResNetSpec) -> nn.Module:
    channels = spec.input[1]
    if spec.stem == "cifar":
        return _conv(spec, channels, spec.width, 3)
    if spec.stem_widths is None:
        return _conv(spec, channels, spec.width, 7, stride=2)
    first, second = spec.stem_widths
    return _sequence(
        _conv(spec, channels, first, 3, stride=2), *make_activated_norm(spec.norm, first),
        _conv(spec, first, second, 3), *make_activated_norm(spec.norm, second),
        _conv(spec, second, spec.width, 3),
    )  # fmt: skip


def _pool(spec: ResNetSpec) -> nn.Module:
    stride = spec.stem_pool_stride
    if spec.stem_pool == "average":
        return nn.AvgPool2d(2)
    if spec.stem_pool == "blur":
        return nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), BlurPool2d(stride))
    if spec.stem_pool == "conv":
        pooling = _conv(spec, spec.width, spec.width, 3, stride=stride)
        return _sequence(pooling, *make_activated_norm(spec.norm, spec.width))
    if spec.stem_pool_padding == "end":
        return nn.MaxPool2d(3, stride=stride, ceil_mode=True)
    pool = ZeroPaddedMaxPool2d if spec.stem_pool_padding == "zero" else nn.MaxPool2d
    return pool(3, stride=stride, padding=1)


def _conv(spec: ResNetSpec, channels_in: int, channels_out: int, kernel: int, *, stride: int = 1) -> Conv2d:
    standardized = spec.weight_standardization
    return make_conv(channels_in, channels_out, kernel, stride=stride, bias=spec.bias, standardized=standardized)


def _sequence(*modules: nn.Module | None) -> nn.Sequential:
    """Return the modules in order, each named by its place; None takes a place too, as in timm's names."""
    return nn.Sequential(OrderedDict((str(place), each) for place, each in enumerate(modules) if each is not None))
