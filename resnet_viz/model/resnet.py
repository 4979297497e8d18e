"""The network: stem, stages of residual blocks, head; parameters have torchvision's names and order."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from resnet_viz.model.block_shape import block_shapes
from resnet_viz.model.blocks import (
    BasicBlock,
    Bottleneck,
    PreActBasicBlock,
    PreActBottleneck,
    ResidualBlock,
)
from resnet_viz.model.operations import Linear
from resnet_viz.model.stems import Part, activated_norm_parts, stem_parts
from resnet_viz.spec.network import BlockKind, Order, ResNetSpec

BLOCKS: dict[tuple[Order, BlockKind], type[ResidualBlock]] = {
    ("post", "basic"): BasicBlock,
    ("post", "bottleneck"): Bottleneck,
    ("pre", "basic"): PreActBasicBlock,
    ("pre", "bottleneck"): PreActBottleneck,
}


@dataclass(frozen=True)
class NetworkPart:
    """A block, or an operation or sequence of operations of the stem or head: the network is these parts in order.

    `stage` is 0 for the stem and None for the head, `block` None outside the stages. Parts with equal `configuration`
    are the same computation with different weights.
    """

    name: str
    stage: int | None
    block: int | None
    make: Callable[[], nn.Module]
    configuration: Hashable


class ResNet(nn.Module):
    """The network of a spec; every operation is a module."""

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        for part in network_parts(spec):
            if part.block is None:
                self.add_module(part.name, part.make())
                continue
            if part.block == 0:
                stage = nn.Sequential()
                self.add_module(f"layer{part.stage}", stage)
            stage.append(part.make())

    def forward(self, x: Tensor) -> Tensor:
        """Apply all parts in order."""
        for module in self.children():
            x = module(x)
        return x


def network_parts(spec: ResNetSpec) -> Iterator[NetworkPart]:
    """Yield the network's parts in the order of execution."""
    for name, make in stem_parts(spec):
        yield NetworkPart(name, 0, None, make, name)
    for stage, shapes in enumerate(block_shapes(spec), start=1):
        block = BLOCKS[spec.order, spec.stage_kinds[stage - 1]]
        for index, shape in enumerate(shapes):
            yield NetworkPart(f"layer{stage}.{index}", stage, index, partial(block, shape), shape)
    for name, make in _head_parts(spec):
        yield NetworkPart(name, None, None, make, name)


def _head_parts(spec: ResNetSpec) -> Iterator[Part]:
    """Yield the parts after the last block by name: in a pre-activation network a norm and its activation, and with a
    head average pooling and the classifier.
    """
    channels = spec.outputs[-1]
    if spec.order == "pre":
        yield from activated_norm_parts(spec, channels, "norm", "relu_last")
    if spec.head:
        yield "avgpool", partial(nn.AdaptiveAvgPool2d, 1)
        yield "flatten", nn.Flatten
        yield "fc", partial(Linear, channels, spec.classes)


def build(spec: ResNetSpec, device: str | torch.device = "meta") -> ResNet:
    """Build the network on a device; on the meta device its parameters have shapes but no data.

    Convolutions are initialized by He et al. 2015, arXiv:1502.01852 (Kaiming normal, fan out), the classifier as
    torch does.
    """
    with torch.device(device):
        network = ResNet(spec)
    if torch.device(device).type != "meta":
        _initialize(network)
    return network


@torch.no_grad()
def _initialize(network: ResNet) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.Linear.reset_parameters(module)
