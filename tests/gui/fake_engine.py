"""An engine for tests: answers the protocol's messages at once without torch, or misbehaves as it is told."""

import os
import sys
from collections.abc import Iterator

import msgspec

from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    AskDevices,
    AskOpinion,
    Devices,
    Failure,
    Measure,
    Measured,
    Message,
    OpinionResult,
    Progress,
    Ready,
    Request,
    Tool,
    decode_request,
    encode,
)
from resnet_viz.records.analysis import Opinion
from resnet_viz.records.run import DeviceInfo, ProfileProgress
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run

UNANSWERABLE = 7  # classes that make the fake die, refuse or keep silent
REFUSED = 8
SILENT = 9
OTHERS = 10  # classes for which the fake has more counters than those that always are


def answers(request: Request) -> Iterator[Message]:
    """A small analysis of whatever network is asked for; a run that says it is under way before it is complete."""
    if isinstance(request, AskDevices):
        yield Devices(request.id, (DeviceInfo("cpu", "A processor", 8 << 30, 4 << 30, ("fp32", "bf16")),))
    elif isinstance(request, Measure):
        yield from measured(request)
    elif isinstance(request, Analyse | AskOpinion):
        found = answer(request)
        if found is not None:
            yield found


def measured(request: Measure) -> Iterator[Message]:
    """As the batch says: a run, a refusal, a partial run and silence, or a partial run and death."""
    batch = request.settings.batch
    if batch == REFUSED:
        yield Failure(request.id, "batch: 8 is not accepted; the largest batch that should fit is 4.", "batch")
        return
    run = small_run(request.settings.applied_to(request.spec), request.settings)
    partial = msgspec.structs.replace(run, complete=False)
    yield Progress(request.id, ProfileProgress("measuring passes", 0.5, 2.0, partial))
    if batch == UNANSWERABLE:
        sys.stdout.flush()
        os._exit(3)
    if batch != SILENT:
        yield Measured(request.id, run)


def answer(request: Analyse | AskOpinion) -> Message | None:
    """The one message that answers an analysis or an opinion."""
    if isinstance(request, Analyse):
        if request.spec.classes == UNANSWERABLE:
            os._exit(3)
        if request.spec.classes == REFUSED:
            return Failure(request.id, "The image is too small.", "input")
        if request.spec.classes == SILENT:
            return None
        return AnalysisResult(request.id, small_analysis(request.spec), 0.041)
    opinion = Opinion(request.tool, "1.0", params=1, count=1, expected_count=1, agrees=True, sentence="the same")
    others: tuple[Tool, ...] = ("ptflops aten", "ptflops pytorch", "DeepSpeed")
    return OpinionResult(request.id, opinion, others if request.spec.classes == OTHERS else ())


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
        for message in answers(decode_request(line)):
            write(encode(message))
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
