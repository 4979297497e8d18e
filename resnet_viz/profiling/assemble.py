"""Turn the samples of a run into times of its layers, blocks and stages, with lower bounds and plausibility."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from resnet_viz.graph.calls import id_of_group
from resnet_viz.metrics.roofline import implausible_reason, lower_bound
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.profiling.sampling.samples import filed_samples
from resnet_viz.profiling.statistics import measurement_of, summarize
from resnet_viz.records.analysis import Analysis, GroupLevel
from resnet_viz.records.run import Ceilings, GroupTime, LayerTime, Measurement, TimeSummary
from resnet_viz.spec.profiling import BYTES, ProfileSettings

GROUP_LEVELS: tuple[GroupLevel, ...] = ("block", "stage")


def layer_samples(analysis: Analysis, rows: Sequence[Sequence[float]]) -> dict[str, Sequence[float]]:
    """Return the samples of each layer from rows of microseconds, one row a pass.

    Columns beyond the layers (backward ranges) are ignored.
    """
    return dict(zip((layer.id for layer in analysis.layers), zip(*rows, strict=True), strict=False))


def layer_times(
    analysis: Analysis,
    samples: Mapping[str, Sequence[float]],
    settings: ProfileSettings,
    ceilings: Ceilings | None,
    representative_of: Mapping[str, str] | None = None,
) -> tuple[LayerTime, ...]:
    """Return the layers' times from their samples in microseconds; layers not measured yet are left out.

    Where one layer is measured for all that have the same operation, `representative_of` names it for each.
    """
    times = []
    for layer in analysis.layers:
        source = layer.id if representative_of is None else representative_of.get(layer.id, "")
        if source not in samples:
            continue
        summary, same_as = summarize(samples[source]), source if source != layer.id else None
        moved = moved_bytes(layer, BYTES[settings.dtype])
        bound = implausible = None
        if ceilings is not None:
            bound = lower_bound(layer.flops, moved, ceilings)
            implausible = implausible_reason(summary, flops=layer.flops, moved_bytes=moved, ceilings=ceilings)
        time = LayerTime(
            id=layer.id,
            spread=summary,
            samples_us=() if same_as else filed_samples(samples[source], 3, len(samples)),
            flops=layer.flops,
            bytes=moved,
            floor_us=None if bound is None else round(bound.least_us, 4),
            bound=None if bound is None else bound.bound,
            doubt=str(implausible or ""),
            same_as=same_as,
        )
        times.append(time)
    return tuple(times)


def with_both_caches(
    layers: Sequence[LayerTime], *, cold: Mapping[str, Sequence[float]], warm: Mapping[str, Sequence[float]]
) -> tuple[LayerTime, ...]:
    """Return the layers with their cold and warm times, from samples by the id of the layer that was measured."""
    colds, warms = ({name: summarize(samples) for name, samples in taken.items()} for taken in (cold, warm))
    sources = ((layer, layer.same_as or layer.id) for layer in layers)
    return tuple(
        msgspec.structs.replace(layer, cold=colds.get(source), warm=warms.get(source)) for layer, source in sources
    )


def group_times(analysis: Analysis, rows: Sequence[Sequence[float]]) -> tuple[GroupTime, ...]:
    """Return the times of blocks and stages, each summed within every pass before it is summarized."""
    return tuple(time for level in GROUP_LEVELS for time in _range_times(level, _group_indices(analysis, level), rows))


def isolated_group_times(analysis: Analysis, layers: Sequence[LayerTime]) -> tuple[GroupTime, ...]:
    """Return blocks and stages of the isolated mode as sums of their layers' medians and quartiles.

    Groups of which a layer has not been measured yet are left out.
    """
    summaries = {layer.id: layer.spread for layer in layers}
    times = []
    for level in GROUP_LEVELS:
        for name, indices in _group_indices(analysis, level).items():
            ids = [analysis.layers[index].id for index in indices]
            if all(layer in summaries for layer in ids):
                times.append(GroupTime(name, level, _sum_of([summaries[layer] for layer in ids])))
    return tuple(times)


def training_times(
    analysis: Analysis, rows: Sequence[Sequence[float]], settings: ProfileSettings
) -> tuple[Measurement | None, tuple[GroupTime, ...], tuple[GroupTime, ...]]:
    """Return the time of the loss, and the times of blocks and stages in the backward pass and in the optimizer.

    Their columns follow the layers' in a row: that of a training step's loss, where the network has classes, then one
    for each block's backward pass, the last block first, then one for the update of each block, the first block first.
    What the settings do not ask for is None or empty.
    """
    if not rows or not settings.is_training:
        return None, (), ()
    layers = column = len(analysis.layers)
    blocks = list(_group_indices(analysis, "block"))
    loss = None
    if settings.used_optimizer and analysis.spec.head:
        loss = measurement_of([row[column] for row in rows], layers)
        column += 1
    backward = _block_and_stage_times(blocks[::-1], column, rows, layers)
    column += len(blocks)
    return loss, backward, _block_and_stage_times(blocks, column, rows, layers) if settings.used_optimizer else ()


def first_update(analysis: Analysis, settings: ProfileSettings) -> int:
    """Return the number of the first step of a training pass that updates weights, past the end without an optimizer.

    The layers come before it, the loss where the network has classes, and the backward pass of each block.
    """
    has_loss = settings.used_optimizer is not None and analysis.spec.head
    return len(analysis.layers) + has_loss + len(_group_indices(analysis, "block"))


def _block_and_stage_times(
    names: Sequence[str], first: int, rows: Sequence[Sequence[float]], layers: int
) -> tuple[GroupTime, ...]:
    """Return the times of blocks, whose columns begin at `first` in the order of their names, and of their stages.

    The blocks' samples are kept for the same passes as those of the network's `layers` layers.
    """
    blocks = {name: [column] for column, name in enumerate(names, first)}
    stages: dict[str, list[int]] = {}
    for name, columns in blocks.items():
        stages.setdefault(name.partition(".")[0], []).extend(columns)
    of_blocks = [
        msgspec.structs.replace(time, samples_us=filed_samples([row[column] for row in rows], 3, layers))
        for column, time in enumerate(_range_times("block", blocks, rows), first)
    ]
    return (*of_blocks, *_range_times("stage", stages, rows))


def _range_times(
    level: GroupLevel, columns_of: Mapping[str, Sequence[int]], rows: Sequence[Sequence[float]]
) -> Iterator[GroupTime]:
    """Yield the groups' times from the columns that each has in a row."""
    for name, columns in columns_of.items():
        yield GroupTime(name, level, summarize([sum(row[column] for column in columns) for row in rows]))


def _group_indices(analysis: Analysis, level: GroupLevel) -> dict[str, list[int]]:
    """Return the indices of each group's layers, in execution order."""
    indices: dict[str, list[int]] = {}
    for index, layer in enumerate(analysis.layers):
        indices.setdefault(id_of_group(layer.stage, layer.block, level), []).append(index)
    return indices


def _sum_of(summaries: Sequence[TimeSummary]) -> TimeSummary:
    """Return the sums of medians, quartiles and minima; the confidence interval of a sum of medians is not known."""
    fields = [(each.median_us, each.q1_us, each.q3_us, each.min_us) for each in summaries]
    median, q1, q3, least = (round(sum(column), 4) for column in zip(*fields, strict=True))
    return TimeSummary(median, q1, q3, least, min(each.n for each in summaries))
