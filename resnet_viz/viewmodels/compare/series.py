"""Blocks over their channels and networks over their depth: rows of figures, and what they show in a sentence each."""

from collections.abc import Iterator, Sequence

from resnet_viz.compare.channel_sweep import figures_at
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import ChannelPoint, Sweep, operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names, quantity_names
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import aligned_milliseconds, byte_size, short


def sweep_cells(point: ChannelPoint) -> tuple[str, ...]:
    """Channels of both, then parameters, MACs, kept activations and time of both in turn."""
    first, second = point.basic, point.bottleneck
    counted = (short(value) for name in ("params", "macs", "kept")
               for value in (getattr(first, name), getattr(second, name)))  # fmt: skip
    times = (aligned_milliseconds(point.basic_us), aligned_milliseconds(point.bottleneck_us))
    return (f"{first.channels:,}", f"{second.channels:,}", *counted, *times)


def sweep_headings() -> tuple[str, ...]:
    """What stands above `sweep_cells`."""
    figures = (tr("channels"), tr("parameters"), tr("MACs"), tr("kept"), tr("latency"))
    return tuple(f"{figure} {side}" for figure in figures for side in block_names().values())


def sweep_lines(sweep: Sweep, figure: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] | None:
    """The channels, and a figure of either block at each, a convention of counting standing for its operations; None
    where it has not been measured.
    """
    known = [
        (float(point.channels), float(pair[0]), float(pair[1]))
        for point in sweep.points
        if (pair := figures_at(point, figure))
    ]
    if not known:
        return None
    channels, first, second = zip(*known, strict=True)
    return channels, first, second


def sweep_sentences(sweep: Sweep) -> tuple[str, ...]:
    """For each figure, which block has less of it, and from which channels on that changes."""
    figures = {
        "params": tr("Fewer parameters"), "macs": tr("Fewer MACs"), "kept": tr("Fewer activations kept"),
        "latency": tr("Less time"),
    }  # fmt: skip
    return (*_matched(sweep), *(said for name, lesser in figures.items() if (said := _said(sweep, name, lesser))))


def pair_headings() -> tuple[str, ...]:
    """What stands above `pair_cells`."""
    sides, figures = block_names().values(), (tr("parameters"), tr("MACs"), tr("kept"))
    return (tr("agree in"), *sides, tr("remaining"),
            *(part for figure in figures for part in (*(f"{figure} {side}" for side in sides), "÷")))  # fmt: skip


def pair_sentence(pairs: NetworkPairs, match: PairMatch, convention: Convention = "macs") -> str:
    """What networks that agree in something have of everything else, as the range of their ratios, operations by a
    convention; empty where there are no such pairs.
    """
    found = [pair for pair in pairs.pairs if pair.match == match]
    if not found:
        return ""
    names = {"depth": tr("depth"), "params": tr("parameters"), "macs": count_label(convention).noun,
             "kept_bytes": tr("bytes kept")}  # fmt: skip
    ranges = [
        tr("{span} × the {figure}").format(span=_span([_ratio(pair, key, convention) for pair in found]), figure=name)
        for key, name in names.items()
        if key != match or (key == "macs" and convention != "macs")
    ]
    left = max(abs(_ratio(pair, match) - 1) for pair in found)
    return tr("Nearest in {match} (within {left} %): Basic has {ranges} and {last} of its Bottleneck partner.").format(
        match=quantity_names()[match], left=f"{100 * left:.2g}", ranges=", ".join(ranges[:-1]), last=ranges[-1]
    )


def pair_cells(pair: NetworkPair) -> tuple[str, ...]:
    """What agrees, what each network is called, what the match leaves, what each costs."""
    sides = pair.basic, pair.bottleneck
    cells = [quantity_names()[pair.match], *(title_of(side.spec) for side in sides)]
    left = getattr(sides[1], pair.match) - getattr(sides[0], pair.match)
    cells.append(f"{'+' if left >= 0 else '−'}{short(abs(left))}" if left else tr("nothing"))
    for name, text in (("params", short), ("macs", short), ("kept_bytes", byte_size)):
        cells += [*(text(getattr(side, name)) for side in sides), f"{_ratio(pair, name):.2f}"]
    return tuple(cells)


def _ratio(pair: NetworkPair, name: str, convention: Convention = "macs") -> float:
    """Basic ÷ Bottleneck, of MACs the operations by the convention."""
    first, second = (
        operations(point, convention) if name == "macs" else getattr(point, name)
        for point in (pair.basic, pair.bottleneck)
    )
    return float(first / second)


def _span(ratios: Sequence[float]) -> str:
    low, high = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    return low if low == high else tr("{low} to {high}").format(low=low, high=high)


def point_note(kind: BlockKind, point: NetworkPoint, convention: Convention = "macs") -> str:
    """What a point of the charts says when it is pointed at, operations by a convention."""
    counted = tr("{name} · {block} · {params} parameters · {n} {operations} · {kept} kept for training")
    measured = tr("{name} · {block} · {params} parameters · {n} {operations} · {kept} kept for training · {latency}")
    return (counted if point.latency_us is None else measured).format(
        name=title_of(point.spec), block=block_names()[kind], params=short(point.params),
        n=short(operations(point, convention)), operations=count_label(convention).noun,
        kept=byte_size(point.kept_bytes), latency=aligned_milliseconds(point.latency_us),
    )  # fmt: skip


def _matched(sweep: Sweep) -> Iterator[str]:
    """How nearly the matched quantity agrees over the range."""
    if sweep.setting.match in ("params", "macs") and sweep.points:
        worst = max(sweep.points, key=lambda point: point.slack)
        yield tr("Matched by {quantity}: within {part:.2g} %, worst at {channels:,} channels.").format(
            quantity=quantity_names()[sweep.setting.match], part=100 * worst.slack, channels=worst.channels
        )


def _said(sweep: Sweep, name: str, lesser: str) -> str:
    """Which block has less; empty where that is unknown, and where the match makes both alike."""
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
    ratios = [pair[0] / (pair[1] or 1) for point in sweep.points if (pair := figures_at(point, name))]
    if not ratios or name == sweep.setting.match:
        return ""
    text = tr("{lesser} at every width: the {block} (Basic ÷ Bottleneck {ratios}).")
    if min(ratios) <= 1 <= max(ratios):
        text = tr("{lesser}: neither block at every width (Basic ÷ Bottleneck {ratios}).")
    block = _block("bottleneck" if min(ratios) > 1 else "basic")
    return text.format(lesser=lesser, ratios=_span(ratios), block=block)


def _block(kind: BlockKind) -> str:
    return tr("Basic block") if kind == "basic" else tr("Bottleneck")
