"""The engine's loop: one JSON request a line on standard input, JSON messages on standard output."""

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import BinaryIO, assert_never, get_args

import msgspec
import torch

from resnet_viz import measurement, pipeline
from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.counters.crosscheck import crosscheck, installed_optional_tools
from resnet_viz.device.info import infos
from resnet_viz.engine import protocol
from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

PROGRESS_SECONDS, DRAWING_SECONDS = 0.15, 0.3


def serve() -> int:
    """Answer requests until standard input ends; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    torch.set_flush_denormal(True)  # before torch makes its threads, which take the flag over
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):  # the window is gone: nobody is left to tell
        answer_all(sys.stdin.buffer, answers)
    return 0


def answer_all(requests: BinaryIO, answers: BinaryIO) -> None:
    """Say that the engine is ready, then answer each line of `requests`."""
    _send(protocol.Ready(torch=str(torch.__version__), device=_device()), answers)
    for line in iter(requests.readline, b""):
        for message in answers_to(line):
            _send(message, answers)


def _send(message: protocol.Message, answers: BinaryIO) -> None:
    answers.write(protocol.encode(message))
    answers.flush()


def answers_to(line: bytes) -> Iterator[protocol.Message]:
    """The messages that answer one line; a request that cannot be answered ends in a Failure, never an exception."""
    number: int | None = None
    try:
        ask = protocol.decode_ask(line)
        number = ask.id
        for found in _spaced(_found(protocol.request_in(ask))):
            if isinstance(found, ProfileProgress):
                yield protocol.Progress(ask.id, found)
            else:
                yield protocol.answer(ask.id, found)
    except msgspec.DecodeError as problem:
        refused = problem.__cause__ if isinstance(problem.__cause__, SpecError) else problem
        yield protocol.Failure(number, str(refused), getattr(refused, "field", None))
    except UserError as problem:
        yield protocol.Failure(number, str(problem), getattr(problem, "field", None))
    except MemoryError:
        yield protocol.Failure(number, tr("There is not enough memory for this network; give a smaller one."))
    except Exception as defect:  # the engine must outlive any defect; the trace goes to standard error
        traceback.print_exc()
        reason = f"{type(defect).__name__}: {defect}"
        yield protocol.Failure(number, tr("The engine failed: {reason}").format(reason=reason))


def _found(request: protocol.AnyRequest) -> Iterator[object]:
    """What answers the request, and before it how far the measuring has come where there is any."""
    match request:
        case protocol.Analyse(question):
            start = time.perf_counter()
            analysis = pipeline.analyse(question)
            yield protocol.Analysed(analysis, time.perf_counter() - start)
        case protocol.CrossCheck(question, tool):
            installed = tuple(name for name in get_args(protocol.Tool) if name in installed_optional_tools())
            yield protocol.CrossChecked(crosscheck(pipeline.analyse(question), tool), installed)
        case protocol.ListDevices():
            yield infos()
        case protocol.Measure(question, settings):
            yield from measurement.profile(question, settings)
        case protocol.CompareBlocks(setting, ProfileSettings() as settings):
            yield from measurement.measure_blocks(setting, settings)
        case protocol.CompareBlocks(setting):
            yield pipeline.compare_blocks(setting)
        case protocol.CompareNetworks(first, second, ProfileSettings() as settings):
            yield from measurement.measure_networks(first, second, settings)
        case protocol.CompareNetworks(first, second):
            yield pipeline.compare_specs(first, second)
        case protocol.CompareDepths(question, ProfileSettings() as settings):
            yield from measurement.measure_pairs(question, settings)
        case protocol.CompareDepths(question):
            yield pipeline.compare_depths(question)
        case protocol.SweepChannels(setting, channels, settings):
            yield from measurement.measure_sweep(sweep(setting, channels), settings)
        case _:
            assert_never(request)


def _spaced(found: Iterable[object]) -> Iterator[object]:
    """Progress at most every so often, always with a run so far where there is one.

    The window draws such a run on the same processor that is being measured: it gets the time for it.
    """
    said_at, said = 0.0, ""
    for step in found:
        if not isinstance(step, ProfileProgress):
            yield step
            continue
        now = time.monotonic()
        if step.run is not None or step.phase != said or now - said_at >= PROGRESS_SECONDS:
            said_at, said = now, step.phase
            yield step
            if step.run is not None and step.run.settings.device == "cpu":
                time.sleep(DRAWING_SECONDS)


def _device() -> str:
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
