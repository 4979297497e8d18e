"""The norms: batch and group norm, which an activation follows, and two that are norm and activation in one.

Parameters have timm's names and initial values, which are not written on the meta device.
"""

import torch
from torch import Tensor, nn

from resnet_viz.spec.network import NormKind

GROUPS = 32
"""The groups of channels over which group norm and EvoNorm S0 take their statistics."""
EPS = 1e-5
PER_CHANNEL = (1, -1, 1, 1)
"""The shape in which one number for each channel is multiplied with N×C×H×W."""


class BatchNorm2d(nn.BatchNorm2d):
    """torch's batch norm without initialization on the meta device."""

    def reset_parameters(self) -> None:
        """Set weight 1, bias 0 and empty statistics, as torch does, except on the meta device."""
        if not self.weight.is_meta:
            super().reset_parameters()


class GroupNorm(nn.GroupNorm):
    """Group norm over 32 groups of channels (Wu and He 2018, arXiv:1803.08494), without work on the meta device."""

    def __init__(self, channels: int) -> None:
        super().__init__(GROUPS, channels, EPS)

    def reset_parameters(self) -> None:
        """Set weight 1 and bias 0, as torch does, except on the meta device."""
        if not self.weight.is_meta:
            super().reset_parameters()


class EvoNorm2dS0(nn.Module):
    """EvoNorm S0 (Liu et al. 2020, arXiv:2004.02967): norm and activation in one.

    y = x · σ(v·x) / std(x) · weight + bias, with the deviation over each of 32 groups of channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = _parameter(channels, 1.0)
        self.bias = _parameter(channels, 0.0)
        self.v = _parameter(channels, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to the same shape; the statistics are computed in fp32, as timm does in every dtype."""
        activated = x * (x * self.v.view(PER_CHANNEL)).sigmoid()
        groups = (x.shape[0], GROUPS, -1, *x.shape[2:])
        variance = x.reshape(groups).float().var(dim=(2, 3, 4), unbiased=False, keepdim=True)
        y = (activated.reshape(groups) / (variance + EPS).sqrt().to(x.dtype)).reshape(x.shape)
        return y * self.weight.view(PER_CHANNEL) + self.bias.view(PER_CHANNEL)

    def extra_repr(self) -> str:
        """Return the number of channels for `print(model)`."""
        return str(len(self.weight))


class FilterResponseNormTlu2d(nn.Module):
    """Filter response norm with its thresholded linear unit (Singh and Krishnan 2019, arXiv:1911.09737) in one.

    y = max(x / √(mean x² + ε) · weight + bias, tau), with the mean over each channel of each image.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = _parameter(channels, 1.0)
        self.bias = _parameter(channels, 0.0)
        self.tau = _parameter(channels, 0.0)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to the same shape; the statistics are computed in fp32, as timm does in every dtype."""
        mean_square = x.square().float().mean(dim=(2, 3), keepdim=True)
        scale = (mean_square + EPS).rsqrt().to(x.dtype)
        y = x * scale * self.weight.view(PER_CHANNEL) + self.bias.view(PER_CHANNEL)
        return torch.maximum(y, self.tau.view(PER_CHANNEL))

    def extra_repr(self) -> str:
        """Return the number of channels for `print(model)`."""
        return str(len(self.weight))


def _parameter(channels: int, value: float) -> nn.Parameter:
    parameter = torch.empty(channels)
    return nn.Parameter(parameter if parameter.is_meta else parameter.fill_(value))


def make_norm(kind: NormKind, channels: int) -> nn.Module | None:
    """Return a norm that no activation follows: batch or group norm, or None for "none".

    Raises ValueError for a norm that is an activation too.
    """
    if kind == "none":
        return None
    if kind in ("evonorm", "frn"):
        raise ValueError(f"{kind} activates too")
    return BatchNorm2d(channels) if kind == "batch" else GroupNorm(channels)


def make_activated_norm(kind: NormKind, channels: int) -> tuple[nn.Module | None, nn.Module | None]:
    """Return a norm and the ReLU that follows it; the ReLU is None where the norm activates too."""
    if kind == "evonorm":
        return EvoNorm2dS0(channels), None
    if kind == "frn":
        return FilterResponseNormTlu2d(channels), None
    return make_norm(kind, channels), nn.ReLU()
