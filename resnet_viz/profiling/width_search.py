"""The search for the width at which one block takes as long as the other, by measuring."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

import torch

from resnet_viz.device import capacity
from resnet_viz.device import info as device_info
from resnet_viz.errors import SpecError
from resnet_viz.profiling.paired import PairedSamples, block_workload, bootstrap_ratio, measure_interleaved
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.timers.call_timers import TimedCalls, Timing, timings_of
from resnet_viz.profiling.timers.timer import Clock
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.limits import MAX_CHANNELS
from resnet_viz.spec.network import EXPANSION
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

RATIO_TOLERANCE = 0.03
"""A width whose time is off by no more than this fraction is accepted: repeated runs differ by as much."""
MAX_TRIES = 16
TimingsOfWidth = Callable[[int], Sequence[Timing]]
"""Returns the timings of the fixed block and of the other block at a width."""


def latency_width(
    setting: BlockSetting, start: int, settings: ProfileSettings, clock: Clock = time.perf_counter_ns
) -> Iterator[ProfileProgress | int]:
    """Try widths of the block `setting.solve`, from `start` on, until it takes as long as the block `setting.fixed`.

    Yields progress, then the width. Raises SpecError where the device cannot do what is asked or no width comes near,
    UserError where the device runs out of memory.
    """
    device = device_info.check(settings)
    with device_info.prepared(device, settings):
        fixed_block = block_workload(setting.spec_of(setting.fixed, setting.fixed_width), settings, device)

        def timings_of_width(width: int) -> Sequence[Timing]:
            block = block_workload(setting.spec_of(setting.solve, width), settings, device)
            with torch.inference_mode():
                return timings_of(device, clock, TimedCalls((fixed_block,)), TimedCalls((block,))).timings

        try_settings = settings.but(seconds=max(0.1, settings.seconds / MAX_TRIES), warmup_seconds=0.05)
        setup = Setup(try_settings, device, clock)
        with capacity.out_of_memory_as(lambda: _no_width_found(setting)):
            yield from search_width(setting, start, timings_of_width, setup)


def search_width(
    setting: BlockSetting, start: int, timings_of_width: TimingsOfWidth, setup: Setup
) -> Iterator[ProfileProgress | int]:
    """Bisect between a width that is too fast and one that is too slow; yield progress, then the nearest width tried.

    Widths are multiples of `setting.groups`. Raises SpecError where even the nearest is off by a factor of two.
    """
    step = setting.groups
    low, high = 0, MAX_CHANNELS // EXPANSION[setting.solve] // step + 1  # in steps; neither end is tried
    current, found_slower = max(1, start // step), False
    tried: dict[int, float] = {}
    while len(tried) < MAX_TRIES and current not in tried and low < current < high:
        samples = PairedSamples()
        deque(measure_interleaved(timings_of_width(current * step), setup, samples), maxlen=0)
        tried[current] = ratio = bootstrap_ratio(samples)[0]  # how many times as long the fixed block takes
        if abs(ratio - 1) <= RATIO_TOLERANCE:
            break
        low, high = (current, high) if ratio > 1 else (low, current)
        found_slower = found_slower or ratio < 1
        current = (low + high) // 2 if found_slower and low else max(1, high // 2) if found_slower else 2 * current
        current = min(current, high - 1)
        yield ProfileProgress("widths", len(tried) / MAX_TRIES, number=current * step)
    best = min(tried, key=lambda steps: max(tried[steps], 1 / tried[steps]))
    if not 0.5 < tried[best] < 2:
        raise _no_width_found(setting)
    yield best * step


def _no_width_found(setting: BlockSetting) -> SpecError:
    accepted = tr("no {solve} block takes about as long as this {held} block; give other channels")
    return SpecError("match", setting.match, accepted.format(solve=setting.solve, held=setting.fixed))
