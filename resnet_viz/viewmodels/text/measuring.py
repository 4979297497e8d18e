"""How a run was measured, in words: its passes, the certainty of its median, other programs, clocks and energy."""

from collections.abc import Iterator

from resnet_viz.records.run import ProfileRun, TimeSummary
from resnet_viz.records.sensors import clock_drifts, clock_range
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import mebibytes, milliseconds, percent

INTERVAL_NAME = tr("95 % confidence interval of the median")


def interval_text(summary: TimeSummary) -> str:
    """Return the ends of the median's confidence interval and half its width: `74.11–74.68 ms, ±0.4 %`; or nothing."""
    if summary.low_us is None or summary.high_us is None:
        return ""
    low, high = milliseconds(summary.low_us).removesuffix(" ms"), milliseconds(summary.high_us)
    return f"{low}–{high}, ±{percent(summary.uncertainty or 0.0)}"


def measuring_texts(run: ProfileRun) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of everything that is known about how the run was measured."""
    if run.whole is not None and run.measured_seconds is not None:
        one_kind = tr("{n}, in {seconds} s (budget {budget} s)")
        both = tr("{n} uninstrumented and {instrumented} instrumented, in {seconds} s (budget {budget} s)")
        passes = (one_kind if run.instrumented is None else both).format(
            n=f"{run.whole.spread.n:,}",
            instrumented="" if run.instrumented is None else f"{run.instrumented.spread.n:,}",
            seconds=f"{run.measured_seconds:,.1f}",
            budget=f"{run.settings.seconds:,.10g}",
        )
        yield tr("passes"), passes
    if run.whole is not None and (interval := interval_text(run.whole.spread)):
        yield INTERVAL_NAME, interval
    if run.others_share is not None and all(message.kind != "shared" for message in run.messages):
        others = tr("other programs took {part} of it")
        yield tr("processor"), others.format(part=percent(run.others_share))
    clocks = clock_range(run.readings)
    if clocks is not None:
        yield tr("clock"), _clock_text(run, *clocks)
    if run.place.application_clock_mhz is not None and run.place.max_clock_mhz is not None:
        chosen = tr("{chosen} MHz, of at most {most} MHz")
        clock, most = f"{run.place.application_clock_mhz:,}", f"{run.place.max_clock_mhz:,}"
        yield tr("application clock"), chosen.format(chosen=clock, most=most)
    if run.energy is not None:
        energy = tr("{joules} J per image, {watts} W on average over {seconds} s of passes")
        yield (
            tr("energy"),
            energy.format(
                joules=f"{run.energy.joules_per_image:.3g}",
                watts=f"{run.energy.watts:,.0f}",
                seconds=f"{run.energy.seconds:.1f}",
            ),
        )
    if run.peak_bytes is not None or run.predicted_peak_bytes is not None:
        yield tr("peak memory"), _peak_text(run)


def _peak_text(run: ProfileRun) -> str:
    """Return the measured and the predicted peak, and how far they are apart, without the one that is unknown."""
    measured, predicted = run.peak_bytes, run.predicted_peak_bytes
    if predicted is None:
        return mebibytes(measured or 0)
    if measured is None:
        return tr("{predicted} predicted").format(predicted=mebibytes(predicted))
    if mebibytes(measured) == mebibytes(predicted) or not predicted:
        text = tr("{measured} measured, {predicted} predicted")
    elif measured > predicted:
        text = tr("{measured} measured, {part} more than the {predicted} predicted")
    else:
        text = tr("{measured} measured, {part} less than the {predicted} predicted")
    part = percent(abs(measured - predicted) / predicted) if predicted else ""
    return text.format(measured=mebibytes(measured), predicted=mebibytes(predicted), part=part)


def _clock_text(run: ProfileRun, low: int, high: int) -> str:
    """Return the clocks during the passes, and whether they stayed: `1,965–1,980 MHz, steady`."""
    chosen = sum(sample.clock_is_set for sample in run.readings)
    if clock_drifts(run.readings):
        text = tr("{clocks} MHz, drifting")
    elif 2 * chosen > len(run.readings):
        text = tr("{clocks} MHz, pinned")
    else:
        text = tr("{clocks} MHz, steady but not pinned")
    return text.format(clocks=f"{low:,}" if low == high else f"{low:,}–{high:,}")
