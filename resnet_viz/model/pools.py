"""The pools that torch does not have; none has parameters, and their state dicts are empty."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class BlurPool2d(nn.Module):
    """A 3×3 binomial blur of each channel with a stride (Zhang 2019, arXiv:1904.11486); edges are reflected.

    The map must be at least 2×2.
    """

    filter: Tensor

    def __init__(self, stride: int = 2) -> None:
        super().__init__()
        self.stride = stride
        rows = [[across * down / 16 for across in (1, 2, 1)] for down in (1, 2, 1)]
        self.register_buffer("filter", torch.tensor([[rows]]), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×C×⌈H/stride⌉×⌈W/stride⌉."""
        channels = x.shape[1]
        padded = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(padded, self.filter.expand(channels, 1, 3, 3), stride=self.stride, groups=channels)

    def extra_repr(self) -> str:
        """Return the stride for `print(model)`."""
        return f"stride={self.stride}"


class ZeroPaddedMaxPool2d(nn.MaxPool2d):
    """torch's max pool with a border of zeros, so that a maximum at the edge is never negative (Big Transfer)."""

    def forward(self, x: Tensor) -> Tensor:
        """Surround N×C×H×W by `padding` zeros on each side, and take the maxima."""
        assert isinstance(self.padding, int)
        padded = functional.pad(x, (self.padding,) * 4)
        return functional.max_pool2d(padded, self.kernel_size, self.stride)


class SamePaddedAvgPool2d(nn.AvgPool2d):
    """The average over 2×2 with stride 1; a row and a column of zeros at the end keep the size, and count (timm)."""

    def __init__(self) -> None:
        super().__init__(2, stride=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to the same shape."""
        return super().forward(functional.pad(x, (0, 1, 0, 1)))
