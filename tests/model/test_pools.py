"""Pools by formulas written out in plain torch."""

import pytest
import torch

from resnet_viz.model.pools import BlurPool2d, SamePaddedAvgPool2d, ZeroPaddedMaxPool2d
from tests.model.test_operations import image


def mirrored(index: int, size: int) -> int:
    """The index of the pixel that stands at `index` of a side mirrored at its first and last pixel."""
    return abs(index) if index < size else 2 * (size - 1) - index


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(2, 2), (5, 6), (7, 3)])
def test_a_blur_weighs_neighbors_by_1_2_1_and_mirrors_the_edges(stride: int, size: tuple[int, int]) -> None:
    height, width = size
    x = image(2, 3, height, width)
    y = BlurPool2d(stride).double()(x)
    assert tuple(y.shape) == (2, 3, -(-height // stride), -(-width // stride))
    for row in range(y.shape[2]):
        for column in range(y.shape[3]):
            expected = torch.zeros(2, 3, dtype=torch.float64)
            for down, weight in ((-1, 1), (0, 2), (1, 1)):
                for across, other in ((-1, 1), (0, 2), (1, 1)):
                    pixel = mirrored(row * stride + down, height), mirrored(column * stride + across, width)
                    expected += weight * other / 16 * x[:, :, *pixel]
            torch.testing.assert_close(y[:, :, row, column], expected)


def test_pools_have_no_state() -> None:
    for module in (BlurPool2d(), ZeroPaddedMaxPool2d(3, stride=2, padding=1), SamePaddedAvgPool2d()):
        assert not module.state_dict()
        assert not list(module.parameters())


def test_a_maximum_at_an_edge_of_zeros_is_never_negative() -> None:
    x = image(1, 1, 6, 5) - 5
    y = ZeroPaddedMaxPool2d(3, stride=2, padding=1)(x)
    assert tuple(y.shape) == (1, 1, 3, 3)
    assert torch.equal(y[0, 0, 0], torch.zeros(3, dtype=torch.float64))
    assert torch.equal(y[0, 0, :, 0], torch.zeros(3, dtype=torch.float64))
    assert y[0, 0, 1, 1] == x[0, 0, 1:4, 1:4].max() < 0


def test_zeros_at_the_end_count_in_an_average_that_keeps_the_size() -> None:
    x = image(2, 3, 4, 5)
    y = SamePaddedAvgPool2d()(x)
    assert y.shape == x.shape
    torch.testing.assert_close(y[:, :, 1, 2], (x[:, :, 1, 2] + x[:, :, 1, 3] + x[:, :, 2, 2] + x[:, :, 2, 3]) / 4)
    torch.testing.assert_close(y[:, :, 3, 0], (x[:, :, 3, 0] + x[:, :, 3, 1]) / 4)
    torch.testing.assert_close(y[:, :, 3, 4], x[:, :, 3, 4] / 4)
