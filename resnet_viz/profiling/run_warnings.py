"""What a reader must know before relying on the figures of a run."""

from collections.abc import Iterator

from resnet_viz.device.cpu_load import CpuShares
from resnet_viz.profiling.statistics import MIN_PASSES, TARGET_UNCERTAINTY, layers_noise_warning, whole_noise_warning
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileRun, TimeSummary

FEW_REPETITIONS = 6  # the first number of which a median has a 95 % confidence interval
SHARED_CPU = IDLE_CPU = 0.10
"""Other programs are named from this share of the processor on; while more of it is idle, nobody has to wait."""
SUM_TOLERANCE, SUM_TOLERANCE_US = 0.05, 20.0
"""Σ agrees with the whole when they differ by at most this fraction of the whole, or by so many microseconds."""


def cpu_shared_warning(shares: CpuShares) -> Iterator[Message]:
    """Yield a message where other programs took a good part of a processor that had nothing to spare."""
    if shares.others >= SHARED_CPU and shares.idle <= IDLE_CPU:
        yield Message("shared", {"part": 100 * shares.others})


def few_passes_warning(whole: TimeSummary, run: ProfileRun) -> Iterator[Message]:
    """Yield a message where the time budget ended before there were enough passes for a certain median."""
    if whole.n < FEW_REPETITIONS:
        yield Message("one repetition" if whole.n == 1 else "few repetitions", {"n": whole.n})
    elif run.instrumented is not None and whole.n < MIN_PASSES:
        yield Message("few passes", {"n": whole.n, "asked": MIN_PASSES, "part": 100 * (whole.uncertainty or 0.0)})
    elif run.instrumented is not None and (whole.uncertainty or 0.0) > TARGET_UNCERTAINTY:
        uncertainty = 100 * (whole.uncertainty or 0.0)
        yield Message("uncertain median", {"part": uncertainty, "target": 100 * TARGET_UNCERTAINTY})


def warnings(run: ProfileRun) -> Iterator[Message]:
    """Yield everything that a reader must know before relying on the figures."""
    whole = run.whole.spread if run.whole is not None else None
    if whole is not None:
        if run.complete:
            yield from few_passes_warning(whole, run)
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
    if throttled and run.dropped_passes:
        yield Message("throttled passes dropped", {"n": run.dropped_passes, "reasons": "; ".join(throttled)})
    elif throttled:
        yield Message("throttled", {"reasons": "; ".join(throttled)})
    if run.clock_drifts:
        low, high = run.clock_range or (0, 0)
        yield Message("clocks drift", {"low": low, "high": high})
