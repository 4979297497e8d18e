"""Texts of the Measure panel: the choices, the progress of a run, its main numbers, its warnings, and earlier runs."""

from collections.abc import Iterator, Sequence
from typing import get_args

import msgspec

from resnet_viz.metrics.timestamps import corrected_sum_us, sparse_agreement
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import (
    Bound,
    DeviceInfo,
    GroupTime,
    LayerTime,
    ProfileProgress,
    ProfileRun,
    RunEntry,
    TimeSummary,
)
from resnet_viz.spec.profiling import Dtype, ProfileSettings
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.parts import Choice, Fact, NumberTile
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.measuring import INTERVAL_NAME, interval_text, measuring_texts
from resnet_viz.viewmodels.text.numbers import milliseconds, precise_milliseconds, rate
from resnet_viz.viewmodels.text.runs import (
    METHOD_NAMES,
    PASSES_NAMES,
    entry_mode,
    implausible_text,
    kind_of_pass,
    other_input_note,
    phase_text,
    quartiles_text,
    run_sentences,
    share_text,
)
from resnet_viz.viewmodels.text.timestamps import microseconds
from resnet_viz.viewmodels.text.training import sum_name

BOUND_TEXTS: dict[Bound, str] = {
    "compute": tr("compute-bound"), "memory": tr("memory-bound"), "launch": tr("launch-bound"),
}  # fmt: skip


class RunRow(msgspec.Struct, frozen=True):
    """One row of the list of runs: date, network, device, and the whole network's time."""

    path: str
    made: str
    title: str
    device: str
    detail: str
    time: str
    whole_us: float | None


def device_choices(devices: Sequence[DeviceInfo], chosen: str) -> tuple[Choice, ...]:
    """Return the devices to choose from; the chosen one is always among them, even before the devices are known."""
    choices = []
    for info in devices:
        memory = [] if info.memory_bytes is None else [units.gigabytes(info.memory_bytes)]
        detail = " · ".join([*memory, ", ".join(info.dtypes), *info.refused])
        choices.append(Choice(info.name, f"{info.title} ({info.name})", detail))
    if chosen not in [info.name for info in devices]:
        missing = tr("not on this machine") if devices else tr("looking for devices")
        choices.insert(0, Choice(chosen, chosen, missing))
    return tuple(choices)


def dtype_choices(devices: Sequence[DeviceInfo], settings: ProfileSettings) -> tuple[Choice, ...]:
    """Return the dtypes that the chosen device can compute in; all of them until that is known."""
    names = {"fp32": tr("fp32 (IEEE)"), "tf32": "tf32", "fp16": "fp16", "bf16": "bf16"}
    info = next((info for info in devices if info.name == settings.device), None)
    offered = get_args(Dtype) if info is None else info.dtypes
    return tuple(Choice(name, names[name], "") for name in offered)


def mode_choices() -> tuple[Choice, ...]:
    """Return the three modes of measurement."""
    return (
        Choice("in-network", tr("in the network"), tr("Each layer inside one pass, with real cache state")),
        Choice("isolated", tr("each layer isolated"), tr("Each distinct operation on its own")),
        Choice("end-to-end", tr("end to end"), tr("The whole network: percentiles, batch sweep, peak memory")),
    )


def passes_choices(settings: ProfileSettings) -> tuple[Choice, ...]:
    """Return the kinds of pass that the mode of the settings offers."""
    forward = Choice("forward", tr("forward"), tr("Inference"))
    both = Choice("forward+backward", tr("forward and backward"), tr("One training step without the optimizer"))
    step = Choice("training-step", tr("training step"), tr("Forward, cross-entropy, backward and the optimizer"))
    return (forward,) if settings.mode == "isolated" else (forward, both, step)


def optimizer_choices() -> tuple[Choice, ...]:
    """Return the optimizers that a training step may end with."""
    return (
        Choice("sgd", tr("SGD with momentum"), tr("Keeps one more number for each parameter")),
        Choice("adam", tr("Adam"), tr("Keeps two more numbers for each parameter")),
    )


def layout_choices() -> tuple[Choice, ...]:
    """Return the memory formats."""
    return (
        Choice("contiguous", tr("contiguous (NCHW)"), tr("torch's default")),
        Choice("channels_last", tr("channels last (NHWC)"), tr("The fastest format for tensor cores")),
    )


def progress_text(progress: ProfileProgress) -> str:
    """Return the phase and the time left: `measuring layer3.2.conv2 · 7 s at most`."""
    if progress.seconds_left is None:
        return phase_text(progress)
    return tr("{phase} · {seconds:.0f} s at most").format(phase=phase_text(progress), seconds=progress.seconds_left)


def run_tiles(run: ProfileRun) -> tuple[NumberTile, ...]:
    """Return the main numbers of a run: the whole, the sum and the unaccounted time, or those of an end-to-end run."""
    whole = _time_tile(tr("whole network"), run.whole.spread if run.whole else None)
    if run.settings.mode == "end-to-end":
        return (whole, *_end_to_end_tiles(run))
    method = METHOD_NAMES.get(run.method or "", "")
    unaccounted = run.unaccounted_us
    return (
        whole,
        NumberTile(milliseconds(run.sum_us), sum_name(run), share_text(run, run.sum_us),
             tr("All layers of a pass together: the median over the passes")),
        NumberTile(milliseconds(unaccounted), tr("unaccounted"), share_text(run, unaccounted),
             tr("The whole network's time less the sum; good within 5 % or 20 µs")),
        NumberTile(_images(run), tr("images / s"), method, tr("The batch divided by the whole network's median")),
    )  # fmt: skip


def run_notes(run: ProfileRun) -> tuple[str, ...]:
    """Return what a reader must know about a run before relying on it."""
    partial = () if run.complete else (tr("Stopped before its end: the figures are partial."),)
    return (*partial, *run_sentences(run))


def run_facts(run: ProfileRun) -> tuple[str, ...]:
    """Return how a run was measured: a sentence for each fact, those of a training step first."""
    facts = (*_training_texts(run), *measuring_texts(run))
    return tuple(tr("{name}: {text}").format(name=name, text=text) for name, text in facts)


def passes_so_far(run: ProfileRun) -> tuple[str, ...]:
    """Return the sentence on how many passes of a run under way have been measured; none before the first."""
    passes = 0 if run.instrumented is None else run.instrumented.spread.n
    return (trn("So far: {n} pass.", "So far: {n} passes.", passes).format(n=f"{passes:,}"),) if passes else ()


def _training_texts(run: ProfileRun) -> Iterator[tuple[str, str]]:
    """Yield the times of the parts of a training pass after the forward pass, as far as they were measured."""
    if run.loss is not None:
        yield tr("loss"), milliseconds(run.loss.spread.median_us)
    for name, groups in ((tr("backward"), run.backward), (tr("update"), run.optimizer)):
        stages = [group.spread.median_us for group in groups if group.level == "stage"]
        if stages:
            yield name, tr("{time}, the sum of the stages").format(time=milliseconds(sum(stages)))


def run_rows(entries: Sequence[RunEntry]) -> tuple[RunRow, ...]:
    """Return the rows of the list of runs, in the order of the entries."""
    return tuple(map(_run_row, entries))


def _run_row(entry: RunEntry) -> RunRow:
    """Return a run's row, whose title has only the settings that differ from the defaults, and whose detail has all."""
    batch = f"N={entry.batch}"
    mode, kind = entry_mode(entry), kind_of_pass(entry.passes, entry.optimizer)
    with_defaults = ((batch, "N=1"), (entry.dtype, "fp32"), (entry.mode, "in-network"), (kind, PASSES_NAMES["forward"]))
    title = " · ".join([entry.title, *(text for text, default in with_defaults if text != default)])
    partial, size = [] if entry.complete else [tr("partial")], [entry.size] if entry.size else []
    detail = " · ".join([entry.device, entry.dtype, batch, *size, mode, *partial])
    made, whole = entry.made[:16].replace("T", " "), milliseconds(entry.whole_us)
    return RunRow(entry.path, made, title, entry.device, detail, whole, entry.whole_us)


def input_facts(run: ProfileRun, analysis: Analysis) -> tuple[Fact, ...]:
    """Return the inspector's fact that the times are of another input than its other figures, if they are."""
    if not other_input_note(run, analysis):
        return ()
    return (Fact(tr("measured at"), units.shape(run.spec.input), tr("unlike the figures above"), strong=True),)


def latency_facts(run: ProfileRun, other: ProfileRun | None, node_id: str | None) -> tuple[Fact, ...]:
    """Return the inspector's facts about the time of a node, or of the whole network without a node."""
    measured = run.whole if node_id is None else run.time_of(node_id)
    if measured is None:
        missing = Fact(tr("latency"), units.UNKNOWN, tr("not measured yet: press F6"))
        return () if node_id is None else (missing,)
    time_us = measured.spread.median_us
    facts = [Fact(tr("latency"), milliseconds(time_us), quartiles_text(measured.spread, " – "))]
    if node_id is None:
        told = (*_training_texts(run), *measuring_texts(run))
        return (*facts, *(Fact(name, text) for name, text in told), *_whole_timestamp_facts(run))
    if interval := interval_text(measured.spread):
        facts.append(Fact(INTERVAL_NAME, interval))
    if isinstance(measured, LayerTime | GroupTime):
        facts += _timestamp_facts(run, measured)
    for name, groups in ((tr("backward"), run.backward), (tr("update"), run.optimizer)):
        spread = next((group.spread for group in groups if group.id == node_id), None)
        if spread is not None:
            facts.append(Fact(name, milliseconds(spread.median_us), quartiles_text(spread, " – ")))
    facts.append(Fact(tr("of the whole"), share_text(run, time_us) or units.UNKNOWN))
    if isinstance(measured, LayerTime):
        both = zip((tr("cold caches"), tr("warm caches")), run.cold_and_warm(measured), strict=True)
        taken = [(name, summary) for name, summary in both if summary is not None]
        facts += [Fact(name, milliseconds(each.median_us), quartiles_text(each, " – ")) for name, each in taken]
        bound = BOUND_TEXTS[measured.bound] if measured.bound else ""
        facts += [
            Fact(tr("achieved"), rate(measured.flops_per_second, "FLOP/s"), rate(measured.bytes_per_second, "B/s")),
            Fact(tr("minimum time"), milliseconds(measured.floor_us), bound),
        ]
        facts += [Fact(tr("implausible"), implausible_text(run, measured))] if measured.doubt else []
        facts += [Fact(tr("measured as"), measured.same_as)] if measured.same_as else []
    second = None if other is None else other.time_of(node_id)
    if second is not None and second.spread.median_us:
        second_us = second.spread.median_us
        facts.append(Fact(tr("other run"), milliseconds(second_us), f"{time_us / second_us:.2f} ×"))
    return tuple(facts)


def _timestamp_facts(run: ProfileRun, time: LayerTime | GroupTime) -> Iterator[Fact]:
    """Yield a time without its timestamps, its mean, and its time in sparse passes, as far as they are known."""
    if run.timestamp_correction_us is not None:
        yield Fact(tr("without timestamps"), precise_milliseconds(time.corrected_us))
    if time.spread.mean_us is not None:
        yield Fact(tr("mean"), precise_milliseconds(time.spread.mean_us))
    if isinstance(time, LayerTime) and time.sparse_us is not None:
        yield Fact(tr("sparse timestamps"), precise_milliseconds(time.sparse_us))


def _whole_timestamp_facts(run: ProfileRun) -> Iterator[Fact]:
    """Yield what a timestamp costs, the sum without them, and the sum by sparse ones, as far as they are known."""
    if run.timestamp_in_situ_us is not None:
        back_to_back = tr("{time} back to back").format(time=microseconds(run.mark_us))
        yield Fact(tr("a timestamp"), microseconds(run.timestamp_in_situ_us), back_to_back)
    elif run.mark_us is not None:
        yield Fact(tr("a timestamp"), microseconds(run.mark_us))
    corrected_us = corrected_sum_us(run)
    if corrected_us is not None and run.timestamp_correction_us is not None:
        yield Fact(tr("Σ corrected"), milliseconds(corrected_us), share_text(run, corrected_us))
    sparse = sparse_agreement(run)
    if sparse is not None:
        yield Fact(tr("Σ sparse"), milliseconds(sparse.sparse_us), f"{100 * sparse.difference:+.1f} %")
    if run.starved_passes:
        yield Fact(tr("starved passes"), f"{run.starved_passes:,}", tr("repeated"))


def _end_to_end_tiles(run: ProfileRun) -> tuple[NumberTile, ...]:
    eager = next((end for end in run.ends if end.way == "eager"), None)
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


def _time_tile(name: str, summary: TimeSummary | None) -> NumberTile:
    if summary is None:
        return NumberTile(units.UNKNOWN, name, "", tr("not measured"))
    hint = tr("median of {n} passes; minimum {least}").format(n=summary.n, least=milliseconds(summary.min_us))
    return NumberTile(milliseconds(summary.median_us), name, quartiles_text(summary, " – "), hint)


def _images(run: ProfileRun) -> str:
    if run.whole is None or not run.whole.spread.median_us:
        return units.UNKNOWN
    return f"{run.spec.input[0] / run.whole.spread.median_us * 1e6:,.1f}"
