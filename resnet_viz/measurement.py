"""Analysis followed by measurement, for everything that asks for times.

It loads psutil and more; code that only analyzes imports `resnet_viz.pipeline` and does not wait for that.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from resnet_viz.compare.blocks import with_times
from resnet_viz.compare.channel_sweep import crossings
from resnet_viz.compare.networks import compare_networks
from resnet_viz.compare.width_matching import solved_width
from resnet_viz.pipeline import analyse, compare_at_width, compare_depths
from resnet_viz.profiling.kernels.second_opinion import with_kernels
from resnet_viz.profiling.paired import PairMedians, measure_pair, measure_points
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
    """Measure the network of a spec: yield progress, now and then with the run so far, then the complete run.

    Raises SpecError where the device or its memory cannot do it, UserError where it runs out of memory during the run.
    """
    yield from with_kernels(measure(analyse(settings.applied_to(spec)), settings))


def measure_blocks(setting: BlockSetting, settings: ProfileSettings) -> Iterator[ProfileProgress | BlockComparison]:
    """Compare both blocks and measure them interleaved: yield progress, then the comparison with their times.

    The width of a match by latency is found by measuring. Raises the errors of `compare_blocks` and `profile`.
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
    yield from _with_result(lambda times: with_times(compared, times), measure_pair(analyses, settings))


def measure_sweep(sweep: Sweep, settings: ProfileSettings) -> Iterator[ProfileProgress | Sweep]:
    """Measure both blocks interleaved at each point: yield progress, then the sweep with its times and crossings."""
    specs = []
    for point in sweep.points:
        setting = sweep.setting.but(channels=point.channels)
        widths = point.basic.channels // EXPANSION["basic"], point.bottleneck.channels // EXPANSION["bottleneck"]
        specs.append((setting.spec_of("basic", widths[0]), setting.spec_of("bottleneck", widths[1])))

    def with_medians(medians: PairMedians) -> Sweep:
        points = tuple(
            msgspec.structs.replace(point, basic_us=first, bottleneck_us=second)
            for point, (first, second) in zip(sweep.points, medians, strict=True)
        )
        return Sweep(sweep.setting, points, tuple(crossings(sweep.setting, points)))

    yield from _with_result(with_medians, measure_points(specs, settings))


def measure_networks(
    first: ResNetSpec, second: ResNetSpec, settings: ProfileSettings
) -> Iterator[ProfileProgress | NetworkComparison]:
    """Compare two networks and measure them interleaved: yield progress, then the comparison with their times."""
    analyses = analyse(first), analyse(second)
    compared = compare_networks(*analyses)
    measured = measure_pair(analyses, settings, whole=True)
    yield from _with_result(lambda times: msgspec.structs.replace(compared, times=times), measured)


def measure_pairs(base: ResNetSpec, settings: ProfileSettings) -> Iterator[ProfileProgress | NetworkPairs]:
    """Measure the network pairs of `compare_depths`, each Basic and Bottleneck network interleaved, the smallest first.

    Yields progress, then the pairs with their times.
    """
    network_pairs = compare_depths(settings.applied_to(base))

    def with_medians(medians: PairMedians) -> NetworkPairs:
        basic, bottleneck = (
            tuple(msgspec.structs.replace(point, latency_us=us) for point, us in zip(points, times, strict=True))
            for points, times in zip(series, zip(*medians, strict=True), strict=True)
        )
        return msgspec.structs.replace(network_pairs, basic=basic, bottleneck=bottleneck)

    series = network_pairs.basic, network_pairs.bottleneck
    specs = [(first.spec, second.spec) for first, second in zip(*series, strict=True)]
    yield from _with_result(with_medians, measure_points(specs, settings, whole=True))


def _with_result(
    result_of: Callable[[Measured], Result], measured: Iterator[ProfileProgress | Measured]
) -> Iterator[ProfileProgress | Result]:
    """Yield the progress of a measurement, then `result_of` what was measured."""
    for item in measured:
        yield item if isinstance(item, ProfileProgress) else result_of(item)
