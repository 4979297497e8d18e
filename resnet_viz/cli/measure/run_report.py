"""What `profile` prints for a reader: the layers' or blocks' times, how they meet the whole, and what to beware of."""

from collections.abc import Iterator, Sequence

from resnet_viz.compare.runs import ComparedTime, RunComparison
from resnet_viz.export.tables import Level, text_table
from resnet_viz.records.run import LayerTime, ProfileRun, Spread
from resnet_viz.records.table import Column, Table
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr

NOTHING = "—"
METHODS = {
    "cuda-graph": "CUDA graph with external events",
    "run-ahead": "eager events behind a full queue",
    "host-clock": "host clock",
    "synchronised": "host clock, synchronised: upper bounds",
}


def run_report(run: ProfileRun, level: Level = "layer") -> str:
    """The whole page, its parts divided by empty lines."""
    parts = [heading(run)]
    if run.layers:
        parts.append(text_table(_layer_table(run) if level == "layer" else _group_table(run, level)))
    if run.backward:
        parts.append(text_table(_backward_table(run)))
    parts.append(_aligned(list(_sums(run))))
    if run.ends:
        parts.append(text_table(_ends_table(run)))
    if run.sweep:
        parts.append(text_table(_sweep_table(run)))
    parts.append("\n".join((*run.fallbacks, *run.warnings)))
    if not run.complete:
        parts.append(tr("The run was stopped before its end: the figures are partial."))
    return "\n\n".join(part for part in parts if part) + "\n"


def heading(run: ProfileRun) -> str:
    """`ResNet-50 · 1×3×224×224 · fp32 · contiguous · in-network · Intel Xeon (cpu) · host clock`."""
    place = f"{run.place.name} ({run.place.device})"
    parts = [title_of(run.spec), "×".join(map(str, run.spec.input)), run.settings.dtype]
    parts += [run.settings.memory_format.replace("_", " "), run.settings.mode, run.settings.passes, place]
    return " · ".join([*parts, *([METHODS[run.method]] if run.method else [])])


def comparison_report(comparison: RunComparison, first: str, second: str) -> str:
    """Two runs side by side, with what tells them apart above the figures."""
    columns = (Column("id", tr("name")), *(Column(name, name, True) for name in (first, second, tr("first ÷ second"))))
    rows = [_compared(pair) for pair in (*comparison.layers, *comparison.stages, comparison.whole)]
    table = text_table(Table("", columns, tuple(rows), {}))
    return "\n\n".join([*(["\n".join(comparison.differences)] if comparison.differences else []), table]) + "\n"


def milliseconds(time_us: float | None) -> str:
    """`0.061 ms`: three digits behind the point."""
    return NOTHING if time_us is None else f"{time_us / 1000:,.3f} ms"


def _layer_table(run: ProfileRun) -> Table:
    names = (
        tr("name"),
        tr("median"),
        tr("quartiles"),
        tr("share"),
        "GFLOP/s",
        "GB/s",
        tr("floor"),
        tr("bound"),
        tr("mark"),
    )
    columns = tuple(Column(name, name, name not in (tr("name"), tr("bound"), tr("mark"))) for name in names)
    return Table("", columns, tuple(_layer_row(run, layer) for layer in run.layers), {})


def _layer_row(run: ProfileRun, layer: LayerTime) -> tuple[str, ...]:
    return (
        layer.id,
        milliseconds(layer.spread.median_us),
        _quartiles(layer.spread),
        _share(run, layer.spread.median_us),
        _giga(layer.flops_per_second),
        _giga(layer.bytes_per_second),
        milliseconds(layer.floor_us),
        layer.bound or NOTHING,
        tr("doubted") if layer.doubt else "",
    )


def _group_table(run: ProfileRun, level: Level) -> Table:
    names = (tr("name"), tr("median"), tr("quartiles"), tr("share"))
    rows = tuple(
        (group.id, milliseconds(group.spread.median_us), _quartiles(group.spread), _share(run, group.spread.median_us))
        for group in run.groups
        if group.level == level
    )
    return Table("", tuple(Column(name, name, place > 0) for place, name in enumerate(names)), rows, {})


def _backward_table(run: ProfileRun) -> Table:
    names = (tr("backward of"), tr("median"), tr("quartiles"))
    rows = tuple(
        (group.id, milliseconds(group.spread.median_us), _quartiles(group.spread))
        for group in run.backward
        if group.level == "block"
    )
    return Table("", tuple(Column(name, name, place > 0) for place, name in enumerate(names)), rows, {})


def _ends_table(run: ProfileRun) -> Table:
    names = (tr("way"), "P50", "P90", "P99", tr("images/s"), tr("repetitions"))
    rows = tuple(
        (end.way, *(milliseconds(time) for time in (end.p50_us, end.p90_us, end.p99_us)),
         f"{end.images_per_second:,.1f}", f"{end.timed.spread.n:,}")
        for end in run.ends
    )  # fmt: skip
    return Table("", tuple(Column(name, name, place > 0) for place, name in enumerate(names)), rows, {})


def _sweep_table(run: ProfileRun) -> Table:
    names = (tr("batch"), tr("median"), tr("images/s"), tr("peak memory"))
    rows = tuple(
        (f"{point.batch:,}", milliseconds(point.spread.median_us), f"{point.images_per_second:,.1f}",
         NOTHING if point.peak_bytes is None else f"{point.peak_bytes / 2**20:,.1f} MiB")
        for point in run.sweep
    )  # fmt: skip
    return Table("", tuple(Column(name, name, True) for name in names), rows, {})


def _sums(run: ProfileRun) -> Iterator[tuple[str, str]]:
    if run.whole is not None:
        yield tr("whole network"), f"{milliseconds(run.whole.spread.median_us)}  {_quartiles(run.whole.spread)}"
    if run.sum_us is not None:
        yield tr("Σ layers"), f"{milliseconds(run.sum_us)}  {_share(run, run.sum_us)}{_way_of_sum(run)}"
    if run.unaccounted_us is not None:
        yield tr("unaccounted"), f"{milliseconds(run.unaccounted_us)}  {_share(run, run.unaccounted_us)}"
    if run.mark_us is not None:
        cost = tr("{time} µs each, contained in every layer's time")
        yield tr("marks"), cost.format(time=f"{run.mark_us:.2f}")
    if run.mark_us and run.sum_us is not None and run.method == "cuda-graph":
        corrected = run.sum_us - run.mark_us * len(run.layers)
        yield tr("Σ without the marks"), f"{milliseconds(corrected)}  {_share(run, corrected)}"
    if run.ceilings is not None:
        ceilings = tr("{bytes} GB/s and {flops} GFLOP/s in {dtype}, an operation at least {launch} µs")
        yield tr("measured ceilings"), ceilings.format(
            bytes=_giga(run.ceilings.bytes_per_second), flops=_giga(run.ceilings.flops_per_second),
            dtype=run.settings.dtype, launch=f"{run.ceilings.launch_us:.1f}")  # fmt: skip
    if run.launch_bound_factor is not None:
        yield (
            tr("launch-bound factor"),
            tr("{factor} (eager ÷ CUDA graph)").format(factor=f"{run.launch_bound_factor:.2f}"),
        )
    if run.peak_bytes is not None:
        yield tr("peak memory"), f"{run.peak_bytes / 2**20:,.1f} MiB"


def _way_of_sum(run: ProfileRun) -> str:
    return tr(", the median over the passes of each pass's sum") if run.instrumented is not None else ""


def _compared(pair: ComparedTime) -> tuple[str, ...]:
    ratio = NOTHING if pair.ratio is None else f"{pair.ratio:.2f}"
    return pair.id, milliseconds(pair.first_us), milliseconds(pair.second_us), ratio


def _quartiles(spread: Spread) -> str:
    return f"{spread.q1_us / 1000:,.3f}–{spread.q3_us / 1000:,.3f}"


def _share(run: ProfileRun, time_us: float) -> str:
    """The part of the whole network, never of the sum."""
    whole = None if run.whole is None else run.whole.spread.median_us
    return f"{100 * time_us / whole:.1f} %" if whole else NOTHING


def _giga(number: float | None) -> str:
    return NOTHING if number is None else f"{number / 1e9:,.1f}"


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name.ljust(width)}  {text}" for name, text in rows)
