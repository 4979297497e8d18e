"""The operations of a residual network, each a module, so that a trace of modules misses no operation.

`Conv2d`, `BatchNorm2d` and `Linear` are torch's without its default initialization: `build` initializes once, as in
the paper, and not at all on the meta device.
"""

import torch
from torch import Tensor, nn

from resnet_viz.records.analysis import Kind


class Conv2d(nn.Conv2d):
    """torch's convolution without initialization."""

    def reset_parameters(self) -> None:
        """Do nothing: `build` initializes the convolutions."""


class Linear(nn.Linear):
    """torch's linear layer without initialization."""

    def reset_parameters(self) -> None:
        """Do nothing: `build` initializes the classifier."""


class BatchNorm2d(nn.BatchNorm2d):
    """torch's batch norm without initialization on the meta device."""

    def reset_parameters(self) -> None:
        """Set weight 1, bias 0 and empty statistics, as torch does, except on the meta device."""
        if not self.weight.is_meta:
            super().reset_parameters()


class Add(nn.Module):
    """The residual `+`."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        """Return F(x) + shortcut(x)."""
        return residual + shortcut


class ZeroPad(nn.Module):
    """Shortcut A: take every `stride`-th pixel and append channels of zeros up to `channels`."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×channels×⌈H/stride⌉×⌈W/stride⌉."""
        x = x[:, :, :: self.stride, :: self.stride]
        return torch.nn.functional.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))

    def extra_repr(self) -> str:
        """Return the arguments for `print(model)`."""
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
"""The kind of layer of each operation that a network may contain."""
