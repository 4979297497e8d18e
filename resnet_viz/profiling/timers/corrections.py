"""The cost of the timestamps of a run, and its layers' times without them."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from resnet_viz.graph.calls import id_of_group
from resnet_viz.metrics.timestamps import corrected_us, correction_us, in_situ_us
from resnet_viz.profiling.assemble import GROUP_LEVELS
from resnet_viz.profiling.sampling.samples import Samples
from resnet_viz.profiling.statistics import quantile
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import GroupTime, ProfileRun


def with_corrections(run: ProfileRun, analysis: Analysis, samples: Samples) -> ProfileRun:
    """Return the run with the cost of a timestamp in situ, corrected times, and the layers' times in sparse passes.

    A run without instrumented passes is returned as it is.
    """
    if run.whole is None or run.instrumented is None:
        return run
    measured_us = in_situ_us(run.whole.spread, run.instrumented.spread, len(samples.rows[0]))
    cost_us = correction_us(run.mark_us, measured_us)
    sparse = sparse_medians(samples.sparse)
    layers_in = Counter(
        id_of_group(layer.stage, layer.block, level)
        for level in GROUP_LEVELS
        for layer in analysis.layers
        if level == "block" or layer.stage
    )
    layers = [
        msgspec.structs.replace(
            layer,
            corrected_us=_rounded(corrected_us(layer.spread, cost_us)),
            sparse_us=_rounded(sparse.get(step)),
        )
        for step, layer in enumerate(run.layers)
    ]
    groups = [
        msgspec.structs.replace(group, corrected_us=_rounded(corrected_us(group.spread, cost_us, layers_in[group.id])))
        for group in run.groups
    ]
    return msgspec.structs.replace(
        run,
        layers=tuple(layers),
        groups=tuple(groups),
        backward=_training_times(run.backward, analysis, cost_us),
        optimizer=_training_times(run.optimizer, analysis, cost_us),
        timestamp_in_situ_us=_rounded(measured_us),
        timestamp_correction_us=_rounded(cost_us),
    )


def _training_times(
    times: Sequence[GroupTime], analysis: Analysis, timestamp_us: float | None
) -> tuple[GroupTime, ...]:
    """Return times of blocks and stages without their timestamps: one for each block."""
    blocks = {(layer.stage, layer.block) for layer in analysis.layers}
    blocks_in = Counter(id_of_group(stage, block, "stage") for stage, block in blocks)
    return tuple(
        msgspec.structs.replace(
            time,
            corrected_us=_rounded(
                corrected_us(time.spread, timestamp_us, blocks_in[time.id] if time.level == "stage" else 1)
            ),
        )
        for time in times
    )


def sparse_medians(passes: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Return the median over the sparse passes of each step that any of them timed, in microseconds."""
    times: dict[int, list[float]] = {}
    for timed in passes:
        for step, us in timed.items():
            times.setdefault(step, []).append(us)
    return {step: quantile(sorted(column), 0.5) for step, column in times.items()}


def _rounded(us: float | None) -> float | None:
    return None if us is None else round(us, 4)
