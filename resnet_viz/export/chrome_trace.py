"""A run as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open.

The trace event format knows processes with threads of nested slices. The first process has the layers by the timestamps
of one instrumented pass, the second the kernels of one uninstrumented pass, each below its layer, block and stage. A
slice is a complete event (`ph` X) with `ts` and `dur` in microseconds; on a thread slices are nested or apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any

from resnet_viz.errors import UserError
from resnet_viz.records.kernels import KernelSource, LayerKernels
from resnet_viz.records.run import LayerTime, ProfileRun
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr

Event = dict[str, Any]
Slice = tuple[str, int, int, dict[str, Any]]
"""Name, start and end in nanoseconds, and what the viewer shows of it."""
PASS, KERNELS = 1, 2
SLICES, TIMESTAMPS = 1, 2
_IN_BLOCK = re.compile(r"(layer\d+)\.\d+(?=\.)")


def chrome_trace(run: ProfileRun) -> str:
    """Return the run as a trace; raises UserError for a run that did not measure its layers inside the network."""
    if not run.layers or run.settings.mode != "in-network":
        raise UserError(tr("A trace needs a run whose layers were measured in the network: --mode in-network."))
    events = [*_pass_events(run), *_kernel_events(run)]
    facts = {"network": title_of(run.spec), "batch": run.spec.input[0], "dtype": run.settings.dtype}
    facts |= {"device": run.place.name, "measured": run.made}
    return json_text({"traceEvents": events, "displayTimeUnit": "ns", "otherData": facts})


def _pass_events(run: ProfileRun) -> Iterator[Event]:
    """Yield the layers by timestamps: of the instrumented pass whose sum is the median, or without samples as medians.

    Backward times of blocks follow as medians.
    """
    times_us, passed = _pass_times(run)
    ends = list(accumulate(map(_ns, times_us), initial=0))
    title = tr("one instrumented pass") if passed else tr("medians of the instrumented passes")
    yield _named("process_name", f"{title_of(run.spec)}: {title}", PASS)
    yield _named("thread_name", tr("stages, blocks and layers by timestamps"), PASS, SLICES)
    yield _named("thread_name", tr("timestamps"), PASS, TIMESTAMPS)
    layers = [
        (layer.id, start, end, _facts(layer)) for layer, (start, end) in zip(run.layers, pairwise(ends), strict=True)
    ]
    for slices, category in _levels(layers):
        yield from _complete(slices, category, PASS)
    for number, at in enumerate(ends):
        place = {"pid": PASS, "tid": TIMESTAMPS, "s": "t"}
        yield {"name": tr("timestamp {n}").format(n=number), "ph": "i", "cat": "timestamp", "ts": at / 1000, **place}
    blocks = [group for group in run.backward if group.level == "block"]
    starts = accumulate((_ns(group.spread.median_us) for group in blocks), initial=ends[-1])
    backward = [
        (tr("backward of {id}").format(id=group.id), start, end, {"median_us": group.spread.median_us})
        for group, (start, end) in zip(blocks, pairwise(starts), strict=True)
    ]
    yield from _complete(backward, "backward", PASS)


def _pass_times(run: ProfileRun) -> tuple[list[float], bool]:
    """Return each layer's microseconds in the pass of median length, or its median where the samples are incomplete."""
    counts = {len(layer.samples_us) for layer in run.layers}
    if len(counts) != 1 or counts == {0}:
        return [layer.spread.median_us for layer in run.layers], False
    sums = [sum(row) for row in zip(*(layer.samples_us for layer in run.layers), strict=True)]
    middle = sorted(range(len(sums)), key=lambda number: sums[number])[(len(sums) - 1) // 2]
    return [layer.samples_us[middle] for layer in run.layers], True


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
