"""Blocks over their channels and networks over their depth: rows of figures, and what they show in a sentence each."""

from collections.abc import Callable, Sequence

import msgspec

from resnet_viz.comparisons import Sweep, SweepPoint
from resnet_viz.network_comparisons import NetworkPairs, NetworkPoint
from resnet_viz.presets import title_of
from resnet_viz.spec import BlockKind
from resnet_viz.texts import tr
from resnet_viz.viewmodels.units import UNKNOWN, byte_size, short


class PairRow(msgspec.Struct, frozen=True):
    """A pair of networks: what agrees, and what each is called, costs and keeps."""

    match: str
    names: tuple[str, str]
    params: tuple[str, str]
    macs: tuple[str, str]
    kept: tuple[str, str]


def sweep_cells(point: SweepPoint) -> tuple[str, ...]:
    """Channels of both, then parameters, MACs, kept activations and time of both in turn."""
    first, second = point.basic, point.bottleneck
    counted = (short(value) for name in ("params", "macs", "kept")
               for value in (getattr(first, name), getattr(second, name)))  # fmt: skip
    times = (_milliseconds(point.basic_us), _milliseconds(point.bottleneck_us))
    return (f"{first.channels:,}", f"{second.channels:,}", *counted, *times)


def sweep_headings() -> tuple[str, ...]:
    """What stands above `sweep_cells`."""
    figures = (tr("channels"), tr("parameters"), tr("MACs"), tr("kept"), tr("latency"))
    return tuple(f"{figure} {side}" for figure in figures for side in (tr("Basic"), tr("Bottleneck")))


def sweep_lines(sweep: Sweep, figure: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] | None:
    """The channels, and a figure of either block at each; None where it has not been measured."""
    if figure == "latency":
        found = [(point.channels, point.basic_us, point.bottleneck_us) for point in sweep.points]
    else:
        found = [(point.channels, getattr(point.basic, figure), getattr(point.bottleneck, figure))
                 for point in sweep.points]  # fmt: skip
    known = [(float(n), first, second) for n, first, second in found if first is not None and second is not None]
    if not known:
        return None
    channels, first, second = zip(*known, strict=True)
    return channels, first, second


def sweep_sentences(sweep: Sweep) -> tuple[str, ...]:
    """For each figure, which block has less of it, and from which channels on that changes."""
    figures: tuple[tuple[str, str, Callable[[SweepPoint], tuple[float | None, float | None]]], ...] = (
        ("params", tr("parameters"), lambda point: (point.basic.params, point.bottleneck.params)),
        ("macs", tr("MACs"), lambda point: (point.basic.macs, point.bottleneck.macs)),
        ("kept", tr("activations kept"), lambda point: (point.basic.kept, point.bottleneck.kept)),
        ("latency", tr("time"), lambda point: (point.basic_us, point.bottleneck_us)),
    )
    return tuple(
        sentence for name, label, values in figures if (sentence := _said(sweep, name, label, values)) is not None
    )


def pair_rows(pairs: NetworkPairs) -> tuple[PairRow, ...]:
    """Every pair, Basic first."""
    words = {"depth": tr("depth"), "params": tr("parameters"), "macs": tr("MACs")}
    return tuple(
        PairRow(
            words[pair.match],
            (title_of(pair.basic.spec), title_of(pair.bottleneck.spec)),
            (short(pair.basic.params), short(pair.bottleneck.params)),
            (short(pair.basic.macs), short(pair.bottleneck.macs)),
            (byte_size(pair.basic.kept_bytes), byte_size(pair.bottleneck.kept_bytes)),
        )
        for pair in pairs.pairs
    )


def point_note(kind: BlockKind, point: NetworkPoint) -> str:
    """What a point of the charts says when it is pointed at."""
    block = tr("Basic") if kind == "basic" else tr("Bottleneck")
    said = tr("{name} · {block} · {params} parameters · {macs} MACs · {kept} kept for training").format(
        name=title_of(point.spec), block=block, params=short(point.params), macs=short(point.macs),
        kept=byte_size(point.kept_bytes),
    )  # fmt: skip
    return said if point.latency_us is None else f"{said} · {_milliseconds(point.latency_us)}"


def _said(
    sweep: Sweep, name: str, label: str, values: Callable[[SweepPoint], tuple[float | None, float | None]]
) -> str | None:
    crossings = [crossing for crossing in sweep.crossings if crossing.figure == name]
    if crossings:
        turns = tr(", ").join(
            tr("the {block} from about {channels} channels on").format(
                block=_block(crossing.lesser_above), channels=f"{crossing.channels:,.0f}"
            )
            for crossing in crossings
        )
        first: BlockKind = "basic" if crossings[0].lesser_above == "bottleneck" else "bottleneck"
        return tr("Less {figure}: first the {block}, {turns}.").format(figure=label, block=_block(first), turns=turns)
    pairs = [pair for point in sweep.points if None not in (pair := values(point))]
    return _without_crossing(label, pairs) if pairs and name != sweep.setting.match else None


def _without_crossing(label: str, pairs: Sequence[tuple[float | None, float | None]]) -> str:
    ratios = [(first or 0) / (second or 1) for first, second in pairs]
    span = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    between = span[0] if span[0] == span[1] else tr("{low} to {high}").format(low=span[0], high=span[1])
    if min(ratios) > 1:
        return tr("Less {figure} at every width: the Bottleneck (Basic ÷ Bottleneck {ratios}).").format(
            figure=label, ratios=between
        )
    if max(ratios) < 1:
        return tr("Less {figure} at every width: the Basic block (Basic ÷ Bottleneck {ratios}).").format(
            figure=label, ratios=between
        )
    return tr("Alike in {figure} (Basic ÷ Bottleneck {ratios}).").format(figure=label, ratios=between)


def _block(kind: BlockKind) -> str:
    return tr("Basic block") if kind == "basic" else tr("Bottleneck")


def _milliseconds(microseconds: float | None) -> str:
    return UNKNOWN if microseconds is None else f"{microseconds / 1000:,.3f} ms"
