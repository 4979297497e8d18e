"""Whether a run fits into memory, worked out before anything is allocated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

import torch

from resnet_viz.device.info import free_bytes
from resnet_viz.errors import SpecError, UserError
from resnet_viz.metrics.memory import memory
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

MARGIN = 1.25
"""Convolutions copy their input into other layouts, and allocators round up."""
ENDED = ("out of memory", "can't allocate memory", "not enough memory", "_STATUS_ALLOC_FAILED")
"""What torch, its CPU allocators, cuDNN and cuBLAS say when memory ends."""
FIXED = {"cuda": 768 << 20}
"""What a CUDA context and its libraries take beside the tensors."""


def needed_bytes(analysis: Analysis, settings: ProfileSettings, device_type: str, batch: int | None = None) -> int:
    """About the most that a run takes: what `resnet_viz.metrics.memory` counts, and a margin.

    A backward pass has gradients of activations beside what is kept for it, as many at once as a forward pass has
    activations. The network is built in fp32, whatever it is converted to afterwards.
    """
    fixed, an_image = _tensor_bytes(analysis, settings)
    batch = analysis.spec.input[0] if batch is None else batch
    return ceil(MARGIN * (fixed + batch * an_image)) + FIXED.get(device_type, 0)


def largest_batch(analysis: Analysis, settings: ProfileSettings, device_type: str, free: int) -> int:
    """The most images that should fit; 0 where not even one does."""
    fixed, an_image = _tensor_bytes(analysis, settings)
    room = int((free - FIXED.get(device_type, 0)) / MARGIN)
    return max(0, (room - fixed) // an_image)


def check(analysis: Analysis, settings: ProfileSettings, device: torch.device) -> int | None:
    """The memory that is free, None where unknown; raises SpecError with the largest batch that should fit, where this
    run should not.
    """
    free = free_bytes(device)
    if free is None:
        return None
    needed = needed_bytes(analysis, settings, device.type)
    if needed > free:
        batch = analysis.spec.input[0]
        accepted = tr("the run needs about {needed} and {device} has {free} free; {advice}")
        raise SpecError("batch", batch, accepted.format(
            needed=_gigabytes(needed), device=device, free=_gigabytes(free),
            advice=_advice(largest_batch(analysis, settings, device.type, free))))  # fmt: skip
    return free


def out_of_memory_error(
    analysis: Analysis, settings: ProfileSettings, device: torch.device, free: int | None = None
) -> UserError:
    """What to say when memory ended although the run should have fitted into what was `free` before it began."""
    free = free_bytes(device) if free is None else free
    fitting = 0 if free is None else largest_batch(analysis, settings, device.type, free)
    fitting = min(fitting, analysis.spec.input[0] // 2)
    sentence = tr("The memory of {device} ended during the run, at batch {batch}; {advice}.")
    return UserError(sentence.format(device=device, batch=analysis.spec.input[0], advice=_advice(fitting)))


@contextmanager
def watched(analysis: Analysis, settings: ProfileSettings, device: torch.device) -> Iterator[None]:
    """Check the memory of a run beforehand; raise `out_of_memory_error` where it runs out all the same."""
    free = check(analysis, settings, device)
    with ending_as(lambda: out_of_memory_error(analysis, settings, device, free)):
        yield


@contextmanager
def ending_as(problem: Callable[[], UserError]) -> Iterator[None]:
    """Raise this problem where memory ends inside."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise problem() from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch or Python says that memory ended; torch has no type of its own for it on a CPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and any(words in text for words in ENDED)


def _tensor_bytes(analysis: Analysis, settings: ProfileSettings) -> tuple[int, int]:
    """The bytes of tensors whatever the batch, and those of each image."""
    inference, training = memory(analysis, "fp32").fixed_bytes
    activations, kept = memory(analysis, settings.dtype).image_bytes
    return (inference, activations) if settings.passes == "forward" else (training, kept + activations)


def _advice(batch: int) -> str:
    if batch < 1:
        return tr("not even one image should fit: give a smaller image or network")
    return tr("the largest batch that should fit is {n}").format(n=f"{batch:,}")


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
