"""Weights and images from sines, so that a network's output is known without a generator or a download."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

SIZE = 65
"""The height and width of the image."""


def sine_image() -> Tensor:
    """Return an image of 3 channels in float64."""
    return torch.sin(0.37 * torch.arange(3 * SIZE * SIZE, dtype=torch.float64)).reshape(1, 3, SIZE, SIZE)


def sine_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return values for every entry of a state by its place, name and shape, in float64; integers stay as they are."""
    return {
        key: _values(index, key, value) if value.is_floating_point() else value
        for index, (key, value) in enumerate(state.items())
    }


def _values(index: int, key: str, value: Tensor) -> Tensor:
    places = torch.arange(value.numel(), dtype=torch.float64).reshape(value.shape)
    sines = torch.sin(places * (1.7 + 0.01 * index) + index)
    if value.dim() >= 2:
        fan_in = value.numel() // value.shape[0]
        return 0.7 * sines * math.sqrt(4 / fan_in)
    if key.endswith("running_var"):
        return 1 + 0.5 * sines
    if key.endswith(("running_mean", "bias", ".v")):
        return 0.2 * sines
    if key.endswith("tau"):
        return 0.1 * sines
    return 0.6 * sines if index % 3 == 0 else 1 + 0.4 * sines
