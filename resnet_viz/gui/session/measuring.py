"""Measuring in an engine process that has no other work during a run, with the state of settings, devices and runs."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from resnet_viz.engine.protocol import Failure, ListDevices, Measure
from resnet_viz.errors import SpecError, UserError
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.shown import MeasureState
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.storage.runs import list_runs, read_run, save_in_runs_folder
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Refusal


class Measuring(QObject):
    """Measures one run at a time, each in a process of its own, and saves whatever was measured.

    `changed` is emitted after `state` was replaced, `noticed` with a message for the message bar.
    """

    changed = Signal()
    noticed = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.state = MeasureState()
        self._partial: ProfileRun | None = None

    def prepare(self) -> None:
        """List the saved runs, start the engine and ask it for the devices; called when the panel is first shown."""
        self._set(runs=list_runs())
        if not self.state.devices and not self.state.is_running:
            self._ask_devices()

    def set_settings(self, settings: ProfileSettings) -> None:
        """Replace all settings, for instance by those of the previous session."""
        self._set(settings=settings, refusal=None)

    def edit(self, field: str, value: object) -> None:
        """Change one setting; a value that is refused is reported in `state.refusal` and changes nothing."""
        try:
            settings = _edited(self.state.settings, field, value)
            offered = next((info.dtypes for info in self.state.devices if info.name == settings.device), ())
            self.set_settings(settings.but(dtype="fp32") if offered and settings.dtype not in offered else settings)
        except SpecError as error:
            self._set(refusal=Refusal(error.field, str(error.accepted)))

    def measure(self, question: Question) -> None:
        """Measure this network as the settings ask; the previous run is shown until there are new results."""
        if self.state.is_running:
            return
        self._partial = None
        self._set(progress=ProfileProgress("start", 0.0), shows_previous=self.state.run is not None)
        request = Measure(question, self.state.settings)
        self._engine.ask(request).then(self._take_run, self._take_failure, self._take_progress)

    def stop(self) -> None:
        """Stop the run at once; what it has measured so far is saved as a partial run."""
        if not self.state.is_running:
            return
        self._engine.cancel()
        self._finish(self._partial)
        self.noticed.emit(Message(
            tr("Stopped; what had been measured is saved as a partial run.") if self._partial is not None
            else tr("Stopped before anything had been measured.")))  # fmt: skip

    def open(self, path: Path) -> ProfileRun | None:
        """Show and return the run in a file; None where it cannot be read, which is reported."""
        run = self._read(path, tr("Opened {name}.").format(name=path.name))
        if run is not None:
            self._set(run=run)
        return run

    def compare_with(self, path: Path | None) -> None:
        """Compare the run on the screen with the run in a file; None ends the comparison."""
        other = None if path is None else self._read(path)
        if path is None or other is not None:
            self._set(other=other)

    def close(self) -> None:
        """Stop the engine; what a run under way has measured so far is saved."""
        self._engine.stop()
        if self.state.is_running and self._partial is not None:
            self._save(self._partial)
        self.state = msgspec.structs.replace(self.state, progress=None)

    def _set(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        self.changed.emit()

    def _read(self, path: Path, success: str = "") -> ProfileRun | None:
        try:
            run, warning = read_run(path)
        except UserError as error:
            self._report(str(error))
            return None
        if warning or success:
            self.noticed.emit(Message(warning, "warning") if warning else Message(success))
        return run

    def _ask_devices(self) -> None:
        self._engine.ask(ListDevices()).then(self._take_devices, lambda failure: self._report(failure.sentence))

    def _take_devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        self._set(devices=devices)

    def _take_progress(self, progress: ProfileProgress) -> None:
        self._partial = progress.run or self._partial
        run = self._partial or self.state.run
        self._set(progress=progress, run=run, shows_previous=self._partial is None and run is not None)

    def _take_run(self, run: ProfileRun) -> None:
        self._engine.cancel()  # one process a run: the next one begins with fresh memory
        self._finish(run)

    def _take_failure(self, failure: Failure) -> None:
        self._finish(self._partial)
        if failure.field is not None:
            self._set(refusal=Refusal(failure.field, failure.sentence))
        saved = tr("{reason} What had been measured is saved as a partial run.")
        self._report(failure.sentence if self._partial is None else saved.format(reason=failure.sentence))

    def _finish(self, run: ProfileRun | None) -> None:
        self._set(progress=None, run=run or self.state.run, shows_previous=False)
        if run is not None:
            self._save(run)
        if not self.state.devices:  # the run was asked for before the devices were known
            self._ask_devices()

    def _save(self, run: ProfileRun) -> None:
        try:
            save_in_runs_folder(run)
        except UserError as error:
            self._report(str(error))
        self._set(runs=list_runs())

    def _report(self, sentence: str) -> None:
        self.noticed.emit(Message(sentence, "error"))


def _edited(settings: ProfileSettings, field: str, value: object) -> ProfileSettings:
    """Return the settings with one field as its widget gives it: 0 is None, and `side` is a square size.

    The isolated mode resets the kind of pass, since it runs only forward.
    """
    changes: dict[str, object] = {field: value}
    if field in ("batch", "threads"):
        changes[field] = value or None
    if field == "side":
        changes = {"size": (value, value) if value else None}
    if field == "mode" and value == "isolated":
        changes["passes"] = "forward"
    return settings.but(**changes)
