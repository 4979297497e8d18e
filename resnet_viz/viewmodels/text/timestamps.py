"""What a run says about its timestamps: their cost, the sum without them, and how far sparse ones agree."""

from collections.abc import Iterator

from resnet_viz.metrics.timestamps import corrected_sum_us, sparse_agreement
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.numbers import UNKNOWN, aligned_milliseconds, percent


def microseconds(time_us: float | None) -> str:
    """Return a short time as `3.42 µs`, a dash if it is unknown."""
    return UNKNOWN if time_us is None else f"{time_us:,.2f} µs"


def timestamp_lines(run: ProfileRun) -> Iterator[tuple[str, str]]:
    """Yield names and texts of what is known about the timestamps of a run."""
    if run.timestamp_in_situ_us is not None:
        both = tr("{time} each between the layers, {empty} back to back; each layer's time contains one")
        yield (
            tr("timestamps"),
            both.format(time=microseconds(run.timestamp_in_situ_us), empty=microseconds(run.mark_us)),
        )
    elif run.mark_us is not None:
        cost = tr("{time} each, included in the time of each layer")
        yield tr("timestamps"), cost.format(time=microseconds(run.mark_us))
    corrected_us = corrected_sum_us(run)
    if corrected_us is not None and (run.timestamp_correction_us or (run.method == "cuda-graph" and run.mark_us)):
        share = run.part_of_whole(corrected_us)
        yield (
            tr("Σ without the timestamps"),
            "  ".join((aligned_milliseconds(corrected_us), UNKNOWN if share is None else percent(share))),
        )
    sparse = sparse_agreement(run)
    if sparse is not None:
        text = tr("Σ {time} with timestamps around every eighth layer at a time, {part:+.1f} % from those around all")
        yield (
            tr("sparse timestamps"),
            text.format(time=aligned_milliseconds(sparse.sparse_us), part=100 * sparse.difference),
        )
    if run.starved_passes:
        yield (
            tr("starved passes"),
            trn(
                "{n} was repeated: the device had to wait for the host",
                "{n} were repeated: the device had to wait for the host",
                run.starved_passes,
            ).format(n=f"{run.starved_passes:,}"),
        )
