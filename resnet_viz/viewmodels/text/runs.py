"""Runs in words: titles and methods of measurement."""

from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import title_of

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


def run_title(run: ProfileRun) -> str:
    """`ResNet-50 · N=1 · fp32 · Intel Xeon`."""
    parts = [title_of(run.spec), f"N={run.spec.input[0]}", run.settings.dtype, run.place.name]
    return " · ".join(part for part in parts if part)
