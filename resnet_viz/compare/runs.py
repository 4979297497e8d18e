"""Compare two runs: the times of each layer and stage, their ratios, and the conditions in which the runs differ."""

from collections.abc import Iterator

import msgspec

from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr

COMPARED_SETTINGS = ("dtype", "memory_format", "mode", "passes", "cold", "autotune")


class ComparedTime(msgspec.Struct, frozen=True):
    """The time of one layer, stage or whole network in both runs; None in a run that lacks it."""

    id: str
    first_us: float | None
    second_us: float | None

    @property
    def ratio(self) -> float | None:
        """First ÷ second; None where a run lacks the time, or the second time is 0."""
        if self.first_us is None or not self.second_us:
            return None
        return self.first_us / self.second_us


class RunComparison(msgspec.Struct, frozen=True):
    """Two runs compared: `layers` in the order of the first run, then those that only the second has.

    `differences` are sentences about the conditions in which the runs differ, empty if there are none.
    """

    layers: tuple[ComparedTime, ...]
    stages: tuple[ComparedTime, ...]
    whole: ComparedTime
    differences: tuple[str, ...]


def compare_runs(first: ProfileRun, second: ProfileRun) -> RunComparison:
    """Compare two runs, matching layers and stages by id."""
    return RunComparison(
        layers=_pairs(*({layer.id: layer.spread.median_us for layer in run.layers} for run in (first, second))),
        stages=_pairs(_stages(first), _stages(second)),
        whole=ComparedTime("whole", _whole(first), _whole(second)),
        differences=tuple(_differences(first, second)),
    )


def _pairs(first: dict[str, float], second: dict[str, float]) -> tuple[ComparedTime, ...]:
    return tuple(ComparedTime(name, first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second)))


def _stages(run: ProfileRun) -> dict[str, float]:
    return {group.id: group.spread.median_us for group in run.groups if group.level == "stage"}


def _whole(run: ProfileRun) -> float | None:
    return None if run.whole is None else run.whole.spread.median_us


def _differences(first: ProfileRun, second: ProfileRun) -> Iterator[str]:
    """Yield a sentence for each difference other than the times: a ratio means little where the conditions differ."""
    if first.spec.but(input=second.spec.input) != second.spec:
        shared = len(first.layer_by_id.keys() & second.layer_by_id.keys())
        yield tr("The networks differ; {n} layers have the same name in both.").format(n=f"{shared:,}")
    other = _conditions(second)
    for what, one in _conditions(first).items():
        if one != other[what]:
            yield tr("{what}: {one} against {other}.").format(what=what, one=one, other=other[what])


def _conditions(run: ProfileRun) -> dict[str, str]:
    """Return the conditions, by name, on which a time depends beside the network."""
    settings = {field.replace("_", " "): str(getattr(run.settings, field)) for field in COMPARED_SETTINGS}
    return {
        tr("input"): "×".join(map(str, run.spec.input)),
        tr("device"): run.place.name,
        tr("torch"): run.place.torch,
        tr("threads"): str(run.place.threads),
        tr("method"): run.method or tr("none"),
        **settings,
        tr("optimizer"): run.settings.used_optimizer or tr("none"),
    }
