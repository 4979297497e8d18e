"""What follows from the figures of two blocks, in two or three sentences made by rules."""

from typing import NamedTuple

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, BlockSide, PairTimes
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.spec.network import EXPANSION
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names, bound_of, quantity_names
from resnet_viz.viewmodels.text.conventions import count_label

DOUBTFUL = 0.25
"""The interquartile range, as a part of the median, from which on a time is not to be relied on."""


def block_sentences(compared: BlockComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """Everything that is said below two blocks: what was matched, what follows, and whether the times are doubtful."""
    said = match_sentence(compared), *verdict(compared, convention), doubt(compared.times)
    return tuple(sentence for sentence in said if sentence)


def verdict(compared: BlockComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """The sentences: what each block costs, what its bytes say of its speed, and which one is the faster here.

    Operations are counted by a convention, and called so.
    """
    work = work_of(compared, convention)
    names = tr("the Basic block"), tr("the Bottleneck")
    last = _kept(compared) if compared.times is None else speed(compared.times, work, names)
    return _costs(compared), _bytes(compared, work), last


def doubt(times: PairTimes | None) -> str:
    """A sentence where the measured times vary so much that the ratio should not be relied on, else nothing."""
    most = 0.0 if times is None else max(times.first.spread.variation, times.second.spread.variation)
    if most < DOUBTFUL:
        return ""
    return tr(
        "The times vary by {part} % between their quartiles: something else uses this machine, or its clock changes. "
        "Do not rely on their ratio; measure again."
    ).format(part=f"{100 * most:.0f}")


def match_sentence(compared: BlockComparison) -> str:
    """What was matched, and how far the nearest whole width is from it."""
    setting, agreement = compared.setting, compared.agreement
    name, rest = quantity_names()[agreement.quantity], agreement.remainder
    place = _place_of(compared.basic if setting.solve == "basic" else compared.bottleneck)
    if not rest:
        return tr("Matched by {quantity}: {place}; they agree exactly.").format(quantity=name, place=place)
    if agreement.quantity == "latency":
        amount = (tr("{n:,.1f} µs more") if rest > 0 else tr("{n:,.1f} µs less")).format(n=abs(rest))
    else:
        text = tr("{n:,.0f} {quantity} more") if rest > 0 else tr("{n:,.0f} {quantity} fewer")
        amount = text.format(n=abs(rest), quantity=name)
    said = tr("Matched by {quantity}: {place}; {amount} than {held} ({percent:.2g} %).").format(
        quantity=name, place=place, amount=amount, held=block_names()[setting.held],
        percent=100 * abs(rest) / agreement.target,
    )  # fmt: skip
    hint = ""
    if agreement.quantity == "channels":
        hint = tr("Channels in multiples of {step} agree exactly.").format(
            step=max(EXPANSION.values()) * setting.groups
        )
    elif setting.groups > 1:
        hint = tr("With {groups} groups, widths go in steps of {groups}.").format(groups=setting.groups)
    return " ".join(filter(None, (said, hint)))


def _place_of(side: BlockSide) -> str:
    """`Bottleneck at width 64, 256 channels`; a Basic block's width is its channels."""
    whole, inner = tr("{block} at {channels:,} channels"), tr("{block} at width {width:,}, {channels:,} channels")
    text = whole if side.width == side.channels else inner
    return text.format(block=block_names()[side.kind], width=side.width, channels=side.channels)


class Work(NamedTuple):
    """The operations of two things: `ratio` is first ÷ second, `noun` what they are called."""

    ratio: float
    noun: str


def work_of(compared: BlockComparison | NetworkComparison, convention: Convention) -> Work:
    """The operations of two things by a convention of counting."""
    return Work(compared.operations(convention).ratio or 1.0, count_label(convention).noun)


def speed(times: PairTimes, work: Work, names: tuple[str, str]) -> str:
    """Who is faster on the measured device, held against the arithmetic; `names` stand within a sentence."""
    if times.interval is None:
        return tr("On {device} too few rounds ({n}) were measured to say which is faster; give it more time.").format(
            device=times.place.device, n=times.rounds
        )
    (low, high), factor, fewer, wins = times.interval, times.ratio, work.ratio, times.ratio > 1
    is_told_apart = not low <= 1 <= high and not doubt(times)
    if is_told_apart and not wins:
        factor, low, high, fewer = 1 / factor, 1 / high, 1 / low, 1 / fewer
    if doubt(times):
        text = tr("On {device} {first} takes {by} times as long as {second}.")
    elif not is_told_apart:
        text = tr("On {device} neither is shown to be faster: {first} takes {by} times as long as {second} ({span}).")
    elif alike(fewer):
        text = tr("On {device} {winner} is {by} times faster ({span}) for about as many {noun}.")
    elif fewer < 1:
        text = tr("On {device} {winner} is {by} times faster ({span}), although it does {work} times as many {noun}.")
    elif fewer > high:
        text = tr("On {device} {winner} is {by} times faster ({span}), less than its {work} times fewer {noun} would "
                  "allow.")  # fmt: skip
    else:
        text = tr("On {device} {winner} is {by} times faster ({span}), with {work} times fewer {noun}.")
    span = tr("{low:.2f} to {high:.2f} in 95 of 100 cases").format(low=low, high=high)
    return text.format(
        device=times.place.device, first=names[0], second=names[1], winner=names[wins], by=f"{factor:.2f}",
        span=span, work=factor_text(fewer), noun=work.noun,
    )  # fmt: skip


def share(ratio: float, thing: str) -> str:
    """How much of a thing the second has, `ratio` being first ÷ second: `2.00 times fewer MACs`."""
    if alike(ratio):
        text = tr("just as many {thing}") if ratio == 1 else tr("about as many {thing}")
    else:
        text = tr("{factor} times fewer {thing}") if ratio > 1 else tr("{factor} times as many {thing}")
    return text.format(factor=factor_text(ratio), thing=thing)


def alike(ratio: float) -> bool:
    """Whether the ratio would read 1.00."""
    return factor_text(ratio) == "1.00"


def factor_text(ratio: float) -> str:
    """The ratio or its inverse, whichever is above one."""
    return f"{max(ratio, 1 / ratio):,.2f}"


def _costs(compared: BlockComparison) -> str:
    """Parameters, and the layers that they come in."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    ratio = first.params / second.params
    if alike(ratio):
        text = tr("Both have about as many parameters, the Bottleneck in {more} layers against {fewer}.")
    elif ratio > 1:
        text = tr("The Bottleneck has {parameters}, but {more} layers against {fewer}.")
    else:
        text = tr("The Bottleneck has {parameters}, and {more} layers against {fewer}.")
    return text.format(parameters=share(ratio, tr("parameters")), more=second.layers, fewer=first.layers)


def _bytes(compared: BlockComparison, work: Work) -> str:
    """Whether arithmetic and traffic fall alike: where they do not, who is bound by memory sooner."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    ratio, bound = first.intensity / second.intensity, _bound(compared)
    if alike(ratio) or f"{first.intensity:.1f}" == f"{second.intensity:.1f}":
        text = tr("The Bottleneck does {work} and moves {traffic}: about the same arithmetic on each byte.")
    elif bound:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}; {bound}.")
    elif ratio > 1 and compared.setting.groups == 1:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}, so the Bottleneck is nearer to where "
                  "memory is the limit; a 1×1 convolution does little with what it reads.")  # fmt: skip
    else:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}, so the {block} is nearer to where memory "
                  "is the limit.")  # fmt: skip
    density = tr("{second:,.1f} operations on a byte against {first:,.1f}")
    return text.format(
        work=share(work.ratio, work.noun), traffic=share(first.moved_bytes / second.moved_bytes, tr("bytes")),
        density=density.format(first=first.intensity, second=second.intensity), bound=bound,
        block=tr("Bottleneck") if ratio > 1 else tr("Basic block"),
    )  # fmt: skip


def _bound(compared: BlockComparison) -> str:
    """What the measured device bounds both blocks by; empty where that is not known."""
    if compared.times is None:
        return ""
    first, second = (bound_of(side, compared.times) for side in (compared.basic, compared.bottleneck))
    if first is None:
        return ""
    both = tr("on {device} both are bound by {first}")
    each = tr("on {device} the Basic block is bound by {first}, the Bottleneck by {second}")
    text = both if first == second else each
    return text.format(device=compared.times.place.device, first=first, second=second)


def _kept(compared: BlockComparison) -> str:
    kept = share(compared.total("kept").ratio or 1.0, tr("activations"))
    return tr("For training it keeps {kept}; which of the two is faster is known when they have been measured.").format(
        kept=kept
    )
