"""The extent and the seed of the campaigns, which try random inputs in large numbers.

Every run of the tests makes short ones with one seed, so that a change is red by its own fault.
`RESNET_VIZ_CAMPAIGN=long pytest -s tests/campaigns` makes long ones, with a new seed unless RESNET_VIZ_SEED names one.
"""

import os
import random
import sys

IS_LONG = os.environ.get("RESNET_VIZ_CAMPAIGN") == "long"
DAILY_SEED = 2015


def extent(*, daily: int, long: int) -> int:
    """Return how many inputs to try in this run."""
    return long if IS_LONG else daily


def random_source() -> random.Random:
    """Return the source of a campaign's random inputs, after printing the seed with which they can be drawn again."""
    drawn = random.SystemRandom().randrange(10**6) if IS_LONG else DAILY_SEED
    seed = int(os.environ.get("RESNET_VIZ_SEED") or drawn)
    sys.stdout.write(f"RESNET_VIZ_SEED={seed}\n")  # pytest shows it where a test fails, and always with -s
    return random.Random(seed)
