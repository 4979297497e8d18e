"""Two runs side by side: the times of what both have, their ratios, and what tells the runs apart."""

from collections.abc import Iterator

import msgspec

from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr

SETTINGS = ("dtype", "memory_format", "mode", "passes", "cold", "autotune")


class ComparedTime(msgspec.Struct, frozen=True):
    """One layer, block or stage in both runs; `ratio` is first ÷ second, None where one of them lacks it."""

    id: str
    first_us: float | None
    second_us: float | None

    @property
    def ratio(self) -> float | None:
        """How many times longer the first run took."""
        if self.first_us is None or not self.second_us:
            return None
        return self.first_us / self.second_us


class RunComparison(msgspec.Struct, frozen=True):
    """`layers` in the first run's order, then what the second alone has; `differences` in words, empty if none."""

    layers: tuple[ComparedTime, ...]
    stages: tuple[ComparedTime, ...]
    whole: ComparedTime
    differences: tuple[str, ...]


def compare_runs(first: ProfileRun, second: ProfileRun) -> RunComparison:
    """Hold the second run beside the first, id by id."""
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
    """Everything but the times that is not the same: a ratio means what these leave it to mean."""
    if first.spec.but(input=second.spec.input) != second.spec:
        shared = len(first.layer_by_id.keys() & second.layer_by_id.keys())
        yield tr("The networks differ; {n} layers have the same name in both.").format(n=f"{shared:,}")
    other = _circumstances(second)
    for what, one in _circumstances(first).items():
        if one != other[what]:
            yield tr("{what}: {one} against {other}.").format(what=what, one=one, other=other[what])


def _circumstances(run: ProfileRun) -> dict[str, str]:
    """What a time depends on beside the network, by its name."""
    settings = {field.replace("_", " "): str(getattr(run.settings, field)) for field in SETTINGS}
    return {
        tr("input"): "×".join(map(str, run.spec.input)),
        tr("device"): run.place.name,
        tr("torch"): run.place.torch,
        tr("threads"): str(run.place.threads),
        tr("method"): run.method or tr("none"),
        **settings,
    }
