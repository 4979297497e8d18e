"""Channel attention: a gate reads the mean of every channel and multiplies each channel by a number between 0 and 1."""

from math import log2

from torch import Tensor, nn

from resnet_viz.model.operations import ChannelConv1d, Conv2d, Multiply
from resnet_viz.spec.network import Attention

HIDDEN_MULTIPLE = 8
"""The hidden channels of a squeeze-and-excitation gate are a multiple of it, and at least as many."""


class SqueezeExcite(nn.Module):
    """Squeeze and excitation (Hu et al. 2018, arXiv:1709.01507): two 1×1 convolutions see all channels."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = Conv2d(channels, hidden, 1)
        self.relu = nn.ReLU()
        self.fc2 = Conv2d(hidden, channels, 1)
        self.sigmoid = nn.Sigmoid()
        self.multiply = Multiply()

    def forward(self, x: Tensor) -> Tensor:
        """x · σ(fc2(ReLU(fc1(mean of x))))."""
        gate = self.sigmoid(self.fc2(self.relu(self.fc1(self.pool(x)))))
        y: Tensor = self.multiply(x, gate)
        return y


class EfficientChannelAttention(nn.Module):
    """Efficient channel attention (Wang et al. 2020, arXiv:1910.03151): each channel sees its neighbors."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.conv = ChannelConv1d(kernel)
        self.sigmoid = nn.Sigmoid()
        self.multiply = Multiply()

    def forward(self, x: Tensor) -> Tensor:
        """x · σ(conv(mean of x))."""
        gate = self.sigmoid(self.conv(self.pool(x)))
        y: Tensor = self.multiply(x, gate)
        return y


def make_gate(
    attention: Attention, channels: int, reduction: int, channels_before_pruning: int | None = None
) -> nn.Module | None:
    """Return the gate for so many channels, None for "none".

    The hidden channels of squeeze and excitation are `channels` / `reduction`. A pruned network keeps the kernel of
    efficient channel attention that belongs to the channels before pruning, by default `channels`.
    """
    if attention == "none":
        return None
    if attention == "eca":
        return EfficientChannelAttention(eca_kernel(channels_before_pruning or channels))
    return SqueezeExcite(channels, se_hidden(channels, reduction))


def se_hidden(channels: int, reduction: int) -> int:
    """Return channels / reduction, rounded to a multiple of 8 but at least 8."""
    nearest = int(channels / reduction + HIDDEN_MULTIPLE / 2) // HIDDEN_MULTIPLE * HIDDEN_MULTIPLE
    return max(HIDDEN_MULTIPLE, nearest)


def eca_kernel(channels: int) -> int:
    """Return the kernel for so many channels: the whole part of (log2 C + 1) / 2, one more where even, at least 3."""
    kernel = int((log2(channels) + 1) / 2)
    return max(kernel if kernel % 2 else kernel + 1, 3)
