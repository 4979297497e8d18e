"""Texts about runs: titles, methods and phases of a measurement, and the warnings about its results."""

from resnet_viz.metrics.roofline import implausible_reason
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.message import SENTENCES, Message
from resnet_viz.records.run import (
    BACKWARD,
    OPTIMIZER,
    LayerTime,
    Phase,
    ProfileProgress,
    ProfileRun,
    RunEntry,
    TimeSummary,
)
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import name_of, preset, title_of
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr, tr_later, visible
from resnet_viz.viewmodels.text.numbers import milliseconds, percent, shape

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

MODE_NAMES: dict[str, str] = {
    "in-network": tr("in the network"),
    "isolated": tr("isolated"),
    "end-to-end": tr("end to end"),
}
PASSES_NAMES: dict[str, str] = {
    "forward": tr("forward"),
    "forward+backward": tr("forward and backward"),
    "training-step": tr("training step"),
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

    A reason that this version would not give, which another version wrote, is returned as it is in the file.
    """
    reason = None
    if layer.doubt and run.ceilings is not None:
        reason = implausible_reason(layer.spread, flops=layer.flops, moved_bytes=layer.bytes, ceilings=run.ceilings)
    return layer.doubt if reason is None else message_text(reason)


def message_text(message: Message) -> str:
    """Return a message's sentence in the reader's language."""
    return tr_later(SENTENCES[message.kind]).format_map(message.values)


def run_title(run: ProfileRun) -> str:
    """Return the title of a run: `ResNet-50 · N=1 · 64×64 · fp32 · training step, adam · Intel Xeon`."""
    return " · ".join(part for part in (*title_parts(run), visible(run.place.name)) if part)


def title_parts(run: ProfileRun) -> tuple[str, ...]:
    """Return network, batch and dtype, and the image size, mode and kind of pass where they are not the usual ones."""
    settings = run.settings
    mode = "" if settings.mode == "in-network" else MODE_NAMES[settings.mode]
    kind = "" if settings.passes == "forward" else kind_of_pass(settings.passes, settings.used_optimizer)
    return title_of(run.spec), f"N={run.spec.input[0]}", unusual_size(run.spec), settings.dtype, mode, kind


def unusual_size(spec: ResNetSpec) -> str:
    """Return the image size as `64×64`, with the channels where they are unusual; empty for that of the preset."""
    name = name_of(spec)
    usual = (preset(name) if name else ResNetSpec()).input
    if spec.input[1:] == usual[1:]:
        return ""
    return shape(spec.input[2:] if spec.input[1] == usual[1] else spec.input[1:])


def kind_of_pass(passes: str, optimizer: str | None) -> str:
    """Return the kind of pass in words, with the optimizer of a training step: `training step, adam`."""
    name = PASSES_NAMES.get(passes, passes)
    return name if optimizer is None else tr("{passes}, {optimizer}").format(passes=name, optimizer=optimizer)


def entry_mode(entry: RunEntry) -> str:
    """Return the mode of a listed run, with the kind of pass where it is not the forward pass."""
    if entry.passes == "forward":
        return entry.mode
    return tr("{mode}, {passes}").format(mode=entry.mode, passes=kind_of_pass(entry.passes, entry.optimizer))


def other_input_note(run: ProfileRun | None, analysis: Analysis | None) -> str:
    """Return a sentence if the run is of another batch or image size than the one shown, else an empty text."""
    if run is None or analysis is None or run.spec.input == analysis.spec.input:
        return ""
    sentence = tr("Measured at {measured}, not at {shown} as the network is shown.")
    return sentence.format(measured=shape(run.spec.input), shown=shape(analysis.spec.input))


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
