"""The messages between window and engine: one JSON object a line, each with the number of its request."""

from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question

Tool = Literal[
    "torchinfo", "fvcore", "flop_counter",
    "ptflops aten", "ptflops pytorch, count_functional=False", "ptflops pytorch", "DeepSpeed",
]  # fmt: skip
"""The counters that can be asked; the last four where they are installed beside the engine."""

Result = TypeVar("Result")


class Analysed(msgspec.Struct, frozen=True):
    """An analysis, and how long it took."""

    analysis: Analysis
    seconds: float


class CrossChecked(msgspec.Struct, frozen=True):
    """The result of another counter, and the optional counters (`others`) that are installed beside the engine."""

    result: CrossCheckResult = msgspec.field(name="opinion")
    others: tuple[Tool, ...] = ()


class Request(msgspec.Struct, Generic[Result], frozen=True, tag_field="ask"):
    """Something to ask the engine; `Result` is the type of its answer."""

    @property
    def measures(self) -> bool:
        """Whether it takes measurements: what killed the engine would most likely do so again."""
        return getattr(self, "settings", None) is not None


class Analyse(Request[Analysed], frozen=True, tag="analyse"):
    """Build, trace and count this network."""

    question: Question


class CrossCheck(Request[CrossChecked], frozen=True, tag="cross_check"):
    """Run another counter on this network and compare."""

    question: Question
    tool: Tool


class Measure(Request[ProfileRun], frozen=True, tag="measure"):
    """Measure this network."""

    question: Question
    settings: ProfileSettings


class CompareBlocks(Request[BlockComparison], frozen=True, tag="compare_blocks"):
    """Hold both blocks side by side; with settings measured in turn."""

    setting: BlockSetting
    settings: ProfileSettings | None = None


class CompareNetworks(Request[NetworkComparison], frozen=True, tag="compare_networks"):
    """Hold two networks side by side; with settings measured in turn."""

    first: Question
    second: Question
    settings: ProfileSettings | None = None


class CompareDepths(Request[NetworkPairs], frozen=True, tag="compare_depths"):
    """Networks with either block over their depth, everything else as in this one; with settings measured."""

    question: Question
    settings: ProfileSettings | None = None


class SweepChannels(Request[Sweep], frozen=True, tag="sweep_channels"):
    """Measure both blocks over a range of channels."""

    setting: BlockSetting
    channels: tuple[int, ...]
    settings: ProfileSettings


class ListDevices(Request[tuple[DeviceInfo, ...]], frozen=True, tag="list_devices"):
    """What can be measured on, the best device first."""


AnyRequest = (
    Analyse | CrossCheck | Measure | CompareBlocks | CompareNetworks | CompareDepths | SweepChannels | ListDevices
)


class Ask(msgspec.Struct, frozen=True):
    """A request as it is sent; it is read in a second step, so that a refusal has its number."""

    id: int
    request: msgspec.Raw


class Ready(msgspec.Struct, frozen=True, tag_field="say", tag="ready"):
    """The engine has loaded torch and waits for requests."""

    torch: str
    device: str


class Progress(msgspec.Struct, frozen=True, tag_field="say", tag="progress"):
    """How far a measurement has come, now and then with what it has found so far."""

    id: int
    progress: ProfileProgress


class Answer(msgspec.Struct, frozen=True, tag_field="say", tag="answer"):
    """What a request was about; only whoever asked knows the type of the value, and reads it with `value_for`."""

    id: int
    value: msgspec.Raw


class Failure(msgspec.Struct, frozen=True, tag_field="say", tag="failure"):
    """Why a request has no answer; `field` where one field of the question is at fault, `id` None where unreadable."""

    id: int | None
    sentence: str
    field: str | None = None


Message = Ready | Progress | Answer | Failure

_encoder = msgspec.json.Encoder()
_messages: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)


def encode(message: Message | Ask) -> bytes:
    """The message as one line, newline included."""
    return _encoder.encode(message) + b"\n"


def ask(number: int, request: Request[Any]) -> Ask:
    """The request under this number."""
    return Ask(number, msgspec.Raw(_encoder.encode(request)))


def answer(number: int, value: object) -> Answer:
    """The answer to the request of this number."""
    return Answer(number, msgspec.Raw(_encoder.encode(value)))


def decode_ask(line: bytes) -> Ask:
    """The number and the unread request in a line; raises msgspec.DecodeError."""
    return msgspec.json.decode(line, type=Ask)


def decode_message(line: bytes) -> Message:
    """The message in a line; raises msgspec.DecodeError."""
    return _messages.decode(line)


def request_in(ask: Ask) -> AnyRequest:
    """What is asked; raises msgspec.DecodeError, which names the path of what is wrong."""
    return _requests.decode(ask.request)


def value_for(request: Request[Result], answer: Answer) -> Result:
    """What was found; raises msgspec.DecodeError, which names the path of what is wrong."""
    (kind,) = get_args(type(request).__orig_bases__[0])  # type: ignore[attr-defined]  # Request[Found] of its class
    found: Result = msgspec.json.decode(answer.value, type=kind)
    return found
