"""The connections between the Measure panel and the bench: intents one way, values the other."""

from resnet_viz.gui.bench import Bench
from resnet_viz.gui.measure_panel import MeasurePanel


def connect_panel(panel: MeasurePanel, bench: Bench) -> None:
    """Let the panel show what the bench knows, and the bench do what the panel asks for."""
    panel.edited.connect(bench.edit)
    panel.first_shown.connect(bench.prepare)
    panel.stop_asked.connect(bench.stop)
    panel.runs.compare_asked.connect(bench.compare_with)
    bench.devices_changed.connect(panel.show_devices)
    bench.settings_changed.connect(panel.show_settings)
    bench.progressed.connect(panel.show_progress)
    bench.running_changed.connect(panel.show_running)
    bench.runs_changed.connect(panel.runs.show_runs)
    bench.refused.connect(panel.show_refusal)
