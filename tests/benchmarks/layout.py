"""Layout against Graphviz `dot` on the same graph in the same run, and its growth with the nodes.

Run: python tests/benchmarks/layout.py   (bars: ResNet-152 with all layers open in 5 ms and 10 times faster than dot;
4,215 nodes in 60 ms and 100 times faster; time for a node no larger at 4,000 nodes than at 500)
"""

import shutil
import subprocess
import time
from collections.abc import Callable
from statistics import median

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of

REPEATS = 9
DOT_SECONDS = 240
LETTER = 6.2  # scene units; a real font is measured no slower


def main() -> None:
    """Two networks against dot, then the growth."""
    for name, spec in (("ResNet-152", preset("resnet152")), ("Basic, 150 blocks a stage", basic(150))):
        analysis = analyse(spec)
        ours, nodes = timed(analysis)
        peer, said = dot_seconds(analysis)
        print(f"{name}: {len(analysis.layers):,} layers, {nodes:,} cards, layout {1000 * ours:.1f} ms, {said}", end="")
        print(f", ratio {peer / ours:.0f}" if peer else "")
    for blocks in (18, 36, 72, 143):
        analysis = analyse(basic(blocks))
        ours, nodes = timed(analysis)
        print(f"{len(analysis.layers):,} layers: {1000 * ours:.1f} ms, {1e6 * ours / nodes:.2f} µs a card")


def basic(blocks: int) -> ResNetSpec:
    """Four stages of so many Basic blocks."""
    return ResNetSpec(block="basic", blocks=(blocks,) * 4)


def timed(analysis: Analysis) -> tuple[float, int]:
    """The median seconds of a layout with everything open, and its cards."""
    network = structure_of(analysis, costs(analysis))
    opened = expanded_at(network, "layer")

    def once() -> int:
        return len(layout(network, opened, lambda text, _: LETTER * len(text)).node_boxes)

    return median(seconds(once) for _ in range(REPEATS)), once()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def dot_seconds(analysis: Analysis) -> tuple[float | None, str]:
    """dot's seconds for the same nodes and edges, which it alone reads, and a word about it."""
    dot = shutil.which("dot")
    if dot is None:
        return None, "dot is not installed"
    lines = [f'"{edge.source}" -> "{edge.target}";' for edge in analysis.edges]
    lines += [f'"{edge.fork}" -> "{edge.target}";' for edge in analysis.edges if edge.fork]
    graph = "digraph { rankdir=LR; node [shape=box];\n" + "\n".join(lines) + "\n}"
    start = time.perf_counter()
    try:
        subprocess.run([dot, "-Tplain"], input=graph.encode(), capture_output=True, timeout=DOT_SECONDS, check=True)
    except subprocess.TimeoutExpired:
        return float(DOT_SECONDS), f"dot not done after {DOT_SECONDS} s"
    taken = time.perf_counter() - start
    return taken, f"dot {taken:.1f} s"


if __name__ == "__main__":
    main()
