"""The chart of times: a bar for each layer, block or stage, the unaccounted rest, and the running sum."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal

import msgspec

from resnet_viz.presets import title_of
from resnet_viz.runs import GroupTime, LayerTime, ProfileRun, Spread
from resnet_viz.texts import tr
from resnet_viz.viewmodels.measure import METHODS, milliseconds, rate, run_title
from resnet_viz.viewmodels.units import percent

Level = Literal["layer", "block", "stage"]
Sorting = Literal["order", "slowest"]
UNACCOUNTED = "unaccounted"
NO_WORK = (None,) * 8
"""The cells of what has no arithmetic of its own."""


class Bar(msgspec.Struct, frozen=True):
    """One bar: its node (`unaccounted` for the rest), colour by name, time and quartiles in ms, and what to say of it.

    `other_ms` is the same node in the run held beside, None where that has none.
    """

    id: str
    label: str
    color: str
    median_ms: float
    q1_ms: float
    q3_ms: float
    tip: str
    other_ms: float | None = None


class LatencyChart(msgspec.Struct, frozen=True):
    """Bars from left to right, the running sum over those that count, and the line above them.

    `empty` says what to do while there are no bars. `sections` are the places where a stage begins, with its name.
    `top_ms` is what the axis must show: the parts whole, an unaccounted rest that dwarfs them cut off.
    """

    bars: tuple[Bar, ...]
    cumulative_ms: tuple[float, ...]
    title: str
    sections: tuple[tuple[int, str], ...] = ()
    compared: bool = False
    empty: str = ""
    top_ms: float = 1.0


def latency_chart(
    run: ProfileRun | None, *, level: Level = "layer", sorting: Sorting = "order", other: ProfileRun | None = None
) -> LatencyChart:
    """What to draw of a run at one level, in execution order or the slowest first."""
    if run is None:
        return LatencyChart((), (), "", empty=tr("Nothing has been measured yet: press Measure latency (F6)."))
    if not run.layers:
        return LatencyChart((), (), run_title(run), empty=_why_empty(run))
    bars = list(_bars(run, level, other))
    if sorting == "slowest":
        bars.sort(key=lambda bar: -bar.median_ms)
    sums = tuple(accumulate(bar.median_ms for bar in bars))
    sections = _sections(bars) if sorting == "order" else ()
    top = max(max(bar.q3_ms, bar.other_ms or 0.0) for bar in bars)
    rest = _rest(run, cut_at_ms=top)
    return LatencyChart((*bars, *rest), sums, chart_title(run), sections, other is not None, top_ms=top)


def chart_title(run: ProfileRun) -> str:
    """`ResNet-50 · N=1 · fp32 · whole 120.6 ms · Σ 120.5 ms · unaccounted 0.1 ms  0.1 % · host clock`."""
    parts = [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype]
    if run.whole is not None:
        parts.append(tr("whole {time}").format(time=milliseconds(run.whole.spread.median_us)))
    parts.append(f"Σ {milliseconds(run.sum_us)}")
    if run.unaccounted_us is not None:
        parts.append(
            tr("unaccounted {time}").format(time=milliseconds(run.unaccounted_us)) + _share(run, run.unaccounted_us)
        )
    method = METHODS.get(run.method or "")
    return " · ".join([*parts, *([method] if method else []), *([] if run.complete else [tr("partial")])])


def stage_color(node_id: str, stem_ended: bool) -> str:
    """The colour's name of the stage that an id belongs to; what is in none is stem before the stages, head after."""
    stage = node_id.partition(".")[0]
    if stage.startswith("layer") and stage.removeprefix("layer").isdecimal():
        return f"stage{min(6, max(1, int(stage.removeprefix('layer'))))}"
    return "head" if stem_ended else "stem"


def colored(ids: Sequence[str]) -> Iterator[str]:
    """The colours of nodes in execution order."""
    ended = False
    for node_id in ids:
        color = stage_color(node_id, ended)
        ended = ended or color.startswith("stage")
        yield color


def time_tip(run: ProfileRun, time: LayerTime | GroupTime, other: Spread | None) -> str:
    """What to say of a layer, block or stage, a line each."""
    spread = time.spread
    quartiles = f"{milliseconds(spread.q1_us).removesuffix(' ms')}–{milliseconds(spread.q3_us)}"
    lines = [time.id, f"{milliseconds(spread.median_us)}  ({quartiles}){_share(run, spread.median_us)}"]
    if isinstance(time, LayerTime):
        lines.append(f"{rate(time.flops_per_second, 'FLOP/s')} · {rate(time.bytes_per_second, 'B/s')}")
        if time.bound is not None:
            lines.append(tr("{what}-bound, at least {time}").format(what=time.bound, time=milliseconds(time.floor_us)))
        lines += [tr("measured as {id}").format(id=time.same_as)] if time.same_as else []
        lines += [tr("doubted: {why}").format(why=time.doubt)] if time.doubt else []
    if other is not None and other.median_us:
        ratio = spread.median_us / other.median_us
        lines.append(
            tr("other run {time}, ratio {ratio}").format(time=milliseconds(other.median_us), ratio=f"{ratio:.2f}")
        )
    return "\n".join(lines)


def latency_csv(run: ProfileRun, other: ProfileRun | None = None) -> str:
    """The figures behind the chart, in microseconds: layers, blocks, stages, backward ranges, whole, Σ, unaccounted."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([
        "id", "level", "median_us", "q1_us", "q3_us", "min_us", "n", "share_of_whole", "flops", "bytes",
        "flops_per_second", "bytes_per_second", "floor_us", "bound", "doubt", "same_as", "other_median_us", "ratio",
    ])  # fmt: skip
    for layer in run.layers:
        work = [layer.flops, layer.bytes, layer.flops_per_second, layer.bytes_per_second, layer.floor_us, layer.bound,
                layer.doubt, layer.same_as]  # fmt: skip
        writer.writerow(_row(run, (layer.id, "layer"), layer.spread, work, _other(other, layer.id)))
    for group in run.groups:
        writer.writerow(_row(run, (group.id, group.level), group.spread, NO_WORK, _other(other, group.id)))
    for group in run.backward:
        writer.writerow(_row(run, (group.id, f"backward {group.level}"), group.spread, NO_WORK, None))
    if run.whole is not None:
        second = other.whole.spread if other and other.whole else None
        writer.writerow(_row(run, ("whole", ""), run.whole.spread, NO_WORK, second))
    for name, time in (("sum", run.sum_us), (UNACCOUNTED, run.unaccounted_us)):
        if time is not None:
            writer.writerow([name, "", time])
    return sheet.getvalue()


def _why_empty(run: ProfileRun) -> str:
    if run.settings.mode == "end-to-end":
        return tr("An end-to-end run has no layers: its figures stand in the Measure panel.")
    return tr("The first passes are under way …")


def _bars(run: ProfileRun, level: Level, other: ProfileRun | None) -> Iterator[Bar]:
    times: Sequence[LayerTime | GroupTime] = run.layers
    if level != "layer":
        times = [group for group in run.groups if group.level == level]
    for time, color in zip(times, colored([time.id for time in times]), strict=True):
        yield _bar(run, time, color, _other(other, time.id))
    backward = [group for group in run.backward if group.level == ("stage" if level == "stage" else "block")]
    colors = list(colored([group.id for group in reversed(backward)]))
    for group, color in zip(backward, reversed(colors), strict=True):
        bar = _bar(run, group, color, None)
        yield msgspec.structs.replace(bar, label=f"← {bar.label}", tip=tr("backward of {tip}").format(tip=bar.tip))


def _bar(run: ProfileRun, time: LayerTime | GroupTime, color: str, other: Spread | None) -> Bar:
    spread = time.spread
    return Bar(
        id=time.id,
        label=_label(time.id),
        color=color,
        median_ms=spread.median_us / 1000,
        q1_ms=spread.q1_us / 1000,
        q3_ms=spread.q3_us / 1000,
        tip=time_tip(run, time, other),
        other_ms=None if other is None else other.median_us / 1000,
    )


def _label(node_id: str) -> str:
    """`2.0.conv1` for layer2.0.conv1, `stage 2` for layer2: short enough to stand below a bar."""
    stage, _, rest = node_id.partition(".")
    number = stage.removeprefix("layer")
    if number == stage:
        return node_id
    return f"{number}.{rest}" if rest else tr("stage {n}").format(n=number)


def _rest(run: ProfileRun, *, cut_at_ms: float) -> tuple[Bar, ...]:
    """The unaccounted bar; negative where the parts took longer than the whole, with an arrow where it is cut off."""
    rest = run.unaccounted_us
    if rest is None:
        return ()
    tip = tr("unaccounted\n{time}: the clean whole less the sum of the layers").format(time=milliseconds(rest))
    label = tr("unaccounted") + (" ↑" if rest / 1000 > cut_at_ms else "")
    return (Bar(UNACCOUNTED, label, "edge", rest / 1000, rest / 1000, rest / 1000, tip),)


def _sections(bars: Sequence[Bar]) -> tuple[tuple[int, str], ...]:
    """Where the colour changes, and what begins there; a backward part has names of its own."""
    found: list[tuple[int, str]] = []
    before = ""
    for place, bar in enumerate(bars):
        back = "← " if bar.label.startswith("←") else ""
        name = back + (bar.color if bar.color in ("stem", "head") else bar.color.replace("stage", tr("stage") + " "))
        if name != before:
            found.append((place, name))
            before = name
    return tuple(found)


def _other(other: ProfileRun | None, node_id: str) -> Spread | None:
    if other is None:
        return None
    time = other.layer_by_id.get(node_id) or other.group_by_id.get(node_id)
    return None if time is None else time.spread


def _share(run: ProfileRun, time_us: float) -> str:
    if run.whole is None or not run.whole.spread.median_us:
        return ""
    return f"  {percent(time_us / run.whole.spread.median_us)}"


def _row(
    run: ProfileRun, name: tuple[str, str], spread: Spread, work: Sequence[object], other: Spread | None
) -> list[object]:
    whole = run.whole.spread.median_us if run.whole else None
    share = spread.median_us / whole if whole else None
    second = None if other is None else other.median_us
    ratio = spread.median_us / second if second else None
    times = [spread.median_us, spread.q1_us, spread.q3_us, spread.min_us, spread.n]
    return [*name, *times, share, *work, second, ratio]
