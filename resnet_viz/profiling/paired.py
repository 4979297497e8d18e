"""Two blocks or networks measured in turn, A B A B, with the interval that holds the ratio of their times."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile

import torch
from torch import Tensor

from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.errors import UserError
from resnet_viz.profiling.ceilings import ceilings, release, timing
from resnet_viz.profiling.passes import Budget, Setup, Tick, alternated, at_once, warm_ups
from resnet_viz.profiling.statistics import LEAST_SAMPLES, settled, summarize, timed
from resnet_viz.profiling.timers import Clock, Measure, Work
from resnet_viz.profiling.workload import prepare
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

RESAMPLES, SEED = 1_000, 2015
COVERED = 0.95
MOST_PAIRS = 4_000
"""More would not narrow the interval by anything that matters."""
BLOCK = "layer2"
Medians = list[tuple[float, float]]
"""The median times of both of each pair, in microseconds."""


@dataclass
class Pairs:
    """The times of both in microseconds, one of each in every round."""

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)


def measure_pair(
    analyses: tuple[Analysis, Analysis], settings: ProfileSettings, clock: Clock = time.perf_counter_ns,
    *, whole: bool = False,
) -> Iterator[ProfileProgress | PairTimes]:  # fmt: skip
    """Measure the blocks of two `BlockSetting.spec_of` on what their networks feed them, or two `whole` networks:
    progress, then the times.

    Raises SpecError where the device is not there, cannot do what is asked or has too little memory, and UserError
    where memory ends although it should not have.
    """
    where = device.check(settings)
    setup = Setup(settings, where, clock)
    larger = max(analyses, key=lambda analysis: analysis.totals.peak_activation_bytes)
    with memory.watched(larger, settings, where), device.prepared(where, settings):
        yield ProfileProgress("ceilings", 0.0)
        found = ceilings(where, settings, clock)
        release(where)
        yield ProfileProgress("build-both", 0.0)
        first, second = (_work(analysis.spec, settings, where, whole) for analysis in analyses)
        pairs = Pairs()
        for tick in in_turn(timing(where, clock), first, second, setup, pairs):
            yield ProfileProgress("warm-up" if tick.warming else "in-turn", tick.done, tick.seconds_left)
        ratio, low, high = ratio_of(pairs)
        yield PairTimes(
            place=device.environment(where, settings),
            dtype=settings.dtype,
            first=timed(pairs.first),
            second=timed(pairs.second),
            ratio=ratio,
            low=low,
            high=high,
            ceilings=found,
        )


def measure_points(
    specs: Sequence[tuple[ResNetSpec, ResNetSpec]], settings: ProfileSettings, clock: Clock = time.perf_counter_ns,
    *, whole: bool = False,
) -> Iterator[ProfileProgress | Medians]:  # fmt: skip
    """Measure pair after pair of blocks, or of `whole` networks, each with its part of the time budget: progress,
    then the medians of all pairs.

    Raises SpecError where the device is not there or cannot do what is asked, UserError where memory ends.
    """
    where = device.check(settings)
    medians: Medians = []
    each = settings.but(seconds=max(0.1, settings.seconds / max(1, len(specs))), warmup_seconds=0.05)
    setup = Setup(each, where, clock)
    with device.prepared(where, settings):
        for place, pair in enumerate(specs):
            yield ProfileProgress("pairs", place / len(specs), number=place + 1, total=len(specs))
            pairs = Pairs()
            with memory.ending_as(partial(_ended_at, place + 1)):
                first, second = (_work(spec, settings, where, whole) for spec in pair)
                for _ in in_turn(timing(where, clock), first, second, setup, pairs):
                    pass
            medians.append((summarize(pairs.first).median_us, summarize(pairs.second).median_us))
    yield medians


def _ended_at(pair: int) -> UserError:
    return UserError(tr("Memory ended at pair {n}; measure fewer.").format(n=pair))


def _work(spec: ResNetSpec, settings: ProfileSettings, where: torch.device, whole: bool) -> Work:
    return prepare(spec, settings, where).whole if whole else prepared_block(spec, settings, where)


def prepared_block(spec: ResNetSpec, settings: ProfileSettings, where: torch.device) -> Work:
    """The block of `BlockSetting.spec_of` alone, on what the stem and the stage before it make of a random input."""
    prepared = prepare(spec, settings, where)
    block = prepared.network.get_submodule(BLOCK)
    x: Tensor = prepared.x
    with torch.inference_mode():
        for _, module in takewhile(lambda part: part[0] != BLOCK, prepared.network.named_children()):
            x = module(x)
    return partial(block, x)


def in_turn(measure: Measure, first: Work, second: Work, setup: Setup, pairs: Pairs) -> Iterator[Tick]:
    """Warm both up, then measure one and the other until both have settled or the budget is spent.

    Who comes first changes from round to round, so that neither always follows the other.
    """
    works = first, second
    for number in warm_ups(setup, least=1):
        with setup.guard():
            for work in reversed(works) if number % 2 else works:
                measure(work)
        yield Tick(True, None, 0.0, None)

    def enough() -> bool:
        return len(pairs.first) >= MOST_PAIRS or (settled(pairs.first) and settled(pairs.second))

    sides = at_once(partial(measure, first), pairs.first), at_once(partial(measure, second), pairs.second)
    budget = Budget(setup.settings.seconds, setup.clock)
    yield from alternated(sides, budget, guard=setup.guard, enough=enough, swapping=True)


def ratio_of(pairs: Pairs) -> tuple[float, float | None, float | None]:
    """The ratio of the medians, first ÷ second, and the interval that holds it in 95 of 100 cases; None for its ends
    where there are fewer than ten rounds.

    By the bootstrap (Efron 1979) over rounds: what disturbs both of a round at once is drawn for both at once. The
    rounds are taken to be independent of each other.
    """
    samples = torch.tensor([pairs.first[:MOST_PAIRS], pairs.second[:MOST_PAIRS]], dtype=torch.float64)
    ratio = float(samples[0].quantile(0.5) / samples[1].quantile(0.5))
    if samples.shape[1] < LEAST_SAMPLES:
        return ratio, None, None
    generator = torch.Generator().manual_seed(SEED)
    drawn = torch.randint(samples.shape[1], (RESAMPLES, samples.shape[1]), generator=generator)
    medians = torch.stack([side[drawn].quantile(0.5, dim=1) for side in samples])
    tail = (1 - COVERED) / 2
    low, high = (medians[0] / medians[1]).quantile(torch.tensor([tail, 1 - tail], dtype=torch.float64)).tolist()
    return ratio, min(low, ratio), max(high, ratio)
