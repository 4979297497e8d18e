"""All that the window knows of measuring: settings, devices, the run shown and the one beside it, and its engine."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from resnet_viz.engine.protocol import Failure, ListDevices, Measure
from resnet_viz.errors import SpecError, UserError
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.storage.runs import keep_run, list_runs, read_run
from resnet_viz.texts import tr


class Measuring(QObject):
    """Measures in an engine of its own, one process for one run; what has been measured is never lost.

    `run_changed` gives the run to show and the one to hold beside it, either None.
    """

    devices_changed = Signal(object)
    settings_changed = Signal(object)
    progressed = Signal(object)
    running_changed = Signal(bool)
    run_changed = Signal(object, object)
    runs_changed = Signal(object)
    refused = Signal(str, str)
    noticed = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.settings = ProfileSettings()
        self.devices: tuple[DeviceInfo, ...] = ()
        self.run: ProfileRun | None = None
        self.other: ProfileRun | None = None
        self._before: ProfileRun | None = None
        self._partial: ProfileRun | None = None
        self.running = False

    def prepare(self) -> None:
        """Start the engine, ask what can be measured on, and list the runs; called when the panel is first seen."""
        self._list()
        if not self.devices and not self.running:
            self._ask_devices()

    def set_settings(self, settings: ProfileSettings) -> None:
        """Take settings as they are, such as those of the last time."""
        self.settings = settings
        self.settings_changed.emit(settings)

    def edit(self, field: str, value: object) -> None:
        """Change one setting; a refusal goes beside the field and leaves the others as they are."""
        try:
            settings = _edited(self.settings, field, value)
            offered = next((info.dtypes for info in self.devices if info.name == settings.device), ())
            self.set_settings(settings.but(dtype="fp32") if offered and settings.dtype not in offered else settings)
        except SpecError as error:
            self.refused.emit(error.field, str(error.accepted))

    def measure(self, question: Question) -> None:
        """Measure this network as the settings ask; the run on the screen stays until there is a newer one."""
        if self.running:
            return
        self._before, self._partial = self.run, None
        self._set_running(True)
        self.progressed.emit(ProfileProgress("start", 0.0))
        self._engine.ask(Measure(question, self.settings)).then(self._take_run, self._take_failure, self._take_progress)

    def stop(self) -> None:
        """End the run at once; what it has found so far is kept and marked partial."""
        if not self.running:
            return
        self._engine.cancel()
        self._finish(self._partial)
        self.noticed.emit(Notice(
            tr("Stopped; what had been measured is kept as a partial run.") if self._partial is not None
            else tr("Stopped before anything had been measured.")))  # fmt: skip

    def open(self, path: Path) -> ProfileRun | None:
        """Show the run of a file; None where it cannot be read, and then a sentence says why."""
        run = self._read(path, tr("Opened {name}.").format(name=path.name))
        if run is not None:
            self._show(run, self.other)
        return run

    def compare_with(self, path: Path | None) -> None:
        """Hold the run of a file beside the one on the screen; None takes it away."""
        other = None if path is None else self._read(path, "")
        if path is None or other is not None:
            self._show(self.run, other)

    def close(self) -> None:
        """End the engine; a run that goes on is kept as far as it has come."""
        self._engine.stop()
        if self.running and self._partial is not None:
            self._keep(self._partial)
        self.running = False

    def _ask_devices(self) -> None:
        self._engine.ask(ListDevices()).then(self._take_devices, lambda failure: self._say_trouble(failure.sentence))

    def _take_devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        self.devices = devices
        self.devices_changed.emit(devices)

    def _take_progress(self, progress: ProfileProgress) -> None:
        self.progressed.emit(progress)
        if progress.run is not None:
            self._partial = progress.run
            self._show(self._partial, self.other)

    def _take_run(self, run: ProfileRun) -> None:
        self._engine.cancel()  # one run, one process: the next one begins with a fresh memory
        self._finish(run)

    def _take_failure(self, failure: Failure) -> None:
        self._finish(self._partial)
        if failure.field is not None:
            self.refused.emit(failure.field, failure.sentence)
        if self._partial is None:
            self._say_trouble(failure.sentence)
        else:
            kept = tr("{reason} What had been measured is kept as a partial run.")
            self._say_trouble(kept.format(reason=failure.sentence))

    def _say_trouble(self, sentence: str) -> None:
        self.noticed.emit(Notice(sentence, "error"))

    def _finish(self, run: ProfileRun | None) -> None:
        self._set_running(False)
        self._show(run or self._before, self.other)
        if run is not None:
            self._keep(run)
        if not self.devices:  # the run came before the answer
            self._ask_devices()

    def _read(self, path: Path, opened: str) -> ProfileRun | None:
        """The run in a file, which is told; None, with the reason, where it cannot be read."""
        try:
            run, changed = read_run(path)
        except UserError as error:
            self._say_trouble(str(error))
            return None
        if changed or opened:
            self.noticed.emit(Notice(changed, "warning") if changed else Notice(opened))
        return run

    def _keep(self, run: ProfileRun) -> None:
        try:
            keep_run(run)
        except UserError as error:
            self._say_trouble(str(error))
        self._list()

    def _list(self) -> None:
        self.runs_changed.emit(list_runs())

    def _show(self, run: ProfileRun | None, other: ProfileRun | None) -> None:
        self.run, self.other = run, other
        self.run_changed.emit(run, other)

    def _set_running(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)


def _edited(settings: ProfileSettings, field: str, value: object) -> ProfileSettings:
    """The settings with one field as a widget gives it; an empty number is None, and what no longer fits gives way."""
    changes: dict[str, object] = {field: value}
    if field in ("batch", "threads"):
        changes[field] = value or None
    if field == "side":
        changes = {"size": (value, value) if value else None}
    if field == "mode" and value == "isolated":
        changes["passes"] = "forward"
    return settings.but(**changes)
