"""The operations of a residual network, each a module, so that a trace of modules misses no operation.

Norms and pools are in modules of their own. `Conv2d` and `Linear` are torch's without its default initialization:
`build` initializes once, as in the paper, and not at all on the meta device.
"""

from torch import Tensor, nn
from torch.nn import functional

from resnet_viz.model.norms import BatchNorm2d, EvoNorm2dS0, FilterResponseNormTlu2d, GroupNorm
from resnet_viz.model.pools import BlurPool2d, SamePaddedAvgPool2d, ZeroPaddedMaxPool2d
from resnet_viz.records.analysis import Kind


class Conv2d(nn.Conv2d):
    """torch's convolution without initialization."""

    def reset_parameters(self) -> None:
        """Do nothing: `build` initializes the convolutions."""


class Linear(nn.Linear):
    """torch's linear layer without initialization."""

    def reset_parameters(self) -> None:
        """Do nothing: `build` initializes the classifier."""


class StandardizedConv2d(Conv2d):
    """A convolution whose filters are standardized at every forward pass: zero mean and unit variance each.

    Qiao et al. 2019, arXiv:1903.10520, with the 1e-8 that Big Transfer (Kolesnikov et al. 2020) adds to the variance.
    """

    eps = 1e-8

    def forward(self, x: Tensor) -> Tensor:
        """Convolve with the standardized filters; the bias stays as it is."""
        flat = self.weight.reshape(1, self.out_channels, -1)
        weight = functional.batch_norm(flat, None, None, training=True, momentum=0.0, eps=self.eps)
        y: Tensor = self._conv_forward(x, weight.reshape_as(self.weight), self.bias)
        return y


def make_conv(
    channels_in: int, channels_out: int, kernel: int, *, stride: int = 1, dilation: int = 1, groups: int = 1,
    bias: bool = False, standardized: bool = False,
) -> Conv2d:  # fmt: skip
    """Return a convolution padded so that without a stride it keeps height and width."""
    convolution = StandardizedConv2d if standardized else Conv2d
    return convolution(
        channels_in, channels_out, kernel, stride=stride, padding=dilation * (kernel // 2), dilation=dilation,
        groups=groups, bias=bias,
    )  # fmt: skip


class ChannelConv1d(nn.Conv1d):
    """The convolution of efficient channel attention: one filter without bias slides over the channels of N×C×1×1."""

    def __init__(self, kernel: int) -> None:
        super().__init__(1, 1, kernel, padding=kernel // 2, bias=False)

    def reset_parameters(self) -> None:
        """Initialize the filter as torch does, except on the meta device."""
        if not self.weight.is_meta:
            super().reset_parameters()

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×1×1 to N×C×1×1; each channel reads its neighbors, with zeros beyond the first and the last."""
        convolved: Tensor = super().forward(x.reshape(x.shape[0], 1, -1))
        return convolved.reshape(x.shape)


class Add(nn.Module):
    """The residual `+`."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        """Return F(x) + shortcut(x)."""
        return residual + shortcut


class Multiply(nn.Module):
    """The `×` of channel attention."""

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        """Return x, of shape N×C×H×W, with every channel multiplied by its number in `gate`, of shape N×C×1×1."""
        return x * gate


class ZeroPad(nn.Module):
    """Shortcut A: take every `stride`-th pixel and append channels of zeros up to `channels`."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×channels×⌈H/stride⌉×⌈W/stride⌉."""
        x = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))

    def extra_repr(self) -> str:
        """Return the arguments for `print(model)`."""
        return f"channels={self.channels}, stride={self.stride}"


OPERATIONS: dict[type[nn.Module], Kind] = {
    Conv2d: "conv",
    StandardizedConv2d: "conv",
    ChannelConv1d: "conv",
    BatchNorm2d: "norm",
    GroupNorm: "norm",
    EvoNorm2dS0: "norm",
    FilterResponseNormTlu2d: "norm",
    nn.ReLU: "act",
    nn.MaxPool2d: "pool",
    ZeroPaddedMaxPool2d: "pool",
    nn.AvgPool2d: "pool",
    SamePaddedAvgPool2d: "pool",
    BlurPool2d: "pool",
    nn.AdaptiveAvgPool2d: "pool",
    Add: "add",
    Multiply: "multiply",
    nn.Sigmoid: "sigmoid",
    ZeroPad: "pad",
    nn.Flatten: "flatten",
    Linear: "linear",
}
"""The kind of layer of each operation that a network may contain."""

VARIANTS: dict[type[nn.Module], str] = {
    StandardizedConv2d: "standardized",
    ChannelConv1d: "channels",
    GroupNorm: "group",
    EvoNorm2dS0: "evonorm",
    FilterResponseNormTlu2d: "frn",
    nn.MaxPool2d: "max",
    ZeroPaddedMaxPool2d: "max",
    nn.AvgPool2d: "average",
    SamePaddedAvgPool2d: "average",
    BlurPool2d: "blur",
    nn.AdaptiveAvgPool2d: "average",
}
"""The variant of those operations that are not the usual one of their kind; every pool has one."""


def multiply_adds_per_output(module: nn.Module) -> int:
    """Return the multiply-adds for one output element of a convolution, linear layer or blur; 0 for other modules."""
    if isinstance(module, nn.Conv2d | nn.Conv1d | nn.Linear):
        return module.weight[0].numel()
    return module.filter.numel() if isinstance(module, BlurPool2d) else 0
