"""The latency chart: a bar for each layer, block or stage, one for the unaccounted time, and the cumulative sum."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal

from resnet_viz.metrics.timestamps import corrected_sum_us
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.run import GroupTime, LayerTime, Measurement, ProfileRun, TimeSummary, is_run_of
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.csv_text import csv_text
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import (
    MAX_DEPTH_BELOW_ZERO,
    Bar,
    BarChart,
    bar_label,
    color_key,
    sections,
    stage_color,
    stage_colors,
)
from resnet_viz.viewmodels.text.measuring import INTERVAL_NAME, interval_text
from resnet_viz.viewmodels.text.numbers import milliseconds, precise_milliseconds, rate
from resnet_viz.viewmodels.text.runs import (
    METHOD_NAMES,
    implausible_text,
    quartiles_text,
    run_title,
    share_text,
    title_parts,
)

BarOrder = Literal["order", "slowest"]
UNACCOUNTED = "unaccounted"
TIME_FIELDS = ("median_us", "q1_us", "q3_us", "min_us", "n")
WORK_FIELDS = ("flops", "bytes", "flops_per_second", "bytes_per_second", "floor_us", "bound", "doubt", "same_as")
"""The columns of the CSV that are fields of a time summary, and those that are fields of a layer's time."""
INTERVAL_FIELDS = ("low_us", "high_us")
"""The ends of the 95 % confidence interval of the median."""
CACHE_FIELDS = ("cold_median_us", "warm_median_us")
"""The columns of the CSV that only isolated layers have."""
KERNEL_FIELDS = ("kernels_us", "kernels")
"""The columns of the CSV that layers with kernels have."""
CORRECTED_FIELDS = ("corrected_us", "sparse_us")
BACKWARD_PREFIX = "← "  # starts the label of a range of the backward pass
UPDATE_PREFIX = "Δ "  # starts the label of the update of a block's weights


def latency_chart(
    run: ProfileRun | None,
    *,
    level: Level = "layer",
    sorting: BarOrder = "order",
    other: ProfileRun | None = None,
    corrected: bool = False,
) -> BarChart:
    """Return the chart of a run at one level, in execution order or the slowest first; values in µs, axes in ms.

    With `corrected` the times are without their timestamps, and beside them are those of the other run, else the times
    as they were measured.
    """
    if run is None:
        return BarChart((), "", "", empty=tr("Nothing has been measured yet: press Measure latency (F6)."))
    if not run.layers:
        return BarChart((), run_title(run), "", empty=_why_empty(run))
    bars = list(_bars(run, level, other, corrected=corrected))
    in_order = sorting == "order"
    colors = [bar.color for bar in bars]
    named = sections(colors, [_prefix(bar) for bar in bars]) if in_order else ()
    if not in_order:
        bars.sort(key=lambda bar: -(bar.value or 0.0))
    return BarChart(
        bars=(*bars, *_rest(_unaccounted_us(run, corrected=corrected), cut_at_us=max(bar.top for bar in bars))),
        title=chart_title(run, other, corrected=corrected),
        axis=tr("ms"),
        divisor=1000.0,
        line=tuple(accumulate(bar.value or 0.0 for bar in bars)),
        line_axis=tr("cumulative, ms"),
        line_divisor=1000.0,
        line_unit=tr("Σ, ms"),
        sections=named,
        color_key=() if in_order else color_key(colors),
        stem_and_head={name: color for name, color in _colors(run).items() if color in ("stem", "head")},
    )


def other_network_note(run: ProfileRun | None, analysis: Analysis | None) -> str:
    """Return a sentence if the run is of another network than the one that is shown, else an empty text."""
    if run is None or analysis is None or is_run_of(run, analysis):
        return ""
    measured, shown = title_of(run.spec), title_of(analysis.spec)
    if measured == shown:
        return tr("Measured on another {network} than the one shown").format(network=measured)
    return tr("Measured on {network}, not on the network shown ({shown})").format(network=measured, shown=shown)


def chart_title(run: ProfileRun, other: ProfileRun | None = None, *, corrected: bool = False) -> str:
    """Return e.g. `whole 120.6 ms · Σ 120.5 ms · unaccounted 0.1 ms  0.1 % · ResNet-50 · N=1 · fp32 · host clock`."""
    named = ((tr("← backward"), run.backward), (tr("Δ update"), run.optimizer))
    parts = [name for name, groups in named if groups]
    if run.whole is not None:
        parts.append(tr("whole {time}").format(time=milliseconds(run.whole.spread.median_us)))
    if corrected:
        parts.append(tr("Σ without timestamps {time}").format(time=milliseconds(corrected_sum_us(run))))
    else:
        parts.append(f"Σ {milliseconds(run.sum_us)}")
    rest = _unaccounted_us(run, corrected=corrected)
    by_itself = corrected and run.timestamp_correction_us == run.timestamp_in_situ_us  # then it is zero
    if rest is not None and not by_itself:
        unaccounted = tr("unaccounted {time}").format(time=milliseconds(rest))
        parts.append("  ".join(filter(None, (unaccounted, share_text(run, rest)))))
    parts += [*title_parts(run), METHOD_NAMES.get(run.method or "", "")]
    parts += [] if run.complete else [tr("partial")]
    if other is not None:
        parts.append(tr("pale: {run}").format(run=run_title(other)))
    elif corrected:
        parts.append(tr("pale: as measured"))
    return " · ".join(part for part in parts if part)


def bar_tooltip(run: ProfileRun, bar: Bar, other: ProfileRun | None = None) -> str:
    """Return the lines of a bar's tooltip."""
    if bar.tooltip:
        return bar.tooltip
    if not bar.id:
        rest = milliseconds(bar.value)
        return tr("unaccounted\n{time}: the uninstrumented pass less the sum of the layers").format(time=rest)
    if _prefix(bar):
        backward, update = (run.backward, tr("backward of {times}")), (run.optimizer, tr("update of {times}"))
        groups, text = backward if _prefix(bar) == BACKWARD_PREFIX else update
        time = next(group for group in groups if group.id == bar.id)
        return text.format(times=time_tooltip(run, time, None))
    time_of_bar = run.time_of(bar.id)
    return "" if time_of_bar is None else time_tooltip(run, time_of_bar, _other(other, bar.id))


def time_tooltip(run: ProfileRun, time: LayerTime | GroupTime, other: TimeSummary | None) -> str:
    """Return the lines of the tooltip of a layer, block or stage."""
    spread = time.spread
    times = f"{milliseconds(spread.median_us)}  ({quartiles_text(spread)} ms)"
    lines = [time.id, "  ".join(filter(None, (times, share_text(run, spread.median_us))))]
    if interval := interval_text(spread):
        lines.append(tr("{name}: {text}").format(name=INTERVAL_NAME, text=interval))
    if time.corrected_us is not None:
        lines.append(tr("without timestamps {time}").format(time=precise_milliseconds(time.corrected_us)))
    if isinstance(time, LayerTime):
        if time.sparse_us is not None:
            lines.append(tr("with sparse timestamps {time}").format(time=precise_milliseconds(time.sparse_us)))
        lines.append(f"{rate(time.flops_per_second, 'FLOP/s')} · {rate(time.bytes_per_second, 'B/s')}")
        if time.bound is not None:
            lines.append(
                tr("{what}-bound, minimum time {time}").format(what=time.bound, time=milliseconds(time.floor_us))
            )
        cold, warm = run.cold_and_warm(time)
        lines += [tr("cold caches {time}").format(time=milliseconds(cold.median_us))] if cold else []
        lines += [tr("warm caches {time}").format(time=milliseconds(warm.median_us))] if warm else []
        lines += [tr("measured as {id}").format(id=time.same_as)] if time.same_as else []
        lines += [tr("implausible: {why}").format(why=implausible_text(run, time))] if time.doubt else []
    if other is not None and other.median_us:
        ratio = spread.median_us / other.median_us
        lines.append(
            tr("other run {time}, ratio {ratio}").format(time=milliseconds(other.median_us), ratio=f"{ratio:.2f}")
        )
    return "\n".join(lines)


def latency_csv(run: ProfileRun, other: ProfileRun | None = None) -> str:
    """Return the chart's figures in µs as CSV: layers, blocks, stages, training parts, whole, sum, unaccounted."""
    beside = (
        "other_median_us", "ratio", *CACHE_FIELDS, *INTERVAL_FIELDS, "mean_us", *CORRECTED_FIELDS, *KERNEL_FIELDS
    )  # fmt: skip
    heads = ("id", "level", "stage", *TIME_FIELDS, "share_of_whole", *WORK_FIELDS, *beside)
    sums = (("sum", run.sum_us), (UNACCOUNTED, run.unaccounted_us), ("sum_corrected", corrected_sum_us(run)))
    rest = [(name, "", "", time, *[""] * (len(heads) - 4)) for name, time in sums if time is not None]
    return csv_text([heads, *_rows(run, other), *rest])


def _rows(run: ProfileRun, other: ProfileRun | None) -> Iterator[tuple[object, ...]]:
    stages = _colors(run)
    for layer in run.layers:
        yield _row(run, (layer.id, "layer", stages[layer.id]), layer, _other(other, layer.id))
    for group in run.groups:
        yield _row(run, (group.id, group.level, _stage(group)), group, _other(other, group.id))
    for group in run.backward:
        yield _row(run, (group.id, f"backward {group.level}", _stage(group)), group, None)
    for group in run.optimizer:
        yield _row(run, (group.id, f"optimizer {group.level}", _stage(group)), group, None)
    if run.loss is not None:
        yield _row(run, ("loss", "", ""), run.loss, other.loss.spread if other and other.loss else None)
    if run.whole is not None:
        yield _row(run, ("whole", "", ""), run.whole, other.whole.spread if other and other.whole else None)


def _row(
    run: ProfileRun, name: tuple[str, str, str], time: LayerTime | GroupTime | Measurement, other: TimeSummary | None
) -> tuple[object, ...]:
    """Return the cells of one time; those of `WORK_FIELDS` are empty for what is not a layer."""
    spread, second = time.spread, None if other is None else other.median_us
    times, work = (
        [getattr(spread, field) for field in TIME_FIELDS],
        [getattr(time, field, None) for field in WORK_FIELDS],
    )
    interval = [getattr(spread, field) for field in INTERVAL_FIELDS]
    ratio = spread.median_us / second if second else None
    both = run.cold_and_warm(time) if isinstance(time, LayerTime) else (None, None)
    medians = (None if summary is None else summary.median_us for summary in both)
    corrected = [spread.mean_us, *(getattr(time, field, None) for field in CORRECTED_FIELDS)]
    beside = (second, ratio, *medians, *interval, *corrected, *_kernel_cells(run, name[0]))
    return (*name, *times, run.part_of_whole(spread.median_us), *work, *beside)


def _kernel_cells(run: ProfileRun, name: str) -> tuple[object, ...]:
    layer = run.kernels.by_id.get(name) if run.kernels else None
    return ("", "") if layer is None else (layer.time_us, " + ".join(kernel.name for kernel in layer.kernels))


def _colors(run: ProfileRun) -> dict[str, str]:
    names = [layer.id for layer in run.layers]
    return dict(zip(names, stage_colors(names), strict=True))


def _stage(group: GroupTime) -> str:
    return group.id if group.id in ("stem", "head") else stage_color(group.id, stem_ended=True)


def _why_empty(run: ProfileRun) -> str:
    if run.settings.mode == "end-to-end":
        return tr("An end-to-end run has no layers: its figures are in the Measure panel.")
    return tr("The first passes are being measured …")


def _bars(run: ProfileRun, level: Level, other: ProfileRun | None, *, corrected: bool) -> Iterator[Bar]:
    times: Sequence[LayerTime | GroupTime] = run.layers
    if level != "layer":
        times = [group for group in run.groups if group.level == level]
    for time, color in zip(times, stage_colors([time.id for time in times]), strict=True):
        yield _bar(time, bar_label(time.id), color, other.time_of(time.id) if other else None, corrected=corrected)
    if run.loss is not None:
        yield _loss_bar(run.loss.spread)
    for prefix, groups in ((BACKWARD_PREFIX, run.backward), (UPDATE_PREFIX, run.optimizer)):
        for group in groups:
            if group.level == ("stage" if level == "stage" else "block"):
                yield _bar(group, prefix + bar_label(group.id), _stage(group), None, corrected=corrected)


def _bar(
    time: LayerTime | GroupTime, label: str, color: str, other: LayerTime | GroupTime | None, *, corrected: bool
) -> Bar:
    spread = time.spread
    if not corrected:
        beside = None if other is None else other.spread.median_us
        return Bar(time.id, label, color, spread.median_us, quartiles=(spread.q1_us, spread.q3_us), other_value=beside)
    beside = spread.median_us if other is None else other.corrected_us
    if time.corrected_us is None:
        return Bar(time.id, label, color, None, other_value=beside)
    off_us = spread.median_us - time.corrected_us
    quartiles = max(0.0, spread.q1_us - off_us), max(0.0, spread.q3_us - off_us)
    return Bar(time.id, label, color, time.corrected_us, quartiles=quartiles, other_value=beside)


def _loss_bar(loss: TimeSummary) -> Bar:
    tooltip = tr("the loss and its backward pass\n{time}").format(time=milliseconds(loss.median_us))
    return Bar("", tr("loss"), "head", loss.median_us, tooltip, quartiles=(loss.q1_us, loss.q3_us))


def _unaccounted_us(run: ProfileRun, *, corrected: bool) -> float | None:
    if not corrected:
        return run.unaccounted_us
    sum_us = corrected_sum_us(run)
    return None if run.whole is None or sum_us is None else run.whole.spread.median_us - sum_us


def _rest(rest: float | None, *, cut_at_us: float) -> tuple[Bar, ...]:
    """Return the bar of unaccounted time, negative where the layers took longer than the uninstrumented pass.

    An arrow in its label says that it is cut off.
    """
    if rest is None:
        return ()
    label = tr("rest")
    if rest > cut_at_us:
        label = tr("rest ↑")
    elif rest < -MAX_DEPTH_BELOW_ZERO * cut_at_us:
        label = tr("rest ↓")
    return (Bar("", label, "edge", rest),)


def _prefix(bar: Bar) -> str:
    """Return the prefix that says to which part of a training pass a bar belongs, empty for the forward pass."""
    return next((prefix for prefix in (BACKWARD_PREFIX, UPDATE_PREFIX) if bar.label.startswith(prefix)), "")


def _other(other: ProfileRun | None, node_id: str) -> TimeSummary | None:
    time = other.time_of(node_id) if other else None
    return time.spread if time else None
