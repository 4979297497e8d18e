"""Blocks over their channels and networks over their depth: rows of figures, and what they show in a sentence each."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from resnet_viz.compare.channel_sweep import counted
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import Sweep, SweepPoint, operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import aligned_milliseconds, byte_size, short

Figures = Callable[[SweepPoint], tuple[float | None, float | None]]
"""A figure of both blocks at one point; None is unknown."""


class PairRow(msgspec.Struct, frozen=True):
    """A pair of networks as texts: what agrees, what each is called, what the match leaves, what each costs."""

    match: PairMatch
    cells: tuple[str, ...]


def sweep_cells(point: SweepPoint) -> tuple[str, ...]:
    """Channels of both, then parameters, MACs, kept activations and time of both in turn."""
    first, second = point.basic, point.bottleneck
    counted = (short(value) for name in ("params", "macs", "kept")
               for value in (getattr(first, name), getattr(second, name)))  # fmt: skip
    times = (aligned_milliseconds(point.basic_us), aligned_milliseconds(point.bottleneck_us))
    return (f"{first.channels:,}", f"{second.channels:,}", *counted, *times)


def sweep_headings() -> tuple[str, ...]:
    """What stands above `sweep_cells`."""
    figures = (tr("channels"), tr("parameters"), tr("MACs"), tr("kept"), tr("latency"))
    return tuple(f"{figure} {side}" for figure in figures for side in (tr("Basic"), tr("Bottleneck")))


def sweep_lines(sweep: Sweep, figure: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] | None:
    """The channels, and a figure of either block at each, a convention of counting standing for its operations; None
    where it has not been measured.
    """
    if figure == "latency":
        found = [(point.channels, point.basic_us, point.bottleneck_us) for point in sweep.points]
    else:
        found = [(point.channels, counted(point.basic, figure), counted(point.bottleneck, figure))
                 for point in sweep.points]  # fmt: skip
    known = [
        (float(n), float(first), float(second))
        for n, first, second in found
        if first is not None and second is not None
    ]
    if not known:
        return None
    channels, first, second = zip(*known, strict=True)
    return channels, first, second


def sweep_sentences(sweep: Sweep) -> tuple[str, ...]:
    """For each figure, which block has less of it, and from which channels on that changes."""
    figures: tuple[tuple[str, str, Figures], ...] = (
        ("params", tr("Fewer parameters"), lambda point: (point.basic.params, point.bottleneck.params)),
        ("macs", tr("Fewer MACs"), lambda point: (point.basic.macs, point.bottleneck.macs)),
        ("kept", tr("Fewer activations kept"), lambda point: (point.basic.kept, point.bottleneck.kept)),
        ("latency", tr("Less time"), lambda point: (point.basic_us, point.bottleneck_us)),
    )
    said = (_said(sweep, name, lesser, values) for name, lesser, values in figures)
    return (*_matched(sweep), *(sentence for sentence in said if sentence is not None))


def pair_headings() -> tuple[str, ...]:
    """What stands above a pair's cells."""
    sides = tr("Basic"), tr("Bottleneck")
    figures = (tr("parameters"), tr("MACs"), tr("kept"))
    return (tr("agree in"), *sides, tr("remaining"),
            *(part for figure in figures for part in (*(f"{figure} {side}" for side in sides), "÷")))  # fmt: skip


def pair_rows(pairs: NetworkPairs) -> tuple[PairRow, ...]:
    """Every pair, Basic first."""
    return tuple(PairRow(pair.match, _pair_cells(pair)) for pair in pairs.pairs)


def pair_sentence(pairs: NetworkPairs, match: PairMatch, convention: Convention = "macs") -> str:
    """What networks that agree in something have of everything else, as the range of their ratios, operations by a
    convention; empty where there are no such pairs.
    """
    found = [pair for pair in pairs.pairs if pair.match == match]
    if not found:
        return ""
    figures: dict[str, tuple[str, Callable[[NetworkPoint], int]]] = {
        "depth": (tr("depth"), lambda point: point.depth),
        "params": (tr("parameters"), lambda point: point.params),
        "macs": (label(convention).noun, lambda point: operations(point, convention)),
        "kept_bytes": (tr("bytes kept"), lambda point: point.kept_bytes),
    }
    ranges = [
        tr("{span} × the {figure}").format(figure=name, span=_span([of(p.basic) / of(p.bottleneck) for p in found]))
        for key, (name, of) in figures.items()
        if key != match or (key == "macs" and convention != "macs")
    ]
    left = max(abs(_ratio(pair, match) - 1) for pair in found)
    return tr("Nearest in {match} (within {left} %): Basic has {ranges} of its Bottleneck partner.").format(
        match=match_names()[match], left=f"{100 * left:.2g}", ranges=_listed(ranges)
    )


def match_names() -> dict[PairMatch, str]:
    """What two networks can agree in."""
    return {"depth": tr("depth"), "params": tr("parameters"), "macs": tr("MACs")}


def _pair_cells(pair: NetworkPair) -> tuple[str, ...]:
    sides = pair.basic, pair.bottleneck
    cells = [match_names()[pair.match], *(title_of(side.spec) for side in sides)]
    left = getattr(sides[1], pair.match) - getattr(sides[0], pair.match)
    cells.append(f"{'+' if left >= 0 else '−'}{short(abs(left))}" if left else tr("nothing"))
    for name, text in (("params", short), ("macs", short), ("kept_bytes", byte_size)):
        cells += [*(text(getattr(side, name)) for side in sides), f"{_ratio(pair, name):.2f}"]
    return tuple(cells)


def _ratio(pair: NetworkPair, name: str) -> float:
    """Basic ÷ Bottleneck."""
    return float(getattr(pair.basic, name) / getattr(pair.bottleneck, name))


def _span(ratios: Sequence[float]) -> str:
    low, high = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    return low if low == high else tr("{low} to {high}").format(low=low, high=high)


def _listed(parts: Sequence[str]) -> str:
    return tr("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def point_note(kind: BlockKind, point: NetworkPoint, convention: Convention = "macs") -> str:
    """What a point of the charts says when it is pointed at, operations by a convention."""
    block = tr("Basic") if kind == "basic" else tr("Bottleneck")
    said = tr("{name} · {block} · {params} parameters · {n} {operations} · {kept} kept for training").format(
        name=title_of(point.spec), block=block, params=short(point.params), n=short(operations(point, convention)),
        operations=label(convention).noun, kept=byte_size(point.kept_bytes),
    )  # fmt: skip
    return said if point.latency_us is None else f"{said} · {aligned_milliseconds(point.latency_us)}"


def _matched(sweep: Sweep) -> Iterator[str]:
    """How nearly the matched quantity agrees over the range."""
    worst = max((point.slack for point in sweep.points), default=0.0)
    if sweep.setting.match in ("params", "macs") and sweep.points:
        at = next(point.channels for point in sweep.points if point.slack == worst)
        yield tr("Matched by {quantity}: within {part} %, worst at {channels} channels.").format(
            quantity=match_names()[sweep.setting.match], part=f"{100 * worst:.2g}", channels=f"{at:,}"
        )


def _said(sweep: Sweep, name: str, lesser: str, values: Figures) -> str | None:
    crossings = [crossing for crossing in sweep.crossings if crossing.figure == name]
    if crossings:
        turns = tr(", ").join(
            tr("the {block} from about {channels} channels on").format(
                block=_block(crossing.lesser_above), channels=f"{crossing.channels:,.0f}"
            )
            for crossing in crossings
        )
        first: BlockKind = "basic" if crossings[0].lesser_above == "bottleneck" else "bottleneck"
        return tr("{lesser}: first the {block}, {turns}.").format(lesser=lesser, block=_block(first), turns=turns)
    pairs = [pair for point in sweep.points if None not in (pair := values(point))]
    return _without_crossing(lesser, pairs) if pairs and name != sweep.setting.match else None


def _without_crossing(lesser: str, pairs: Sequence[tuple[float | None, float | None]]) -> str:
    ratios = [(first or 0) / (second or 1) for first, second in pairs]
    between = _span(ratios)
    if min(ratios) <= 1 <= max(ratios):
        sentence = tr("{lesser}: neither block at every width (Basic ÷ Bottleneck {ratios}).")
        return sentence.format(lesser=lesser, ratios=between)
    return tr("{lesser} at every width: the {block} (Basic ÷ Bottleneck {ratios}).").format(
        lesser=lesser, block=_block("bottleneck" if min(ratios) > 1 else "basic"), ratios=between
    )


def _block(kind: BlockKind) -> str:
    return tr("Basic block") if kind == "basic" else tr("Bottleneck")
