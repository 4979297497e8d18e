"""The part of the selfcheck that needs a process of its own: memory runs out.

`python -m resnet_viz.selfcheck.worker DEVICE` prints the sentence that a user would see.
"""

import sys

import psutil
import torch

from resnet_viz.device import capacity
from resnet_viz.device import info as device_info
from resnet_viz.device.info import DTYPES
from resnet_viz.errors import UserError
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.workload import prepare
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import MAX_PROFILE_BATCH, ProfileSettings

HEADROOM_BYTES = 1 << 30
ABSURD_BATCH = 100_000


def main(arguments: list[str]) -> None:
    """Run out of memory on the device and print the sentence."""
    (device,) = arguments
    sys.stdout.write(out_of_memory_sentence(ProfileSettings(device=device)) + "\n")


def out_of_memory_sentence(settings: ProfileSettings) -> str:
    """Run out of memory and return the sentence that a user would see; raises UserError where it does not run out.

    The images are drawn on the device. A CPU's process limits its own memory, so that the machine does not suffer; on
    another device the batch is chosen from its free memory.
    """
    device = device_info.check(settings)
    one = analyse(settings.but(batch=1).applied_to(preset("resnet50")))
    network = prepare(one.spec, settings.but(batch=1), device).network
    free = None if device.type == "cpu" else device_info.free_bytes(device)
    if device.type == "cpu":
        import resource  # not on Windows, where this check is not made

        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + HEADROOM_BYTES, used + HEADROOM_BYTES))
    batch = batch_beyond(one, settings, device.type, free)
    analysis = analyse(settings.but(batch=batch).applied_to(preset("resnet50")))
    try:
        with torch.inference_mode():
            network(torch.randn(analysis.spec.input, device=device, dtype=DTYPES[settings.dtype]))
    except (RuntimeError, MemoryError) as error:
        if not capacity.is_out_of_memory(error):
            raise
        return str(capacity.out_of_memory_error(analysis, settings, device, free))
    raise UserError("the device did not run out of memory")


def batch_beyond(analysis: Analysis, settings: ProfileSettings, device_type: str, free: int | None) -> int:
    """Return a batch that should need three times the free memory of a device, so that memory ends within a pass."""
    if free is None:
        return ABSURD_BATCH
    return min(MAX_PROFILE_BATCH, capacity.largest_batch(analysis, settings, device_type, 3 * free) + 1)


if __name__ == "__main__":
    main(sys.argv[1:])
