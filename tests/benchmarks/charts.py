"""The charts of a 1,001-layer network: how long until they stand on the screen, and how long a step of panning takes.

Run: python tests/benchmarks/charts.py   (bars: 200 ms for each chart; 16 ms a step)
"""

import os
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from resnet_viz.gui.charts.memory import MemoryView
from resnet_viz.gui.charts.quantities import CHART_KINDS, ChartsView
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

REPEATS = 7


def main() -> None:
    """Every chart, then panning through the bars at a tenth of the network."""
    application = QApplication.instance() or QApplication([])
    analysis = analyse(preset("preact_resnet1001_cifar"))
    counted = costs(analysis)
    print(f"{len(analysis.layers):,} layers")
    charts, memory = ChartsView(), MemoryView()
    for view in (charts, memory):
        view.resize(1400, 320)
        view.show()

    def appears(show: Callable[[], object], view: ChartsView | MemoryView) -> float:
        start = time.perf_counter()
        show()
        application.processEvents()
        view.grab()
        return time.perf_counter() - start

    for place, kind in enumerate(CHART_KINDS):
        charts.kind.setCurrentIndex(place)
        for quantity in range(4):
            charts.quantity.setCurrentIndex(quantity)
            taken = median(appears(lambda: charts.show_network(analysis, counted), charts) for _ in range(REPEATS))
            print(f"{kind}, {charts.quantity.currentText()}: {1000 * taken:.0f} ms")
    taken = median(appears(lambda: memory.show_network(analysis), memory) for _ in range(REPEATS))
    print(f"memory: {1000 * taken:.0f} ms")
    charts.kind.setCurrentIndex(0)
    charts.show_network(analysis, counted)
    box = charts.bars.plot.getPlotItem().getViewBox()
    box.setXRange(0, len(analysis.layers) / 10, padding=0)
    steps = [appears(lambda: box.translateBy(x=5), charts) for _ in range(100)]
    print(f"a step of panning: median {1000 * median(steps):.1f} ms, longest {1000 * max(steps):.1f} ms")


if __name__ == "__main__":
    main()
