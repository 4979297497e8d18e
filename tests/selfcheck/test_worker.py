"""The process that runs out of memory chooses its batch from the free memory of the device."""

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from resnet_viz.device import capacity, info
from resnet_viz.pipeline import analyse
from resnet_viz.selfcheck import worker
from resnet_viz.selfcheck.worker import ABSURD_BATCH, batch_beyond, out_of_memory_sentence
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


def test_the_images_are_drawn_on_the_device_and_not_in_the_memory_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    device, free, draw = torch.device("meta"), 1 << 30, torch.randn
    drawn: list[Tensor] = []

    def recorded(*shape: object, **options: object) -> Tensor:
        drawn.append(draw(*shape, **options))  # type: ignore[call-overload]
        return drawn[-1]

    def full(x: Tensor) -> None:
        assert x.device == device
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(info, "check", lambda _: device)
    monkeypatch.setattr(info, "free_bytes", lambda _: free)
    monkeypatch.setattr(worker, "prepare", lambda *_: SimpleNamespace(network=full))
    monkeypatch.setattr(torch, "randn", recorded)
    batch = batch_beyond(ONE, SETTINGS, "meta", free)
    assert f"batch {batch};" in out_of_memory_sentence(SETTINGS)
    assert [(x.device, x.shape[0]) for x in drawn] == [(device, batch)]
