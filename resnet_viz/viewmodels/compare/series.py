"""Build the texts of blocks over their channels and of networks over their depth: rows of figures, and conclusions."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from resnet_viz.compare.channel_sweep import figures_at
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import ChannelPoint, Crossing, Sweep, operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names, quantity_names
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import aligned_milliseconds, byte_size, short


def sweep_cells(point: ChannelPoint) -> tuple[str, ...]:
    """Return the cells of a row: channels, parameters, MACs, saved activations and latency, each of both blocks."""
    first, second = point.basic, point.bottleneck
    counted = (short(value) for name in ("params", "macs", "kept")
               for value in (getattr(first, name), getattr(second, name)))  # fmt: skip
    times = (aligned_milliseconds(point.basic_us), aligned_milliseconds(point.bottleneck_us))
    return (f"{first.channels:,}", f"{second.channels:,}", *counted, *times)


def sweep_headings() -> tuple[str, ...]:
    """Return the headings of the columns of `sweep_cells`."""
    figures = (tr("channels"), tr("parameters"), tr("MACs"), tr("saved"), tr("latency"))
    return tuple(f"{figure} {side}" for figure in figures for side in block_names().values())


def sweep_lines(sweep: Sweep, figure: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] | None:
    """Return the channels, and the figure of the Basic block and of the Bottleneck at each of them.

    The name of a counting convention stands for the operations by that convention. None where the figure has not been
    measured at any point.
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
    """Return for each figure a sentence with the block that has less of it, or several where that changes."""
    figures = {
        "params": tr("Fewer parameters"), "macs": tr("Fewer MACs"), "kept": tr("Fewer activations saved"),
        "latency": tr("Less time"),
    }  # fmt: skip
    lesser_sentences = (
        sentence for name, lesser in figures.items() for sentence in _lesser_sentences(sweep, name, lesser)
    )
    return (*_match_sentences(sweep), *lesser_sentences)


def pair_headings() -> tuple[str, ...]:
    """Return the headings of the columns of `pair_cells`."""
    sides, figures = block_names().values(), (tr("parameters"), tr("MACs"), tr("saved"))
    return (tr("matched by"), *sides, tr("difference"),
            *(part for figure in figures for part in (*(f"{figure} {side}" for side in sides), "÷")))  # fmt: skip


def pair_sentence(pairs: NetworkPairs, match: PairMatch, convention: Convention = "macs") -> str:
    """Return a sentence with the range of the ratio of each figure over the pairs that agree in `match`.

    Operations are counted by the convention. Empty where there are no such pairs.
    """
    matched = [pair for pair in pairs.pairs if pair.match == match]
    if not matched:
        return ""
    names = {"depth": tr("depth"), "params": tr("parameters"), "macs": count_label(convention).noun,
             "kept_bytes": tr("bytes saved for backward")}  # fmt: skip
    ranges = [
        tr("{figure} {range}").format(
            figure=name, range=_ratio_range([_ratio(pair, key, convention) for pair in matched])
        )
        for key, name in names.items()
        if key != match or (key == "macs" and convention != "macs")
    ]
    left = max(abs(_ratio(pair, match) - 1) for pair in matched)
    return tr("Nearest in {match} (within {left} %), Basic ÷ Bottleneck: {ranges}.").format(
        match=quantity_names()[match], left=f"{100 * left:.2g}", ranges=", ".join(ranges)
    )


def pair_cells(pair: NetworkPair) -> tuple[str, ...]:
    """Return the cells of a row: the match, both names, the remaining difference, and the costs with their ratios."""
    sides = pair.basic, pair.bottleneck
    cells = [quantity_names()[pair.match], *(title_of(side.spec) for side in sides)]
    left = getattr(sides[1], pair.match) - getattr(sides[0], pair.match)
    cells.append(f"{'+' if left >= 0 else '−'}{short(abs(left))}" if left else tr("nothing"))
    for name, text in (("params", short), ("macs", short), ("kept_bytes", byte_size)):
        cells += [*(text(getattr(side, name)) for side in sides), f"{_ratio(pair, name):.2f}"]
    return tuple(cells)


def _ratio(pair: NetworkPair, name: str, convention: Convention = "macs") -> float:
    """Return Basic ÷ Bottleneck of a figure; `macs` stands for the operations by the convention."""
    first, second = (
        operations(point, convention) if name == "macs" else getattr(point, name)
        for point in (pair.basic, pair.bottleneck)
    )
    return float(first / second)


def _ratio_range(ratios: Sequence[float]) -> str:
    low, high = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    return low if low == high else tr("{low} to {high}").format(low=low, high=high)


def point_note(kind: BlockKind, point: NetworkPoint, convention: Convention = "macs") -> str:
    """Return the tooltip of a network in the charts, with operations by a counting convention."""
    counted = tr("{name} · {block} · {params} parameters · {n} {operations} · {saved} saved for backward")
    measured = tr("{name} · {block} · {params} parameters · {n} {operations} · {saved} saved for backward · {latency}")
    return (counted if point.latency_us is None else measured).format(
        name=title_of(point.spec), block=block_names()[kind], params=short(point.params),
        n=short(operations(point, convention)), operations=count_label(convention).noun,
        saved=byte_size(point.kept_bytes), latency=aligned_milliseconds(point.latency_us),
    )  # fmt: skip


def _match_sentences(sweep: Sweep) -> Iterator[str]:
    """Yield a sentence on how nearly the matched quantity agrees over the range, unless it agrees by construction."""
    if sweep.setting.match in ("params", "macs") and sweep.points:
        worst = max(sweep.points, key=lambda point: point.slack)
        yield tr("Matched by {quantity}: within {part:.2g} %, worst at {channels:,} channels.").format(
            quantity=quantity_names()[sweep.setting.match], part=100 * worst.slack, channels=worst.channels
        )


def _lesser_sentences(sweep: Sweep, name: str, lesser: str) -> Iterator[str]:
    """Yield a sentence for each range of channels over which the same block has less of a figure.

    None where the figure is unknown, or equal in both blocks by the match.
    """
    crossings = [crossing for crossing in sweep.crossings if crossing.figure == name]
    if crossings:
        yield from _crossing_sentences(crossings, lesser)
        return
    ratios = [pair[0] / (pair[1] or 1) for point in sweep.points if (pair := figures_at(point, name))]
    if not ratios or name == sweep.setting.match:
        return
    one, neither = (
        tr("{lesser} at every width: the {block} (Basic ÷ Bottleneck {ratios})."),
        tr("{lesser}: neither block at every width (Basic ÷ Bottleneck {ratios})."),
    )
    least: BlockKind | None = "bottleneck" if min(ratios) > 1 else "basic" if max(ratios) < 1 else None
    text, block = (one, _block_name(least)) if least else (neither, "")
    yield text.format(lesser=lesser, ratios=_ratio_range(ratios), block=block)


def _crossing_sentences(crossings: Sequence[Crossing], lesser: str) -> Iterator[str]:
    ends = [f"{crossing.channels:,.0f}" for crossing in crossings]
    first: BlockKind = "basic" if crossings[0].lesser_above == "bottleneck" else "bottleneck"
    below = tr("{lesser} below about {end} channels: the {block}.")
    yield below.format(lesser=lesser, end=ends[0], block=_block_name(first))
    between, above = (
        tr("{lesser} from about {start} to {end} channels: the {block}."),
        tr("{lesser} from about {start} channels on: the {block}."),
    )
    for crossing, start, end in zip_longest(crossings, ends, ends[1:]):
        text = between if end else above
        yield text.format(lesser=lesser, start=start, end=end, block=_block_name(crossing.lesser_above))


def _block_name(kind: BlockKind) -> str:
    return {"basic": tr("Basic block"), "bottleneck": tr("Bottleneck")}[kind]
