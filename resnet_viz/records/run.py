"""A measured run as frozen data: times of layers, blocks and the whole network, ceilings, and the environment."""

from functools import cached_property
from math import isinf
from typing import ClassVar, Literal

import msgspec

from resnet_viz.records.analysis import Analysis
from resnet_viz.records.energy import Energy
from resnet_viz.records.kernels import KernelTimes
from resnet_viz.records.message import Message
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

FORMAT = 1
"""The version of the run file; a file with a higher one was written by a newer program."""

Method = Literal["cuda-graph", "run-ahead", "host-clock", "synchronised"]
Bound = Literal["compute", "memory", "launch"]
Execution = Literal["eager", "cuda-graph", "compiled", "compiled-graph"]
Phase = Literal[
    "start",
    "build",
    "build-both",
    "ceilings",
    "warm-up",
    "passes",
    "end-to-end",
    "in-turn",
    "pairs",
    "widths",
    "kernels",
]
"""Phases of a measurement: `passes` of a network, two `in-turn` (interleaved), `pairs` of a series, `widths` tried, and
the `kernels` of each layer."""
BACKWARD, OPTIMIZER = "backward", "optimizer"

# Fields that were added to a record after its first files were written are named in its LATER_FIELDS: a file leaves
# them out where they have their defaults, so that an older run stays the same file with the same digest.


class TimeSummary(msgspec.Struct, frozen=True):
    """Median, quartiles and minimum of `n` repetitions, in microseconds.

    `low_us` and `high_us` are the ends of the 95 % confidence interval of the median, None where there are fewer than
    six repetitions and in files of older versions. `mean_us` is finer than the median where the repetitions are few
    microseconds in steps of a clock's resolution; None in files of older versions.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("low_us", "high_us", "mean_us")
    median_us: float
    q1_us: float
    q3_us: float
    min_us: float
    n: int
    low_us: float | None = None
    high_us: float | None = None
    mean_us: float | None = None

    @property
    def variation(self) -> float:
        """The interquartile range as a fraction of the median; 0 where the median is 0."""
        return (self.q3_us - self.q1_us) / self.median_us if self.median_us else 0.0

    @property
    def uncertainty(self) -> float | None:
        """Half the width of the median's confidence interval as a fraction of the median; None without an interval."""
        if self.low_us is None or self.high_us is None:
            return None
        return (self.high_us - self.low_us) / 2 / self.median_us if self.median_us else 0.0


class Measurement(msgspec.Struct, frozen=True):
    """Raw samples in microseconds, in the order in which they were taken, and their summary."""

    spread: TimeSummary
    samples_us: tuple[float, ...]


class LayerTime(msgspec.Struct, frozen=True):
    """The forward time of one layer, with the work that it does.

    `flops` and `bytes` (read and written, weights included) are for the whole batch in the run's dtype. `floor_us` is
    the least time that the measured ceilings allow where all bytes come from memory, none from a cache, and `bound` the
    ceiling that sets it; both None without ceilings.
    `doubt` is the reason why the time is implausible, empty where it is plausible. In the isolated mode `same_as` is
    the id of the layer that was measured in place of this one, because it has the same operation and input shapes.
    `cold` and `warm` are its times with flushed caches and right after the same operation; `spread` is one of them, as
    the settings ask. Both are None in the other modes and in older files.
    `corrected_us` is the time without its timestamp, `sparse_us` the median of the passes in which only every eighth
    layer had timestamps; None where unknown, and where no more than the timestamp can be seen.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("cold", "warm", "corrected_us", "sparse_us")
    id: str
    spread: TimeSummary
    samples_us: tuple[float, ...]
    flops: int
    bytes: int
    floor_us: float | None = None
    bound: Bound | None = None
    doubt: str = ""
    same_as: str | None = None
    cold: TimeSummary | None = None
    warm: TimeSummary | None = None
    corrected_us: float | None = None
    sparse_us: float | None = None

    @property
    def flops_per_second(self) -> float | None:
        """The FLOP/s that the layer achieved; None for a layer without arithmetic or without time."""
        return _per_second(self.flops, self.spread.median_us)

    @property
    def bytes_per_second(self) -> float | None:
        """The bytes per second that the layer moved; None for a layer without bytes or without time."""
        return _per_second(self.bytes, self.spread.median_us)


class GroupTime(msgspec.Struct, frozen=True):
    """The time of a stem, block, stage or head, summed in each pass (in the isolated mode the sum of its layers).

    `corrected_us` is the time without its layers' timestamps, None where unknown. `samples_us` are those of a block's
    backward pass or update, in the same passes as the layers' samples; empty in other groups and in older files.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("corrected_us", "samples_us")
    id: str
    level: Literal["block", "stage"]
    spread: TimeSummary
    corrected_us: float | None = None
    samples_us: tuple[float, ...] = ()


class EndToEndTime(msgspec.Struct, frozen=True):
    """The whole network in one kind of execution: latency percentiles, and images per second at the run's batch.

    A percentile is None where there were too few passes to know it: P90 takes 10, P99 takes 100.
    """

    way: Execution
    timed: Measurement
    p50_us: float
    p90_us: float | None
    p99_us: float | None
    images_per_second: float


class BatchPoint(msgspec.Struct, frozen=True):
    """Throughput at one batch size, with the passes queued one behind the other; unknown is None.

    `spread` is of groups of passes, each group's time divided by its passes; `passes` is the number of all of them, and
    `way` how they were executed. `peak_bytes` is the memory of tensors and workspaces in an eager pass.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("way", "passes")
    batch: int
    spread: TimeSummary
    images_per_second: float
    peak_bytes: int | None
    way: Execution | None = None
    passes: int | None = None


class Ceilings(msgspec.Struct, frozen=True):
    """The measured maxima of a device: a large copy, a large matrix product in the run's dtype, the shortest operation.

    `launch_us` is the shortest operation's share of many in a CUDA graph where the device can capture one, and
    `eager_launch_us` that of many launched one by one by the host, which stays ahead; None where nothing was timed by
    events. `cache_bytes` is the size of the last-level cache, 0 where unknown.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("eager_launch_us",)
    bytes_per_second: float
    flops_per_second: float
    launch_us: float
    cache_bytes: int
    eager_launch_us: float | None = None


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """The device, versions and flags with which a run was made; empty or None is unknown.

    `application_clock_mhz` is the clock that a card is set to under load, `max_clock_mhz` its highest one.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("application_clock_mhz", "max_clock_mhz")
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
    application_clock_mhz: int | None = None
    max_clock_mhz: int | None = None


class ProfileRun(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One measurement of one network; `spec` has the batch and size that were run, times are in microseconds.

    `made` is the UTC time in ISO 8601. `complete` is false for a run that was stopped. `fallbacks` say which choices
    the machine refused and why, `warnings` what to know before relying on the figures, both in English for scripts and
    older programs; `messages` are all of these as kinds and values, for any language, and empty in older files.
    `whole` is the time of uninstrumented passes, `instrumented` that of passes with timestamps between the layers;
    `mark_us` is the cost of a timestamp among others, `timestamp_in_situ_us` that of one between the layers, and
    `timestamp_correction_us` the one that is taken off in corrected times; None where unknown. `starved_passes` were
    repeated because the device had to wait for the host, None where nothing can starve. `backward` has the backward
    times of blocks and stages, `optimizer` those of the update of their weights, `loss` that of the loss and its
    backward pass. `peak_bytes` is the memory that the whole network took at its peak, `predicted_peak_bytes` the one
    computed beforehand; None where unknown. `launch_bound_factor` is eager ÷ CUDA graph. `place` is the environment,
    `ends` are the end-to-end times, `readings` the sensor samples. `event_pair_us` is what two events around an
    isolated operation cost by themselves, which has been taken off its times; None where none was taken off. `kernels`
    are those of each layer, None where they were not measured. `measured_seconds` is the time that was spent on passes,
    out of the budget in the settings. `dropped_passes` were measured but left out, because the card was slowed down
    during them. `others_share` is the share of the processor, 0 to 1, that other programs took, `energy` that of a card
    under the load of uninstrumented passes; None where unknown.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = (
        "event_pair_us",
        "kernels",
        "loss",
        "optimizer",
        "predicted_peak_bytes",
        "measured_seconds",
        "dropped_passes",
        "others_share",
        "timestamp_in_situ_us",
        "timestamp_correction_us",
        "starved_passes",
        "energy",
    )
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
    event_pair_us: float | None = None
    kernels: KernelTimes | None = None
    loss: Measurement | None = None
    optimizer: tuple[GroupTime, ...] = ()
    predicted_peak_bytes: int | None = None
    measured_seconds: float | None = None
    dropped_passes: int = 0
    others_share: float | None = None
    timestamp_in_situ_us: float | None = None
    timestamp_correction_us: float | None = None
    starved_passes: int | None = None
    energy: Energy | None = None

    @cached_property
    def layer_by_id(self) -> dict[str, LayerTime]:
        """The layers' times by node id."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def group_by_id(self) -> dict[str, GroupTime]:
        """The times of blocks and stages by node id; stem and head are a block and a stage of equal times."""
        return {group.id: group for group in self.groups}

    def time_of(self, node_id: str) -> LayerTime | GroupTime | None:
        """Return the time of a layer, block or stage; None where it was not measured."""
        return self.layer_by_id.get(node_id) or self.group_by_id.get(node_id)

    def cold_and_warm(self, layer: LayerTime) -> tuple[TimeSummary | None, TimeSummary | None]:
        """Return an isolated layer's times with cold and with warm caches; None was not measured.

        Older files have only the one that the settings ask for.
        """
        if self.settings.mode != "isolated":
            return None, None
        cold, warm = (layer.spread, None) if self.settings.cold else (None, layer.spread)
        return layer.cold or cold, layer.warm or warm

    def part_of_whole(self, time_us: float | None) -> float | None:
        """Return a time as a fraction of the whole network's; None where either was not measured."""
        whole = self.whole.spread.median_us if self.whole else None
        return time_us / whole if time_us is not None and whole else None

    @cached_property
    def sum_us(self) -> float | None:
        """Σ of the layers, the loss, and the blocks' backward ranges and updates; None where no layer was measured.

        It is the median over the instrumented passes of each pass's own sum, as the whole is the median over the
        uninstrumented passes: medians of single layers leave out what disturbs now one layer, now another, so that
        their sum would fall short of the whole. In the isolated mode it is the sum of the medians.
        """
        if not self.layers:
            return None
        if self.instrumented is not None:
            return self.instrumented.spread.median_us
        training = [group.spread for group in (*self.backward, *self.optimizer) if group.level == "block"]
        parts = [layer.spread for layer in self.layers] + training + ([self.loss.spread] if self.loss else [])
        return sum(part.median_us for part in parts)

    @property
    def unaccounted_us(self) -> float | None:
        """The uninstrumented whole less Σ; negative where the parts take longer than the whole."""
        if self.whole is None or self.sum_us is None:
            return None
        return self.whole.spread.median_us - self.sum_us


class ProfileProgress(msgspec.Struct, frozen=True):
    """The progress of a measurement: its phase, and the fraction `done`, from 0 to 1.

    `seconds_left` is an upper bound, None where it is unknown. `run` has what has been measured so far, now and then.
    `layer` is the id of the layer that is being warmed up or measured, or BACKWARD or OPTIMIZER; empty between passes.
    `number` is that of the pair, of `total`, or the width that is tried.
    """

    phase: Phase
    done: float
    seconds_left: float | None = None
    run: ProfileRun | None = None
    layer: str = ""
    number: int = 0
    total: int = 0


class RunEntry(msgspec.Struct, frozen=True):
    """One run of the runs folder: its path, and what distinguishes it from the others.

    `whole_us` is the whole network's median, None where it was not measured.
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
    passes: str = "forward"
    optimizer: str | None = None
    size: str = ""


class DeviceInfo(msgspec.Struct, frozen=True):
    """A device that can be measured on: its name for `--device`, its title, memory, and the dtypes it can compute in.

    `refused` has a sentence for each dtype that it cannot compute in.
    """

    name: str
    title: str
    memory_bytes: int | None
    free_bytes: int | None
    dtypes: tuple[str, ...]
    refused: tuple[str, ...] = ()


def is_run_of(run: ProfileRun | None, analysis: Analysis | None) -> bool:
    """Return whether the run measured the analyzed network; batch and image size may differ."""
    if run is None or analysis is None or run.spec.but(input=analysis.spec.input) != analysis.spec:
        return False
    return all(layer.id in analysis.layer_by_id for layer in run.layers)


def _per_second(count: int, time_us: float) -> float | None:
    """Return a count per second; None without a count or time, or where the time is too short for a finite result."""
    rate = count / time_us * 1e6 if count and time_us > 0 else None
    return None if rate is None or isinf(rate) else rate
