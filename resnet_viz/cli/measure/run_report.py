"""The output of `profile`: the times of layers or blocks, their sum against the whole network, and the warnings."""

import argparse
from collections.abc import Iterator, Sequence

from resnet_viz.cli.output import page_text, say
from resnet_viz.compare.runs import ComparedTime, RunComparison
from resnet_viz.export.tables import aligned, heading, terminal_table
from resnet_viz.records.analysis import Level
from resnet_viz.records.kernels import KernelTimes
from resnet_viz.records.run import BatchPoint, EndToEndTime, GroupTime, LayerTime, ProfileRun, TimeSummary
from resnet_viz.storage.runs import run_json
from resnet_viz.texts import tr, visible
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.kernels import SOURCES, agreement_text, kernel_names
from resnet_viz.viewmodels.text.measuring import measuring_texts
from resnet_viz.viewmodels.text.runs import METHOD_DESCRIPTIONS, passes_text, run_sentences
from resnet_viz.viewmodels.text.timestamps import timestamp_lines
from resnet_viz.viewmodels.text.training import TrainingPart, sum_name, training_parts


def print_run(run: ProfileRun, options: argparse.Namespace) -> None:
    """Print the run in the format of --format at the level of --level."""
    say(run_json(run) if options.format == "json" else page_text(_page(run, options.level)), end="")


def _page(run: ProfileRun, level: Level) -> Iterator[str]:
    yield visible(_heading(run))
    columns = (tr("part"), tr("time"), tr("share"), tr("corrected"))
    yield _filled_table("lrrr", columns, [_part_cells(run, part) for part in training_parts(run)])
    if run.layers:
        yield _times(run, level)
    for title, groups in ((tr("backward of"), run.backward), (tr("update of"), run.optimizer)):
        rows = [_time_cells(run, group) for group in groups if group.level == "block"]
        yield _filled_table("lrrrr", (title, *_time_headings(run)), rows)
    yield aligned([*_sums(run)])
    if run.ends:
        headings = (tr("execution"), "P50", "P90", "P99", tr("images/s"), tr("passes"))
        yield terminal_table("lrrrrr", headings, map(_end_to_end_cells, run.ends))
    if run.sweep:
        names = (tr("batch"), tr("median"), tr("images/s"), tr("peak memory"), tr("execution"), tr("passes"))
        yield terminal_table("rrrrlr", names, map(_sweep_cells, run.sweep))
    yield "\n".join(map(visible, run_sentences(run)))
    if not run.complete:
        yield tr("The run was stopped before its end: the results are partial.")


def comparison_page(comparison: RunComparison, names: Sequence[str]) -> tuple[str, str]:
    """Return the differences in the settings of two runs, and a table of both runs' times."""
    pairs = (*comparison.layers, *comparison.stages, comparison.whole)
    table = terminal_table("lrrr", (tr("name"), *names, tr("ratio")), map(_comparison_cells, pairs))
    return "\n".join(map(visible, comparison.differences)), table


def _heading(run: ProfileRun) -> str:
    """Return `ResNet-50 · 1×3×224×224 · fp32 · contiguous · in-network · forward · Intel Xeon (cpu) · host clock`."""
    settings, place = run.settings, f"{run.place.name} ({run.place.device})"
    caches = tr("isolated, cold caches") if settings.cold else tr("isolated, warm caches")
    mode = caches if settings.mode == "isolated" else settings.mode
    parts = [heading(run.spec), settings.dtype, settings.memory_format.replace("_", " "), mode]
    passes = passes_text(settings)
    return " · ".join([*parts, passes, place, *([METHOD_DESCRIPTIONS[run.method]] if run.method else [])])


def _times(run: ProfileRun, level: Level) -> str:
    names = (tr("name"), *_time_headings(run))
    if level != "layer":
        return _filled_table("lrrrr", names, [_time_cells(run, group) for group in run.groups if group.level == level])
    more = (tr("warm") if run.settings.cold else tr("cold"), "GFLOP/s", "GB/s", tr("minimum time"), tr("bound"))
    operators = run.kernels is not None and run.kernels.source == "operators"
    kernels = (tr("operators"), tr("operator names")) if operators else (tr("kernels"), tr("kernel names"))
    rows = []
    for layer in run.layers:
        cold, warm = run.cold_and_warm(layer)
        other = _median(warm if run.settings.cold else cold)
        rows.append((*_time_cells(run, layer), other, *_work_cells(layer), *_kernel_cells(run.kernels, layer)))
    return _filled_table("lrrrrrrrrllrl", (*names, *more, tr("warning"), *kernels), rows)


def _time_headings(run: ProfileRun) -> tuple[str, ...]:
    """Return the headings of `_time_cells` after the name; an isolated time is named by its caches."""
    caches = tr("cold") if run.settings.cold else tr("warm")
    median = caches if run.settings.mode == "isolated" else tr("median")
    return median, tr("quartiles"), tr("share"), tr("corrected")


def _filled_table(kinds: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the table without the columns in which every cell is empty or unknown; empty without rows."""
    columns = [cells for cells in zip(kinds, headings, *rows, strict=True) if {*cells[2:]} - {"", units.UNKNOWN}]
    if not columns:
        return ""
    letters, filled, *left = zip(*columns, strict=True)
    return terminal_table("".join(letters), filled, left)


def _kernel_cells(kernels: KernelTimes | None, layer: LayerTime) -> tuple[str, ...]:
    found = None if kernels is None else kernels.by_id.get(layer.id)
    return (units.UNKNOWN, "") if found is None else (units.aligned_milliseconds(found.time_us), kernel_names(found))


def _median(summary: TimeSummary | None) -> str:
    return units.UNKNOWN if summary is None else units.aligned_milliseconds(summary.median_us)


def _time_cells(run: ProfileRun, time: LayerTime | GroupTime) -> tuple[str, ...]:
    corrected = units.aligned_milliseconds(time.corrected_us)
    return time.id, *_median_and_quartiles(time.spread), _share(run, time.spread.median_us), corrected


def _part_cells(run: ProfileRun, part: TrainingPart) -> tuple[str, ...]:
    times = units.aligned_milliseconds(part.time_us), _share(run, part.time_us)
    return part.name, *times, units.aligned_milliseconds(part.corrected_us)


def _work_cells(layer: LayerTime) -> tuple[str, ...]:
    rates = units.giga(layer.flops_per_second), units.giga(layer.bytes_per_second)
    plausibility = tr("implausible") if layer.doubt else ""
    return *rates, units.aligned_milliseconds(layer.floor_us), layer.bound or units.UNKNOWN, plausibility


def _end_to_end_cells(end: EndToEndTime) -> tuple[str, ...]:
    times = map(units.aligned_milliseconds, (end.p50_us, end.p90_us, end.p99_us))
    return end.way, *times, f"{end.images_per_second:,.1f}", units.exact(end.timed.spread.n)


def _sweep_cells(point: BatchPoint) -> tuple[str, ...]:
    peak = units.UNKNOWN if point.peak_bytes is None else units.mebibytes(point.peak_bytes)
    time = units.aligned_milliseconds(point.spread.median_us)
    passes = units.UNKNOWN if point.passes is None else units.exact(point.passes)
    return units.exact(point.batch), time, f"{point.images_per_second:,.1f}", peak, point.way or units.UNKNOWN, passes


def _sums(run: ProfileRun) -> Iterator[tuple[str, str]]:
    if run.whole is not None:
        yield tr("whole network"), "  ".join(_median_and_quartiles(run.whole.spread))
    yield from measuring_texts(run)
    if run.sum_us is not None:
        median_of_sums = tr("{time}, the median of the sums of each pass")
        template = "{time}" if run.instrumented is None else median_of_sums
        yield sum_name(run), template.format(time=_time_and_share(run, run.sum_us))
    if run.unaccounted_us is not None:
        yield tr("unaccounted"), _time_and_share(run, run.unaccounted_us)
    yield from timestamp_lines(run)
    if run.event_pair_us is not None:
        cost = tr("{time} µs each, taken off the time of each layer")
        yield tr("pairs of events"), cost.format(time=f"{run.event_pair_us:.2f}")
    if run.kernels is not None:
        yield SOURCES[run.kernels.source], agreement_text(run.kernels)
    if run.ceilings is not None:
        ceilings = tr("{bytes} and {flops} in {dtype}, shortest operation {launch} µs").format(
            bytes=units.rate(run.ceilings.bytes_per_second, "B/s"),
            flops=units.rate(run.ceilings.flops_per_second, "FLOP/s"),
            dtype=run.settings.dtype,
            launch=f"{run.ceilings.launch_us:.1f}",
        )
        yield tr("measured ceilings"), ceilings
    if run.ceilings is not None and run.ceilings.eager_launch_us is not None:
        eager = tr("{launch} µs each where the host launches one after another")
        yield tr("shortest operation, eager"), eager.format(launch=f"{run.ceilings.eager_launch_us:.1f}")
    if run.launch_bound_factor is not None:
        factor = tr("{factor} (eager ÷ CUDA graph)").format(factor=f"{run.launch_bound_factor:.2f}")
        yield tr("launch-bound factor"), factor


def _comparison_cells(pair: ComparedTime) -> tuple[str, ...]:
    ratio = units.UNKNOWN if pair.ratio is None else f"{pair.ratio:.2f}"
    return pair.id, units.aligned_milliseconds(pair.first_us), units.aligned_milliseconds(pair.second_us), ratio


def _median_and_quartiles(summary: TimeSummary) -> tuple[str, str]:
    return units.aligned_milliseconds(summary.median_us), units.aligned_range(summary.q1_us, summary.q3_us)


def _time_and_share(run: ProfileRun, time_us: float) -> str:
    """Return a time, with its share where that is known."""
    time, share = units.aligned_milliseconds(time_us), run.part_of_whole(time_us)
    return time if share is None else f"{time}  {units.percent(share)}"


def _share(run: ProfileRun, time_us: float) -> str:
    """Return a time as a percentage of the whole network's, never of the sum."""
    fraction = run.part_of_whole(time_us)
    return units.UNKNOWN if fraction is None else units.percent(fraction)
