"""What a reader must know before relying on the figures of a run."""

from collections.abc import Iterator

from resnet_viz.device.cpu_load import CpuShares
from resnet_viz.metrics.timestamps import agree, sparse_agreement, sum_meets_whole
from resnet_viz.profiling.sampling.level_change import level_change
from resnet_viz.profiling.statistics import MIN_PASSES, TARGET_UNCERTAINTY, layers_noise_warning, whole_noise_warning
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileRun, TimeSummary
from resnet_viz.records.sensors import clock_drifts, clock_range

FEW_REPETITIONS = 6  # the first number of which a median has a 95 % confidence interval
SHARED_CPU = IDLE_CPU = 0.10
"""Other programs are named from this share of the processor on; while more of it is idle, nobody has to wait."""


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


def level_warning(run: ProfileRun) -> Iterator[Message]:
    """Yield a message where the uninstrumented passes went on at another speed from some moment on."""
    change = level_change(run.whole.samples_us) if run.whole is not None else None
    if change is None:
        return
    levels: dict[str, int | float | str] = {"before_ms": change[0] / 1000, "after_ms": change[1] / 1000}
    if run.place.device == "cpu" and run.others_share is not None and run.others_share < SHARED_CPU:
        yield Message("level changed on processor", {**levels, "part": 100 * run.others_share})
    else:
        yield Message("level changed", levels)


def warnings(run: ProfileRun, cpu_shares: CpuShares | None = None) -> Iterator[Message]:
    """Yield everything that a reader must know before relying on the figures.

    A change of level is told only where nothing else explains it: other programs on the processor, or a card's clock.
    It takes the place of the variation that it makes.
    """
    shared = tuple(cpu_shared_warning(cpu_shares)) if cpu_shares is not None else ()
    yield from shared
    explained = shared or clock_drifts(run.readings) or any(sample.throttled for sample in run.readings)
    changed = () if explained else tuple(level_warning(run))
    whole = run.whole.spread if run.whole is not None else None
    if whole is not None:
        if run.complete:
            yield from few_passes_warning(whole, run)
        yield from changed or whole_noise_warning(whole)
    unaccounted = run.part_of_whole(run.unaccounted_us)
    if unaccounted is not None and not sum_meets_whole(run):
        yield Message("sum misses whole", {"part": 100 * unaccounted})
    sparse = sparse_agreement(run)
    if sparse is not None and not agree(sparse.dense_us, sparse.sparse_us):
        yield Message("sparse disagree", {"part": 100 * sparse.difference})
    if run.method == "synchronised":
        yield Message("synchronised")
    yield from layers_noise_warning([layer.spread for layer in run.layers])
    implausible = [layer.id for layer in run.layers if layer.doubt]
    if implausible:
        yield Message(
            "one doubted" if len(implausible) == 1 else "doubted", {"n": len(implausible), "first": implausible[0]}
        )
    throttled = sorted({sample.throttled for sample in run.readings if sample.throttled})
    if throttled and run.dropped_passes:
        kind = "throttled pass dropped" if run.dropped_passes == 1 else "throttled passes dropped"
        yield Message(kind, {"n": run.dropped_passes, "reasons": "; ".join(throttled)})
    elif throttled:
        yield Message("throttled", {"reasons": "; ".join(throttled)})
    if clock_drifts(run.readings):
        low, high = clock_range(run.readings) or (0, 0)
        yield Message("clocks drift", {"low": low, "high": high})
