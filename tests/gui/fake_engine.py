"""An engine for tests: answers the protocol's messages at once without torch, or misbehaves as it is told."""

import os
import sys

from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    Failure,
    Message,
    OpinionResult,
    Ready,
    Request,
    decode_request,
    encode,
)
from resnet_viz.records import Opinion
from tests.gui.small_analysis import small_analysis

UNANSWERABLE = 7  # classes that make the fake die, refuse or keep silent
REFUSED = 8
SILENT = 9


def answer(request: Request) -> Message | None:
    """A small analysis of whatever network is asked for."""
    if isinstance(request, Analyse):
        if request.spec.classes == UNANSWERABLE:
            os._exit(3)
        if request.spec.classes == REFUSED:
            return Failure(request.id, "The image is too small.", "input")
        if request.spec.classes == SILENT:
            return None
        return AnalysisResult(request.id, small_analysis(request.spec), 0.041)
    opinion = Opinion(request.tool, "1.0", params=1, count=1, expected_count=1, agrees=True, sentence="the same")
    return OpinionResult(request.id, opinion)


def main(behaviour: str) -> None:
    """Say ready and answer each line."""
    write = sys.stdout.buffer.write
    if behaviour == "dies":
        sys.exit("no torch here")
    if behaviour == "garbage":
        write(b"Warning: this is not a message\n")
        sys.stdout.flush()
    write(encode(Ready(torch="2.13.0+cpu", device="cpu")))
    sys.stdout.flush()
    for line in iter(sys.stdin.buffer.readline, b""):
        message = answer(decode_request(line))
        if message is not None:
            write(encode(message))
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
