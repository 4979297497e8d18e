"""The largest values of a network's fields."""

MAX_STAGES = 6
MAX_BLOCKS = 2_000
MAX_CHANNELS = 65_536
MAX_BLOCK_CHANNELS = 4 * MAX_CHANNELS
"""Inside a block, and at its output."""
MAX_SIZE = 65_536
MAX_STRIDE = 8
