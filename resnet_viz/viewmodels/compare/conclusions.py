"""Draw the conclusions from the figures of two blocks, in sentences that rules choose."""

from typing import NamedTuple

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, BlockSide, PairTimes
from resnet_viz.records.message import Message
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.spec.network import EXPANSION
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names, bound_of, quantity_names
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import percent
from resnet_viz.viewmodels.text.runs import message_text

MAX_RELIABLE_VARIATION = 0.25
"""The interquartile range ÷ median from which on a time is unreliable."""


def block_sentences(compared: BlockComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """Return all sentences about two blocks: what was matched, the conclusions, and what limits the times."""
    sentences = match_sentence(compared), *conclusions(compared, convention), *timing_sentences(compared.times)
    return tuple(sentence for sentence in sentences if sentence)


def conclusions(compared: BlockComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """Return three sentences: on the parameters, on operations and memory traffic, and on the speed.

    Operations are counted and named by the convention. Before both blocks are measured the last sentence is about the
    activations that are saved for backward.
    """
    work = operation_ratio(compared, convention)
    names = tr("the Basic block"), tr("the Bottleneck")
    last = _saved_sentence(compared) if compared.times is None else speed_sentence(compared.times, work, names)
    return _parameter_sentence(compared), _traffic_sentence(compared, work), last


def timing_sentences(times: PairTimes | None) -> tuple[str, ...]:
    """Return why the times were not taken in the best way, and a warning if they are noisy; empty texts where not."""
    refusals = () if times is None else tuple(map(message_text, times.messages))
    return (*refusals, noise_warning(times), others_sentence(times))


def others_sentence(times: PairTimes | None) -> str:
    """Return the share of the processor that other programs took; empty where it is unknown or a warning has it."""
    if times is None or times.others_share is None or any(message.kind == "shared" for message in times.messages):
        return ""
    return tr("Other programs took {part} of the processor.").format(part=percent(times.others_share))


def noise_warning(times: PairTimes | None) -> str:
    """Return a warning if the measured times vary so much that their ratio is unreliable, else an empty text."""
    most = 0.0 if times is None else max(times.first.spread.variation, times.second.spread.variation)
    if most < MAX_RELIABLE_VARIATION:
        return ""
    return message_text(Message("whole varies much", {"part": 100 * most}))


def match_sentence(compared: BlockComparison) -> str:
    """Return a sentence on the matched quantity, and on the difference that the nearest whole width leaves."""
    setting, agreement = compared.setting, compared.agreement
    name, rest = quantity_names()[agreement.quantity], agreement.remainder
    solved = _width_text(compared.basic if setting.solve == "basic" else compared.bottleneck)
    if not rest:
        return tr("Matched by {quantity}: {solved}; an exact match.").format(quantity=name, solved=solved)
    if agreement.quantity == "latency":
        difference = (tr("{n:,.1f} µs more") if rest > 0 else tr("{n:,.1f} µs less")).format(n=abs(rest))
    else:
        text = tr("{n:,.0f} {quantity} more") if rest > 0 else tr("{n:,.0f} {quantity} fewer")
        difference = text.format(n=abs(rest), quantity=name)
    sentence = tr("Matched by {quantity}: {solved}; {difference} than {fixed} ({percent:.2g} %).").format(
        quantity=name, solved=solved, difference=difference, fixed=block_names()[setting.fixed],
        percent=100 * abs(rest) / agreement.target,
    )  # fmt: skip
    hint = ""
    if agreement.quantity == "channels":
        hint = tr("Channels in multiples of {step} agree exactly.").format(
            step=max(EXPANSION.values()) * setting.groups
        )
    elif setting.groups > 1:
        hint = tr("With {groups} groups, widths go in steps of {groups}.").format(groups=setting.groups)
    return " ".join(filter(None, (sentence, hint)))


def _width_text(side: BlockSide) -> str:
    """Return `Bottleneck at width 64, 256 channels`; without the width for a Basic block, whose channels it equals."""
    basic, bottleneck = tr("{block} at {channels:,} channels"), tr("{block} at width {width:,}, {channels:,} channels")
    text = basic if side.width == side.channels else bottleneck
    return text.format(block=block_names()[side.kind], width=side.width, channels=side.channels)


class OperationRatio(NamedTuple):
    """The operations of two things: their ratio first ÷ second, and the noun for them, such as `MACs`."""

    ratio: float
    noun: str


def operation_ratio(compared: BlockComparison | NetworkComparison, convention: Convention) -> OperationRatio:
    """Return the ratio of the operations of two blocks or networks by a counting convention."""
    return OperationRatio(compared.operations(convention).ratio or 1.0, count_label(convention).noun)


def speed_sentence(times: PairTimes, work: OperationRatio, names: tuple[str, str]) -> str:
    """Return a sentence on which is faster on the measured device, beside the ratio of their operations.

    Neither is called faster where the 95 % confidence interval contains 1 or the times are noisy. `names` must fit into
    a sentence.
    """
    if times.interval is None:
        return tr("On {device} too few rounds ({n}) were measured to decide which is faster; measure longer.").format(
            device=times.place.device, n=times.rounds
        )
    (low, high), factor, fewer, wins = times.interval, times.ratio, work.ratio, times.ratio > 1
    is_noisy, is_undecided = bool(noise_warning(times)), low <= 1 <= high
    if not (is_noisy or is_undecided or wins):
        factor, low, high, fewer = 1 / factor, 1 / high, 1 / low, 1 / fewer
    if is_noisy:
        text = tr("On {device} {first} takes {by} times as long as {second}.")
    elif is_undecided:
        text = tr("On {device} neither is shown to be faster: {first} takes {by} times as long as {second} ({span}).")
    elif reads_as_equal(fewer):
        text = tr("On {device} {winner} is {by} times faster ({span}) for about as many {noun}.")
    elif fewer < 1:
        text = tr("On {device} {winner} is {by} times faster ({span}), although it does {work} times as many {noun}.")
    elif fewer > high:
        text = tr("On {device} {winner} is {by} times faster ({span}), less than its {work} times fewer {noun} would "
                  "allow.")  # fmt: skip
    else:
        text = tr("On {device} {winner} is {by} times faster ({span}), with {work} times fewer {noun}.")
    span = tr("95 % confidence interval {low:.2f} to {high:.2f}").format(low=low, high=high)
    return text.format(
        device=times.place.device, first=names[0], second=names[1], winner=names[wins], by=f"{factor:.2f}",
        span=span, work=factor_text(fewer), noun=work.noun,
    )  # fmt: skip


def count_phrase(ratio: float, thing: str) -> str:
    """Return the second's count against the first's, such as `2.00 times fewer MACs`; `ratio` is first ÷ second."""
    if reads_as_equal(ratio):
        text = tr("just as many {thing}") if ratio == 1 else tr("about as many {thing}")
    else:
        text = tr("{factor} times fewer {thing}") if ratio > 1 else tr("{factor} times as many {thing}")
    return text.format(factor=factor_text(ratio), thing=thing)


def reads_as_equal(ratio: float) -> bool:
    """Return True if the ratio would be printed as 1.00."""
    return factor_text(ratio) == "1.00"


def factor_text(ratio: float) -> str:
    """Return the ratio or its inverse, whichever is above 1, with two decimals."""
    return f"{max(ratio, 1 / ratio):,.2f}"


def _parameter_sentence(compared: BlockComparison) -> str:
    """Return a sentence on the parameters and the number of layers."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    ratio = first.params / second.params
    if reads_as_equal(ratio):
        text = tr("Both have about as many parameters, the Bottleneck in {more} weight layers instead of {fewer}.")
    elif ratio > 1:
        text = tr("The Bottleneck has {parameters}, but {more} weight layers instead of {fewer}.")
    else:
        text = tr("The Bottleneck has {parameters}, and {more} weight layers instead of {fewer}.")
    return text.format(parameters=count_phrase(ratio, tr("parameters")), more=second.layers, fewer=first.layers)


def _traffic_sentence(compared: BlockComparison, work: OperationRatio) -> str:
    """Return a sentence on operations and bytes moved, and on the block that memory limits more."""
    first, second = compared.basic.figures, compared.bottleneck.figures
    ratio, bound = first.intensity / second.intensity, _bound_clause(compared)
    if reads_as_equal(ratio) or f"{first.intensity:.1f}" == f"{second.intensity:.1f}":
        text = tr("The Bottleneck does {work} and moves {traffic}: about as many operations per byte.")
    elif bound:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}; {bound}.")
    elif ratio > 1 and compared.setting.groups == 1:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}, so the Bottleneck is more likely "
                  "to be limited by memory: a 1×1 convolution does little arithmetic per byte.")  # fmt: skip
    else:
        text = tr("The Bottleneck does {work} and moves {traffic}: {density}, so the {block} is more likely to be "
                  "limited by memory.")  # fmt: skip
    density = tr("{second:,.1f} operations per byte against {first:,.1f}")
    return text.format(
        work=count_phrase(work.ratio, work.noun),
        traffic=count_phrase(first.moved_bytes / second.moved_bytes, tr("bytes")),
        density=density.format(first=first.intensity, second=second.intensity), bound=bound,
        block=tr("Bottleneck") if ratio > 1 else tr("Basic block"),
    )  # fmt: skip


def _bound_clause(compared: BlockComparison) -> str:
    """Return a clause on what limits each block on the measured device; empty where that is unknown."""
    if compared.times is None:
        return ""
    first, second = (bound_of(side, compared.times) for side in (compared.basic, compared.bottleneck))
    if first is None:
        return ""
    both = tr("on {device} both are bound by {first}")
    each = tr("on {device} the Basic block is bound by {first}, the Bottleneck by {second}")
    text = both if first == second else each
    return text.format(device=compared.times.place.device, first=first, second=second)


def _saved_sentence(compared: BlockComparison) -> str:
    saved = count_phrase(compared.total("kept").ratio or 1.0, tr("activations"))
    return tr("Training keeps {saved} for the backward pass; measure both to see which is faster.").format(saved=saved)
