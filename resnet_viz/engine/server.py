"""The engine's loop: one JSON request a line on standard input, JSON messages on standard output."""

import contextlib
import os
import sys
import time
import traceback
from typing import BinaryIO

import msgspec
import torch

from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    AskOpinion,
    Failure,
    Message,
    OpinionResult,
    Ready,
    Request,
    decode_request,
    encode,
)
from resnet_viz.errors import SpecError, UserError
from resnet_viz.metrics.ledger import opinion
from resnet_viz.pipeline import analyse
from resnet_viz.texts import tr


def serve() -> int:
    """Answer requests until standard input ends; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):  # the window is gone: nobody is left to tell
        answer_all(sys.stdin.buffer, answers)
    return 0


def answer_all(requests: BinaryIO, answers: BinaryIO) -> None:
    """Say that the engine is ready, then answer each line of `requests`."""
    _send(Ready(torch=str(torch.__version__), device=_device()), answers)
    for line in iter(requests.readline, b""):
        _send(answer_to(line), answers)


def _send(message: Message, answers: BinaryIO) -> None:
    answers.write(encode(message))
    answers.flush()


def answer_to(line: bytes) -> Message:
    """The message that answers one line; a request that cannot be answered gives a Failure, never an exception."""
    try:
        request = decode_request(line)
    except msgspec.DecodeError as problem:
        cause = problem.__cause__
        field = cause.field if isinstance(cause, SpecError) else None
        return Failure(_id_in(line), str(cause if field else problem), field)
    try:
        return _answer(request)
    except UserError as problem:
        return Failure(request.id, str(problem), problem.field if isinstance(problem, SpecError) else None)
    except MemoryError:
        return Failure(request.id, tr("There is not enough memory for this network; give a smaller one."))
    except Exception as defect:  # the engine must outlive any defect; the trace goes to standard error
        traceback.print_exc()
        return Failure(
            request.id, tr("The engine failed: {reason}").format(reason=f"{type(defect).__name__}: {defect}")
        )


def _answer(request: Request) -> Message:
    start = time.perf_counter()
    analysis = analyse(request.spec)
    if isinstance(request, Analyse):
        return AnalysisResult(request.id, analysis, time.perf_counter() - start)
    assert isinstance(request, AskOpinion)
    return OpinionResult(request.id, opinion(analysis, request.tool))


class _Numbered(msgspec.Struct):
    id: int


def _id_in(line: bytes) -> int | None:
    try:
        return msgspec.json.decode(line, type=_Numbered).id
    except msgspec.DecodeError:
        return None


def _device() -> str:
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
