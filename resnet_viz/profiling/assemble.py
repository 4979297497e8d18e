"""Turns the samples of a run into its layers, blocks and stages, with their floors, bounds and doubts."""

from collections.abc import Mapping, Sequence

from resnet_viz.graph.calls import Level, group_id
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.profiling.roofline import doubt, floor
from resnet_viz.profiling.statistics import spread
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.run import Ceilings, GroupTime, LayerTime, Spread
from resnet_viz.spec.profiling import BYTES, ProfileSettings

LEVELS: tuple[Level, ...] = ("block", "stage")


def layer_times(
    analysis: Analysis, rows: Sequence[Sequence[float]], settings: ProfileSettings, ceilings: Ceilings | None
) -> tuple[LayerTime, ...]:
    """The layers' times from the passes, a row of microseconds each; columns behind the last layer are not read."""
    columns = zip(*rows, strict=True)
    return tuple(
        _layer(layer, column, settings, ceilings) for layer, column in zip(analysis.layers, columns, strict=False)
    )


def layers_alone(
    analysis: Analysis,
    samples: Mapping[str, Sequence[float]],
    stands_for: Mapping[str, str],
    *,
    settings: ProfileSettings,
    ceilings: Ceilings | None,
) -> tuple[LayerTime, ...]:
    """The layers' times from distinct operations; those of an operation not measured yet are left out."""
    times = []
    for layer in analysis.layers:
        source = stands_for.get(layer.id, "")
        if source in samples:
            shared = source if source != layer.id else None
            times.append(_layer(layer, samples[source], settings, ceilings, same_as=shared))
    return tuple(times)


def group_times(analysis: Analysis, rows: Sequence[Sequence[float]]) -> tuple[GroupTime, ...]:
    """Blocks and stages as ranges of their own: from the first layer's start to the last one's end."""
    found = []
    for level in LEVELS:
        for name, places in _places(analysis, level).items():
            ranges = [sum(row[place] for place in places) for row in rows]
            found.append(GroupTime(name, level, spread(ranges)))
    return tuple(found)


def groups_alone(analysis: Analysis, layers: Sequence[LayerTime]) -> tuple[GroupTime, ...]:
    """Blocks and stages of the isolated mode: the sums of their layers' medians and quartiles; whole ones alone."""
    by_id = {layer.id: layer for layer in layers}
    found = []
    for level in LEVELS:
        for name, places in _places(analysis, level).items():
            ids = [analysis.layers[place].id for place in places]
            if all(layer in by_id for layer in ids):
                found.append(GroupTime(name, level, _summed([by_id[layer].spread for layer in ids])))
    return tuple(found)


def backward_times(analysis: Analysis, rows: Sequence[Sequence[float]]) -> tuple[GroupTime, ...]:
    """The backward ranges, whose columns follow the layers' in a row: the last section first."""
    blocks = list(reversed(_places(analysis, "block")))
    first = len(analysis.layers)
    found = [
        GroupTime(name, "block", spread([row[first + place] for row in rows])) for place, name in enumerate(blocks)
    ]
    stages: dict[str, list[int]] = {}
    for place, name in enumerate(blocks):
        stages.setdefault(name.partition(".")[0], []).append(first + place)
    for name, places in stages.items():
        found.append(GroupTime(name, "stage", spread([sum(row[place] for place in places) for row in rows])))
    return tuple(found)


def _layer(
    layer: LayerRecord,
    samples: Sequence[float],
    settings: ProfileSettings,
    ceilings: Ceilings | None,
    same_as: str | None = None,
) -> LayerTime:
    found = spread(samples)
    moved = moved_bytes(layer, BYTES[settings.dtype])
    least = None if ceilings is None else floor(layer.flops, moved, ceilings)
    return LayerTime(
        id=layer.id,
        spread=found,
        samples_us=() if same_as else tuple(round(sample, 3) for sample in samples),
        flops=layer.flops,
        bytes=moved,
        floor_us=None if least is None else round(least.least_us, 4),
        bound=None if least is None else least.bound,
        doubt="" if ceilings is None else doubt(found, flops=layer.flops, moved_bytes=moved, ceilings=ceilings),
        same_as=same_as,
    )


def _places(analysis: Analysis, level: Level) -> dict[str, list[int]]:
    """The places of each group's layers, in execution order."""
    found: dict[str, list[int]] = {}
    for place, layer in enumerate(analysis.layers):
        found.setdefault(group_id(layer.stage, layer.block, level), []).append(place)
    return found


def _summed(spreads: Sequence[Spread]) -> Spread:
    return Spread(
        round(sum(one.median_us for one in spreads), 4),
        round(sum(one.q1_us for one in spreads), 4),
        round(sum(one.q3_us for one in spreads), 4),
        round(sum(one.min_us for one in spreads), 4),
        min(one.n for one in spreads),
    )
