"""Interleaved measurements of two blocks or networks, with a 95 % bootstrap confidence interval of their ratio."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile

import torch
from torch import Tensor

from resnet_viz.device import capacity
from resnet_viz.device import info as device_info
from resnet_viz.device.cpu_load import CpuLoad
from resnet_viz.errors import UserError
from resnet_viz.profiling.ceilings import ceilings, empty_cache
from resnet_viz.profiling.isolated import cache_flusher
from resnet_viz.profiling.passes import Budget, Progress, Sampler, Setup, take_rounds, warm_ups
from resnet_viz.profiling.run_warnings import cpu_shared_warning
from resnet_viz.profiling.statistics import MIN_SAMPLES, has_settled, measurement_of, summarize
from resnet_viz.profiling.timers.call_timers import TimedCalls, Timing, do_nothing, timings_of
from resnet_viz.profiling.timers.timer import Clock, Runnable
from resnet_viz.profiling.workload import prepare
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.run import Phase, ProfileProgress
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

RESAMPLES, RESAMPLING_SEED = 1_000, 2015
CONFIDENCE = 0.95
MAX_ROUNDS = 4_000
"""More rounds would not narrow the confidence interval by anything that matters."""
COMPARED_BLOCK = "layer2"
PairMedians = list[tuple[float, float]]
"""The median times of both members of each pair, in microseconds."""


@dataclass
class PairedSamples:
    """The times of both in microseconds, one of each in every round.

    Where each is run twice, behind a flush of the caches and then again, the cold times are kept beside the warm ones.
    """

    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    cold_first: list[float] = field(default_factory=list)
    cold_second: list[float] = field(default_factory=list)


def measure_pair(
    analyses: tuple[Analysis, Analysis], settings: ProfileSettings, clock: Clock = time.perf_counter_ns,
    *, whole: bool = False,
) -> Iterator[ProfileProgress | PairTimes]:  # fmt: skip
    """Measure the compared blocks of two networks (see `BlockSetting.spec_of`), or the `whole` networks.

    Blocks are measured with cold and with warm caches. Yields progress, then the times. Raises SpecError where the
    device does not exist, cannot do what is asked or has too little memory, and UserError where it runs out of memory
    nevertheless.
    """
    device = device_info.check(settings)
    setup = Setup(settings, device, clock)
    larger = max(analyses, key=lambda analysis: analysis.totals.peak_activation_bytes)
    with capacity.memory_checked(larger, settings, device), device_info.prepared(device, settings):
        yield ProfileProgress("ceilings", 0.0)
        measured_ceilings = ceilings(device, settings, clock)
        empty_cache(device)
        yield ProfileProgress("build-both", 0.0)
        both = (_network_or_block(analysis.spec, settings, device, whole) for analysis in analyses)
        flush = do_nothing if whole else cache_flusher(device)
        calls = [TimedCalls((work,) if whole else (work, work), before=flush) for work in both]
        samples, load = PairedSamples(), CpuLoad() if device.type == "cpu" else None
        with setup.torch_mode():
            timed = timings_of(device, clock, *calls)
        for progress in measure_interleaved(timed.timings, setup, samples):
            phase: Phase = "warm-up" if progress.warming_up else "in-turn"
            yield ProfileProgress(phase, progress.done, progress.seconds_left)
        shares = None if load is None else load.shares()
        ratio, low, high = bootstrap_ratio(samples)
        yield PairTimes(
            place=device_info.environment(device, settings),
            dtype=settings.dtype,
            first=measurement_of(samples.first),
            second=measurement_of(samples.second),
            cold_first=measurement_of(samples.cold_first) if samples.cold_first else None,
            cold_second=measurement_of(samples.cold_second) if samples.cold_second else None,
            ratio=ratio,
            low=low,
            high=high,
            ceilings=measured_ceilings,
            method=timed.timer.method,
            event_pair_us=timed.timer.event_pair_us,
            messages=(*timed.refusals, *(cpu_shared_warning(shares) if shares else ())),
            others_share=round(shares.others, 4) if shares else None,
        )


def measure_points(
    specs: Sequence[tuple[ResNetSpec, ResNetSpec]], settings: ProfileSettings, clock: Clock = time.perf_counter_ns,
    *, whole: bool = False,
) -> Iterator[ProfileProgress | PairMedians]:  # fmt: skip
    """Measure one pair after another, the compared blocks or the `whole` networks, each in its share of the budget.

    Yields progress, then the medians of all pairs. Raises SpecError where the device does not exist or cannot do what
    is asked, UserError where it runs out of memory.
    """
    device = device_info.check(settings)
    medians: PairMedians = []
    pair_settings = settings.but(seconds=max(0.1, settings.seconds / max(1, len(specs))), warmup_seconds=0.05)
    setup = Setup(pair_settings, device, clock)
    with device_info.prepared(device, settings):
        for index, pair in enumerate(specs):
            yield ProfileProgress("pairs", index / len(specs), number=index + 1, total=len(specs))
            samples = PairedSamples()
            with capacity.out_of_memory_as(partial(_out_of_memory_at, index + 1)):
                calls = [TimedCalls((_network_or_block(spec, settings, device, whole),)) for spec in pair]
                with setup.torch_mode():
                    timings = timings_of(device, clock, *calls).timings
                for _ in measure_interleaved(timings, setup, samples):
                    pass
            medians.append((summarize(samples.first).median_us, summarize(samples.second).median_us))
    yield medians


def _out_of_memory_at(pair: int) -> UserError:
    return UserError(tr("The device ran out of memory at pair {n}; measure fewer.").format(n=pair))


def _network_or_block(spec: ResNetSpec, settings: ProfileSettings, device: torch.device, whole: bool) -> Runnable:
    return prepare(spec, settings, device).run_whole if whole else block_workload(spec, settings, device)


def block_workload(spec: ResNetSpec, settings: ProfileSettings, device: torch.device) -> Runnable:
    """Return a call of the compared block of `BlockSetting.spec_of`, on its real input.

    The input is the output of the stem and of the stage before the block, for a random image.
    """
    workload = prepare(spec, settings, device)
    block = workload.network.get_submodule(COMPARED_BLOCK)
    x: Tensor = workload.x
    with torch.inference_mode():
        for _, module in takewhile(lambda named: named[0] != COMPARED_BLOCK, workload.network.named_children()):
            x = module(x)
    return partial(block, x)


def measure_interleaved(timings: Sequence[Timing], setup: Setup, samples: PairedSamples) -> Iterator[Progress]:
    """Warm both timings up, then take them alternately until both have settled or the time budget is spent.

    The order changes from round to round, so that neither always follows the other.
    """
    first, second = timings
    for number in warm_ups(setup, min_passes=1):
        with setup.torch_mode():
            for timing in (second, first) if number % 2 else (first, second):
                timing()
        yield Progress(True, None, 0.0, None)

    taken = samples.first, samples.second, samples.cold_first, samples.cold_second

    def enough() -> bool:
        return len(samples.first) >= MAX_ROUNDS or all(has_settled(times) for times in taken if times)

    samplers = (
        _sampler(first, samples.first, samples.cold_first),
        _sampler(second, samples.second, samples.cold_second),
    )
    budget = Budget(setup.settings.seconds, setup.clock)
    yield from take_rounds(samplers, budget, torch_mode=setup.torch_mode, enough=enough, swap_order=True)


def _sampler(timing: Timing, warm: list[float], cold: list[float]) -> Sampler:
    """Return a sampler of a timing whose last call is the warm one, and whose first, if there are two, the cold one."""

    def sampler() -> Iterator[int]:
        *before, last = timing()
        cold.extend(before)
        warm.append(last)
        yield from ()

    return sampler


def bootstrap_ratio(samples: PairedSamples) -> tuple[float, float | None, float | None]:
    """Return the ratio of the medians, first ÷ second, and the ends of its 95 % bootstrap confidence interval.

    The ends are None where there are fewer than ten rounds. The bootstrap (Efron 1979) resamples rounds, so that what
    disturbs both members of a round is drawn for both; rounds are taken to be independent of each other.
    """
    times = torch.tensor([samples.first[:MAX_ROUNDS], samples.second[:MAX_ROUNDS]], dtype=torch.float64)
    ratio = float(times[0].quantile(0.5) / times[1].quantile(0.5))
    if times.shape[1] < MIN_SAMPLES:
        return ratio, None, None
    generator = torch.Generator().manual_seed(RESAMPLING_SEED)
    drawn = torch.randint(times.shape[1], (RESAMPLES, times.shape[1]), generator=generator)
    medians = torch.stack([side[drawn].quantile(0.5, dim=1) for side in times])
    tail = (1 - CONFIDENCE) / 2
    low, high = (medians[0] / medians[1]).quantile(torch.tensor([tail, 1 - tail], dtype=torch.float64)).tolist()
    return ratio, min(low, ratio), max(high, ratio)
