"""An engine for tests: answers the messages of the protocol at once without torch, or misbehaves on request."""

import os
import sys
from collections.abc import Iterator

import msgspec

from resnet_viz.engine.protocol import (
    Analyse,
    Analysed,
    AnyRequest,
    CrossCheck,
    CrossChecked,
    Failure,
    ListDevices,
    Measure,
    Message,
    Progress,
    Ready,
    Tool,
    answer,
    decode_ask,
    encode,
    request_in,
)
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.records.run import DeviceInfo, ProfileProgress
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run

UNANSWERABLE = 7  # classes that make the fake die, refuse or keep silent
REFUSED = 8
SILENT = 9
FAILING = 11  # classes for which no other counter can be run
OTHERS = 10  # classes for which the fake has more counters than those that always are


def answers(number: int, request: AnyRequest) -> Iterator[Message]:
    """Answer with a small analysis of the network, and with a run that reports progress before it is complete."""
    match request:
        case ListDevices():
            yield answer(number, (DeviceInfo("cpu", "A processor", 8 << 30, 4 << 30, ("fp32", "bf16")),))
        case Measure():
            yield from measured(number, request)
        case Analyse(question) if question.classes == UNANSWERABLE:
            os._exit(3)
        case Analyse(question) if question.classes == REFUSED:
            yield Failure(number, "The image is too small.", "input")
        case Analyse(question) if question.classes != SILENT:
            yield answer(number, Analysed(small_analysis(question), 0.041))
        case CrossCheck(question, tool) if question.classes == FAILING:
            yield Failure(number, f"{tool} cannot be run.")
        case CrossCheck(question, tool):
            result = CrossCheckResult(
                tool, "1.0", params=1, count=1, expected_count=1, agrees=True, sentence="the same"
            )
            others: tuple[Tool, ...] = ("ptflops aten", "ptflops pytorch", "DeepSpeed")
            yield answer(number, CrossChecked(result, others if question.classes == OTHERS else ()))


def measured(number: int, request: Measure) -> Iterator[Message]:
    """Answer as the batch size says: a run, a refusal, a partial run and silence, or a partial run and a crash."""
    batch = request.settings.batch
    if batch == REFUSED:
        yield Failure(number, "batch: 8 is not accepted; the largest batch that should fit is 4.", "batch")
        return
    run = small_run(request.settings.applied_to(request.question), request.settings)
    partial = msgspec.structs.replace(run, complete=False)
    yield Progress(number, ProfileProgress("passes", 0.5, 2.0, partial))
    if batch == UNANSWERABLE:
        sys.stdout.flush()
        os._exit(3)
    if batch != SILENT:
        yield answer(number, run)


NOISE = (
    b"Warning: this is not a message\n", b"\xff\xfe\x00\n", b"\n", b"[" * 5_000 + b"\n", b'{"say":"dance"}\n',
    b"null\n", b'{"say":"answer","id":1,"value":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n", b'{"say":"answer","id":1}\n',
    b'"' + b"x" * 3_000_000 + b'"\n',
)  # fmt: skip
"""Lines that are no messages."""
ODD = {
    "garbage": b"Warning: %d is not a message\n",
    "odd": b'{"say":"answer","id":%d,"value":"odd"}\n',
    "nested": b'{"say":"answer","id":%d,"value":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n",
    "no text": b'{"say":"failure","id":%d,"sentence":"\xff"}\n',
    "long": b'{"say":"failure","id":%d,"sentence":"' + b"x" * 3_000_000 + b'"}\n',
}
"""By behavior, a line that is no answer to the request with this number; "long" is one if such a length is allowed."""


def main(behavior: str) -> None:
    """Report ready, then answer each line."""
    write = sys.stdout.buffer.write
    if behavior == "dies":
        sys.exit("no torch here")
    if behavior == "noisy":
        write(b"".join(NOISE))
    write(encode(Ready(torch="2.13.0+cpu", device="cpu")))
    sys.stdout.flush()
    for line in iter(sys.stdin.buffer.readline, b""):
        ask = decode_ask(line)
        if behavior == "deaf":
            write(encode(Failure(None, "What?")))
        elif behavior in ODD:
            write(ODD[behavior] % ask.id)
        else:
            if behavior == "wrong ids":
                write(encode(answer(ask.id + 1, "odd")) + encode(Failure(ask.id - 1, "Not this one.")))
            for message in answers(ask.id, request_in(ask)):
                write(encode(message))
                sys.stdout.flush()
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
