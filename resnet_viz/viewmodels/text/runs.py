"""Runs in words: titles, methods of measurement, what a measurement is doing, and what to know of its outcome."""

from resnet_viz.records.message import SENTENCES
from resnet_viz.records.run import BACKWARD, Phase, ProfileProgress, ProfileRun
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr

FULL_METHODS = {
    "cuda-graph": "CUDA graph with external events",
    "run-ahead": "eager events behind a full queue",
    "host-clock": "host clock",
    "synchronised": "host clock, synchronised: upper bounds",
}
METHODS = {
    "cuda-graph": "CUDA graph",
    "run-ahead": "full queue",
    "host-clock": "host clock",
    "synchronised": "synchronised",
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
    said = tuple(tr(SENTENCES[message.kind]).format_map(message.values) for message in run.messages)
    return said or (*run.fallbacks, *run.warnings)


def run_title(run: ProfileRun) -> str:
    """`ResNet-50 · N=1 · fp32 · Intel Xeon`."""
    parts = [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype, run.place.name]
    return " · ".join(part for part in parts if part)
