"""Estimates of the memory that a run needs, made before anything is allocated, and errors for running out of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

import torch

from resnet_viz.device.info import free_bytes
from resnet_viz.errors import SpecError, UserError
from resnet_viz.metrics.memory import memory, optimizer_bytes
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

MEMORY_MARGIN = 1.25
"""Convolutions copy their input into other layouts, and allocators round up."""
OUT_OF_MEMORY_TEXTS = ("out of memory", "can't allocate memory", "not enough memory", "_STATUS_ALLOC_FAILED")
"""Parts of the error messages of torch, its CPU allocators, cuDNN and cuBLAS when they run out of memory."""
CONTEXT_BYTES = {"cuda": 768 << 20}
"""The memory of a CUDA context and its libraries, beside the tensors."""


def needed_bytes(analysis: Analysis, settings: ProfileSettings, device_type: str, batch: int | None = None) -> int:
    """Estimate the most memory that a run takes: the count of `resnet_viz.metrics.memory` and a margin.

    A backward pass holds gradients of activations beside what is saved for backward, as many at once as a forward pass
    holds activations. The network is built in fp32, whatever it is converted to afterwards.
    """
    fixed, per_image = _tensor_bytes(analysis, settings)
    batch = analysis.spec.input[0] if batch is None else batch
    return ceil(MEMORY_MARGIN * (fixed + batch * per_image)) + CONTEXT_BYTES.get(device_type, 0)


def largest_batch(analysis: Analysis, settings: ProfileSettings, device_type: str, free: int) -> int:
    """Return the largest batch that should fit into `free` bytes; 0 where not even one image does."""
    fixed, per_image = _tensor_bytes(analysis, settings)
    for_tensors = int((free - CONTEXT_BYTES.get(device_type, 0)) / MEMORY_MARGIN)
    return max(0, (for_tensors - fixed) // per_image)


def check(analysis: Analysis, settings: ProfileSettings, device: torch.device) -> int | None:
    """Return the bytes that are free before the run, None where unknown.

    Raises SpecError, which names the largest batch that should fit, where this run should not fit.
    """
    free = free_bytes(device)
    if free is None:
        return None
    needed = needed_bytes(analysis, settings, device.type)
    if needed > free:
        fitting = largest_batch(analysis, settings, device.type, free)
        accepted = tr(
            "the run needs about {needed} and {device} has {free} free; the largest batch that should fit is {n}"
        ) if fitting else tr(
            "the run needs about {needed} and {device} has {free} free; not even one image should fit: "
            "give a smaller image or network"
        )  # fmt: skip
        sizes = {"needed": _gigabytes(needed), "free": _gigabytes(free)}
        raise SpecError("batch", analysis.spec.input[0], accepted.format(device=device, n=f"{fitting:,}", **sizes))
    return free


def out_of_memory_error(
    analysis: Analysis, settings: ProfileSettings, device: torch.device, free: int | None = None
) -> UserError:
    """Return the error for a run that ran out of memory although it should have fitted.

    `free` is the memory that was free before the run, from which the batch to try next is estimated.
    """
    free = free_bytes(device) if free is None else free
    batch = analysis.spec.input[0]
    fitting = 0 if free is None else min(largest_batch(analysis, settings, device.type, free), batch // 2)
    sentence = tr(
        "{device} ran out of memory at batch {batch}; the largest batch that should fit is {n}."
    ) if fitting else tr(
        "{device} ran out of memory at batch {batch}; not even one image should fit: give a smaller image or network."
    )  # fmt: skip
    return UserError(sentence.format(device=device, batch=batch, n=f"{fitting:,}"))


@contextmanager
def memory_checked(analysis: Analysis, settings: ProfileSettings, device: torch.device) -> Iterator[None]:
    """Check a run's memory beforehand; raise `out_of_memory_error` where it runs out of memory nevertheless."""
    free = check(analysis, settings, device)
    with out_of_memory_as(lambda: out_of_memory_error(analysis, settings, device, free)):
        yield


@contextmanager
def out_of_memory_as(make_error: Callable[[], UserError]) -> Iterator[None]:
    """Raise the error that `make_error` returns in place of one that says that memory ran out."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise make_error() from error


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether torch or Python ran out of memory; on a CPU torch has no error type of its own for it."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    message = str(error)
    return isinstance(error, RuntimeError) and any(text in message for text in OUT_OF_MEMORY_TEXTS)


def _tensor_bytes(analysis: Analysis, settings: ProfileSettings) -> tuple[int, int]:
    """Return the bytes of tensors that do not depend on the batch, and those of each image."""
    inference, training = memory(analysis, "fp32").fixed_bytes
    activations, saved_for_backward = memory(analysis, settings.dtype).image_bytes
    if not settings.is_training:
        return inference, activations
    training += optimizer_bytes(analysis.totals.params_bytes, settings.used_optimizer)
    return training, saved_for_backward + activations


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
