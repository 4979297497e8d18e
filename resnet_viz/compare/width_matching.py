"""Find the width at which one block agrees best with the other, from counts in closed form."""

from collections.abc import Callable
from typing import NamedTuple

from resnet_viz.errors import SpecError
from resnet_viz.records.block_pair import ClosedFormCost
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.limits import MAX_CHANNELS
from resnet_viz.spec.network import EXPANSION, BlockKind
from resnet_viz.texts import tr

MATCHED_BY_CHANNELS = ("channels", "latency")
"""Matches that are solved by the channels; a match by latency starts from there, since times must be measured."""


def closed_form_cost(kind: BlockKind, width: int, setting: BlockSetting) -> ClosedFormCost:
    """Count a block without building it.

    A convolution has k² · in · out ÷ groups weights and multiplies each of them once for every output pixel; a norm has
    two parameters for each channel. Shortcut D takes the mean of 2×2 pixels before its projection, which keeps it.
    """
    channels = width * EXPANSION[kind]
    read, written = setting.size**2, (-(-setting.size // setting.stride)) ** 2
    path = _residual_path(kind, width, setting, read, written)
    projected = setting.shortcut == "C" or (setting.shortcut in ("B", "D") and setting.stride > 1)
    pooled = channels * written if projected and setting.shortcut == "D" else 0
    shortcut = channels * channels if projected else 0
    normed = path.normed + (channels if projected and setting.order == "post" else 0)
    kept = path.kept + pooled + (channels * written if projected and setting.order == "post" else 0)
    norms, foldable, left = _elementwise(path, setting, channels * read, channels * written, projected)
    return ClosedFormCost(
        channels=channels,
        params=path.weights + shortcut + 2 * normed,
        macs=setting.batch * (path.macs + shortcut * written),
        elementwise=setting.batch * (left + 4 * pooled + 2 * norms),
        folded=setting.batch * (left + 4 * pooled + 2 * (norms - foldable)),
        kept=setting.batch * kept + 2 * normed,
    )


def solved_width(setting: BlockSetting) -> int:
    """Return the width of the block `setting.solve` whose matched quantity is nearest to the fixed block's.

    A width is a multiple of the groups; on a tie the smaller width. A match by latency, which has to be measured, is
    solved by channels. Raises SpecError where the quantity lies below the narrowest block's or above the widest's.
    """
    target = matched_value(setting.fixed, setting.fixed_width, setting)
    step = setting.groups
    least, most = 1, max(1, MAX_CHANNELS // EXPANSION[setting.solve] // step)

    def reached(steps: int) -> int:
        return matched_value(setting.solve, steps * step, setting)

    if not reached(least) <= target <= reached(most):
        raise _out_of_reach(setting, target, reached(least), reached(most))
    above = _least(lambda steps: reached(steps) >= target, least, most)
    below = max(least, above - 1)
    return step * min((below, above), key=lambda steps: (abs(reached(steps) - target), steps))


def matched_value(kind: BlockKind, width: int, setting: BlockSetting) -> int:
    """Return the value of the matched quantity in a block of this width."""
    cost = closed_form_cost(kind, width, setting)
    return cost.channels if setting.match in MATCHED_BY_CHANNELS else int(getattr(cost, setting.match))


class _ResidualPath(NamedTuple):
    """Counts of the residual path: convolution weights and normalised channels; for one image multiply-adds, elements
    saved for backward, and elements of the maps between two convolutions.
    """

    weights: int
    normed: int
    macs: int
    kept: int
    between: int


def _elementwise(
    path: _ResidualPath, setting: BlockSetting, read: int, written: int, projected: bool
) -> tuple[int, int, int]:
    """Return the elements of one image that are normalised, those of them whose norm can be folded into the convolution
    before it, and the operations of activations and the `+`.

    `read` and `written` are the elements of the block's input and output.
    """
    added = 0 if setting.shortcut == "none" else written
    if setting.order == "pre":
        norms, before = path.between + read, 0 if added else read
        return norms, path.between + before, path.between + read + added
    norms = path.between + written + (written if projected else 0)
    return norms, norms, path.between + written + added


def _residual_path(kind: BlockKind, width: int, setting: BlockSetting, read: int, written: int) -> _ResidualPath:
    square = width * width
    three = 9 * square // setting.groups
    if kind == "basic":
        between = width * written
        kept = _kept(setting, width, between, read, written)
        return _ResidualPath(2 * three, 2 * width, 2 * three * written, kept, between)
    early = setting.stride_in == "1x1"
    first = written if early else read
    between = width * (first + written)
    kept = _kept(setting, 4 * width, between, read, written)
    normed = 6 * width
    return _ResidualPath(8 * square + three, normed, 4 * square * (first + written) + three * written, kept, between)


def _kept(setting: BlockSetting, channels: int, between: int, read: int, written: int) -> int:
    """Return the elements of the residual path that are saved for backward: each norm's input, each activation's output
    and x.

    The first activation of a pre-activation block adds another map of the input's size; a post-activation block adds
    its last convolution's output and its own output.
    """
    if setting.order == "pre":
        return 2 * channels * read + 2 * between
    return channels * read + 2 * between + 2 * channels * written


def _least(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least number from `low` to `high` for which `holds` is true; it must be true for all greater ones."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _out_of_reach(setting: BlockSetting, target: int, least: int, most: int) -> SpecError:
    end, size = (tr("narrowest"), least) if target < least else (tr("widest"), most)
    sentence = tr("{quantity}: {target} in the {fixed} block, {size} in the {end} {solve} block; give other channels")
    name = {"params": tr("parameters"), "macs": tr("MACs")}.get(setting.match, tr("channels"))
    return SpecError("match", setting.match, sentence.format(
        fixed=setting.fixed, target=f"{target:,}", quantity=name, end=end, solve=setting.solve, size=f"{size:,}",
    ))  # fmt: skip
