"""The engine's loop: one JSON request a line on standard input, JSON messages on standard output."""

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Iterator
from typing import BinaryIO, get_args

import msgspec
import torch

from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.counters.crosscheck import opinion, others
from resnet_viz.device.info import infos
from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    AskDevices,
    AskOpinion,
    AskPairs,
    AskSweep,
    Compare,
    Compared,
    ComparedNetworks,
    CompareNetworks,
    Devices,
    Failure,
    Measure,
    Measured,
    Message,
    OpinionResult,
    Pairs,
    Progress,
    Ready,
    Request,
    Swept,
    Tool,
    decode_request,
    encode,
)
from resnet_viz.errors import SpecError, UserError
from resnet_viz.pipeline import (
    analyse,
    compare,
    compare_blocks,
    measure_blocks,
    measure_networks,
    measure_pairs,
    measure_sweep,
    pairs,
    profile,
)
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import ProfileProgress, ProfileRun
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
    _send(Ready(torch=str(torch.__version__), device=_device()), answers)
    for line in iter(requests.readline, b""):
        for message in answers_to(line):
            _send(message, answers)


def _send(message: Message, answers: BinaryIO) -> None:
    answers.write(encode(message))
    answers.flush()


def answers_to(line: bytes) -> Iterator[Message]:
    """The messages that answer one line; a request that cannot be answered ends in a Failure, never an exception."""
    try:
        request = decode_request(line)
    except msgspec.DecodeError as problem:
        cause = problem.__cause__
        field = cause.field if isinstance(cause, SpecError) else None
        yield Failure(_id_in(line), str(cause if field else problem), field)
        return
    try:
        yield from _answers(request)
    except UserError as problem:
        yield Failure(request.id, str(problem), problem.field if isinstance(problem, SpecError) else None)
    except MemoryError:
        yield Failure(request.id, tr("There is not enough memory for this network; give a smaller one."))
    except Exception as defect:  # the engine must outlive any defect; the trace goes to standard error
        traceback.print_exc()
        yield Failure(request.id, tr("The engine failed: {reason}").format(reason=f"{type(defect).__name__}: {defect}"))


def _answers(request: Request) -> Iterator[Message]:
    if isinstance(request, Analyse):
        start = time.perf_counter()
        analysis = analyse(request.spec)
        yield AnalysisResult(request.id, analysis, time.perf_counter() - start)
    elif isinstance(request, AskOpinion):
        installed = tuple(tool for tool in get_args(Tool) if tool in others())
        yield OpinionResult(request.id, opinion(analyse(request.spec), request.tool), installed)
    elif isinstance(request, AskDevices):
        yield Devices(request.id, infos())
    elif isinstance(request, Measure):
        yield from _measuring(request)
    else:
        yield from _comparing(request)


def _measuring(request: Measure) -> Iterator[Message]:
    """Progress at most every so often, always with a run so far where there is one.

    The window draws such a run on the same processor that is being measured: it gets the time for it.
    """
    said_at, said = 0.0, ""
    for found in profile(request.spec, request.settings):
        if isinstance(found, ProfileRun):
            yield Measured(request.id, found)
            return
        now, phase = time.monotonic(), found.sentence.partition(" ")[0]
        if found.run is not None or phase != said or now - said_at >= PROGRESS_SECONDS:
            said_at, said = now, phase
            yield Progress(request.id, found)
            if found.run is not None and request.settings.device == "cpu":
                time.sleep(DRAWING_SECONDS)


def _comparing(request: Compare | CompareNetworks | AskPairs | AskSweep) -> Iterator[Message]:
    """The answer, and before it how far the measuring has come where there is any."""
    for found in _compared(request):
        if isinstance(found, ProfileProgress):
            yield Progress(request.id, found)
        elif isinstance(found, BlockComparison):
            yield Compared(request.id, found)
        elif isinstance(found, NetworkComparison):
            yield ComparedNetworks(request.id, found)
        elif isinstance(found, Sweep):
            yield Swept(request.id, found)
        else:
            yield Pairs(request.id, found)


def _compared(
    request: Compare | CompareNetworks | AskPairs | AskSweep,
) -> Iterator[ProfileProgress | BlockComparison | NetworkComparison | NetworkPairs | Sweep]:
    settings = request.settings
    if isinstance(request, AskSweep):
        yield from measure_sweep(sweep(request.setting, request.channels), request.settings)
    elif isinstance(request, CompareNetworks):
        both = request.first, request.second
        yield from (compare(*both),) if settings is None else measure_networks(*both, settings)
    elif isinstance(request, AskPairs):
        yield from (pairs(request.spec),) if settings is None else measure_pairs(request.spec, settings)
    else:
        yield from (compare_blocks(request.setting),) if settings is None else measure_blocks(request.setting, settings)


class _Numbered(msgspec.Struct):
    id: int


def _id_in(line: bytes) -> int | None:
    try:
        return msgspec.json.decode(line, type=_Numbered).id
    except msgspec.DecodeError:
        return None


def _device() -> str:
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
