"""What the Measure panel says: what can be chosen, how far a run has come, its few large numbers, and its warnings."""

from collections.abc import Sequence
from typing import get_args

import msgspec

from resnet_viz.records.run import DeviceInfo, LayerTime, ProfileProgress, ProfileRun, RunEntry, TimeSummary
from resnet_viz.spec.profiling import Dtype, ProfileSettings
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.parts import Choice, Fact, NumberTile
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.numbers import milliseconds, rate
from resnet_viz.viewmodels.text.runs import METHODS, doing, doubt_sentence, quartiles_text, run_sentences, share_text


class RunRow(msgspec.Struct, frozen=True):
    """One line of the list of runs: when, what and where, and the whole network's time."""

    path: str
    made: str
    title: str
    device: str
    detail: str
    time: str
    whole_us: float | None


def device_choices(devices: Sequence[DeviceInfo], chosen: str) -> tuple[Choice, ...]:
    """The devices there are; the chosen one alone until they are known, or beside them when it is not among them."""
    choices = []
    for info in devices:
        memory = [] if info.memory_bytes is None else [units.gigabytes(info.memory_bytes)]
        detail = " · ".join([*memory, ", ".join(info.dtypes), *info.refused])
        choices.append(Choice(info.name, f"{info.title} ({info.name})", detail))
    if chosen not in [info.name for info in devices]:
        missing = tr("not on this machine") if devices else tr("being asked what it can do")
        choices.insert(0, Choice(chosen, chosen, missing))
    return tuple(choices)


def dtype_choices(devices: Sequence[DeviceInfo], settings: ProfileSettings) -> tuple[Choice, ...]:
    """The dtypes that the chosen device can compute in; all until that is known."""
    names = {"fp32": tr("fp32 (IEEE)"), "tf32": "tf32", "fp16": "fp16", "bf16": "bf16"}
    info = next((info for info in devices if info.name == settings.device), None)
    offered = get_args(Dtype) if info is None else info.dtypes
    return tuple(Choice(name, names[name], "") for name in offered)


def mode_choices() -> tuple[Choice, ...]:
    """The three modes."""
    return (
        Choice("in-network", tr("in the network"), tr("Each layer inside one pass, with real cache state")),
        Choice("isolated", tr("each layer alone"), tr("Each distinct operation on its own")),
        Choice("end-to-end", tr("end to end"), tr("The whole network: percentiles, batch sweep, peak memory")),
    )


def passes_choices(settings: ProfileSettings) -> tuple[Choice, ...]:
    """Forward, and where the mode can, backward too."""
    forward = Choice("forward", tr("forward"), tr("Inference"))
    both = Choice("forward+backward", tr("forward and backward"), tr("One training step without the optimizer"))
    return (forward,) if settings.mode == "isolated" else (forward, both)


def layout_choices() -> tuple[Choice, ...]:
    """The memory formats."""
    return (
        Choice("contiguous", tr("contiguous (NCHW)"), tr("torch's default")),
        Choice("channels_last", tr("channels last (NHWC)"), tr("What tensor cores like best")),
    )


def progress_text(progress: ProfileProgress) -> str:
    """`measuring layer3.2.conv2 · 7 s at most`."""
    if progress.seconds_left is None:
        return doing(progress)
    return tr("{doing} · {seconds:.0f} s at most").format(doing=doing(progress), seconds=progress.seconds_left)


def run_tiles(run: ProfileRun) -> tuple[NumberTile, ...]:
    """Whole, Σ and unaccounted; or what an end-to-end run has in their place."""
    whole = _time_tile(tr("whole network"), run.whole.spread if run.whole else None)
    if run.settings.mode == "end-to-end":
        return (whole, *_end_tiles(run))
    method = METHODS.get(run.method or "", "")
    unaccounted = run.unaccounted_us
    return (
        whole,
        NumberTile(milliseconds(run.sum_us), tr("Σ layers"), share_text(run, run.sum_us),
             tr("All layers of a pass together: the median over the passes")),
        NumberTile(milliseconds(unaccounted), tr("unaccounted"), share_text(run, unaccounted),
             tr("The whole network's time less the sum; good within 5 % or 20 µs")),
        NumberTile(_images(run), tr("images / s"), method, tr("The batch divided by the whole network's median")),
    )  # fmt: skip


def run_notes(run: ProfileRun, *, under_way: bool = False) -> tuple[str, ...]:
    """What a reader must know of the run, in words; while it goes on, only how far it has come."""
    if under_way:
        passes = 0 if run.instrumented is None else run.instrumented.spread.n
        return (trn("So far: {n} pass.", "So far: {n} passes.", passes).format(n=f"{passes:,}"),) if passes else ()
    partial = () if run.complete else (tr("Stopped before its end: the figures are partial."),)
    return (*partial, *run_sentences(run))


def run_rows(entries: Sequence[RunEntry]) -> tuple[RunRow, ...]:
    """The list of runs, the newest first."""
    return tuple(map(_run_row, entries))


def _run_row(entry: RunEntry) -> RunRow:
    """A run's title says what is unusual of it, its detail all that tells it from other runs."""
    batch = f"N={entry.batch}"
    told = ((batch, "N=1"), (entry.dtype, "fp32"), (entry.mode, "in-network"))
    title = " · ".join([entry.title, *(text for text, usual in told if text != usual)])
    partial = [] if entry.complete else [tr("partial")]
    detail = " · ".join([entry.device, entry.dtype, batch, entry.mode, *partial])
    made, whole = entry.made[:16].replace("T", " "), milliseconds(entry.whole_us)
    return RunRow(entry.path, made, title, entry.device, detail, whole, entry.whole_us)


def latency_facts(run: ProfileRun, other: ProfileRun | None, node_id: str | None) -> tuple[Fact, ...]:
    """What the inspector says of a node's time; of the whole network without a node."""
    found = run.whole if node_id is None else run.time_of(node_id)
    if found is None:
        missing = Fact(tr("latency"), units.UNKNOWN, tr("not measured yet: press F6"))
        return () if node_id is None else (missing,)
    time_us = found.spread.median_us
    facts = [Fact(tr("latency"), milliseconds(time_us), quartiles_text(found.spread, " – "))]
    if node_id is None:
        return tuple(facts)
    facts.append(Fact(tr("of the whole"), share_text(run, time_us) or units.UNKNOWN))
    if isinstance(found, LayerTime):
        least = tr("{what}-bound").format(what=found.bound or "")
        facts += [
            Fact(tr("achieved"), rate(found.flops_per_second, "FLOP/s"), rate(found.bytes_per_second, "B/s")),
            Fact(tr("least possible"), milliseconds(found.floor_us), least),
        ]
        facts += [Fact(tr("doubted"), doubt_sentence(run, found))] if found.doubt else []
        facts += [Fact(tr("measured as"), found.same_as)] if found.same_as else []
    second = None if other is None else other.time_of(node_id)
    if second is not None and second.spread.median_us:
        second_us = second.spread.median_us
        facts.append(Fact(tr("other run"), milliseconds(second_us), f"{time_us / second_us:.2f} ×"))
    return tuple(facts)


def _end_tiles(run: ProfileRun) -> tuple[NumberTile, ...]:
    by_way = {end.way: end for end in run.ends}
    eager = by_way.get("eager")
    best = max(run.sweep, key=lambda point: point.images_per_second, default=None)
    factor = run.launch_bound_factor
    return (
        NumberTile(milliseconds(eager.p99_us if eager else None), "P99", tr("P90 {time}").format(
            time=milliseconds(eager.p90_us if eager else None)), tr("99 of 100 passes took no longer")),
        NumberTile(_images(run) if best is None else f"{best.images_per_second:,.1f}", tr("images / s"),
             "" if best is None else tr("at batch {n}").format(n=best.batch), tr("The best of the batch sweep")),
        NumberTile(units.UNKNOWN if factor is None else f"{factor:.2f} ×", tr("launch-bound factor"),
             tr("peak {size}").format(size=units.byte_size(run.peak_bytes)),
             tr("eager ÷ CUDA graph: what launching costs")),
    )  # fmt: skip


def _time_tile(name: str, spread: TimeSummary | None) -> NumberTile:
    if spread is None:
        return NumberTile(units.UNKNOWN, name, "", tr("not measured"))
    exact = tr("median of {n} repetitions; minimum {least}").format(n=spread.n, least=milliseconds(spread.min_us))
    return NumberTile(milliseconds(spread.median_us), name, quartiles_text(spread, " – "), exact)


def _images(run: ProfileRun) -> str:
    if run.whole is None or not run.whole.spread.median_us:
        return units.UNKNOWN
    return f"{run.spec.input[0] / run.whole.spread.median_us * 1e6:,.1f}"
