"""Kernel times added to a run that is complete, measured last and in a process of their own."""

import gc
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

import msgspec
import torch

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.profiling.ceilings import empty_cache
from resnet_viz.profiling.kernels.attribution import agreement, times_without_timestamps
from resnet_viz.records.kernels import KernelFindings, KernelRequest, KernelTimes
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileProgress, ProfileRun

WORKER = "resnet_viz.profiling.kernels.worker"
WORKER_SECONDS = 300.0
PROGRESS_SECONDS = 0.2
AGREEMENT = 0.05
"""On a card the kernels' times and the timestamps' should agree within this part, in the median of the long layers."""


def with_kernels(measured: Iterable[ProfileProgress | ProfileRun]) -> Iterator[ProfileProgress | ProfileRun]:
    """Yield what is measured, and the complete run with the kernels of its layers where its settings want them.

    The progress of the kernels has the complete run without them, so that it is kept whatever happens.
    """
    run: ProfileRun | None = None
    for item in measured:
        if isinstance(item, ProfileRun):
            run = item
        else:
            yield item
    if run is not None and run.settings.wants_kernels and run.layers:
        gc.collect()  # the measurement has ended, but its memory is still held for the next
        empty_cache(torch.device(run.settings.device))
        found = yield from _recorded(run)
        run = joined(run, found)
    if run is not None:
        yield run


def joined(run: ProfileRun, found: KernelFindings) -> ProfileRun:
    """Return the run with its kernels, their agreement with the layers' times, and what there is to say of them."""
    kernels = found.kernels
    messages = [message for message in found.messages if message not in run.messages]  # a graph is refused again
    if kernels is not None:
        if kernels.source != "operators":  # those have been compared with timestamps of their own process
            own_us = times_without_timestamps(run.layers)
            kernels = msgspec.structs.replace(kernels, agreement=agreement(own_us, kernels.layers, kernels.source))
        messages += _disagreement(kernels, autotuned=run.settings.autotune)
    return msgspec.structs.replace(
        run,
        kernels=kernels,
        warnings=(*run.warnings, *map(str, messages)),
        messages=(*run.messages, *messages) if len(run.messages) == len(run.fallbacks) + len(run.warnings) else (),
    )


def _disagreement(kernels: KernelTimes, *, autotuned: bool) -> Iterator[Message]:
    agrees = kernels.agreement
    if agrees is not None and agrees.median > AGREEMENT and kernels.source != "operators":
        kind = "kernels disagree, autotuned" if autotuned else "kernels disagree"  # cuDNN's choice ends with a process
        yield Message(kind, {"part": 100 * agrees.median, "n": agrees.layers, "allowed": 100 * AGREEMENT})


def _recorded(run: ProfileRun) -> Generator[ProfileProgress, None, KernelFindings]:
    """Record the kernels in a process of its own; yield progress meanwhile, and end the process whatever happens."""
    request = msgspec.json.encode(KernelRequest(run.spec, run.settings)) + b"\n"
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            module_command(WORKER), stdin=subprocess.PIPE, stdout=answer, stderr=errors, env=_environment()
        )
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it has died, which its standard error explains
                process.stdin.write(request)
                process.stdin.flush()
            yield ProfileProgress("kernels", 1.0, run=run)
            begun = time.monotonic()
            while process.poll() is None and time.monotonic() - begun < WORKER_SECONDS:
                yield ProfileProgress("kernels", 1.0)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PROGRESS_SECONDS)
        finally:
            code = process.poll()
            process.kill()
            process.wait()
            with suppress(BrokenPipeError):
                process.stdin.close()
        return _findings(code, answer, errors)


def _environment() -> dict[str, str]:
    """Return the worker's environment, in which the profiler stays loaded between its two recordings.

    A profiler that was torn down crashes when it starts again beside a CUDA graph, as torch.profiler notes.
    """
    return {**module_environment(), "TEARDOWN_CUPTI": "0", "DISABLE_CUPTI_LAZY_REINIT": "1"}


def _findings(code: int | None, answer: BinaryIO, errors: BinaryIO) -> KernelFindings:
    """Return what the worker printed, or why it printed nothing; `code` is None where it took too long."""
    if code is None:
        return KernelFindings(None, (Message("kernels slow", {"seconds": WORKER_SECONDS}),))
    answer.seek(0)
    errors.seek(0)
    lines = answer.read().strip().splitlines()
    with suppress(msgspec.DecodeError):
        if code == 0 and lines:
            return msgspec.json.decode(lines[-1], type=KernelFindings)
    last = (errors.read().decode(errors="replace").strip().splitlines() or [""])[-1][:160]
    return KernelFindings(None, (Message("kernels crashed", {"code": code, "last": last}),))
