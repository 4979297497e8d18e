"""The Measure panel: device and settings, the progress of a run, its results, and earlier runs."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QPushButton

from resnet_viz.gui.measure.run_list import RunList
from resnet_viz.gui.shown import Changed, MeasureState, Shown
from resnet_viz.gui.widgets.fields import CheckField, ChoiceField, NumberField, SecondsField
from resnet_viz.gui.widgets.form import Form, Row, set_message
from resnet_viz.gui.widgets.form_panel import FormPanel
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import Paragraphs, Part, muted, named, set_look
from resnet_viz.gui.widgets.tiles import TileView, show_tiles, tile_grid
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.latency import other_network_note
from resnet_viz.viewmodels.measure import (
    device_choices,
    dtype_choices,
    layout_choices,
    mode_choices,
    optimizer_choices,
    passes_choices,
    passes_so_far,
    progress_text,
    run_facts,
    run_notes,
    run_tiles,
)
from resnet_viz.viewmodels.parts import Refusal
from resnet_viz.viewmodels.text.runs import other_input_note, phase_text, run_title

TILES, PROGRESS_STEPS = 4, 1_000


class MeasurePanel(FormPanel):
    """Shows the settings, the progress and a run, and reports edits and requests by its signals."""

    measure_asked = Signal()
    stop_asked = Signal()
    first_shown = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Measure"), Form(_rows()))
        self.button = QPushButton()
        self.bar, self.progress = QProgressBar(maximum=PROGRESS_STEPS, textVisible=False), muted()
        self.title, self.origin = muted(wraps=True), named("runNotes", wraps=True)
        self.notes, self.facts = Paragraphs("runNotes"), Paragraphs("runFacts")
        self.tiles = [TileView() for _ in range(TILES)]
        self.runs = RunList()
        self._state = MeasureState()
        self._was_shown = False
        self._lay_out()
        self.show_settings(self._state.settings)
        self.show_progress(None)
        self.show_run(None)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the settings, progress, result and saved runs, each only where it has changed."""
        new, old, self._state = shown.measurement, self._state, shown.measurement
        if new.settings is not old.settings or new.devices is not old.devices:
            self.show_settings(new.settings, new.devices)
        self.show_refusal(new.refusal)
        self.show_progress(new.progress)
        under_way = new.is_running and not new.shows_previous
        if new.run is not old.run or under_way != (old.is_running and not old.shows_previous):
            self.show_run(new.run, under_way=under_way)
        self.show_origin(new, shown.analysis)
        if new.runs is not old.runs:
            self.runs.show_runs(new.runs)

    def show_settings(self, settings: ProfileSettings, devices: tuple[DeviceInfo, ...] = ()) -> None:
        """Show the settings, and offer the choices that these devices have."""
        self._choice("device").offer(device_choices(devices, settings.device))
        self._choice("dtype").offer(dtype_choices(devices, settings))
        self._choice("passes").offer(passes_choices(settings))
        self.form.show_values(settings)
        self.form.disable(_without_effect(settings))

    def show_refusal(self, refusal: Refusal | None) -> None:
        """Show the refusal of a setting beside its field, or below the form where it has no field."""
        field, sentence = (None, "") if refusal is None else (refusal.field, refusal.sentence)
        self.show_error("side" if field == "size" else field, sentence)

    def show_progress(self, progress: ProfileProgress | None) -> None:
        """Show the progress of a run, during which the button stops it; None is no run, and the button measures."""
        running = progress is not None
        self.bar.setVisible(running)
        self.progress.setVisible(running)
        if progress is not None:
            self.bar.setValue(round(PROGRESS_STEPS * progress.done))
            self.progress.setText(progress_text(progress))
            self.progress.setToolTip(tooltip(phase_text(progress)))
        if self.button.property("tone") == ("stop" if running else "go"):
            return
        self.button.setText(tr("Stop") if running else tr("Measure latency"))
        self.button.setToolTip(tooltip(tr("Stops at once and saves what has been measured") if running else tr("F6")))
        set_look(self.button, "tone", "stop" if running else "go")

    def show_run(self, run: ProfileRun | None, *, under_way: bool = False) -> None:
        """Show the results of a run, or that there are none; `under_way`, the number of passes in place of facts."""
        set_message(self.title, tr("Nothing has been measured yet.") if run is None else run_title(run))
        show_tiles(self.tiles, () if run is None else run_tiles(run))
        for view in self.tiles:
            view.setVisible(run is not None)
        if run is not None and under_way and not run.complete:
            self.notes.show_texts(())
            self.facts.show_texts(passes_so_far(run))
        else:
            self.notes.show_texts(() if run is None else run_notes(run))
            self.facts.show_texts(() if run is None else run_facts(run))

    def show_origin(self, state: MeasureState, analysis: Analysis | None) -> None:
        """Say where the figures are not of what is shown or under way: another network, input, or the run before."""
        run = state.run
        previous = tr("The figures below are those of the previous run.") if state.shows_previous else ""
        set_message(self.origin, previous or other_network_note(run, analysis) or other_input_note(run, analysis))
        for view in self.tiles:
            view.setEnabled(not state.shows_previous)

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Emit `first_shown` when the panel is shown for the first time."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.first_shown.emit()

    def _lay_out(self) -> None:
        self.button.setObjectName("measureButton")
        self.fill(self.button, self.bar, self.progress, *self._results(), (self.runs, 1))
        self.button.clicked.connect(self._press)

    def _results(self) -> tuple[Part, ...]:
        return self.title, self.origin, tile_grid(self.tiles), self.notes, self.facts

    def _press(self) -> None:
        (self.stop_asked if self._state.is_running else self.measure_asked).emit()

    def _choice(self, name: str) -> ChoiceField:
        field = self.form.rows[name].widget
        assert isinstance(field, ChoiceField)
        return field


def _without_effect(settings: ProfileSettings) -> dict[str, str]:
    """Return the settings that have no effect beside the others, each with the reason."""
    end_to_end = tr("Only in the mode “end to end”.")
    reasons = (
        (settings.mode != "isolated", "cold", tr("Only in the mode “each layer isolated”.")),
        (settings.mode != "end-to-end", "compiled", end_to_end),
        (settings.mode != "end-to-end", "sweep", end_to_end),
        (not settings.device.startswith("cuda"), "autotune", tr("Only on a GPU with cuDNN.")),
        (settings.passes != "training-step", "optimizer", tr("Only a training step has an optimizer.")),
        (settings.device != "cpu", "threads", tr("Only on a CPU.")),
        (
            not settings.can_have_kernels,
            "kernels",
            tr("Only for forward passes in the network, on a CPU or an NVIDIA GPU."),
        ),
    )
    return {field: reason for applies, field, reason in reasons if applies}


def _rows() -> tuple[Row, ...]:
    same = tr("same as network")
    return (
        Row("device", tr("Device"), ChoiceField(())),
        Row("threads", tr("CPU threads"), NumberField(tr("torch's default")), tr("0 leaves it to torch"),
            under="device"),
        Row("memory_format", tr("Layout"), ChoiceField(layout_choices()), under="device"),
        Row("autotune", "cuDNN", CheckField(tr("benchmark algorithms")), tr("torch.backends.cudnn.benchmark"),
            under="device"),
        Row("mode", tr("Mode"), ChoiceField(mode_choices())),
        Row("cold", tr("Isolated"), CheckField(tr("with cold caches")),
            tr("The main times are those behind a flush of the caches; warm ones are measured beside them"),
            under="mode"),
        Row("compiled", tr("End to end"), CheckField(tr("also torch.compile")), tr("torch.compile takes minutes"),
            under="mode"),
        Row("sweep", "", CheckField(tr("sweep over batches")), tr("Throughput at 1, 2, 4 … images"), under="mode"),
        Row("kernels", tr("Kernels"), CheckField(tr("of each layer")),
            tr("What each layer runs, from torch's profiler after the passes; on a CPU torch's operators"),
            lambda settings: settings.wants_kernels, under="mode"),
        Row("dtype", tr("Data type"), ChoiceField(()), tr("The dtype of weights and activations")),
        Row("batch", tr("Batch"), NumberField(same), tr("Images in the input; 0: as many as in the network's")),
        Row("side", tr("Image side"), NumberField(same), tr("Pixels; 0: the network's image size"),
            lambda settings: settings.size[0] if settings.size else None, under="batch"),
        Row("seconds", tr("Time budget"), SecondsField(),
            tr("An upper limit: measuring stops earlier once the medians are certain")),
        Row("warmup_passes", tr("Warm-up passes"), NumberField(tr("none")), tr("At least so many before measuring"),
            under="seconds"),
        Row("warmup_seconds", tr("Warm-up time"), SecondsField(), tr("At least so long before measuring"),
            under="seconds"),
        Row("passes", tr("Passes"), ChoiceField(())),
        Row("optimizer", tr("Optimizer"), ChoiceField(optimizer_choices()), tr("The last part of a training step"),
            under="passes"),
    )  # fmt: skip
