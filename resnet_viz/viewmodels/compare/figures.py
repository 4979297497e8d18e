"""What a comparison of two blocks shows: rows of figures, what was matched, and two drawings aligned by role."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from resnet_viz.compare.blocks import figure_pairs
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Convention
from resnet_viz.records.block_pair import BlockComparison, BlockSide, Counted, FigurePair, PairTimes, operations
from resnet_viz.records.run import Spread
from resnet_viz.spec.network import EXPANSION, BlockKind
from resnet_viz.spec.profiling import BYTES
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import UNKNOWN, aligned_milliseconds, aligned_range, byte_size

Value = int | float | str | None


class FigureRow(msgspec.Struct, frozen=True):
    """One line of the table: a figure of both things as values and as text, and first ÷ second.

    A value that has yet to be measured is None, and its text says how to get it.
    """

    name: str
    label: str
    first: Value
    second: Value
    first_text: str
    second_text: str
    ratio: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def ratio_text(self) -> str:
        """`16.94 ×`, with its interval where it was measured; empty where there is none."""
        if self.ratio is None or self.interval is None:
            return "" if self.ratio is None else times_text(self.ratio)
        return f"{times_text(self.ratio)} ({self.interval[0]:.2f}–{self.interval[1]:.2f})"


OPERATIONS: dict[Convention, str] = {
    "macs": "macs", "twice": "twice_macs", "elementwise": "flops", "folded": "flops_norms_folded",
}  # fmt: skip
"""What a program finds the operations under."""


def labels() -> dict[str, str]:
    """What the counted figures are called."""
    return {
        "weights": tr("weights of convolutions"),
        "params": tr("parameters"),
        "macs": tr("MACs"),
        "elementwise": tr("elementwise operations"),
        "kept": tr("activations kept for training"),
        "kept_bytes": tr("… their size, fp32"),
        "moved_bytes": tr("bytes moved, fp32"),
        "intensity": tr("operations a byte, fp32"),
        "layers": tr("layers"),
        "field_added": tr("receptive field added"),
    }


def block_title(kind: BlockKind) -> str:
    """The block's name at the head of a column."""
    return tr("Basic") if kind == "basic" else tr("Bottleneck")


def block_titles(compared: BlockComparison) -> tuple[str, str]:
    """What stands above both columns, with the channels where they differ."""
    sides = (compared.basic, compared.bottleneck)
    if compared.basic.channels == compared.bottleneck.channels:
        return block_title("basic"), block_title("bottleneck")
    first, second = (f"{block_title(side.kind)}, {side.channels:,}" for side in sides)
    return first, second


def block_rows(
    compared: BlockComparison, how_to_measure: str, convention: Convention = "macs"
) -> tuple[FigureRow, ...]:
    """Every figure of both blocks, operations by a convention; `how_to_measure` stands where a time is yet unknown."""
    names, sides = labels(), (compared.basic.figures, compared.bottleneck.figures)
    counted = [
        FigureRow(
            pair.name, names[pair.name], pair.first, pair.second,
            figure_text(pair.name, pair.first), figure_text(pair.name, pair.second), pair.ratio,
        )
        for pair in figure_pairs(compared)
    ]  # fmt: skip
    found = [operations_row(row.name, sides, convention) if row.name == "macs" else row for row in counted]
    return (*found, *_measured(compared, how_to_measure))


def operations_row(name: str, found: tuple[Counted, Counted], convention: Convention) -> FigureRow:
    """The operations of both by a convention of counting."""
    first, second = (operations(one, convention) for one in found)
    pair = FigurePair(OPERATIONS[convention], first, second)
    texts = figure_text(name, first), figure_text(name, second)
    return FigureRow(pair.name, label(convention).heading, first, second, *texts, pair.ratio)


def figure_text(name: str, value: float | None) -> str:
    """A counted figure with its unit."""
    if value is None:
        return UNKNOWN
    if name.endswith("_bytes"):
        return byte_size(int(value))
    if name == "intensity":
        return f"{value:,.1f}"
    return f"+{value:,.0f} px" if name == "field_added" else f"{value:,.0f}"


def times_text(ratio: float) -> str:
    """`16.94 ×`, and more places where two would read 0.00."""
    return f"{ratio:,.2f} ×" if ratio >= 0.1 else f"{ratio:.2g} ×"


def match_sentence(compared: BlockComparison) -> str:
    """What was matched, and how far the nearest whole width is from it."""
    setting, agreement = compared.setting, compared.agreement
    solved = compared.basic if setting.solve == "basic" else compared.bottleneck
    names = {"channels": tr("channels"), "params": tr("parameters"), "macs": tr("MACs"), "latency": tr("latency")}
    place = _place_of(solved)
    name, rest = names[agreement.quantity], agreement.remainder
    if not rest:
        return tr("Matched by {quantity}: {place}; they agree exactly.").format(quantity=name, place=place)
    way, amount = tr("more") if rest > 0 else tr("fewer"), f"{abs(rest):,.0f}"
    if agreement.quantity == "latency":
        way, name, amount = tr("µs more") if rest > 0 else tr("µs less"), "", f"{abs(rest):,.1f}"
    said = tr("Matched by {quantity}: {place}; {rest} {name} {way} than {held} ({percent} %).").format(
        quantity=names[agreement.quantity], place=place, rest=amount, name=name, way=way,
        held=block_title(setting.held), percent=f"{100 * abs(rest) / agreement.target:.2g}",
    ).replace("  ", " ")  # fmt: skip
    if agreement.quantity == "channels":
        step = max(EXPANSION.values()) * setting.groups
        return tr("{said} Channels in multiples of {step} agree exactly.").format(said=said, step=step)
    if setting.groups > 1:
        return tr("{said} With {groups} groups, widths go in steps of {groups}.").format(
            said=said, groups=setting.groups
        )
    return said


def _place_of(side: BlockSide) -> str:
    """`Bottleneck at width 64, 256 channels`; a Basic block's width is its channels."""
    channels = f"{side.channels:,}"
    if side.width == side.channels:
        return tr("{block} at {channels} channels").format(block=block_title(side.kind), channels=channels)
    return tr("{block} at width {width}, {channels} channels").format(
        block=block_title(side.kind), width=f"{side.width:,}", channels=channels
    )


def latency_rows(times: PairTimes | None, how: str) -> Iterator[FigureRow]:
    """Median and quartiles of both, or how to get them."""
    if times is None:
        yield FigureRow("latency_us", tr("latency"), None, None, how, how)
        return
    medians = [spread.median_us for spread in _spreads(times)]
    latency = _row("latency_us", _latency_label(times), medians, aligned_milliseconds, times.ratio)
    yield msgspec.structs.replace(latency, interval=times.interval)
    quartiles = [f"{aligned_range(spread.q1_us, spread.q3_us)} ms" for spread in _spreads(times)]
    yield FigureRow("quartiles_us", _quartiles_label(times), None, None, quartiles[0], quartiles[1])


def _measured(compared: BlockComparison, how: str) -> Iterator[FigureRow]:
    times = compared.times
    yield from latency_rows(times, how)
    if times is None:
        for name, label in (("flops_per_second", tr("achieved")), ("bound", _bound())):
            yield FigureRow(name, label, None, None, how, how)
        return
    sides = (compared.basic, compared.bottleneck)
    rates = [_rate(side, spread.median_us) for side, spread in zip(sides, _spreads(times), strict=True)]
    yield _row("flops_per_second", tr("achieved"), rates, lambda rate: f"{rate / 1e12:,.3f} TFLOP/s")
    yield _row("bound", _bound(), [bound_of(side, times) for side in sides], str)


def _row(
    name: str, label: str, values: Sequence[Any], text: Callable[[Any], str], ratio: float | None = None
) -> FigureRow:
    first, second = (UNKNOWN if value is None else text(value) for value in values)
    return FigureRow(name, label, values[0], values[1], first, second, ratio)


def _latency_label(times: PairTimes) -> str:
    return tr("latency, {device}, {dtype} (median)").format(device=times.place.device, dtype=times.dtype)


def _quartiles_label(times: PairTimes) -> str:
    return tr("… quartiles of {rounds}").format(
        rounds=trn("{n} round", "{n} rounds", times.rounds).format(n=f"{times.rounds:,}")
    )


def _spreads(times: PairTimes) -> tuple[Spread, Spread]:
    return times.first.spread, times.second.spread


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


def _bound() -> str:
    return tr("bound by")


def _rate(side: BlockSide, median_us: float) -> float | None:
    return side.figures.flops / median_us * 1e6 if median_us > 0 else None
