"""A measured run as frozen data: times of layers and blocks, the whole, the ceilings, and where it was made."""

from functools import cached_property
from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis
from resnet_viz.records.message import Message
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

FORMAT = 1
"""The version of the run file; a file with a higher one was written by a newer program."""

Method = Literal["cuda-graph", "run-ahead", "host-clock", "synchronised"]
Bound = Literal["compute", "memory", "launch"]
Execution = Literal["eager", "cuda-graph", "compiled"]
Phase = Literal[
    "start", "build", "build-both", "ceilings", "warm-up", "passes", "end-to-end", "in-turn", "pairs", "widths"
]
"""What a measurement is doing: `passes` of one network, two `in-turn`, `pairs` of a series, `widths` that are tried."""
BACKWARD = "backward"


class TimeSummary(msgspec.Struct, frozen=True):
    """The distribution of `n` repetitions, in microseconds."""

    median_us: float
    q1_us: float
    q3_us: float
    min_us: float
    n: int

    @property
    def variation(self) -> float:
        """The interquartile range as a part of the median; 0 where the median is 0."""
        return (self.q3_us - self.q1_us) / self.median_us if self.median_us else 0.0


class Measurement(msgspec.Struct, frozen=True):
    """A spread and the raw samples that it sums up, in microseconds and in the order they were taken."""

    spread: TimeSummary
    samples_us: tuple[float, ...]


class LayerTime(msgspec.Struct, frozen=True):
    """The forward time of one layer, beside the work that it does.

    `flops` and `bytes` (read and written, weights included) are for the whole batch in the run's dtype. `floor_us` is
    the least time that the measured ceilings allow and `bound` what sets it; both None without ceilings. `doubt` says
    why the time cannot be taken at its word, empty where it can. In the isolated mode `same_as` names the layer whose
    measurement stands for this one.
    """

    id: str
    spread: TimeSummary
    samples_us: tuple[float, ...]
    flops: int
    bytes: int
    floor_us: float | None = None
    bound: Bound | None = None
    doubt: str = ""
    same_as: str | None = None

    @property
    def flops_per_second(self) -> float | None:
        """What the layer achieved; None for a layer without arithmetic or without time."""
        return self.flops / self.spread.median_us * 1e6 if self.flops and self.spread.median_us > 0 else None

    @property
    def bytes_per_second(self) -> float | None:
        """What the layer moved; None without time."""
        return self.bytes / self.spread.median_us * 1e6 if self.bytes and self.spread.median_us > 0 else None


class GroupTime(msgspec.Struct, frozen=True):
    """The time of a stem, block, stage or head as a range of its own (in the isolated mode the sum of its layers)."""

    id: str
    level: Literal["block", "stage"]
    spread: TimeSummary


class EndToEndTime(msgspec.Struct, frozen=True):
    """The whole network run one way: latency with its percentiles, and images a second at the run's batch."""

    way: Execution
    timed: Measurement
    p50_us: float
    p90_us: float
    p99_us: float
    images_per_second: float


class BatchPoint(msgspec.Struct, frozen=True):
    """Throughput at one batch size; `peak_bytes` is None where the device does not tell."""

    batch: int
    spread: TimeSummary
    images_per_second: float
    peak_bytes: int | None


class Ceilings(msgspec.Struct, frozen=True):
    """What the device was measured to do at most: a large copy, a large matrix product in the run's dtype, the
    shortest operation; and the size of its last cache, 0 where unknown.
    """

    bytes_per_second: float
    flops_per_second: float
    launch_us: float
    cache_bytes: int


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run was made; empty or None is unknown."""

    device: str
    name: str
    memory_bytes: int | None = None
    threads: int | None = None
    driver: str = ""
    cuda: str = ""
    cudnn: str = ""
    torch: str = ""
    python: str = ""
    system: str = ""
    program: str = ""
    flags: dict[str, str] = {}


class SensorSample(msgspec.Struct, frozen=True):
    """The card's sensors at one moment of the run; None is unknown."""

    second: float
    clock_mhz: int | None = None
    temperature_c: int | None = None
    power_w: float | None = None
    throttled: str = ""


class ProfileRun(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One measurement of one network; `spec` has the batch and size that were run, times are in microseconds.

    `made` is the UTC time in ISO 8601. `complete` is false for a run that was stopped. `fallbacks` say which choices
    the machine refused and why, `warnings` what to know before relying on the figures, both in English for scripts and
    older programs; `messages` are the same as kinds and values, for any language, and empty in older files.
    `whole` is the clean network, `instrumented` the same with marks between the layers;
    `mark_us` is what a mark costs. `backward` has the blocks' backward ranges. `peak_bytes` is the memory that the
    whole network took at its peak, None where unknown. `launch_bound_factor` is eager ÷ CUDA graph.
    """

    format: int = FORMAT
    made: str
    complete: bool
    spec: ResNetSpec
    settings: ProfileSettings
    place: Environment
    method: Method | None = None
    fallbacks: tuple[str, ...] = ()
    layers: tuple[LayerTime, ...] = ()
    groups: tuple[GroupTime, ...] = ()
    backward: tuple[GroupTime, ...] = ()
    whole: Measurement | None = None
    instrumented: Measurement | None = None
    mark_us: float | None = None
    ceilings: Ceilings | None = None
    ends: tuple[EndToEndTime, ...] = ()
    sweep: tuple[BatchPoint, ...] = ()
    peak_bytes: int | None = None
    launch_bound_factor: float | None = None
    warnings: tuple[str, ...] = ()
    readings: tuple[SensorSample, ...] = ()
    messages: tuple[Message, ...] = ()

    @cached_property
    def layer_by_id(self) -> dict[str, LayerTime]:
        """The layers' times by node id."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def group_by_id(self) -> dict[str, GroupTime]:
        """The times of blocks and stages by node id (stem and head are both, and alike)."""
        return {group.id: group for group in self.groups}

    def time_of(self, node_id: str) -> LayerTime | GroupTime | None:
        """The time of a layer, block or stage; None where it was not measured."""
        return self.layer_by_id.get(node_id) or self.group_by_id.get(node_id)

    def part_of_whole(self, time_us: float | None) -> float | None:
        """How much of the whole network's time this is; None where either was not measured."""
        whole = self.whole.spread.median_us if self.whole else None
        return time_us / whole if time_us is not None and whole else None

    @cached_property
    def sum_us(self) -> float | None:
        """Σ of the layers, and of the blocks' backward ranges; None where no layer was measured.

        The median over the passes of each pass's own sum, as the whole is the median over the clean passes: medians
        of single layers leave out what disturbs now one, now another, and their sum would fall short of any whole.
        Where layers were measured apart from each other (isolated), the sum of their medians.
        """
        if not self.layers:
            return None
        if self.instrumented is not None:
            return self.instrumented.spread.median_us
        back = sum(group.spread.median_us for group in self.backward if group.level == "block")
        return sum(layer.spread.median_us for layer in self.layers) + back

    @property
    def unaccounted_us(self) -> float | None:
        """The clean whole less Σ; negative where the parts take longer than the whole."""
        if self.whole is None or self.sum_us is None:
            return None
        return self.whole.spread.median_us - self.sum_us


class ProfileProgress(msgspec.Struct, frozen=True):
    """How far a run has come: its phase, and `done`, the part from 0 to 1.

    `seconds_left` is an estimate, None where there is none yet. `run` is what has been measured so far, now and then.
    `layer` is the id of the layer that is warmed up or measured, or BACKWARD; empty between passes. `number` is that
    of the pair, of `total`, or the width that is tried.
    """

    phase: Phase
    done: float
    seconds_left: float | None = None
    run: ProfileRun | None = None
    layer: str = ""
    number: int = 0
    total: int = 0


class RunEntry(msgspec.Struct, frozen=True):
    """One run of the folder of runs: where it lies, and what tells it from the others.

    `whole_us` is None without a whole.
    """

    path: str
    made: str
    title: str
    device: str
    dtype: str
    batch: int
    mode: str
    whole_us: float | None
    complete: bool


class DeviceInfo(msgspec.Struct, frozen=True):
    """A device that can be measured on: its name for `--device`, its title, memory, and the dtypes it can do.

    `refused` has a sentence for each dtype that it cannot do.
    """

    name: str
    title: str
    memory_bytes: int | None
    free_bytes: int | None
    dtypes: tuple[str, ...]
    refused: tuple[str, ...] = ()


def is_run_of(run: ProfileRun | None, analysis: Analysis | None) -> bool:
    """Whether the run is of the network on the screen; batch and image size may differ."""
    if run is None or analysis is None or run.spec.but(input=analysis.spec.input) != analysis.spec:
        return False
    return all(layer.id in analysis.layer_by_id for layer in run.layers)
