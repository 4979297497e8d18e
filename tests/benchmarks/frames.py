"""Frames of the canvas while it pans, and the first frame after the levels change; software rendering, 1600×1000.

Run: python tests/benchmarks/frames.py   (bars: a Basic network of 4,215 nodes all open: median frame 8 ms, 99th
percentile 16.7 ms at 100 %, 20 % and whole; ResNet-152 from stages to all layers: 100 ms to the first changed frame;
3,000 layers opened, folded and recolored: the event loop never waits longer than 50 ms)
"""

import os
import time
from collections.abc import Callable
from statistics import median, quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import node_colors

SIZE = (1600, 1000)
FRAMES = 240
STEP = 13.0  # pixels that a frame pans


def main() -> None:
    """Panning, opening, and the longest gap of the event loop."""
    application = QApplication.instance() or QApplication([])
    analysis = analyse(ResNetSpec(block="basic", blocks=(150,) * 4))
    canvas = shown(analysis)
    canvas.show_level("layer")
    finish(canvas)
    print(f"{len(analysis.layers):,} layers, all open")
    for name, scale in (("at 100 %", 1.0), ("at 20 %", 0.2), ("whole", None)):
        print(f"  {name}: {panned(canvas, scale)}")
    deep = shown(analyse(preset("resnet152")))
    deep.show_level("stage")
    finish(deep)
    print(f"ResNet-152 from stages to all layers: first changed frame {opening_ms(deep):.1f} ms (bar 100)")
    widest = analyse(ResNetSpec(block="bottleneck", blocks=(3, 40, 200, 57)))
    wide = shown(widest)
    print(f"{len(widest.layers):,} layers: longest gap of the event loop (bar 50)")
    for name, deed in deeds(wide, widest):
        print(f"  {name}: {gap_ms(application, deed):.1f} ms")


def shown(analysis: Analysis) -> Canvas:
    """A canvas with this network, painted once."""
    canvas = Canvas()
    canvas.resize(*SIZE)
    canvas.show_analysis(analysis, costs(analysis))
    canvas.show()
    finish(canvas)
    return canvas


def finish(canvas: Canvas) -> None:
    """Let whatever the canvas still animates come to its end."""
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        QApplication.processEvents()
    canvas.repaint()


def panned(canvas: Canvas, scale: float | None) -> str:
    """The frames' median and 99th percentile while the view goes from the left."""
    canvas.fit()
    scene = canvas.scene
    if scale is not None:
        scene.camera.view = View(scale, 0.0, SIZE[1] / 2)
    canvas.repaint()  # the view has jumped: this frame is not one of panning
    times, work = [], []
    for _ in range(FRAMES):
        start, begun = time.perf_counter(), time.process_time()
        scene.camera.pan(-STEP if scale else 1.0, 0.0)
        canvas.repaint()
        times.append(1000 * (time.perf_counter() - start))
        work.append(1000 * (time.process_time() - begun))
    return (
        f"median {median(times):.1f} ms (bar 8), 99th percentile {quantiles(times, n=100)[98]:.1f} ms (bar 16.7), "
        f"of which the processor worked {quantiles(work, n=100)[98]:.1f} ms"
    )


def opening_ms(canvas: Canvas) -> float:
    """From the command to the first frame that shows something else."""
    start = time.perf_counter()
    canvas.show_level("layer")
    canvas.repaint()
    return 1000 * (time.perf_counter() - start)


def deeds(canvas: Canvas, analysis: Analysis) -> tuple[tuple[str, Callable[[], object]], ...]:
    """What is done to the deep network."""
    return (
        ("opened", lambda: canvas.show_level("layer")),
        ("recolored", lambda: canvas.set_colors(node_colors("macs", analysis, costs(analysis), None))),
        ("folded", lambda: canvas.show_level("stage")),
        ("to blocks", lambda: canvas.show_level("block")),
        ("own colors", lambda: canvas.set_colors(None)),
    )


def gap_ms(application: object, deed: Callable[[], object]) -> float:
    """The longest time between two turns of the event loop while a deed is done and has its effect."""
    QApplication.processEvents()
    longest, before = 0.0, time.perf_counter()
    deed()
    end = before + 1.2
    while before < end:
        QApplication.processEvents()
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return 1000 * longest


if __name__ == "__main__":
    main()
