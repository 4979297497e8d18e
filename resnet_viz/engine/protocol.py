"""The messages between window and engine, JSON objects one per line; each has the number of its request."""

from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr

Tool = Literal[
    "torchinfo", "fvcore", "flop_counter",
    "ptflops aten", "ptflops pytorch, count_functional=False", "ptflops pytorch", "DeepSpeed",
]  # fmt: skip
"""The counters that can be run; the last four only where they are installed."""

Result = TypeVar("Result")
Decoded = TypeVar("Decoded")


class Analysed(msgspec.Struct, frozen=True):
    """An analysis and the seconds that it took."""

    analysis: Analysis
    seconds: float


class CrossChecked(msgspec.Struct, frozen=True):
    """The result of another counter; `others` are the optional counters that are installed for the engine."""

    result: CrossCheckResult = msgspec.field(name="opinion")
    others: tuple[Tool, ...] = ()


class Request(msgspec.Struct, Generic[Result], frozen=True, tag_field="ask"):
    """A request to the engine; `Result` is the type of its answer's value."""

    @property
    def measures(self) -> bool:
        """Return True if the request takes measurements. If the engine dies, such a request is not repeated."""
        return getattr(self, "settings", None) is not None


class Analyse(Request[Analysed], frozen=True, tag="analyse"):
    """Analyze a network."""

    question: Question


class CrossCheck(Request[CrossChecked], frozen=True, tag="cross_check"):
    """Run another counter on a network and compare its counts with ours."""

    question: Question
    tool: Tool


class Measure(Request[ProfileRun], frozen=True, tag="measure"):
    """Measure a network on a device."""

    question: Question
    settings: ProfileSettings


class CompareBlocks(Request[BlockComparison], frozen=True, tag="compare_blocks"):
    """Compare both blocks; with settings, also by interleaved measurements."""

    setting: BlockSetting
    settings: ProfileSettings | None = None


class CompareNetworks(Request[NetworkComparison], frozen=True, tag="compare_networks"):
    """Compare two networks; with settings, also by interleaved measurements."""

    first: Question
    second: Question
    settings: ProfileSettings | None = None


class CompareDepths(Request[NetworkPairs], frozen=True, tag="compare_depths"):
    """Compare Basic and Bottleneck networks of every depth, else as `question`; with settings, measure them too."""

    question: Question
    settings: ProfileSettings | None = None


class SweepChannels(Request[Sweep], frozen=True, tag="sweep_channels"):
    """Measure both blocks over a range of channels."""

    setting: BlockSetting
    channels: tuple[int, ...]
    settings: ProfileSettings


class ListDevices(Request[tuple[DeviceInfo, ...]], frozen=True, tag="list_devices"):
    """List the devices for measurements, the best one first."""


AnyRequest = (
    Analyse | CrossCheck | Measure | CompareBlocks | CompareNetworks | CompareDepths | SweepChannels | ListDevices
)


class Ask(msgspec.Struct, frozen=True):
    """A request as it is sent; `request` is decoded in a second step, so that an error can name the number."""

    id: int
    request: msgspec.Raw


class Ready(msgspec.Struct, frozen=True, tag_field="say", tag="ready"):
    """The engine has loaded torch and waits for requests."""

    torch: str
    device: str


class Progress(msgspec.Struct, frozen=True, tag_field="say", tag="progress"):
    """The progress of a measurement, sometimes with the incomplete run."""

    id: int
    progress: ProfileProgress


class Answer(msgspec.Struct, frozen=True, tag_field="say", tag="answer"):
    """The answer to a request; its value is decoded with `value_for`, as its type depends on the request."""

    id: int
    value: msgspec.Raw


class Failure(msgspec.Struct, frozen=True, tag_field="say", tag="failure"):
    """The reason why a request has no answer; `field` if one field of it is invalid; `id` None if it is unreadable."""

    id: int | None
    sentence: str
    field: str | None = None


Message = Ready | Progress | Answer | Failure

_encoder = msgspec.json.Encoder()
_asks = msgspec.json.Decoder(Ask)
_messages: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)


def encode(message: Message | Ask) -> bytes:
    """Return the message as one line, with its newline."""
    return _encoder.encode(message) + b"\n"


def ask(number: int, request: Request[Any]) -> Ask:
    """Return the request with its number, ready to be sent."""
    return Ask(number, msgspec.Raw(_encoder.encode(request)))


def answer(number: int, value: object) -> Answer:
    """Return the answer to the request with this number."""
    return Answer(number, msgspec.Raw(_encoder.encode(value)))


def decode_ask(line: bytes) -> Ask:
    """Return the number and the undecoded request of a line; raises msgspec.DecodeError."""
    return _decoded(_asks, line)


def decode_message(line: bytes) -> Message:
    """Return the message of a line; raises msgspec.DecodeError."""
    return _decoded(_messages, line)


def request_in(ask: Ask) -> AnyRequest:
    """Return the decoded request; raises msgspec.DecodeError, which names the path of the invalid value."""
    return _decoded(_requests, ask.request)


def value_for(request: Request[Result], answer: Answer) -> Result:
    """Return the decoded value of the answer; raises msgspec.DecodeError, which names the path of the invalid value."""
    (kind,) = get_args(type(request).__orig_bases__[0])  # type: ignore[attr-defined]  # Request[Found] of its class
    decoder: msgspec.json.Decoder[Result] = msgspec.json.Decoder(kind)
    return _decoded(decoder, answer.value)


def _decoded(decoder: msgspec.json.Decoder[Decoded], text: bytes | msgspec.Raw) -> Decoded:
    """Decode the text; whatever cannot be decoded raises msgspec.DecodeError."""
    try:
        return decoder.decode(text)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(tr("a text in it is not encoded in UTF-8")) from error
    except RecursionError as error:
        raise msgspec.DecodeError(tr("its values are nested too deep")) from error
