"""The sizes inside the gates of channel attention, by the number of channels that they scale."""

from math import log2

HIDDEN_MULTIPLE = 8
"""The hidden channels of a squeeze-and-excitation gate are a multiple of it, and at least as many."""


def se_hidden(channels: int, reduction: int) -> int:
    """Return channels / reduction, rounded to a multiple of 8 but at least 8."""
    nearest = int(channels / reduction + HIDDEN_MULTIPLE / 2) // HIDDEN_MULTIPLE * HIDDEN_MULTIPLE
    return max(HIDDEN_MULTIPLE, nearest)


def eca_kernel(channels: int) -> int:
    """Return the kernel for so many channels: the whole part of (log2 C + 1) / 2, one more where even, at least 3."""
    kernel = int((log2(channels) + 1) / 2)
    return max(kernel if kernel % 2 else kernel + 1, 3)
