"""Channel attention: a gate reads the mean of every channel and multiplies each channel by a number between 0 and 1."""

from torch import Tensor, nn

from resnet_viz.model.operations import ChannelConv1d, Conv2d, Multiply
from resnet_viz.spec.gate_sizes import eca_kernel, se_hidden
from resnet_viz.spec.network import Attention


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
