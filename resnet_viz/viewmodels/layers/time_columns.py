"""The columns of the layer table with a layer's time in a run, and its comparison with another run."""

from functools import partial
from typing import Literal

from resnet_viz.records.analysis import LayerRecord
from resnet_viz.records.run import LayerTime, ProfileRun, TimeSummary
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.column import SIX_DECIMALS, CellContext, LayerColumn
from resnet_viz.viewmodels.text import numbers as units

_three_decimals = "{:,.3f}".format


def time_columns() -> tuple[LayerColumn, ...]:
    """Return the columns of a layer's time in a run, and of the comparison with another run."""
    bounds = {"compute": tr("compute"), "memory": tr("memory"), "launch": tr("launch")}
    billions, times = "{:,.1f}".format, "{:.2f} ×".format
    return (
        LayerColumn(
            "latency",
            tr("Latency (ms)"),
            tr("The median of the measured repetitions, in milliseconds"),
            lambda layer, context: _milliseconds(context.run, layer),
            _three_decimals,
            "1,234.567",
            SIX_DECIMALS,
            needs="run",
        ),
        LayerColumn(
            "corrected",
            tr("Corrected (ms)"),
            tr("The latency without the timestamp that it contains, in milliseconds"),
            _corrected_ms,
            _three_decimals,
            "1,234.567",
            SIX_DECIMALS,
            visible_by_default=False,
            needs="run",
        ),
        LayerColumn(
            "uncertainty",
            tr("± of latency"),
            tr("Half the width of the 95 % confidence interval of the median, as a share of the median"),
            _uncertainty,
            units.percent,
            "100.0 %",
            SIX_DECIMALS,
            visible_by_default=False,
            needs="run",
        ),
        _isolated_column("cold", tr("Cold (ms)"), tr("The median with flushed caches, in milliseconds")),
        _isolated_column("warm", tr("Warm (ms)"), tr("The median right after the same operation, in milliseconds")),
        LayerColumn(
            "time_share",
            tr("% of time"),
            tr("Share of the whole network's measured time"),
            _time_share,
            units.percent,
            "100.0 %",
            SIX_DECIMALS,
            needs="run",
        ),
        LayerColumn(
            "rate",
            "GFLOP/s",
            tr("Billions of floating-point operations per second"),
            _rate,
            billions,
            "123,456.7",
            partial(round, ndigits=3),
            visible_by_default=False,
            needs="run",
        ),
        LayerColumn(
            "bound",
            tr("Bound by"),
            tr("The limit that sets the shortest possible time on the measured device"),
            lambda layer, context: bounds.get(_bound(context.run, layer), units.UNKNOWN),
            str,
            "compute",
            is_number=False,
            visible_by_default=False,
            needs="run",
        ),
        LayerColumn(
            "other",
            tr("Other (ms)"),
            tr("The same layer in the run that is compared with, in milliseconds"),
            lambda layer, context: _milliseconds(context.other, layer),
            _three_decimals,
            "1,234.567",
            SIX_DECIMALS,
            needs="other",
        ),
        LayerColumn(
            "ratio",
            tr("Ratio"),
            tr("This run divided by the other: below 1 is faster"),
            _ratio,
            times,
            "12.34 ×",
            partial(round, ndigits=4),
            needs="other",
        ),
    )


def _isolated_column(caches: Literal["cold", "warm"], title: str, description: str) -> LayerColumn:
    """Return the column of the isolated times with cold or with warm caches."""
    place = ("cold", "warm").index(caches)
    return LayerColumn(
        caches,
        title,
        description,
        lambda layer, context: _median_ms(_cold_and_warm(context.run, layer)[place]),
        _three_decimals,
        "1,234.567",
        SIX_DECIMALS,
        needs="isolated",
    )


def _bound(run: ProfileRun | None, layer: LayerRecord) -> str:
    time = _time(run, layer)
    return "" if time is None else time.bound or ""


def _time(run: ProfileRun | None, layer: LayerRecord) -> LayerTime | None:
    return None if run is None else run.layer_by_id.get(layer.id)


def _milliseconds(run: ProfileRun | None, layer: LayerRecord) -> float | None:
    time = _time(run, layer)
    return _median_ms(None if time is None else time.spread)


def _corrected_ms(layer: LayerRecord, context: CellContext) -> float | None:
    time = _time(context.run, layer)
    return None if time is None or time.corrected_us is None else time.corrected_us / 1000


def _uncertainty(layer: LayerRecord, context: CellContext) -> float | None:
    time = _time(context.run, layer)
    return None if time is None else time.spread.uncertainty


def _cold_and_warm(run: ProfileRun | None, layer: LayerRecord) -> tuple[TimeSummary | None, TimeSummary | None]:
    time = _time(run, layer)
    return (None, None) if run is None or time is None else run.cold_and_warm(time)


def _median_ms(summary: TimeSummary | None) -> float | None:
    return None if summary is None else summary.median_us / 1000


def _time_share(layer: LayerRecord, context: CellContext) -> float | None:
    time = _time(context.run, layer)
    return None if context.run is None or time is None else context.run.part_of_whole(time.spread.median_us)


def _rate(layer: LayerRecord, context: CellContext) -> float | None:
    time = _time(context.run, layer)
    return None if time is None or time.flops_per_second is None else time.flops_per_second / 1e9


def _ratio(layer: LayerRecord, context: CellContext) -> float | None:
    one, other = _milliseconds(context.run, layer), _milliseconds(context.other, layer)
    return one / other if one is not None and other else None
