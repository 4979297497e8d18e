"""The sizes of published gates."""

import pytest

from resnet_viz.spec.gate_sizes import eca_kernel, se_hidden


@pytest.mark.parametrize(
    ("channels", "reduction", "hidden"),
    [(64, 16, 8), (256, 16, 16), (2048, 16, 128), (256, 4, 64), (96, 16, 8), (200, 16, 16), (184, 16, 8), (12, 4, 8)],
)
def test_the_hidden_channels_are_the_nearest_multiple_of_8(channels: int, reduction: int, hidden: int) -> None:
    """184 / 16 = 11.5 is nearer to 8, 200 / 16 = 12.5 nearer to 16."""
    assert se_hidden(channels, reduction) == hidden


def test_the_kernel_grows_with_the_logarithm_of_the_channels() -> None:
    kernels = {2**power: eca_kernel(2**power) for power in range(4, 14)}
    assert kernels == {
        16: 3, 32: 3, 64: 3, 128: 5, 256: 5, 512: 5, 1024: 5, 2048: 7, 4096: 7, 8192: 7,
    }  # fmt: skip
