"""The width at which one block agrees best with the other, from counts in closed form."""

from collections.abc import Callable
from typing import NamedTuple

from resnet_viz.errors import SpecError
from resnet_viz.records.block_pair import BlockCounts
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION, MAX_CHANNELS, BlockKind
from resnet_viz.texts import tr

UNCOUNTED = ("channels", "latency")
"""What is matched by the channels: times have to be measured."""


def counts(kind: BlockKind, width: int, setting: BlockSetting) -> BlockCounts:
    """A block's figures without building it.

    Convolutions have k² · in · out ÷ groups weights, norms two parameters a channel; a convolution multiplies each
    weight once for every pixel it puts out.
    """
    channels = width * EXPANSION[kind]
    read, written = setting.size**2, (-(-setting.size // setting.stride)) ** 2
    within = _within(kind, width, setting, read, written)
    projected = setting.shortcut == "C" or (setting.shortcut == "B" and setting.stride > 1)
    shortcut = channels * channels if projected else 0
    normed = within.normed + (channels if projected and setting.order == "post" else 0)
    kept = within.kept + (channels * written if projected and setting.order == "post" else 0)
    norms, foldable, left = _elementwise(within, setting, channels * read, channels * written, projected)
    return BlockCounts(
        channels=channels,
        params=within.weights + shortcut + 2 * normed,
        macs=setting.batch * (within.macs + shortcut * written),
        elementwise=setting.batch * (left + 2 * norms),
        folded=setting.batch * (left + 2 * (norms - foldable)),
        kept=setting.batch * kept + 2 * normed,
    )


def solved_width(setting: BlockSetting) -> int:
    """The whole width of `setting.solve` whose matched quantity is nearest to the held block's; the lesser of two.

    A width is a multiple of the groups. For a match by latency, which has to be measured, the one by channels.
    Raises SpecError where even the narrowest or the widest block does not come near.
    """
    target = amount(setting.held, setting.held_width, setting)
    step = setting.groups
    least, most = 1, max(1, MAX_CHANNELS // EXPANSION[setting.solve] // step)

    def reached(steps: int) -> int:
        return amount(setting.solve, steps * step, setting)

    if not reached(least) <= target <= reached(most):
        raise _out_of_reach(setting, target, reached(least), reached(most))
    above = _first(lambda steps: reached(steps) >= target, least, most)
    below = max(least, above - 1)
    return step * min((below, above), key=lambda steps: (abs(reached(steps) - target), steps))


def amount(kind: BlockKind, width: int, setting: BlockSetting) -> int:
    """The matched quantity of a block of this width."""
    found = counts(kind, width, setting)
    return found.channels if setting.match in UNCOUNTED else int(getattr(found, setting.match))


class _Within(NamedTuple):
    """The residual path: weights of convolutions, normed channels; of one image multiply-adds, kept elements and the
    elements between two convolutions.
    """

    weights: int
    normed: int
    macs: int
    kept: int
    between: int


def _elementwise(
    within: _Within, setting: BlockSetting, read: int, written: int, projected: bool
) -> tuple[int, int, int]:
    """Of one image: the elements that are normed, those normed behind a convolution that nothing else reads, and the
    operations of activations and the `+`. `read` and `written` are elements of the block's input and output.
    """
    added = 0 if setting.shortcut == "none" else written
    if setting.order == "pre":
        norms, before = within.between + read, 0 if added else read
        return norms, within.between + before, within.between + read + added
    norms = within.between + written + (written if projected else 0)
    return norms, norms, within.between + written + added


def _within(kind: BlockKind, width: int, setting: BlockSetting, read: int, written: int) -> _Within:
    square = width * width
    three = 9 * square // setting.groups
    if kind == "basic":
        between = width * written
        kept = _kept(setting, width, between, read, written)
        return _Within(2 * three, 2 * width, 2 * three * written, kept, between)
    early = setting.stride_in == "1x1"
    first = written if early else read
    between = width * (first + written)
    kept = _kept(setting, 4 * width, between, read, written)
    normed = 6 * width
    return _Within(8 * square + three, normed, 4 * square * (first + written) + three * written, kept, between)


def _kept(setting: BlockSetting, channels: int, between: int, read: int, written: int) -> int:
    """What a training pass keeps of the residual path: each norm's input, each activation's output, and x.

    The first activation of a pre-activation block is one more of the input; a post-activation block keeps the last
    convolution's output and its own.
    """
    if setting.order == "pre":
        return 2 * channels * read + 2 * between
    return channels * read + 2 * between + 2 * channels * written


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number from `low` to `high` for which it holds, where it holds for all from there on."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _out_of_reach(setting: BlockSetting, target: int, least: int, most: int) -> SpecError:
    end, size = (tr("narrowest"), least) if target < least else (tr("widest"), most)
    sentence = tr("{quantity}: {target} in the {held} block, {size} in the {end} {solve} block; give other channels")
    name = {"params": tr("parameters"), "macs": tr("MACs")}.get(setting.match, tr("channels"))
    return SpecError("match", setting.match, sentence.format(
        held=setting.held, target=f"{target:,}", quantity=name, end=end, solve=setting.solve, size=f"{size:,}",
    ))  # fmt: skip
