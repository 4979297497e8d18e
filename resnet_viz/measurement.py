"""Analyse and measure: the steps strung together where times are asked for; psutil and more are loaded for it.

What only analyses imports `resnet_viz.pipeline` alone, and is not kept waiting for that.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from resnet_viz.compare.blocks import with_times
from resnet_viz.compare.channel_sweep import crossings
from resnet_viz.compare.networks import compare_networks
from resnet_viz.compare.width_matching import solved_width
from resnet_viz.pipeline import analyse, compare_at_width, compare_depths
from resnet_viz.profiling.paired import Medians, measure_pair, measure_points
from resnet_viz.profiling.run import measure
from resnet_viz.profiling.width_search import latency_width
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.run import ProfileProgress, ProfileRun
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION, ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

Measured = TypeVar("Measured")
Result = TypeVar("Result")


def profile(spec: ResNetSpec, settings: ProfileSettings) -> Iterator[ProfileProgress | ProfileRun]:
    """Measure the network that a spec asks for: progress, now and then with the run so far, and in the end the run.

    Raises SpecError where the device or its memory cannot do it, UserError where memory ends in the middle.
    """
    yield from measure(analyse(settings.applied_to(spec)), settings)


def measure_blocks(setting: BlockSetting, settings: ProfileSettings) -> Iterator[ProfileProgress | BlockComparison]:
    """Compare both blocks and measure them in turn: progress, then the comparison with their times.

    A match by latency is found by measuring. Raises as `compare_blocks` and `profile` do.
    """
    width = solved_width(setting)
    if setting.match == "latency":
        for tried in latency_width(setting, width, settings):
            if isinstance(tried, ProfileProgress):
                yield tried
            else:
                width = tried
    compared = compare_at_width(setting, width)
    analyses = analyse(compared.basic.spec), analyse(compared.bottleneck.spec)
    yield from _ending_in(lambda times: with_times(compared, times), measure_pair(analyses, settings))


def measure_sweep(found: Sweep, settings: ProfileSettings) -> Iterator[ProfileProgress | Sweep]:
    """Measure both blocks at each point in turn: progress, then the sweep with its times and where they cross."""
    specs = []
    for point in found.points:
        held = found.setting.but(channels=point.channels)
        widths = point.basic.channels // EXPANSION["basic"], point.bottleneck.channels // EXPANSION["bottleneck"]
        specs.append((held.spec_of("basic", widths[0]), held.spec_of("bottleneck", widths[1])))

    def with_medians(medians: Medians) -> Sweep:
        points = tuple(
            msgspec.structs.replace(point, basic_us=first, bottleneck_us=second)
            for point, (first, second) in zip(found.points, medians, strict=True)
        )
        return Sweep(found.setting, points, tuple(crossings(found.setting, points)))

    yield from _ending_in(with_medians, measure_points(specs, settings))


def measure_networks(
    first: ResNetSpec, second: ResNetSpec, settings: ProfileSettings
) -> Iterator[ProfileProgress | NetworkComparison]:
    """Compare two networks and measure them in turn: progress, then the comparison with their times."""
    analyses = analyse(first), analyse(second)
    compared = compare_networks(*analyses)
    measured = measure_pair(analyses, settings, whole=True)
    yield from _ending_in(lambda times: msgspec.structs.replace(compared, times=times), measured)


def measure_pairs(base: ResNetSpec, settings: ProfileSettings) -> Iterator[ProfileProgress | NetworkPairs]:
    """Measure both series of `compare_depths`, a Basic and a Bottleneck network interleaved, small networks first."""
    found = compare_depths(settings.applied_to(base))
    both = tuple(zip(found.basic, found.bottleneck, strict=True))

    def with_medians(medians: Medians) -> NetworkPairs:
        basic, bottleneck = (
            tuple(msgspec.structs.replace(point, latency_us=us) for point, us in zip(points, times, strict=True))
            for points, times in zip((found.basic, found.bottleneck), zip(*medians, strict=True), strict=True)
        )
        return msgspec.structs.replace(found, basic=basic, bottleneck=bottleneck)

    specs = [(first.spec, second.spec) for first, second in both]
    yield from _ending_in(with_medians, measure_points(specs, settings, whole=True))


def _ending_in(
    made_of: Callable[[Measured], Result], measured: Iterator[ProfileProgress | Measured]
) -> Iterator[ProfileProgress | Result]:
    """The progress, then what is made of what the measuring found."""
    for found in measured:
        yield found if isinstance(found, ProfileProgress) else made_of(found)
