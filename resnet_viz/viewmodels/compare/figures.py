"""Build the rows of figures of a comparison: counted ones of two blocks or two networks, and measured ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Convention
from resnet_viz.records.block_pair import BlockComparison, BlockSide, PairTimes
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.spec.network import BlockKind
from resnet_viz.spec.profiling import BYTES
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import (
    UNKNOWN,
    aligned_milliseconds,
    aligned_range,
    byte_size,
    exact,
    pixels,
    rate,
)
from resnet_viz.viewmodels.text.runs import METHOD_DESCRIPTIONS

FigureValue = int | float | str | None


class FigureRow(msgspec.Struct, frozen=True):
    """One row of the table: a figure of both things as values and as texts, and the ratio first ÷ second.

    The values and texts of a figure that has not been measured are None. `interval` is the 95 % confidence interval of
    a measured ratio.
    """

    name: str
    label: str
    first: FigureValue = None
    second: FigureValue = None
    first_text: str | None = None
    second_text: str | None = None
    ratio: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def ratio_text(self) -> str:
        """The ratio as `16.94 ×`, followed by its interval if it was measured; empty where there is no ratio.

        A ratio below 0.1 is given to two significant digits.
        """
        if self.ratio is None:
            return ""
        text = f"{self.ratio:,.2f} ×" if self.ratio >= 0.1 else f"{self.ratio:.2g} ×"
        return text if self.interval is None else f"{text} ({self.interval[0]:.2f}–{self.interval[1]:.2f})"

    def cells(self, unmeasured: str) -> tuple[str, str, str, str]:
        """Return label, both figures and their ratio as texts, with `unmeasured` for a figure that was not measured."""
        return self.label, self.first_text or unmeasured, self.second_text or unmeasured, self.ratio_text


def block_names() -> dict[BlockKind, str]:
    """Return the name of each block, for the heading of a column."""
    return {"basic": tr("Basic"), "bottleneck": tr("Bottleneck")}


def quantity_names() -> dict[str, str]:
    """Return the name of each quantity in which two blocks or networks can be matched."""
    return {
        "channels": tr("channels"), "params": tr("parameters"), "macs": tr("MACs"), "latency": tr("latency"),
        "depth": tr("depth"),
    }  # fmt: skip


def block_titles(compared: BlockComparison) -> tuple[str, str]:
    """Return the headings of both columns, with the channels of each block where they differ."""
    first, second = block_names().values()
    if compared.basic.channels == compared.bottleneck.channels:
        return first, second
    return f"{first}, {compared.basic.channels:,}", f"{second}, {compared.bottleneck.channels:,}"


def block_rows(compared: BlockComparison, convention: Convention = "macs") -> tuple[FigureRow, ...]:
    """Return a row for every figure of both blocks, with operations by a counting convention."""
    names = {
        "weights": tr("weights of convolutions"),
        "params": tr("parameters"),
        "macs": count_label(convention).heading,
        "elementwise": tr("elementwise operations"),
        "kept": tr("activations saved for backward"),
        "kept_bytes": tr("… their size, fp32"),
        "moved_bytes": tr("bytes moved, fp32"),
        "intensity": tr("operations per byte, fp32"),
        "layers": tr("weight layers"),
        "field_added": tr("receptive field added"),
    }
    return (*counted_rows(compared, names, convention), *time_rows(compared.times), *_device_rows(compared))


def counted_rows(
    compared: BlockComparison | NetworkComparison, names: Mapping[str, str], convention: Convention
) -> Iterator[FigureRow]:
    """Yield a row for each figure in `names`, which maps it to its label; `macs` means operations by the convention."""
    for name, text in names.items():
        pair = compared.operations(convention) if name == "macs" else compared.total(name)
        yield _row(pair.name, text, (pair.first, pair.second), partial(figure_text, name), pair.ratio)


def figure_text(name: str, value: float | None) -> str:
    """Return the text of a counted figure, with its unit."""
    if value is None:
        return UNKNOWN
    if name.endswith("_bytes"):
        return byte_size(int(value))
    if name == "intensity":
        return f"{value:,.1f}"
    text = pixels if name in ("receptive_field", "field_added") else exact
    return f"+{text(int(value))}" if name == "field_added" else text(int(value))


def time_rows(times: PairTimes | None) -> Iterator[FigureRow]:
    """Yield the rows of the measured times: the medians with their ratio, and the quartiles."""
    if times is None:
        yield FigureRow("latency_us", tr("latency"))
        return
    summaries = times.first.spread, times.second.spread
    warm = tr("latency, {device}, {dtype} (median, warm caches)")
    text = tr("latency, {device}, {dtype} (median)") if times.cold_first is None else warm
    name = text.format(device=times.place.device, dtype=times.dtype)
    latency = _row("latency_us", name, [summary.median_us for summary in summaries], aligned_milliseconds, times.ratio)
    yield msgspec.structs.replace(latency, interval=times.interval)
    rounds = trn("{n} round", "{n} rounds", times.rounds).format(n=f"{times.rounds:,}")
    first, second = (f"{aligned_range(summary.q1_us, summary.q3_us)} ms" for summary in summaries)
    name = tr("… quartiles of {rounds}").format(rounds=rounds)
    yield FigureRow("quartiles_us", name, first_text=first, second_text=second)
    if times.cold_first is not None and times.cold_second is not None:
        cold = [measured.spread.median_us for measured in (times.cold_first, times.cold_second)]
        ratio = cold[0] / cold[1] if cold[1] else None
        yield _row("cold_latency_us", tr("… with cold caches (median)"), cold, aligned_milliseconds, ratio)
    if times.method is not None:
        method = METHOD_DESCRIPTIONS[times.method]
        yield FigureRow("method", tr("… measured by"), times.method, times.method, method, method)


def _device_rows(compared: BlockComparison) -> Iterator[FigureRow]:
    """Yield the rows of the arithmetic rate that was measured, and of what limits it on that device."""
    times, achieved, bound = compared.times, tr("achieved"), tr("bound by")
    if times is None:
        yield from (FigureRow("flops_per_second", achieved), FigureRow("bound", bound))
        return
    sides = (compared.basic, times.first.spread), (compared.bottleneck, times.second.spread)
    rates = [side.figures.flops / summary.median_us * 1e6 if summary.median_us > 0 else None for side, summary in sides]
    yield _row("flops_per_second", achieved, rates, lambda value: rate(value, "FLOP/s"))
    yield _row("bound", bound, [bound_of(side, times) for side, _ in sides], str)


def _row(
    name: str, label_text: str, values: Sequence[Any], text: Callable[[Any], str], ratio: float | None = None
) -> FigureRow:
    texts = [UNKNOWN if value is None else text(value) for value in values]
    return FigureRow(name, label_text, values[0], values[1], texts[0], texts[1], ratio)


def bound_of(side: BlockSide, times: PairTimes) -> str | None:
    """Return the name of the greatest lower bound on the block's time: compute, memory or launch.

    The bounds follow from the ceilings of the measured device, and the bytes from the measured dtype. None where no
    ceilings were measured.
    """
    ceilings = times.ceilings
    if ceilings is None:
        return None
    moved = side.figures.moved_bytes * BYTES[times.dtype] / BYTES_PER_ELEMENT
    bounds_us = {
        tr("compute"): side.figures.flops / ceilings.flops_per_second * 1e6,
        tr("memory"): moved / ceilings.bytes_per_second * 1e6,
        tr("launch"): len(side.layers) * ceilings.launch_us,
    }
    return max(bounds_us, key=lambda name: bounds_us[name])
