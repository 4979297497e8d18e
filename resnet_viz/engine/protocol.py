"""The messages between window and engine: one JSON object a line, each with the number of its request."""

from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis, Opinion
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

Tool = Literal[
    "torchinfo", "fvcore", "flop_counter",
    "ptflops aten", "ptflops pytorch, count_functional=False", "ptflops pytorch", "DeepSpeed",
]  # fmt: skip
"""The counters that can be asked; the last four where they are installed beside the engine."""


class Analyse(msgspec.Struct, frozen=True, tag_field="ask", tag="analyse"):
    """Build, trace and count this network."""

    id: int
    spec: ResNetSpec


class AskOpinion(msgspec.Struct, frozen=True, tag_field="ask", tag="opinion"):
    """Run another counter on this network and compare."""

    id: int
    spec: ResNetSpec
    tool: Tool


class Measure(msgspec.Struct, frozen=True, tag_field="ask", tag="measure"):
    """Measure this network; answered by Progress messages and in the end a Measured."""

    id: int
    spec: ResNetSpec
    settings: ProfileSettings


class Compare(msgspec.Struct, frozen=True, tag_field="ask", tag="compare"):
    """Hold both blocks side by side; with settings measured in turn, which Progress messages tell of."""

    id: int
    setting: BlockSetting
    settings: ProfileSettings | None = None


class CompareNetworks(msgspec.Struct, frozen=True, tag_field="ask", tag="compare_networks"):
    """Hold two networks side by side; with settings measured in turn."""

    id: int
    first: ResNetSpec
    second: ResNetSpec
    settings: ProfileSettings | None = None


class AskPairs(msgspec.Struct, frozen=True, tag_field="ask", tag="pairs"):
    """Networks with either block over their depth, everything else as in this one; with settings measured."""

    id: int
    spec: ResNetSpec
    settings: ProfileSettings | None = None


class AskSweep(msgspec.Struct, frozen=True, tag_field="ask", tag="sweep"):
    """Measure both blocks over a range of channels."""

    id: int
    setting: BlockSetting
    channels: tuple[int, ...]
    settings: ProfileSettings


class AskDevices(msgspec.Struct, frozen=True, tag_field="ask", tag="devices"):
    """What can be measured on?"""

    id: int


class Ready(msgspec.Struct, frozen=True, tag_field="say", tag="ready"):
    """The engine has loaded torch and waits for requests."""

    torch: str
    device: str


class Progress(msgspec.Struct, frozen=True, tag_field="say", tag="progress"):
    """How far a run has come, now and then with what it has found so far."""

    id: int
    progress: ProfileProgress


class Measured(msgspec.Struct, frozen=True, tag_field="say", tag="run"):
    """The answer to `Measure`."""

    id: int
    run: ProfileRun


class Compared(msgspec.Struct, frozen=True, tag_field="say", tag="compared"):
    """The answer to `Compare`."""

    id: int
    comparison: BlockComparison


class ComparedNetworks(msgspec.Struct, frozen=True, tag_field="say", tag="compared_networks"):
    """The answer to `CompareNetworks`."""

    id: int
    comparison: NetworkComparison


class Pairs(msgspec.Struct, frozen=True, tag_field="say", tag="pairs"):
    """The answer to `AskPairs`."""

    id: int
    pairs: NetworkPairs


class Swept(msgspec.Struct, frozen=True, tag_field="say", tag="swept"):
    """The answer to `AskSweep`."""

    id: int
    sweep: Sweep


class Devices(msgspec.Struct, frozen=True, tag_field="say", tag="devices"):
    """The answer to `AskDevices`, the best device first."""

    id: int
    devices: tuple[DeviceInfo, ...]


class AnalysisResult(msgspec.Struct, frozen=True, tag_field="say", tag="analysis"):
    """The answer to `Analyse`, and how long it took."""

    id: int
    analysis: Analysis
    seconds: float


class OpinionResult(msgspec.Struct, frozen=True, tag_field="say", tag="opinion"):
    """The answer to `AskOpinion`; `others` are counters installed there that need not be."""

    id: int
    opinion: Opinion
    others: tuple[Tool, ...] = ()


class Failure(msgspec.Struct, frozen=True, tag_field="say", tag="failure"):
    """Why a request has no answer; `field` where one field of the spec is at fault, `id` None where unreadable."""

    id: int | None
    sentence: str
    field: str | None = None


Request = Analyse | AskOpinion | Measure | Compare | CompareNetworks | AskPairs | AskSweep | AskDevices
Message = (
    Ready
    | Progress
    | AnalysisResult
    | OpinionResult
    | Measured
    | Compared
    | ComparedNetworks
    | Pairs
    | Swept
    | Devices
    | Failure
)

_encoder = msgspec.json.Encoder()
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_messages: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def encode(message: Request | Message) -> bytes:
    """The message as one line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """The request in a line; raises msgspec.DecodeError, which names the path of what is wrong."""
    return _requests.decode(line)


def decode_message(line: bytes) -> Message:
    """The message in a line; raises msgspec.DecodeError."""
    return _messages.decode(line)
