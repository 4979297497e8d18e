"""Analyses random networks and runs each of them beside torch's own counter, for as long as one likes.

`python -m tests.long.random_networks [COUNT] [SEED]` prints the seed and, where a network is counted wrongly, its spec.
"""

import random
import sys

import torch
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.metrics.rollup import groups
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupLevel
from resnet_viz.spec.network import ResNetSpec
from tests.spec.random_specs import random_specs

LEVELS: tuple[GroupLevel, ...] = ("block", "stage")
AT_A_TIME = 100


def check_analysis(spec: ResNetSpec) -> None:
    """Assert that an analysis has the output, operations, parameters and shortcuts of the network that runs."""
    analysis = analyse(spec)
    network = build(spec, "cpu").eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = network(torch.randn(spec.input))
    assert tuple(output.shape) == analysis.layers[-1].output, spec
    assert analysis.totals.macs * 2 == counter.get_total_flops(), spec
    assert analysis.totals.params == sum(parameter.numel() for parameter in network.parameters()), spec
    assert len(analysis.graph) == analysis.totals.layers == len(analysis.layers), spec
    shortcuts = 0 if spec.shortcut == "none" else sum(spec.blocks)
    assert sum(edge.kind != "main" for edge in analysis.edges) == shortcuts, spec
    for level in LEVELS:
        parts = groups(analysis, level)
        for name in ("params", "macs", "flops"):
            assert sum(getattr(part, name) for part in parts) == getattr(analysis.totals, name), spec
        assert sum(part.layers for part in parts) == analysis.totals.layers, spec


def main(count: int, seed: int) -> None:
    """Check this many networks, which the seed gives again."""
    sys.stdout.write(f"{count:,} networks with seed {seed}\n")
    for start in range(0, count, AT_A_TIME):
        for spec in random_specs(min(AT_A_TIME, count - start), seed + start):
            check_analysis(spec)
        sys.stdout.write(f"{min(start + AT_A_TIME, count):,} agree\n")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(given[0] if given else 2_000, given[1] if len(given) > 1 else random.randrange(10**6))
