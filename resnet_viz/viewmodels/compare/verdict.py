"""What follows from the figures of two blocks, in two or three sentences made by rules."""

from collections.abc import Iterator
from typing import NamedTuple

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, Counted, PairTimes, operations
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import bound_of
from resnet_viz.viewmodels.text.conventions import label

DOUBTFUL = 0.25
"""The interquartile range, as a part of the median, from which on a time is not to be relied on."""


def verdict(compared: BlockComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """The sentences: what each block costs, what its bytes say of its speed, and which one is the faster here.

    Operations are counted by a convention, and called so.
    """
    return tuple(_sentences(compared, work_of(compared.basic.figures, compared.bottleneck.figures, convention)))


def doubt(times: PairTimes) -> str:
    """A sentence where the measured times vary so much that the ratio should not be relied on, else nothing."""
    most = max(times.first.spread.variation, times.second.spread.variation)
    if most < DOUBTFUL:
        return ""
    return tr(
        "The times vary by {part} % between their quartiles: something else uses this machine, or its clock changes. "
        "Do not rely on their ratio; measure again."
    ).format(part=f"{100 * most:.0f}")


class Work(NamedTuple):
    """The operations of two things: `ratio` is first ÷ second, `noun` what they are called."""

    ratio: float
    noun: str


def work_of(first: Counted, second: Counted, convention: Convention) -> Work:
    """The operations of two things by a convention of counting."""
    return Work(operations(first, convention) / operations(second, convention), label(convention).noun)


def speed(times: PairTimes, work: Work, names: tuple[str, str]) -> str:
    """Who is faster on the measured device, held against the arithmetic; `names` stand within a sentence."""
    device = times.place.device
    if times.interval is None:
        return tr("On {device} too few rounds ({n}) were measured to say which is faster; give it more time.").format(
            device=device, n=times.rounds
        )
    low, high = times.interval
    if doubt(times):
        return tr("On {device} {first} takes {ratio} times as long as {second}.").format(
            device=device, first=names[0], second=names[1], ratio=f"{times.ratio:.2f}"
        )
    if low <= 1 <= high:
        sentence = tr("On {device} neither is shown to be faster: {first} takes {ratio} times as long as {second} "
                      "({interval}).")  # fmt: skip
        return sentence.format(
            device=device, first=names[0], second=names[1], ratio=f"{times.ratio:.2f}",
            interval=_interval(low, high),
        )  # fmt: skip
    wins = times.ratio > 1
    factor, fewer = times.ratio, work.ratio
    if not wins:
        factor, low, high, fewer = 1 / factor, 1 / high, 1 / low, 1 / fewer
    lead = tr("On {device} {winner} is {factor} times faster ({interval})").format(
        device=device, winner=names[wins], factor=f"{factor:.2f}", interval=_interval(low, high)
    )
    said = {"lead": lead, "noun": work.noun, "factor": factor_text(fewer)}
    if alike(fewer):
        return tr("{lead} for about as many {noun}.").format(**said)
    if fewer < 1:
        return tr("{lead}, although it does {factor} times as many {noun}.").format(**said)
    if fewer > high:
        return tr("{lead}, less than its {factor} times fewer {noun} would allow.").format(**said)
    return tr("{lead}, with {factor} times fewer {noun}.").format(**said)


def share(ratio: float, thing: str) -> str:
    """How much of a thing the second has, `ratio` being first ÷ second: `2.00 times fewer MACs`."""
    if alike(ratio):
        return (tr("just as many {thing}") if ratio == 1 else tr("about as many {thing}")).format(thing=thing)
    text = tr("{factor} times fewer {thing}") if ratio > 1 else tr("{factor} times as many {thing}")
    return text.format(factor=factor_text(ratio), thing=thing)


def alike(ratio: float) -> bool:
    """Whether the ratio would read 1.00."""
    return factor_text(ratio) == "1.00"


def factor_text(ratio: float) -> str:
    """The ratio or its inverse, whichever is above one."""
    return f"{max(ratio, 1 / ratio):,.2f}"


def _sentences(compared: BlockComparison, work: Work) -> Iterator[str]:
    yield _costs(compared)
    yield _bytes(compared, work)
    if compared.times is None:
        yield _kept(compared)
    else:
        yield speed(compared.times, work, (tr("the Basic block"), tr("the Bottleneck")))


def _costs(compared: BlockComparison) -> str:
    """Parameters, and the layers that they come in."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    layers = tr("{more} layers against {fewer}").format(more=second.layers, fewer=first.layers)
    ratio = first.params / second.params
    if alike(ratio):
        return tr("Both have about as many parameters, the Bottleneck in {layers}.").format(layers=layers)
    if ratio > 1:
        return tr("The Bottleneck has {ratio} times fewer parameters, but {layers}.").format(
            ratio=factor_text(ratio), layers=layers
        )
    return tr("The Bottleneck has {ratio} times as many parameters, and {layers}.").format(
        ratio=factor_text(ratio), layers=layers
    )


def _bytes(compared: BlockComparison, work: Work) -> str:
    """Whether arithmetic and traffic fall alike: where they do not, who is bound by memory sooner."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    lead = tr("The Bottleneck does {work} and moves {traffic}").format(
        work=share(work.ratio, work.noun), traffic=share(first.moved_bytes / second.moved_bytes, tr("bytes"))
    )
    ratio = first.intensity / second.intensity
    if alike(ratio) or f"{first.intensity:.1f}" == f"{second.intensity:.1f}":
        return tr("{lead}: about the same arithmetic on each byte.").format(lead=lead)
    bound = _bound(compared)
    if bound:
        return tr("{lead}: {second} operations on a byte against {first}; {bound}.").format(
            lead=lead, second=f"{second.intensity:,.1f}", first=f"{first.intensity:,.1f}", bound=bound
        )
    nearer = tr("{lead}: {second} operations on a byte against {first}, so the {block} is nearer to where memory is "
                "the limit{why}.")  # fmt: skip
    why = tr("; a 1×1 convolution does little with what it reads") if ratio > 1 and compared.setting.groups == 1 else ""
    return nearer.format(
        lead=lead, second=f"{second.intensity:,.1f}", first=f"{first.intensity:,.1f}", why=why,
        block=tr("Bottleneck") if ratio > 1 else tr("Basic block"),
    )  # fmt: skip


def _bound(compared: BlockComparison) -> str:
    """What the measured device bounds both blocks by; empty where that is not known."""
    times = compared.times
    if times is None:
        return ""
    first, second = (bound_of(side, times) for side in (compared.basic, compared.bottleneck))
    if first is None or second is None:
        return ""
    if first == second:
        return tr("on {device} both are bound by {bound}").format(device=times.place.device, bound=first)
    sentence = tr("on {device} the Basic block is bound by {first}, the Bottleneck by {second}")
    return sentence.format(device=times.place.device, first=first, second=second)


def _kept(compared: BlockComparison) -> str:
    first, second = compared.basic.figures, compared.bottleneck.figures
    kept = share(first.kept / second.kept, tr("activations"))
    return tr("For training it keeps {kept}; which of the two is faster is known when they have been measured.").format(
        kept=kept
    )


def _interval(low: float, high: float) -> str:
    return tr("{low} to {high} in 95 of 100 cases").format(low=f"{low:.2f}", high=f"{high:.2f}")
