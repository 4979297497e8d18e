"""The roofline of Williams et al. 2009: each layer's arithmetic intensity and speed under the measured ceilings."""

from collections.abc import Iterator

import msgspec

from resnet_viz.records.run import Ceilings, LayerTime, ProfileRun
from resnet_viz.storage.csv_text import csv_text
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.charts.bars import color_key, stage_colors
from resnet_viz.viewmodels.charts.latency import time_tooltip
from resnet_viz.viewmodels.text.numbers import rate
from resnet_viz.viewmodels.text.runs import run_title

RANGE_FACTOR = 2.0  # around the dots and the ridge, on each side
CAPTION_ROOM_FACTOR = 6.0  # above the roof, for its caption
MIN_DRAWN, MAX_DRAWN = 1e-60, 1e60  # on an axis; nothing that was measured is near them


class Dot(msgspec.Struct, frozen=True):
    """One layer: FLOP per byte, FLOP per second, its color's name, and whether its time is implausible."""

    id: str
    intensity: float
    flops_per_second: float
    color: str
    implausible: bool


class Roof(msgspec.Struct, frozen=True):
    """The two ceilings, memory bandwidth and peak arithmetic, with captions that give the measured figures."""

    bytes_per_second: float
    flops_per_second: float
    memory_caption: str
    compute_caption: str

    @property
    def ridge(self) -> float:
        """The intensity, in FLOP per byte, at which the two ceilings meet."""
        return self.flops_per_second / self.bytes_per_second


class RooflineChart(msgspec.Struct, frozen=True):
    """Dots and roof with the ranges of the axes (lowest and highest intensity, then speed), and a note on them."""

    dots: tuple[Dot, ...]
    roof: Roof | None
    title: str
    ranges: tuple[float, float, float, float] = (1.0, 10.0, 1.0, 10.0)
    note: str = ""
    color_key: tuple[tuple[str, str], ...] = ()
    empty: str = ""


def roofline_chart(run: ProfileRun | None) -> RooflineChart:
    """Return the chart of a run; layers without arithmetic are left out."""
    if run is None:
        return RooflineChart((), None, "", empty=tr("Nothing has been measured yet: press Measure latency (F6)."))
    roof = None if run.ceilings is None else _roof(run.ceilings, run.settings.dtype)
    if run.ceilings is None or roof is None or not run.layers:
        return RooflineChart((), None, run_title(run), empty=tr("This run has no layers or no measured ceilings."))
    colors = stage_colors([layer.id for layer in run.layers])
    pairs = [_dot(layer, color) for layer, color in zip(run.layers, colors, strict=True)]
    dots = tuple(dot for dot in pairs if dot is not None)
    notes = " · ".join(_notes(run, run.ceilings, len(pairs) - len(dots)))
    key = color_key([dot.color for dot in dots])
    return RooflineChart(dots, roof, run_title(run), _ranges(dots, roof), notes, key)


def dot_tooltip(run: ProfileRun, dot: Dot) -> str:
    """Return the lines of a dot's tooltip."""
    tooltip = time_tooltip(run, run.layer_by_id[dot.id], None)
    return tooltip + "\n" + tr("{n} FLOP per byte").format(n=f"{dot.intensity:,.2f}")


def _notes(run: ProfileRun, ceilings: Ceilings, left_out: int) -> Iterator[str]:
    if left_out:
        note = trn(
            "{n} layer does no arithmetic and is not drawn", "{n} layers do no arithmetic and are not drawn", left_out
        )
        yield note.format(n=left_out)
    cached = sum(1 for layer in run.layers if (layer.bytes_per_second or 0.0) > ceilings.bytes_per_second)
    if cached:
        note = trn("{n} layer lies above the slope: its data stays in the cache",
                   "{n} layers lie above the slope: their data stays in the cache", cached)  # fmt: skip
        yield note.format(n=cached)


def roofline_csv(run: ProfileRun) -> str:
    """Return the figures of the dots and the ceilings as CSV."""
    rows: list[tuple[object, ...]] = [("id", "flop_per_byte", "flops_per_second", "bytes_per_second", "bound", "doubt")]
    for layer in run.layers:
        intensity = layer.flops / layer.bytes if layer.bytes else None
        rows.append((layer.id, intensity, layer.flops_per_second, layer.bytes_per_second, layer.bound, layer.doubt))
    if run.ceilings is not None:
        rows.append(("ceiling", None, run.ceilings.flops_per_second, run.ceilings.bytes_per_second, None, None))
    return csv_text(rows)


def _dot(layer: LayerTime, color: str) -> Dot | None:
    speed = layer.flops_per_second
    if speed is None or not layer.bytes or not _can_be_drawn(speed, layer.flops / layer.bytes):
        return None
    return Dot(layer.id, layer.flops / layer.bytes, speed, color, bool(layer.doubt))


def _can_be_drawn(*values: float) -> bool:
    """Return whether the values have a place on a logarithmic axis."""
    return all(MIN_DRAWN <= value <= MAX_DRAWN for value in values)


def _roof(ceilings: Ceilings, dtype: str) -> Roof | None:
    """Return the roof; None where the ceilings have no place on the axes."""
    if not _can_be_drawn(ceilings.bytes_per_second, ceilings.flops_per_second):
        return None
    return Roof(
        ceilings.bytes_per_second,
        ceilings.flops_per_second,
        tr("{speed} measured").format(speed=rate(ceilings.bytes_per_second, "B/s")),
        tr("{speed} measured in {dtype}").format(speed=rate(ceilings.flops_per_second, "FLOP/s"), dtype=dtype),
    )


def _ranges(dots: tuple[Dot, ...], roof: Roof) -> tuple[float, float, float, float]:
    """Return ranges that hold all dots and the ridge with some room around them."""
    across = [dot.intensity for dot in dots] + [roof.ridge]
    up = [dot.flops_per_second for dot in dots] + [roof.flops_per_second]
    return min(across) / RANGE_FACTOR, max(across) * RANGE_FACTOR, min(up) / RANGE_FACTOR, max(up) * CAPTION_ROOM_FACTOR
