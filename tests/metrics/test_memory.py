"""The peak of the live tensors, against a plain simulation."""

from math import prod

from resnet_viz.pipeline import analyse
from resnet_viz.presets import preset
from resnet_viz.records import Analysis
from tests.random_specs import random_specs


def _simulated(analysis: Analysis) -> int:
    """At each layer, every tensor made so far that this layer or a later one reads, and the one it makes."""
    order = {layer.id: place for place, layer in enumerate(analysis.layers)}
    reads = [(order[edge.source], order[edge.target]) for edge in analysis.edges]
    reads.append((-1, 0))
    elements = [prod(analysis.layers[0].inputs[0]), *(prod(layer.output) for layer in analysis.layers)]
    peak = 0
    for now, layer in enumerate(analysis.layers):
        needed = {made for made, used in reads if made < now <= used}
        if layer.kind != "flatten":
            needed.add(now)
        views = {order[one.id] for one in analysis.layers if one.kind == "flatten"}
        peak = max(peak, sum(elements[made + 1] for made in needed - views))
        for view in views & needed:  # a view keeps the tensor it looks at alive
            if view != now:
                peak = max(peak, sum(elements[made + 1] for made in (needed - views) | {view - 1}))
    return peak * 4


def test_known_networks() -> None:
    assert analyse(preset("resnet18")).totals.peak_activation_bytes == 2 * 64 * 112 * 112 * 4
    assert analyse(preset("resnet50")).totals.peak_activation_bytes == 3 * 256 * 56 * 56 * 4


def test_random_networks() -> None:
    for spec in random_specs(60, seed=9):
        analysis = analyse(spec)
        assert analysis.totals.peak_activation_bytes == _simulated(analysis), spec
