"""The stem: the operations before the first stage."""

from collections.abc import Callable, Iterator
from functools import partial

from torch import nn

from resnet_viz.model.norms import BatchNorm2d
from resnet_viz.model.operations import Conv2d
from resnet_viz.spec.network import ResNetSpec


def stem_parts(spec: ResNetSpec) -> Iterator[tuple[str, Callable[[], nn.Module]]]:
    """Yield the stem's operations by name: a 7×7 convolution of stride 2, batch norm, ReLU and max pool, or for CIFAR a
    3×3 convolution, batch norm and ReLU.
    """
    channels = spec.input[1]
    if spec.stem == "cifar":
        yield "conv1", partial(Conv2d, channels, spec.width, 3, padding=1, bias=spec.bias)
    else:
        yield "conv1", partial(Conv2d, channels, spec.width, 7, stride=2, padding=3, bias=spec.bias)
    yield "bn1", partial(BatchNorm2d, spec.width)
    yield "relu", nn.ReLU
    if spec.stem == "imagenet":
        yield "maxpool", partial(nn.MaxPool2d, 3, stride=spec.stem_pool_stride, padding=1)
