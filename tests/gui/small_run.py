"""A run of the small analysis, its times made up so that every figure of the window can be worked out by hand."""

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import Ceilings, Environment, GroupTime, LayerTime, Measurement, ProfileRun, TimeSummary
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_analysis import small_analysis


def around(time_us: float) -> TimeSummary:
    """A spread of 10 % around a time."""
    return TimeSummary(time_us, 0.95 * time_us, 1.05 * time_us, 0.9 * time_us, 20)


def small_run(spec: ResNetSpec, settings: ProfileSettings | None = None, *, slower: float = 1.0) -> ProfileRun:
    """Layer i takes (i + 1) · 10 µs, times `slower`; the whole takes 5 µs more than their sum."""
    analysis = small_analysis(spec)
    times = [10.0 * (place + 1) * slower for place in range(len(analysis.layers))]
    whole = around(sum(times) + 5.0)
    return ProfileRun(
        made="2026-11-22T04:05:06+00:00",
        complete=True,
        spec=spec,
        settings=settings or ProfileSettings(),
        place=Environment(device="cpu", name="A processor", torch="2.13.0+cpu", threads=2),
        method="host-clock",
        layers=tuple(_layer(analysis, place, time) for place, time in enumerate(times)),
        groups=_groups(analysis, times),
        whole=Measurement(whole, (whole.median_us,) * 20),
        ceilings=Ceilings(10e9, 100e9, 5.0, 1 << 20),
    )


def _layer(analysis: Analysis, place: int, time_us: float) -> LayerTime:
    layer = analysis.layers[place]
    return LayerTime(layer.id, around(time_us), (time_us,) * 20, layer.flops, layer.output_bytes, 5.0, "launch")


def _groups(analysis: Analysis, times: list[float]) -> tuple[GroupTime, ...]:
    found = []
    for level in ("block", "stage"):
        sums: dict[str, float] = {}
        for layer, time in zip(analysis.layers, times, strict=True):
            name = id_of_group(layer.stage, layer.block, level)
            sums[name] = sums.get(name, 0.0) + time
        found += [GroupTime(name, level, around(total)) for name, total in sums.items()]
    return tuple(found)
