"""The Measure panel: device and settings, the run with its progress and its stop, what came out, and earlier runs."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from resnet_viz.gui.measure.run_list import RunList
from resnet_viz.gui.widgets.fields import CheckField, ChoiceField, NumberField, SecondsField
from resnet_viz.gui.widgets.form import Form, Row, say
from resnet_viz.gui.widgets.form_panel import FormPanel
from resnet_viz.gui.widgets.layouts import set_look
from resnet_viz.gui.widgets.tiles import TileView, tile_grid
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr
from resnet_viz.viewmodels.measure import (
    device_choices,
    dtype_choices,
    layout_choices,
    mode_choices,
    passes_choices,
    progress_text,
    run_notes,
    run_tiles,
)
from resnet_viz.viewmodels.text.runs import doing, run_title

FIRST = 5  # rows that are seen at once
TILES, STEPS = 4, 1_000


class MeasurePanel(FormPanel):
    """Shows settings, progress and a run; says what was edited and what is wanted."""

    measure_asked = Signal()
    stop_asked = Signal()
    first_shown = Signal()

    def __init__(self) -> None:
        rows = _rows()
        super().__init__(tr("Measure"), Form(rows[:FIRST], rows[FIRST:]))
        self.button = QPushButton()
        self.bar, self.progress = QProgressBar(), QLabel()
        self.title = QLabel()
        self.tiles = [TileView() for _ in range(TILES)]
        self.notes = QLabel()
        self.runs = RunList()
        self._devices: tuple[DeviceInfo, ...] = ()
        self._settings = ProfileSettings()
        self._seen = self._running = False
        self._lay_out()
        self.show_settings(self._settings)
        self.show_run(None)
        self.show_running(False)

    def show_devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        """Offer these devices, and of each what it can do."""
        self._devices = devices
        self.show_settings(self._settings)

    def show_settings(self, settings: ProfileSettings) -> None:
        """Show the settings, and offer what can be chosen beside them."""
        self._settings = settings
        self._choice("device").offer(device_choices(self._devices, settings.device))
        self._choice("dtype").offer(dtype_choices(self._devices, settings))
        self._choice("passes").offer(passes_choices(settings))
        for row in self.form.rows.values():
            row.show_of(settings)
        self._enable(settings)
        self.show_refusal("", "")

    def show_refusal(self, field: str, sentence: str) -> None:
        """Say beside a field why it cannot be; below them where it is none of them."""
        self.tell_refusal("side" if field == "size" else field, sentence)

    def show_running(self, running: bool) -> None:
        """The button measures, or stops what is being measured."""
        self._running = running
        self.button.setText(tr("Stop") if running else tr("Measure latency"))
        self.button.setToolTip(tr("Ends at once and keeps what has been measured") if running else tr("F6"))
        set_look(self.button, "tone", "stop" if running else "go")
        self.bar.setVisible(running)
        self.progress.setVisible(running)

    def show_progress(self, progress: ProfileProgress) -> None:
        """How far the run has come."""
        self.bar.setValue(round(STEPS * progress.done))
        self.progress.setText(progress_text(progress))
        self.progress.setToolTip(doing(progress))

    def show_run(self, run: ProfileRun | None) -> None:
        """What came out."""
        say(self.title, tr("Nothing has been measured yet.") if run is None else run_title(run))
        for view, tile in zip(self.tiles, () if run is None else run_tiles(run), strict=False):
            view.show_tile(tile)
        for view in self.tiles:
            view.setVisible(run is not None)
        notes = () if run is None else run_notes(run, under_way=self._running and not run.complete)
        say(self.notes, "\n".join(notes))

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Say once that the panel has come into sight."""
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self.first_shown.emit()

    def _lay_out(self) -> None:
        for name, label in (("muted", self.title), ("runNotes", self.notes)):
            label.setObjectName(name)
            label.setWordWrap(True)
        self.progress.setObjectName("muted")
        self.button.setObjectName("measureButton")
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.fill(self.button, self.bar, self.progress, self.title, tile_grid(self.tiles), self.notes, (self.runs, 1))
        self.button.clicked.connect(self._press)

    def _press(self) -> None:
        (self.stop_asked if self._running else self.measure_asked).emit()

    def _choice(self, name: str) -> ChoiceField:
        field = self.form.rows[name].widget
        assert isinstance(field, ChoiceField)
        return field

    def _enable(self, settings: ProfileSettings) -> None:
        """Grey out what does not matter to these settings."""
        on_cuda = settings.device.startswith("cuda")
        rules = {
            "cold": settings.mode == "isolated",
            "compiled": settings.mode == "end-to-end",
            "sweep": settings.mode == "end-to-end",
            "autotune": on_cuda,
            "threads": settings.device == "cpu",
        }
        for name, matters in rules.items():
            self.form.rows[name].widget.setEnabled(matters)


def _rows() -> tuple[Row, ...]:
    return (
        Row("device", tr("Device"), ChoiceField(())),
        Row("mode", tr("What"), ChoiceField(mode_choices())),
        Row("dtype", tr("Numbers"), ChoiceField(()), tr("The dtype of weights and activations")),
        Row("batch", tr("Batch"), NumberField(tr("as built")), tr("Images in the input; 0 takes the network's")),
        Row("seconds", tr("Time"), SecondsField(), tr("The most that measuring may take; it stops when times settle")),
        Row("passes", tr("Passes"), ChoiceField(())),
        Row(
            "side",
            tr("Image side"),
            NumberField(tr("as built")),
            tr("Pixels; 0 takes the network's image size"),
            lambda settings: settings.size[0] if settings.size else None,
        ),
        Row("memory_format", tr("Layout"), ChoiceField(layout_choices())),
        Row("warmup_passes", tr("Warm-up"), NumberField(tr("none")), tr("Passes before anything counts, at least")),
        Row("warmup_seconds", tr("and for"), SecondsField(), tr("Seconds before anything counts, at least")),
        Row("threads", tr("CPU threads"), NumberField(tr("torch's own")), tr("0 leaves it to torch")),
        Row("cold", tr("Alone"), CheckField(tr("with cold caches")), tr("Empty the caches before each repetition")),
        Row("compiled", tr("End to end"), CheckField(tr("compiled too")), tr("torch.compile takes minutes")),
        Row("sweep", "", CheckField(tr("sweep over batches")), tr("Throughput at 1, 2, 4 … images")),
        Row("autotune", "cuDNN", CheckField(tr("tries its algorithms")), tr("torch.backends.cudnn.benchmark")),
    )
