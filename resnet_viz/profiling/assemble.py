"""Turns the samples of a run into its layers, blocks and stages, with their floors, bounds and doubts."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from resnet_viz.graph.calls import id_of_group
from resnet_viz.metrics.roofline import implausible_reason, lower_bound
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.profiling.statistics import summarize
from resnet_viz.records.analysis import Analysis, GroupLevel
from resnet_viz.records.run import Ceilings, GroupTime, LayerTime, TimeSummary
from resnet_viz.spec.profiling import BYTES, ProfileSettings

LEVELS: tuple[GroupLevel, ...] = ("block", "stage")


def columns(analysis: Analysis, rows: Sequence[Sequence[float]]) -> dict[str, Sequence[float]]:
    """The samples of each layer from the passes, a row of microseconds each; what follows the layers is not read."""
    return dict(zip((layer.id for layer in analysis.layers), zip(*rows, strict=True), strict=False))


def layer_times(
    analysis: Analysis,
    samples: Mapping[str, Sequence[float]],
    settings: ProfileSettings,
    ceilings: Ceilings | None,
    stands_for: Mapping[str, str] | None = None,
) -> tuple[LayerTime, ...]:
    """The layers' times from their samples in microseconds; what has not been measured yet is left out.

    Where one operation is measured for all that are alike, `stands_for` names the layer with the samples of each.
    """
    times = []
    for layer in analysis.layers:
        source = layer.id if stands_for is None else stands_for.get(layer.id, "")
        if source not in samples:
            continue
        found, same_as = summarize(samples[source]), source if source != layer.id else None
        moved = moved_bytes(layer, BYTES[settings.dtype])
        least = why = None
        if ceilings is not None:
            least = lower_bound(layer.flops, moved, ceilings)
            why = implausible_reason(found, flops=layer.flops, moved_bytes=moved, ceilings=ceilings)
        time = LayerTime(
            id=layer.id,
            spread=found,
            samples_us=() if same_as else tuple(round(sample, 3) for sample in samples[source]),
            flops=layer.flops,
            bytes=moved,
            floor_us=None if least is None else round(least.least_us, 4),
            bound=None if least is None else least.bound,
            doubt=str(why or ""),
            same_as=same_as,
        )
        times.append(time)
    return tuple(times)


def group_times(analysis: Analysis, rows: Sequence[Sequence[float]]) -> tuple[GroupTime, ...]:
    """Blocks and stages as ranges of their own: from the first layer's start to the last one's end."""
    return tuple(time for level in LEVELS for time in _ranges(level, _places(analysis, level), rows))


def groups_alone(analysis: Analysis, layers: Sequence[LayerTime]) -> tuple[GroupTime, ...]:
    """Blocks and stages of the isolated mode: the sums of their layers' medians and quartiles; whole ones alone."""
    spreads = {layer.id: layer.spread for layer in layers}
    found = []
    for level in LEVELS:
        for name, places in _places(analysis, level).items():
            ids = [analysis.layers[place].id for place in places]
            if all(layer in spreads for layer in ids):
                found.append(GroupTime(name, level, _summed([spreads[layer] for layer in ids])))
    return tuple(found)


def backward_times(analysis: Analysis, rows: Sequence[Sequence[float]]) -> tuple[GroupTime, ...]:
    """The backward ranges, whose columns follow the layers' in a row: the last section first."""
    blocks = {name: [place] for place, name in enumerate(reversed(_places(analysis, "block")), len(analysis.layers))}
    stages: dict[str, list[int]] = {}
    for name, places in blocks.items():
        stages.setdefault(name.partition(".")[0], []).extend(places)
    return (*_ranges("block", blocks, rows), *_ranges("stage", stages, rows))


def _ranges(
    level: GroupLevel, places: Mapping[str, Sequence[int]], rows: Sequence[Sequence[float]]
) -> Iterator[GroupTime]:
    """The groups' times from the places that each has in a row."""
    for name, members in places.items():
        yield GroupTime(name, level, summarize([sum(row[place] for place in members) for row in rows]))


def _places(analysis: Analysis, level: GroupLevel) -> dict[str, list[int]]:
    """The places of each group's layers, in execution order."""
    found: dict[str, list[int]] = {}
    for place, layer in enumerate(analysis.layers):
        found.setdefault(id_of_group(layer.stage, layer.block, level), []).append(place)
    return found


def _summed(spreads: Sequence[TimeSummary]) -> TimeSummary:
    *times, counts = zip(*map(msgspec.structs.astuple, spreads), strict=True)
    median, q1, q3, least = (round(sum(column), 4) for column in times)
    return TimeSummary(median, q1, q3, least, min(counts))
