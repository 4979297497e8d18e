"""Runs in words: titles, methods of measurement, what a measurement is doing, and what to know of its outcome."""

from resnet_viz.metrics.roofline import implausible_reason
from resnet_viz.records.message import SENTENCES, Message
from resnet_viz.records.run import BACKWARD, LayerTime, Phase, ProfileProgress, ProfileRun, TimeSummary
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr, tr_later
from resnet_viz.viewmodels.text.numbers import milliseconds, percent

FULL_METHODS = {
    "cuda-graph": tr("CUDA graph with external events"),
    "run-ahead": tr("eager events behind a full queue"),
    "host-clock": tr("host clock"),
    "synchronised": tr("host clock, synchronised: upper bounds"),
}
METHODS = {
    "cuda-graph": tr("CUDA graph"),
    "run-ahead": tr("full queue"),
    "host-clock": tr("host clock"),
    "synchronised": tr("synchronised"),
}

PHASES: dict[Phase, str] = {
    "start": tr("starting the engine that measures"),
    "build": tr("building the network with real weights"),
    "build-both": tr("building both with real weights"),
    "ceilings": tr("measuring what this device does at most"),
    "warm-up": tr("warming up"),
    "passes": tr("measuring passes"),
    "end-to-end": tr("measuring from end to end"),
    "in-turn": tr("measuring both in turn"),
    "pairs": tr("measuring pair {number} of {total}"),
    "widths": tr("trying width {number:,}"),
}
AT_LAYER: dict[Phase, str] = {"warm-up": tr("warming up {layer}"), "passes": tr("measuring {layer}")}


def doing(progress: ProfileProgress) -> str:
    """`measuring layer3.2.conv2`."""
    template = AT_LAYER.get(progress.phase) if progress.layer else None
    layer = tr("backward") if progress.layer == BACKWARD else progress.layer
    return (template or PHASES[progress.phase]).format(layer=layer, number=progress.number, total=progress.total)


def run_sentences(run: ProfileRun) -> tuple[str, ...]:
    """What a reader must know of the run; of a file without messages the sentences as they stand in it."""
    return tuple(map(_sentence, run.messages)) or (*run.fallbacks, *run.warnings)


def doubt_sentence(run: ProfileRun, layer: LayerTime) -> str:
    """Why the layer's time cannot be taken at its word, empty where it can; as it stands in the file where another
    program wrote it in other words.
    """
    why = None
    if layer.doubt and run.ceilings is not None:
        why = implausible_reason(layer.spread, flops=layer.flops, moved_bytes=layer.bytes, ceilings=run.ceilings)
    return layer.doubt if why is None or str(why) != layer.doubt else _sentence(why)


def _sentence(message: Message) -> str:
    return tr_later(SENTENCES[message.kind]).format_map(message.values)


def run_title(run: ProfileRun) -> str:
    """`ResNet-50 · N=1 · fp32 · Intel Xeon`."""
    parts = [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype, run.place.name]
    return " · ".join(part for part in parts if part)


def quartiles_text(spread: TimeSummary, dash: str = "–") -> str:
    """`0.061–0.064`, in milliseconds, to stand behind a median."""
    return dash.join(milliseconds(time_us).removesuffix(" ms") for time_us in (spread.q1_us, spread.q3_us))


def share_text(run: ProfileRun, time_us: float | None) -> str:
    """`2.8 %`, how much of the whole network's time this is; empty where that is unknown."""
    part = run.part_of_whole(time_us)
    return "" if part is None else percent(part).replace("-", "−")
