"""A run as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open.

The trace event format knows processes with threads of nested slices. The first process has the layers by the timestamps
of one instrumented pass, in a training pass with the loss, the backward pass and the update of each block after them;
the second has the kernels of one uninstrumented pass, each below its layer, block and stage. A slice is a complete
event (`ph` X) with `ts` and `dur` in microseconds; on a thread slices are nested or apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any, Literal, NamedTuple

from resnet_viz.errors import UserError
from resnet_viz.records.kernels import KernelSource, LayerKernels
from resnet_viz.records.run import GroupTime, LayerTime, ProfileRun
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr

Event = dict[str, Any]
Phase = Literal["forward", "loss", "backward", "update"]
Slice = tuple[str, int, int, dict[str, Any]]
"""Name, start and end in nanoseconds, and what the viewer shows of it."""
PASS, KERNELS = 1, 2
SLICES, TIMESTAMPS = 1, 2
_IN_BLOCK = re.compile(r"(layer\d+)\.\d+(?=\.)")


class Step(NamedTuple):
    """A layer, the loss, or the backward pass or update of a block: its median, its time in each pass, and its facts.

    `name` is the id of the layer or block.
    """

    phase: Phase
    name: str
    median_us: float
    samples_us: tuple[float, ...]
    facts: dict[str, Any]


def chrome_trace(run: ProfileRun) -> str:
    """Return the run as a trace; raises UserError for a run that did not measure its layers inside the network."""
    if not run.layers or run.settings.mode != "in-network":
        raise UserError(tr("A trace needs a run whose layers were measured in the network: --mode in-network."))
    events = [*_pass_events(run), *_kernel_events(run)]
    facts = {"network": title_of(run.spec), "batch": run.spec.input[0], "dtype": run.settings.dtype}
    facts |= {"device": run.place.name, "measured": run.made}
    return json_text({"traceEvents": events, "displayTimeUnit": "ns", "otherData": facts})


def _pass_events(run: ProfileRun) -> Iterator[Event]:
    """Yield the steps of a pass by timestamps: of the instrumented pass whose sum is the median, or all as medians."""
    steps = list(_steps(run))
    times_us, is_one_pass = _pass_times(steps)
    ends = list(accumulate(map(_ns, times_us), initial=0))
    title = tr("one instrumented pass") if is_one_pass else tr("medians of the instrumented passes")
    yield _named("process_name", f"{title_of(run.spec)}: {title}", PASS)
    yield _named("thread_name", tr("stages, blocks and layers by timestamps"), PASS, SLICES)
    yield _named("thread_name", tr("timestamps"), PASS, TIMESTAMPS)
    is_training = any(step.phase != "forward" for step in steps)
    for phase, timed in groupby(zip(steps, pairwise(ends), strict=True), key=lambda each: each[0].phase):
        slices = [(step.name, start, end, step.facts) for step, (start, end) in timed]
        if is_training and phase != "loss":  # which is a single step
            yield from _complete([(_phase_title(phase), slices[0][1], slices[-1][2], {})], "phase", PASS)
        for level, category in _levels(slices) if phase == "forward" else _block_levels(slices, phase):
            yield from _complete(level, category, PASS)
    for number, at in enumerate(ends):
        place = {"pid": PASS, "tid": TIMESTAMPS, "s": "t"}
        yield {"name": tr("timestamp {n}").format(n=number), "ph": "i", "cat": "timestamp", "ts": at / 1000, **place}


def _steps(run: ProfileRun) -> Iterator[Step]:
    """Yield the steps between two timestamps each, in the order in which a pass runs them."""
    for layer in run.layers:
        yield Step("forward", layer.id, layer.spread.median_us, layer.samples_us, _facts(layer))
    if run.loss is not None:
        median_us = run.loss.spread.median_us
        yield Step("loss", tr("loss"), median_us, run.loss.samples_us, {"median_us": median_us})
    phases: tuple[tuple[Phase, tuple[GroupTime, ...]], ...] = (("backward", run.backward), ("update", run.optimizer))
    for phase, groups in phases:
        for group in groups:
            if group.level == "block":
                median_us = group.spread.median_us
                yield Step(phase, group.id, median_us, group.samples_us, {"median_us": median_us})


def _pass_times(steps: Sequence[Step]) -> tuple[list[float], bool]:
    """Return each step's microseconds in the pass of median length, and True.

    Where any step lacks samples, as in files of older versions, they are the medians of all steps, and False.
    """
    counts = {len(step.samples_us) for step in steps}
    if len(counts) != 1 or counts == {0}:
        return [step.median_us for step in steps], False
    sums = [sum(row) for row in zip(*(step.samples_us for step in steps), strict=True)]
    middle = sorted(range(len(sums)), key=lambda number: sums[number])[(len(sums) - 1) // 2]
    return [step.samples_us[middle] for step in steps], True


def _block_levels(blocks: Sequence[Slice], phase: Phase) -> Iterator[tuple[list[Slice], str]]:
    """Yield the slices of the stages, then those of the blocks, in the backward pass or the update; or of the loss."""
    titles = {"backward": tr("backward of {id}"), "update": tr("update of {id}")}
    title = titles.get(phase, "{id}")
    stages = _merged(
        blocks, [stage if dot else None for stage, dot, _ in (block[0].partition(".") for block in blocks)]
    )
    for slices, category in ((stages, "stage"), (blocks, phase)):
        yield [(title.format(id=name), start, end, facts) for name, start, end, facts in slices], category


def _phase_title(phase: Phase) -> str:
    return {"forward": tr("forward"), "backward": tr("backward"), "update": tr("update")}[phase]


def _kernel_events(run: ProfileRun) -> Iterator[Event]:
    """Yield the kernels of the traced pass, and their layers from the first kernel's start to the last one's end.

    A kernel that begins before the one before it has ended is drawn from that end on; its facts have its own times.
    """
    if run.kernels is None:
        return
    titles: dict[KernelSource, str] = {
        "graph": tr("kernels of one uninstrumented replay"),
        "eager": tr("kernels of one eager pass"),
        "operators": tr("operators of one pass under torch's profiler"),
    }
    yield _named("process_name", f"{title_of(run.spec)}: {titles[run.kernels.source]}", KERNELS)
    yield _named("thread_name", tr("stages, blocks, layers and kernels"), KERNELS, SLICES)
    kernels = list(_kernel_slices(run.kernels.layers))
    layers: list[Slice] = []
    for layer, of_layer in groupby(kernels, key=lambda each: each[0]):
        slices = [each[1] for each in of_layer]
        facts = _facts(run.layer_by_id[layer]) if layer in run.layer_by_id else {}
        layers.append((layer, slices[0][1], slices[-1][2], facts))
    for slices, category in _levels(layers):
        yield from _complete(slices, category, KERNELS)
    category = "operator" if run.kernels.source == "operators" else "kernel"
    yield from _complete([each for _, each in kernels], category, KERNELS)


def _kernel_slices(layers: Iterable[LayerKernels]) -> Iterator[tuple[str, Slice]]:
    """Yield each layer's id with the slices of its kernels, none of which overlap."""
    last = 0
    for layer in layers:
        for kernel in layer.kernels:
            start = max(last, _ns(kernel.start_us))
            last = max(start, _ns(kernel.end_us))
            facts = {"start_us": kernel.start_us, "traced_us": kernel.traced_us, "median_us": kernel.time_us}
            yield layer.id, (kernel.name, start, last, facts)


def _levels(layers: Sequence[Slice]) -> Iterator[tuple[list[Slice], str]]:
    """Yield the slices of stages, blocks and layers, the outer ones first."""
    places = _places([name for name, *_ in layers])
    for level in ("stage", "block"):
        yield list(_merged(layers, [place.get(level) for place in places])), level
    yield list(layers), "layer"


def _places(ids: Sequence[str]) -> list[Mapping[str, str]]:
    """Return the stage and the block of each layer; before the first stage is the stem, after the last the head."""
    places: list[Mapping[str, str]] = []
    seen_stage = False
    for name in ids:
        found = _IN_BLOCK.match(name)
        seen_stage = seen_stage or found is not None
        places.append({"stage": found[1], "block": found[0]} if found else {"stage": "head" if seen_stage else "stem"})
    return places


def _merged(layers: Sequence[Slice], names: Sequence[str | None]) -> Iterator[Slice]:
    """Yield one slice for each run of neighbors with the same name, which is None where there is none to draw."""
    for name, run in groupby(zip(names, layers, strict=True), key=lambda each: each[0]):
        within = [layer for _, layer in run]
        if name is not None:
            yield name, within[0][1], within[-1][2], {}


def _complete(slices: Iterable[Slice], category: str, process: int) -> Iterator[Event]:
    for name, start, end, facts in slices:
        place = {"pid": process, "tid": SLICES}
        times = {"ts": start / 1000, "dur": (end - start) / 1000}
        yield {"name": name, "cat": category, "ph": "X", **times, **place, "args": facts}


def _named(kind: str, name: str, process: int, thread: int = 0) -> Event:
    return {"name": kind, "ph": "M", "pid": process, "tid": thread, "args": {"name": name}}


def _facts(layer: LayerTime) -> dict[str, Any]:
    spread = layer.spread
    return {
        "median_us": spread.median_us,
        "quartiles_us": [spread.q1_us, spread.q3_us],
        "flops": layer.flops,
        "bytes": layer.bytes,
        "minimum_us": layer.floor_us,
        "bound": layer.bound,
    }


def _ns(time_us: float) -> int:
    return round(1000 * time_us)
