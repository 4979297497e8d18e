"""The parts of a training pass, each in total: forward, loss, backward and the update of the weights."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from resnet_viz.metrics.timestamps import corrected_us
from resnet_viz.records.run import GroupTime, ProfileRun
from resnet_viz.texts import tr


class TrainingPart(NamedTuple):
    """One part of a training pass: its time in microseconds, and without timestamps, None where that is unknown."""

    name: str
    time_us: float
    corrected_us: float | None


def sum_name(run: ProfileRun) -> str:
    """Return the name of the sum of a run: of its layers, or in a training run of all parts."""
    return tr("Σ of all parts") if run.settings.is_training else tr("Σ layers")


def training_parts(run: ProfileRun) -> Iterator[TrainingPart]:
    """Yield the parts of a training pass in their order, each the sum of its stages' medians; nothing for inference."""
    if not run.settings.is_training:
        return
    yield from _total(tr("forward"), run.groups)
    if run.loss is not None:
        spread = run.loss.spread
        name = tr("loss, with its backward pass")
        yield TrainingPart(name, spread.median_us, corrected_us(spread, run.timestamp_correction_us))
    yield from _total(tr("backward"), run.backward)
    yield from _total(tr("update"), run.optimizer)


def _total(name: str, groups: Sequence[GroupTime]) -> Iterator[TrainingPart]:
    stages = [group for group in groups if group.level == "stage"]
    known = [group.corrected_us for group in stages if group.corrected_us is not None]
    if stages:
        time_us = sum(group.spread.median_us for group in stages)
        yield TrainingPart(name, time_us, sum(known) if len(known) == len(stages) else None)
