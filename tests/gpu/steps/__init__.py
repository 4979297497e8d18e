"""The steps of the phases: each takes the device's name and returns what it found."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from resnet_viz.device import info
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings


class Skipped(Exception):
    """Raised by a step that the device has nothing for."""


def need_card(device: str) -> None:
    """Raise Skipped on a device that is no NVIDIA card."""
    if not device.startswith("cuda"):
        raise Skipped("needs a card")


@contextmanager
def workload_on(settings: ProfileSettings, network: str) -> Iterator[tuple[Workload, torch.device]]:
    """Prepare the device as a run does, and give the network's workload on it."""
    device = info.check(settings)
    spec = settings.applied_to(preset(network))
    with info.prepared(device, settings), torch.inference_mode(not settings.is_training):
        yield prepare(spec, settings, device), device


@contextmanager
def workload_on_card(settings: ProfileSettings, network: str) -> Iterator[tuple[Workload, Cuda]]:
    """Give the network's workload on a card, and the card's calls; raises Skipped on other devices."""
    need_card(settings.device)
    with workload_on(settings, network) as (workload, device):
        yield workload, Cuda(device)
