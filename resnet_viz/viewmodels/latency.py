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
    """One bar: its node (`unaccounted` for the rest), a short name, its colour by name, and its times.

    `time` is None for the rest. `other` is the same node in the run held beside, None where that has none.
    """

    id: str
    label: str
    color: str
    median_ms: float
    time: LayerTime | GroupTime | None = None
    other: Spread | None = None

    @property
    def quartiles_ms(self) -> tuple[float, float]:
        """The lower and the upper quartile; the bar's own height for the rest."""
        if self.time is None:
            return self.median_ms, self.median_ms
        return self.time.spread.q1_us / 1000, self.time.spread.q3_us / 1000

    @property
    def other_ms(self) -> float | None:
        """The other run's median."""
        return None if self.other is None else self.other.median_us / 1000


class LatencyChart(msgspec.Struct, frozen=True):
    """Bars from left to right, the running sum over those that count, and the line above them.

    `empty` says what to do while there are no bars. `sections` are the middles of the stages, with their names; `key`
    has the colours and their names, where the order does not tell. `ends` says of layers outside the stages whether
    they are in the stem or the head.
    `top_ms` is what the axis must show: the parts whole, an unaccounted rest that dwarfs them cut off.
    """

    bars: tuple[Bar, ...]
    cumulative_ms: tuple[float, ...]
    title: str
    sections: tuple[tuple[float, str], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    ends: dict[str, str] = {}
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
    in_order = sorting == "order"
    key = () if in_order else color_key([bar.color for bar in bars])
    if not in_order:
        bars.sort(key=lambda bar: -bar.median_ms)
    top = max(max(bar.quartiles_ms[1], bar.other_ms or 0.0) for bar in bars)
    return LatencyChart(
        bars=(*bars, *_rest(run, cut_at_ms=top)),
        cumulative_ms=tuple(accumulate(bar.median_ms for bar in bars)),
        title=chart_title(run, other),
        sections=sections([bar.color for bar in bars], [_arrow(bar) for bar in bars]) if in_order else (),
        key=key,
        ends={name: color for name, color in _colors(run).items() if color in ("stem", "head")},
        compared=other is not None,
        top_ms=top,
    )


def marked(chart: LatencyChart, bar: Bar, node_id: str | None) -> bool:
    """Whether a bar stands for a chosen node, lies in it, or contains it."""
    if not node_id or bar.time is None:
        return False
    if node_id in (bar.id, bar.color) or bar.id == chart.ends.get(node_id):
        return True
    return node_id.startswith(f"{bar.id}.") or bar.id.startswith(f"{node_id}.")


def chart_title(run: ProfileRun, other: ProfileRun | None = None) -> str:
    """`whole 120.6 ms · Σ 120.5 ms · unaccounted 0.1 ms  0.1 % · ResNet-50 · N=1 · fp32 · host clock`."""
    parts = []
    if run.whole is not None:
        parts.append(tr("whole {time}").format(time=milliseconds(run.whole.spread.median_us)))
    parts.append(f"Σ {milliseconds(run.sum_us)}")
    rest = run.unaccounted_us
    if rest is not None:
        parts.append(tr("unaccounted {time}").format(time=milliseconds(rest)) + _share(run, rest))
    parts += [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype, METHODS.get(run.method or "", "")]
    parts += [] if run.complete else [tr("partial")]
    parts += [] if other is None else [tr("pale: {run}").format(run=run_title(other))]
    return " · ".join(part for part in parts if part)


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


def color_key(colors: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each colour once, in the order of the network, with what it stands for."""
    return tuple((color, _color_name(color)) for color in dict.fromkeys(colors))


def bar_tip(run: ProfileRun, bar: Bar) -> str:
    """What to say of a bar, a line each."""
    if bar.time is None:
        rest = milliseconds(1000 * bar.median_ms)
        return tr("unaccounted\n{time}: the clean whole less the sum of the layers").format(time=rest)
    tip = time_tip(run, bar.time, bar.other)
    return tr("backward of {tip}").format(tip=tip) if bar.label.startswith("←") else tip


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
        "id", "level", "stage", "median_us", "q1_us", "q3_us", "min_us", "n", "share_of_whole", "flops", "bytes",
        "flops_per_second", "bytes_per_second", "floor_us", "bound", "doubt", "same_as", "other_median_us", "ratio",
    ])  # fmt: skip
    stages = _colors(run)
    for layer in run.layers:
        work = [layer.flops, layer.bytes, layer.flops_per_second, layer.bytes_per_second, layer.floor_us, layer.bound,
                layer.doubt, layer.same_as]  # fmt: skip
        writer.writerow(_row(run, (layer.id, "layer", stages[layer.id]), layer.spread, work, _other(other, layer.id)))
    for group in run.groups:
        writer.writerow(
            _row(run, (group.id, group.level, _stage(group)), group.spread, NO_WORK, _other(other, group.id))
        )
    for group in run.backward:
        writer.writerow(_row(run, (group.id, f"backward {group.level}", _stage(group)), group.spread, NO_WORK, None))
    if run.whole is not None:
        second = other.whole.spread if other and other.whole else None
        writer.writerow(_row(run, ("whole", "", ""), run.whole.spread, NO_WORK, second))
    for name, time in (("sum", run.sum_us), (UNACCOUNTED, run.unaccounted_us)):
        if time is not None:
            writer.writerow([name, "", "", time, *[""] * 15])
    return sheet.getvalue()


def _colors(run: ProfileRun) -> dict[str, str]:
    names = [layer.id for layer in run.layers]
    return dict(zip(names, colored(names), strict=True))


def _stage(group: GroupTime) -> str:
    return group.id if group.id in ("stem", "head") else stage_color(group.id, stem_ended=True)


def _why_empty(run: ProfileRun) -> str:
    if run.settings.mode == "end-to-end":
        return tr("An end-to-end run has no layers: its figures stand in the Measure panel.")
    return tr("The first passes are under way …")


def _bars(run: ProfileRun, level: Level, other: ProfileRun | None) -> Iterator[Bar]:
    times: Sequence[LayerTime | GroupTime] = run.layers
    if level != "layer":
        times = [group for group in run.groups if group.level == level]
    for time, color in zip(times, colored([time.id for time in times]), strict=True):
        yield Bar(time.id, bar_label(time.id), color, time.spread.median_us / 1000, time, _other(other, time.id))
    for group in run.backward:
        if group.level == ("stage" if level == "stage" else "block"):
            yield Bar(group.id, f"← {bar_label(group.id)}", _stage(group), group.spread.median_us / 1000, group)


def bar_label(node_id: str) -> str:
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
    label = tr("unaccounted") + (" ↑" if rest / 1000 > cut_at_ms else "")
    return (Bar(UNACCOUNTED, label, "edge", rest / 1000),)


def _color_name(color: str) -> str:
    """`stage 2`, `stem`, `head`."""
    names = {"stem": tr("stem"), "head": tr("head")}
    return names.get(color) or tr("stage {n}").format(n=color.removeprefix("stage"))


def sections(colors: Sequence[str], before: Sequence[str] = ()) -> tuple[tuple[float, str], ...]:
    """The middle of each stage's bars, and its name; bars with another text `before` their name are a part apart."""
    found: list[tuple[float, str]] = []
    start = 0
    names = [_color_name(color) for color in colors]
    names = [text + name for text, name in zip(before, names, strict=True)] if before else names
    for place, name in enumerate(names):
        if place + 1 == len(names) or names[place + 1] != name:
            found.append(((start + place) / 2, name))
            start = place + 1
    return tuple(found)


def _arrow(bar: Bar) -> str:
    return "← " if bar.label.startswith("←") else ""


def _other(other: ProfileRun | None, node_id: str) -> Spread | None:
    if other is None:
        return None
    time = other.layer_by_id.get(node_id) or other.group_by_id.get(node_id)
    return None if time is None else time.spread


def _share(run: ProfileRun, time_us: float) -> str:
    if run.whole is None or not run.whole.spread.median_us:
        return ""
    return "  " + percent(time_us / run.whole.spread.median_us).replace("-", "−")


def _row(
    run: ProfileRun, name: tuple[str, str, str], spread: Spread, work: Sequence[object], other: Spread | None
) -> list[object]:
    whole = run.whole.spread.median_us if run.whole else None
    share = spread.median_us / whole if whole else None
    second = None if other is None else other.median_us
    ratio = spread.median_us / second if second else None
    times = [spread.median_us, spread.q1_us, spread.q3_us, spread.min_us, spread.n]
    return [*name, *times, share, *work, second, ratio]
