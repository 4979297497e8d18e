"""Figures of samples and of runs, as they stand in a summary."""

from collections.abc import Sequence
from statistics import fmean, linear_regression
from typing import Any

from resnet_viz.profiling.statistics import quantile
from resnet_viz.records.run import ProfileRun

Result = dict[str, Any]
"""What a step found, as it is written to JSON; a key "layers" is left out of the summary."""


def median(samples: Sequence[float]) -> float:
    """Return the median of the samples, of which there is at least one."""
    return quantile(sorted(samples), 0.5)


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Return number, minimum, quartiles, 99th percentile, maximum and mean of the samples; empty without samples."""
    if not samples:
        return {}
    ordered = sorted(samples)
    parts = {"q1": 0.25, "median": 0.5, "q3": 0.75, "p99": 0.99}
    quantiles = {name: quantile(ordered, part) for name, part in parts.items()}
    return {"n": len(ordered), "min": ordered[0], **quantiles, "max": ordered[-1], "mean": fmean(ordered)}


def line_through(points: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Return slope and intercept of the least squares line: what each timestamp adds, and the time without any."""
    slope, intercept = linear_regression([x for x, _ in points], [y for _, y in points])
    return {"us_per_timestamp": slope, "us_without": intercept}


def figures_of(run: ProfileRun) -> Result:
    """Return the figures of a run that the bars are made of, and what its reader must know."""
    found: Result = {
        "device": run.place.name, "method": run.method, "batch": run.spec.input[0], "dtype": run.settings.dtype,
        "messages": [str(message) for message in run.messages], "peak_bytes": run.peak_bytes,
        "predicted_peak_bytes": run.predicted_peak_bytes, "measured_seconds": run.measured_seconds,
        "starved_passes": run.starved_passes, "dropped_passes": run.dropped_passes,
        "launch_bound_factor": run.launch_bound_factor, "others_share": run.others_share,
    }  # fmt: skip
    if run.whole is not None:
        whole = run.whole.spread
        found |= {"whole_us": whole.median_us, "low_us": whole.low_us, "high_us": whole.high_us, "n": whole.n}
        found["images_per_second"] = run.spec.input[0] / whole.median_us * 1e6
    if run.sum_us is not None and run.whole is not None:
        found |= sums_of(run, run.sum_us, run.whole.spread.median_us)
    if run.kernels is not None:
        agreement, given = run.kernels.agreement, [layer for layer in run.kernels.layers if layer.kernels]
        found["kernels"] = {"source": run.kernels.source, "passes": run.kernels.passes, "layers": len(given)}
        if agreement is not None:
            found["kernels"] |= {"long_layers": agreement.layers, "apart_median": agreement.median}
            found["kernels"] |= {"apart_worst": agreement.worst, "worst_layer": agreement.worst_layer}
    if run.energy is not None:
        found |= {"joules_per_image": run.energy.joules_per_image, "watts": run.energy.watts}
    found["ends"] = {end.way: {"p50_us": end.p50_us, "img_s": end.images_per_second} for end in run.ends}
    found["sweep"] = {point.batch: point.images_per_second for point in run.sweep}
    found["layers"] = {
        layer.id: {"us": layer.spread.median_us, "corrected_us": layer.corrected_us, "sparse_us": layer.sparse_us}
        for layer in run.layers
    }
    return found


def sums_of(run: ProfileRun, sum_us: float, whole_us: float) -> Result:
    """Return by how much the sum of the parts misses the whole, raw and without the timestamps, as fractions."""
    parts = len(run.layers) + sum(group.level == "block" for group in (*run.backward, *run.optimizer))
    cost_us = run.timestamp_correction_us
    corrected = None if cost_us is None else (sum_us - cost_us * (parts + (run.loss is not None))) / whole_us - 1
    return {
        "sum_us": sum_us, "sum_apart": sum_us / whole_us - 1, "corrected_apart": corrected,
        "timestamp_us": run.mark_us, "timestamp_in_situ_us": run.timestamp_in_situ_us,
    }  # fmt: skip
