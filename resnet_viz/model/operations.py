"""The single operations that a residual network is made of, each a module so that nothing functional is lost.

`Conv2d`, `BatchNorm2d` and `Linear` are torch's own without its default initialisation: ResNet initialises once,
as the paper does, and not at all on the meta device.
"""

import torch
from torch import Tensor, nn

from resnet_viz.records.analysis import Kind


class Conv2d(nn.Conv2d):
    """torch's convolution, left uninitialised."""

    def reset_parameters(self) -> None:
        """Nothing: ResNet initialises its convolutions itself."""


class Linear(nn.Linear):
    """torch's linear layer, left uninitialised."""

    def reset_parameters(self) -> None:
        """Nothing: ResNet initialises its classifier itself."""


class BatchNorm2d(nn.BatchNorm2d):
    """torch's batch norm, left uninitialised on the meta device."""

    def reset_parameters(self) -> None:
        """The usual 1, 0 and empty statistics, unless there is nothing to write to."""
        if not self.weight.is_meta:
            super().reset_parameters()


class Add(nn.Module):
    """The residual `+`."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        """F(x) + x."""
        return residual + shortcut


class ZeroPad(nn.Module):
    """Shortcut A: take every `stride`-th pixel and append channels of zeros up to `channels`."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """N×C×H×W to N×channels×⌈H/stride⌉×⌈W/stride⌉."""
        x = x[:, :, :: self.stride, :: self.stride]
        return torch.nn.functional.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))

    def extra_repr(self) -> str:
        """Shown by `print(model)`."""
        return f"channels={self.channels}, stride={self.stride}"


OPERATIONS: dict[type[nn.Module], Kind] = {
    Conv2d: "conv",
    BatchNorm2d: "norm",
    nn.ReLU: "act",
    nn.MaxPool2d: "pool",
    nn.AdaptiveAvgPool2d: "pool",
    Add: "add",
    ZeroPad: "pad",
    nn.Flatten: "flatten",
    Linear: "linear",
}
"""Every operation that a network may consist of, and what sort of layer it is."""
