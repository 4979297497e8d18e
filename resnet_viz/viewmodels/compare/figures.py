"""What a comparison shows as rows of figures: counted ones of two blocks or two networks, and measured ones."""

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
from resnet_viz.viewmodels.text.numbers import UNKNOWN, aligned_milliseconds, aligned_range, byte_size, exact, pixels

Value = int | float | str | None


class FigureRow(msgspec.Struct, frozen=True):
    """One line of the table: a figure of both things as values and as text, and first ÷ second.

    Values and texts of what has yet to be measured are None.
    """

    name: str
    label: str
    first: Value = None
    second: Value = None
    first_text: str | None = None
    second_text: str | None = None
    ratio: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def ratio_text(self) -> str:
        """`16.94 ×`, with its interval where it was measured; empty where there is none.

        It has more places where two would read 0.00.
        """
        if self.ratio is None:
            return ""
        text = f"{self.ratio:,.2f} ×" if self.ratio >= 0.1 else f"{self.ratio:.2g} ×"
        return text if self.interval is None else f"{text} ({self.interval[0]:.2f}–{self.interval[1]:.2f})"

    def cells(self, unmeasured: str) -> tuple[str, str, str, str]:
        """Label, both figures and their ratio as text; `unmeasured` stands where a figure has yet to be measured."""
        return self.label, self.first_text or unmeasured, self.second_text or unmeasured, self.ratio_text


def block_names() -> dict[BlockKind, str]:
    """What the blocks are called at the head of a column."""
    return {"basic": tr("Basic"), "bottleneck": tr("Bottleneck")}


def quantity_names() -> dict[str, str]:
    """What two things can agree in, and what it is called."""
    return {
        "channels": tr("channels"), "params": tr("parameters"), "macs": tr("MACs"), "latency": tr("latency"),
        "depth": tr("depth"),
    }  # fmt: skip


def block_titles(compared: BlockComparison) -> tuple[str, str]:
    """What stands above both columns, with the channels where they differ."""
    first, second = block_names().values()
    if compared.basic.channels == compared.bottleneck.channels:
        return first, second
    return f"{first}, {compared.basic.channels:,}", f"{second}, {compared.bottleneck.channels:,}"


def block_rows(compared: BlockComparison, convention: Convention = "macs") -> tuple[FigureRow, ...]:
    """Every figure of both blocks, operations by a convention."""
    names = {
        "weights": tr("weights of convolutions"),
        "params": tr("parameters"),
        "macs": count_label(convention).heading,
        "elementwise": tr("elementwise operations"),
        "kept": tr("activations kept for training"),
        "kept_bytes": tr("… their size, fp32"),
        "moved_bytes": tr("bytes moved, fp32"),
        "intensity": tr("operations a byte, fp32"),
        "layers": tr("layers"),
        "field_added": tr("receptive field added"),
    }
    return (*counted_rows(compared, names, convention), *time_rows(compared.times), *_device_rows(compared))


def counted_rows(
    compared: BlockComparison | NetworkComparison, names: Mapping[str, str], convention: Convention
) -> Iterator[FigureRow]:
    """The figures of these names, each called so; `macs` stands for the operations by the convention."""
    for name, called in names.items():
        pair = compared.operations(convention) if name == "macs" else compared.total(name)
        yield _row(pair.name, called, (pair.first, pair.second), partial(figure_text, name), pair.ratio)


def figure_text(name: str, value: float | None) -> str:
    """A counted figure with its unit."""
    if value is None:
        return UNKNOWN
    if name.endswith("_bytes"):
        return byte_size(int(value))
    if name == "intensity":
        return f"{value:,.1f}"
    text = pixels if name in ("receptive_field", "field_added") else exact
    return f"+{text(int(value))}" if name == "field_added" else text(int(value))


def time_rows(times: PairTimes | None) -> Iterator[FigureRow]:
    """Median and quartiles of both."""
    if times is None:
        yield FigureRow("latency_us", tr("latency"))
        return
    spreads = times.first.spread, times.second.spread
    name = tr("latency, {device}, {dtype} (median)").format(device=times.place.device, dtype=times.dtype)
    latency = _row("latency_us", name, [spread.median_us for spread in spreads], aligned_milliseconds, times.ratio)
    yield msgspec.structs.replace(latency, interval=times.interval)
    rounds = trn("{n} round", "{n} rounds", times.rounds).format(n=f"{times.rounds:,}")
    first, second = (f"{aligned_range(spread.q1_us, spread.q3_us)} ms" for spread in spreads)
    name = tr("… quartiles of {rounds}").format(rounds=rounds)
    yield FigureRow("quartiles_us", name, first_text=first, second_text=second)


def _device_rows(compared: BlockComparison) -> Iterator[FigureRow]:
    """What the measured device achieves, and what sets its limit."""
    times, achieved, bound = compared.times, tr("achieved"), tr("bound by")
    if times is None:
        yield from (FigureRow("flops_per_second", achieved), FigureRow("bound", bound))
        return
    sides = (compared.basic, times.first.spread), (compared.bottleneck, times.second.spread)
    rates = [side.figures.flops / spread.median_us * 1e6 if spread.median_us > 0 else None for side, spread in sides]
    yield _row("flops_per_second", achieved, rates, lambda rate: f"{rate / 1e12:,.3f} TFLOP/s")
    yield _row("bound", bound, [bound_of(side, times) for side, _ in sides], str)


def _row(
    name: str, called: str, values: Sequence[Any], text: Callable[[Any], str], ratio: float | None = None
) -> FigureRow:
    texts = [UNKNOWN if value is None else text(value) for value in values]
    return FigureRow(name, called, values[0], values[1], texts[0], texts[1], ratio)


def bound_of(side: BlockSide, times: PairTimes) -> str | None:
    """What sets the least time of the block on the measured device: its arithmetic, its bytes in the dtype that was
    measured, or the launching of its operations; None without ceilings.
    """
    most = times.ceilings
    if most is None:
        return None
    moved = side.figures.moved_bytes * BYTES[times.dtype] / BYTES_PER_ELEMENT
    least = {
        tr("compute"): side.figures.flops / most.flops_per_second * 1e6,
        tr("memory"): moved / most.bytes_per_second * 1e6,
        tr("launch"): len(side.layers) * most.launch_us,
    }
    return max(least, key=lambda name: least[name])
