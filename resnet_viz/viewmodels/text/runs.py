"""Texts about runs: titles, methods and phases of a measurement, and the warnings about its results."""

from resnet_viz.metrics.roofline import implausible_reason
from resnet_viz.records.message import SENTENCES, Message
from resnet_viz.records.run import BACKWARD, OPTIMIZER, LayerTime, Phase, ProfileProgress, ProfileRun, TimeSummary
from resnet_viz.spec.presets import title_of
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr, tr_later
from resnet_viz.viewmodels.text.numbers import milliseconds, percent

METHOD_DESCRIPTIONS = {
    "cuda-graph": tr("CUDA graph with external events"),
    "run-ahead": tr("eager events with the queue kept full"),
    "host-clock": tr("host clock"),
    "synchronised": tr("host clock, synchronized: upper bounds"),
}
METHOD_NAMES = {
    "cuda-graph": tr("CUDA graph"),
    "run-ahead": tr("full queue"),
    "host-clock": tr("host clock"),
    "synchronised": tr("synchronized"),
}

PHASES: dict[Phase, str] = {
    "start": tr("starting the engine that measures"),
    "build": tr("building the network with real weights"),
    "build-both": tr("building both with real weights"),
    "ceilings": tr("measuring the ceilings of this device"),
    "warm-up": tr("warming up"),
    "passes": tr("measuring passes"),
    "end-to-end": tr("measuring from end to end"),
    "in-turn": tr("measuring both, interleaved"),
    "pairs": tr("measuring pair {number} of {total}"),
    "widths": tr("trying width {number:,}"),
    "kernels": tr("measuring the kernels of each layer"),
}
PHASES_AT_LAYER: dict[Phase, str] = {"warm-up": tr("warming up {layer}"), "passes": tr("measuring {layer}")}


def phase_text(progress: ProfileProgress) -> str:
    """Return the phase of a measurement, with its layer where there is one: `measuring layer3.2.conv2`."""
    template = PHASES_AT_LAYER.get(progress.phase) if progress.layer else None
    layer = {BACKWARD: tr("backward"), OPTIMIZER: tr("the optimizer")}.get(progress.layer, progress.layer)
    return (template or PHASES[progress.phase]).format(layer=layer, number=progress.number, total=progress.total)


def run_sentences(run: ProfileRun) -> tuple[str, ...]:
    """Return what a reader must know about the run; for a run without messages, the sentences in its file."""
    return tuple(map(message_text, run.messages)) or (*run.fallbacks, *run.warnings)


def implausible_text(run: ProfileRun, layer: LayerTime) -> str:
    """Return the reason why the layer's time is implausible, in the reader's language; empty where it is plausible.

    Where another version wrote the reason in other words, it is returned as it is in the file.
    """
    reason = None
    if layer.doubt and run.ceilings is not None:
        reason = implausible_reason(layer.spread, flops=layer.flops, moved_bytes=layer.bytes, ceilings=run.ceilings)
    return layer.doubt if reason is None or str(reason) != layer.doubt else message_text(reason)


def message_text(message: Message) -> str:
    """Return a message's sentence in the reader's language."""
    return tr_later(SENTENCES[message.kind]).format_map(message.values)


def run_title(run: ProfileRun) -> str:
    """Return the title of a run: `ResNet-50 · N=1 · fp32 · Intel Xeon`."""
    parts = [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype, run.place.name]
    return " · ".join(part for part in parts if part)


def passes_text(settings: ProfileSettings) -> str:
    """Return the value of --passes, and with a training step its optimizer: `training-step with adam`."""
    if settings.used_optimizer is None:
        return settings.passes
    return tr("{passes} with {optimizer}").format(passes=settings.passes, optimizer=settings.used_optimizer)


def quartiles_text(spread: TimeSummary, dash: str = "–") -> str:
    """Return the quartiles in milliseconds without the unit: `0.061–0.064`."""
    return dash.join(milliseconds(time_us).removesuffix(" ms") for time_us in (spread.q1_us, spread.q3_us))


def share_text(run: ProfileRun, time_us: float | None) -> str:
    """Return a time as a percentage of the whole network's: `2.8 %`; empty where that is unknown."""
    part = run.part_of_whole(time_us)
    return "" if part is None else percent(part).replace("-", "−")
