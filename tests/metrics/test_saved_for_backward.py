"""The tensors saved for the backward pass of a few layers, worked out by hand; test_memory compares with autograd."""

import pytest

from resnet_viz.metrics.saved_for_backward import saved_bytes, saved_elements, saved_tensors
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec

SMALL = analyse(ResNetSpec(block="basic", blocks=(1,), width=4, stem="imagenet", classes=10, input=(2, 3, 32, 16)))
SAVED = {
    "": 2 * 3 * 32 * 16,  # read by conv1
    "conv1": 2 * 4 * 16 * 8,
    "relu": 2 * 4 * 16 * 8,
    "maxpool": 2 * 4 * 8 * 4,
    "layer1.0.conv1": 2 * 4 * 8 * 4,
    "layer1.0.relu1": 2 * 4 * 8 * 4,
    "layer1.0.conv2": 2 * 4 * 8 * 4,
    "layer1.0.relu2": 2 * 4 * 8 * 4,
    "avgpool": 2 * 4,  # read by fc through a view
}


def test_each_saved_tensor_is_counted_once_under_its_writer() -> None:
    assert saved_tensors(SMALL.layers, SMALL.edges) == SAVED


def test_norms_save_two_statistics_per_channel_and_max_pools_their_indices() -> None:
    elements = sum(SAVED.values()) + 3 * 2 * 4
    assert saved_elements(SMALL.layers, SMALL.edges) == elements
    assert saved_bytes(SMALL.layers, SMALL.edges) == 4 * elements + 8 * (2 * 4 * 8 * 4)


@pytest.mark.parametrize(
    ("layer", "saved"), [("conv1", 2 * 3 * 32 * 16), ("maxpool", 2 * 4 * 16 * 8), ("layer1.0.add", 0), ("avgpool", 0)]
)
def test_one_layer_alone(layer: str, saved: int) -> None:
    assert saved_elements([SMALL.layer_by_id[layer]], []) == saved
