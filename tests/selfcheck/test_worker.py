"""The process that runs out of memory chooses its batch from the free memory of the device."""

import pytest

from resnet_viz.device import capacity
from resnet_viz.pipeline import analyse
from resnet_viz.selfcheck.worker import ABSURD_BATCH, batch_beyond
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

ONE = analyse(preset("resnet50"))
SETTINGS = ProfileSettings(device="cuda:0")


@pytest.mark.parametrize("free", [1 << 30, 24 << 30, 80 << 30])
def test_the_batch_needs_more_than_is_free_but_no_absurd_amount(free: int) -> None:
    batch = batch_beyond(ONE, SETTINGS, "cuda", free)
    needed = capacity.needed_bytes(ONE, SETTINGS, "cuda", batch)
    assert 2.9 * free < needed < 3.1 * free


def test_a_device_without_room_for_an_image_runs_one_and_one_of_unknown_memory_very_many() -> None:
    assert batch_beyond(ONE, SETTINGS, "cuda", 0) == 1
    assert batch_beyond(ONE, SETTINGS, "cuda", None) == ABSURD_BATCH
