"""What a reader must know before relying on the figures of a run."""

from collections.abc import Iterator

from resnet_viz.profiling.statistics import layers_noise_warning, whole_noise_warning
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileRun

FEW_REPETITIONS = 5
SHARED_CPU = 0.10
SUM_TOLERANCE, SUM_TOLERANCE_US = 0.05, 20.0
"""Σ agrees with the whole when they differ by at most this fraction of the whole, or by so many microseconds."""


def cpu_shared_warning(others_share: float) -> Iterator[Message]:
    """Yield a message where other programs took a good part of a processor that had nothing to spare."""
    if others_share >= SHARED_CPU:
        yield Message("shared", {"part": 100 * others_share})


def warnings(run: ProfileRun) -> Iterator[Message]:
    """Yield everything that a reader must know before relying on the figures."""
    whole = run.whole.spread if run.whole is not None else None
    if whole is not None:
        if whole.n < FEW_REPETITIONS and run.complete:
            yield Message("one repetition" if whole.n == 1 else "few repetitions", {"n": whole.n})
        yield from whole_noise_warning(whole)
    if run.unaccounted_us is not None and whole is not None:
        allowed = max(SUM_TOLERANCE * whole.median_us, SUM_TOLERANCE_US)
        # every layer's time contains a timestamp, so without them Σ is smaller and more of the whole is unaccounted
        corrected = run.unaccounted_us + len(run.layers) * (run.mark_us or 0.0)
        if min(abs(run.unaccounted_us), abs(corrected)) > allowed:
            yield Message("sum misses whole", {"part": 100 * run.unaccounted_us / whole.median_us})
    if run.method == "synchronised":
        yield Message("synchronised")
    yield from layers_noise_warning([layer.spread for layer in run.layers])
    implausible = [layer.id for layer in run.layers if layer.doubt]
    if implausible:
        yield Message("doubted", {"n": len(implausible), "first": implausible[0]})
    throttled = sorted({sample.throttled for sample in run.readings if sample.throttled})
    if throttled:
        yield Message("throttled", {"reasons": "; ".join(throttled)})
