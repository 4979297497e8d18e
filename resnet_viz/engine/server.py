"""The engine's loop: JSON requests, one per line, are answered by JSON messages."""

import contextlib
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import BinaryIO, assert_never, get_args

import msgspec
import torch

from resnet_viz import measurement, pipeline
from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.counters.crosscheck import crosscheck, installed_optional_tools
from resnet_viz.device.info import device_infos
from resnet_viz.engine import protocol
from resnet_viz.engine.streams import MAX_REQUEST_BYTES
from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

PROGRESS_INTERVAL_SECONDS = 0.15
DRAWING_PAUSE_SECONDS = 0.3
MAX_SENTENCE_CHARACTERS = 1_000


def serve(requests: Iterable[bytes | None], answers: BinaryIO) -> int:
    """Answer requests until their end, or until nobody reads the answers."""
    torch.set_flush_denormal(True)  # before torch starts its threads, which inherit the flag
    with contextlib.suppress(BrokenPipeError):  # the window is closed: nothing to report
        answer_all(requests, answers)
    return 0


def answer_all(requests: Iterable[bytes | None], answers: BinaryIO) -> None:
    """Send Ready, then answer each line of `requests`; None stands for a line that was too long to be kept."""
    _send(protocol.Ready(torch=str(torch.__version__), device=_device()), answers)
    for line in requests:
        for message in answers_to(line):
            _send(message, answers)


def _send(message: protocol.Message, answers: BinaryIO) -> None:
    answers.write(protocol.encode(message))
    answers.flush()


def answers_to(line: bytes | None) -> Iterator[protocol.Message]:
    """Yield the messages that answer one line; for a request that cannot be answered the last one is a Failure."""
    number: int | None = None
    try:
        if line is None:
            raise UserError(tr("A request of more than {n} MiB is not accepted.").format(n=MAX_REQUEST_BYTES >> 20))
        ask = protocol.decode_ask(line)
        number = ask.id
        for step in _throttled(_results(protocol.request_in(ask))):
            if isinstance(step, ProfileProgress):
                yield protocol.Progress(ask.id, step)
            else:
                yield protocol.answer(ask.id, step)
    except msgspec.DecodeError as problem:
        refused = problem.__cause__ if isinstance(problem.__cause__, SpecError) else problem
        sentence = str(refused)[:MAX_SENTENCE_CHARACTERS]  # it may quote a name of any length
        yield protocol.Failure(number, sentence, getattr(refused, "field", None))
    except UserError as problem:
        yield protocol.Failure(number, str(problem), getattr(problem, "field", None))
    except MemoryError:
        yield protocol.Failure(number, tr("There is not enough memory for this network; give a smaller one."))
    except Exception as defect:  # the engine must survive any defect; the traceback goes to standard error
        traceback.print_exc()
        reason = f"{type(defect).__name__}: {defect}"
        yield protocol.Failure(number, tr("The engine failed: {reason}").format(reason=reason))


def _results(request: protocol.AnyRequest) -> Iterator[object]:
    """Yield the progress of a measurement, if the request asks for one, and last the value of the answer."""
    match request:
        case protocol.Analyse(question):
            start = time.perf_counter()
            analysis = pipeline.analyse(question)
            yield protocol.Analysed(analysis, time.perf_counter() - start)
        case protocol.CrossCheck(question, tool):
            installed = tuple(name for name in get_args(protocol.Tool) if name in installed_optional_tools())
            yield protocol.CrossChecked(crosscheck(pipeline.analyse(question), tool), installed)
        case protocol.ListDevices():
            yield device_infos()
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


def _throttled(steps: Iterable[object]) -> Iterator[object]:
    """Drop progress that follows the last one too soon, unless it starts a phase or has an incomplete run.

    The window draws such a run, on the CPU with the processor that is measured, so the measurement pauses meanwhile.
    """
    sent_at, sent_phase = 0.0, ""
    for step in steps:
        if not isinstance(step, ProfileProgress):
            yield step
            continue
        now = time.monotonic()
        if step.run is not None or step.phase != sent_phase or now - sent_at >= PROGRESS_INTERVAL_SECONDS:
            sent_at, sent_phase = now, step.phase
            yield step
            if step.run is not None and step.run.settings.device == "cpu":
                time.sleep(DRAWING_PAUSE_SECONDS)


def _device() -> str:
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
