"""The width at which one block takes as long as the other, found by measuring."""

import time
from collections import deque
from collections.abc import Callable, Iterator

from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.errors import SpecError
from resnet_viz.profiling.ceilings import timing
from resnet_viz.profiling.paired import Pairs, in_turn, prepared_block, ratio_of
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.timers import Clock, Measure, Work
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION, MAX_CHANNELS
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

NEAR = 0.03
"""A width is taken when its time is no further off than this part: repeated runs differ by as much."""
MOST_TRIES = 16
Make = Callable[[int], Work]


def latency_width(
    setting: BlockSetting, start: int, settings: ProfileSettings, clock: Clock = time.perf_counter_ns
) -> Iterator[ProfileProgress | int]:
    """Try widths of `setting.solve` from `start` on until its time meets the held block's: progress, then the width.

    Raises SpecError where the device cannot do it or no width comes near, UserError where memory ends.
    """
    where = device.check(settings)
    with device.prepared(where, settings):
        held = prepared_block(setting.spec_of(setting.fixed, setting.fixed_width), settings, where)

        def make(width: int) -> Work:
            return prepared_block(setting.spec_of(setting.solve, width), settings, where)

        each = settings.but(seconds=max(0.1, settings.seconds / MOST_TRIES), warmup_seconds=0.05)
        with memory.ending_as(lambda: _nothing_near(setting)):
            yield from search(setting, start, held, make, timing(where, clock), Setup(each, where, clock))


def search(
    setting: BlockSetting, start: int, held: Work, make: Make, measure: Measure, setup: Setup
) -> Iterator[ProfileProgress | int]:
    """Narrow the widths between one that is too fast and one that is too slow; the nearest of those tried."""
    step = setting.groups
    low, high = 0, MAX_CHANNELS // EXPANSION[setting.solve] // step + 1  # in steps; both ends are taken to miss
    place, found_slower = max(1, start // step), False
    tried: dict[int, float] = {}
    while len(tried) < MOST_TRIES and place not in tried and low < place < high:
        pairs = Pairs()
        deque(in_turn(measure, held, make(place * step), setup, pairs), maxlen=0)
        tried[place] = ratio = ratio_of(pairs)[0]  # how many times as long the held block takes
        if abs(ratio - 1) <= NEAR:
            break
        low, high = (place, high) if ratio > 1 else (low, place)
        found_slower = found_slower or ratio < 1
        place = (low + high) // 2 if found_slower and low else max(1, high // 2) if found_slower else 2 * place
        place = min(place, high - 1)
        yield ProfileProgress("widths", len(tried) / MOST_TRIES, number=place * step)
    best = min(tried, key=lambda steps: max(tried[steps], 1 / tried[steps]))
    if not 0.5 < tried[best] < 2:
        raise _nothing_near(setting)
    yield best * step


def _nothing_near(setting: BlockSetting) -> SpecError:
    accepted = tr("no {solve} block takes about as long as this {held} block; give other channels")
    return SpecError("match", setting.match, accepted.format(solve=setting.solve, held=setting.fixed))
