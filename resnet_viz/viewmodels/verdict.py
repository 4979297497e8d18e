"""What follows from the figures of two blocks, in two or three sentences made by rules."""

from collections.abc import Iterator

from resnet_viz.comparisons import BlockComparison, PairTimes
from resnet_viz.texts import tr

DOUBTFUL = 0.25
"""The interquartile range, as a part of the median, from which on a time is not to be relied on."""


def verdict(compared: BlockComparison) -> tuple[str, ...]:
    """The sentences: what each block costs, what its bytes say of its speed, and which one is the faster here."""
    return tuple(_sentences(compared))


def doubt(times: PairTimes) -> str:
    """A sentence where the measured times vary so much that the ratio should not be relied on, else nothing."""
    most = max(times.first.spread.variation, times.second.spread.variation)
    if most < DOUBTFUL:
        return ""
    return tr(
        "The times vary by {part} % between their quartiles: something else uses this machine, or its clock changes. "
        "Do not rely on their ratio; measure again."
    ).format(part=f"{100 * most:.0f}")


def _sentences(compared: BlockComparison) -> Iterator[str]:
    yield _costs(compared)
    yield _bytes(compared)
    yield _kept(compared) if compared.times is None else _speed(compared, compared.times)


def _costs(compared: BlockComparison) -> str:
    """Parameters, and the layers that they come in."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    layers = tr("{more} layers against {fewer}").format(more=second.layers, fewer=first.layers)
    ratio = first.params / second.params
    if _alike(ratio):
        return tr("Both have about as many parameters, the Bottleneck in {layers}.").format(layers=layers)
    if ratio > 1:
        return tr("The Bottleneck has {ratio} times fewer parameters, but {layers}.").format(
            ratio=_factor(ratio), layers=layers
        )
    return tr("The Bottleneck has {ratio} times more parameters, and {layers}.").format(
        ratio=_factor(ratio), layers=layers
    )


def _bytes(compared: BlockComparison) -> str:
    """Whether arithmetic and traffic fall alike: where they do not, who is bound by memory sooner."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    macs, moved = first.macs / second.macs, first.moved_bytes / second.moved_bytes
    work = _compared(macs, tr("about as many MACs"), tr("{ratio} times fewer MACs"), tr("{ratio} times more MACs"))
    traffic = _compared(moved, tr("about as many bytes"), tr("{ratio} times fewer bytes"),
                        tr("{ratio} times more bytes"))  # fmt: skip
    lead = tr("The Bottleneck does {work} and moves {traffic}").format(work=work, traffic=traffic)
    ratio = first.intensity / second.intensity
    if _alike(ratio):
        return tr("{lead}: the same arithmetic on each byte.").format(lead=lead)
    nearer = tr("{lead}: {second} operations on a byte against {first}, so the {block} is nearer to where memory is "
                "the limit{why}.")  # fmt: skip
    why = tr("; a 1×1 convolution does little with what it reads") if ratio > 1 and compared.setting.groups == 1 else ""
    return nearer.format(
        lead=lead, second=f"{second.intensity:.1f}", first=f"{first.intensity:.1f}", why=why,
        block=tr("Bottleneck") if ratio > 1 else tr("Basic block"),
    )  # fmt: skip


def _kept(compared: BlockComparison) -> str:
    first, second = compared.basic.figures, compared.bottleneck.figures
    kept = _compared(first.kept / second.kept, tr("about as many activations"), tr("{ratio} times fewer activations"),
                     tr("{ratio} times more activations"))  # fmt: skip
    return tr("For training it keeps {kept}; which of the two is faster is known when they have been measured.").format(
        kept=kept
    )


def _speed(compared: BlockComparison, times: PairTimes) -> str:
    """Who is faster on the measured device, held against the arithmetic."""
    device = times.place.device
    if times.low <= 1 <= times.high:
        sentence = tr("On {device} neither is shown to be faster: Basic takes {ratio} times as long ({interval}).")
        return sentence.format(device=device, ratio=f"{times.ratio:.2f}", interval=_interval(times.low, times.high))
    wins = times.ratio > 1
    factor, low, high = times.ratio, times.low, times.high
    fewer = compared.basic.figures.macs / compared.bottleneck.figures.macs
    if not wins:
        factor, low, high, fewer = 1 / factor, 1 / high, 1 / low, 1 / fewer
    lead = tr("On {device} the {winner} is {factor} times faster ({interval})").format(
        device=device, winner=tr("Bottleneck") if wins else tr("Basic block"), factor=f"{factor:.2f}",
        interval=_interval(low, high),
    )  # fmt: skip
    if _alike(fewer):
        return tr("{lead} for about as many MACs.").format(lead=lead)
    if fewer < 1:
        return tr("{lead}, although it does {more} times more MACs.").format(lead=lead, more=_factor(fewer))
    if fewer > high:
        return tr("{lead}, less than its {fewer} times fewer MACs promise.").format(lead=lead, fewer=_factor(fewer))
    return tr("{lead}, with {fewer} times fewer MACs.").format(lead=lead, fewer=_factor(fewer))


def _interval(low: float, high: float) -> str:
    return tr("{low} to {high} in 95 of 100 cases").format(low=f"{low:.2f}", high=f"{high:.2f}")


def _compared(ratio: float, same: str, fewer: str, more: str) -> str:
    """`ratio` is Basic ÷ Bottleneck; said of the Bottleneck."""
    if _alike(ratio):
        return same
    return (fewer if ratio > 1 else more).format(ratio=_factor(ratio))


def _alike(ratio: float) -> bool:
    """Whether the ratio would read 1.00."""
    return _factor(ratio) == "1.00"


def _factor(ratio: float) -> str:
    """The ratio or its inverse, whichever is above one."""
    return f"{max(ratio, 1 / ratio):,.2f}"
