"""All that the window knows: the spec, its analysis, selection and history, and the talk with the engine."""

from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import Analyse, Analysed, Failure, Ready
from resnet_viz.errors import SpecError
from resnet_viz.gui.session.comparing import Comparing
from resnet_viz.gui.session.crosschecking import CrossChecks
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.session.measuring import Measuring
from resnet_viz.gui.session.undo_history import History
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis, Convention, Opinion
from resnet_viz.records.costs import Costs
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import Refusal, build_view, edited
from resnet_viz.viewmodels.layers.details import exists
from resnet_viz.viewmodels.summary import engine_text, status_line

SLOW_MS = 250


class Session(QObject):
    """Holds the window's state, changes it on request, and tells everyone by values."""

    build_changed = Signal(object)
    analysed = Signal(object)
    opinions_changed = Signal(object)
    selected = Signal(object)
    noticed = Signal(object)
    status_changed = Signal(str)
    busy_changed = Signal(bool)
    history_changed = Signal(bool, bool)

    def __init__(self, spec: ResNetSpec, engines: Engines) -> None:
        super().__init__()
        self._history = History(spec)
        self._engine = engine = engines.analysis
        self._crosschecks = CrossChecks(engines.crosschecks, self)
        self.measuring = Measuring(engines.measuring, self)
        self.comparing = Comparing(engines.comparing, self)
        self.analysis: Analysis | None = None
        self.costs: Costs | None = None
        self.convention: Convention = "macs"
        self.selection: str | None = None
        self._seconds: float | None = None
        self._engine_text = ""
        self._trouble = False
        self._slow = _timer(self, SLOW_MS)
        self._slow.timeout.connect(self._tell_busy)
        engine.ready.connect(self._on_ready)
        engine.died.connect(self._on_death)
        self._crosschecks.changed.connect(self.opinions_changed)
        self.measuring.noticed.connect(self.noticed)
        self.measuring.running_changed.connect(self._after_measuring)

    @property
    def spec(self) -> ResNetSpec:
        """The network asked for last that is not known to be impossible."""
        return self._history.current

    def start(self, selection: str | None = None) -> None:
        """Show the first spec and ask for its analysis; the selection holds if the network has that node."""
        self.selection = selection
        self._tell_spec()
        self._request()

    def edit(self, field: str, value: object) -> None:
        """Change one field as `viewmodels.build.edited` does; a refusal goes beside the field."""
        try:
            spec = edited(self.spec, field, value)
        except SpecError as error:
            at = field if field in ("depth", "stages") else error.field
            self.build_changed.emit(build_view(self.spec, Refusal(at, _capital(error.accepted) + ".")))
            return
        self.replace(spec)

    def replace(self, spec: ResNetSpec) -> None:
        """Take another spec as one step that can be undone."""
        if spec == self.spec:
            self.build_changed.emit(build_view(spec))
            return
        self._history.push(spec)
        self._tell_spec()
        self._request()

    def undo(self) -> None:
        """Go back to the spec before."""
        self._move(-1)

    def redo(self) -> None:
        """Take the spec that was undone last."""
        self._move(1)

    def select(self, node_id: str | None) -> None:
        """Choose a layer, block or stage everywhere; None or "" chooses the network itself."""
        node_id = node_id or None
        if node_id == self.selection:
            return
        self.selection = node_id
        self.selected.emit(node_id)

    def count_as(self, convention: Convention) -> None:
        """Show every count of operations by this convention."""
        if convention == self.convention:
            return
        self.convention = convention
        if self.analysis is not None:
            self.costs = costs(self.analysis, convention)
            self.analysed.emit(self.analysis)
            self.selected.emit(self.selection)
            self._tell_status()

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """What other counters have said so far of the network on the screen."""
        return self._crosschecks.opinions

    @property
    def waiting_counters(self) -> tuple[str, ...]:
        """The counters that are still being asked."""
        return self._crosschecks.waiting

    def again(self) -> None:
        """Ask once more for the network that the Build panel shows."""
        self._request()

    def cancel(self) -> None:
        """Stop the analysis that runs; the last good network stays."""
        if not self._engine.busy:
            return
        self._engine.cancel()
        self._finish()
        self.noticed.emit(Notice(tr("Stopped; {title} was not analysed.").format(title=title_of(self.spec))))
        self._return_to_good()

    def close(self) -> None:
        """End both engines."""
        self._slow.stop()
        self._engine.stop()
        self._crosschecks.stop()
        self.measuring.close()
        self.comparing.close()

    def hold_opinions(self) -> None:
        """Ask no other counter while something is being measured: it would take the machine from the measurement."""
        self._crosschecks.drop()

    def _after_measuring(self, running: bool) -> None:
        if not running and self.analysis is not None and not self._crosschecks.complete:
            self._crosschecks.ask(self.analysis.spec)

    def _move(self, steps: int) -> None:
        before = self.spec
        self._history.move(steps)
        if self.spec != before:
            self._tell_spec()
            self._request()

    def _tell_spec(self) -> None:
        self.build_changed.emit(build_view(self.spec))
        self.history_changed.emit(self._history.can_undo, self._history.can_redo)

    def _request(self) -> None:
        self._crosschecks.drop()
        self._slow.start()
        self._engine.ask(Analyse(self.spec)).then(self._take_analysis, self._take_failure)

    def _on_ready(self, message: Ready) -> None:
        self._engine_text = engine_text(message.torch, message.device)
        if self._trouble:
            self._trouble = False
            self.noticed.emit(Notice(tr("The engine runs again.")))
        self._tell_status()

    def _take_analysis(self, found: Analysed) -> None:
        self._finish()
        analysis, self._seconds = found.analysis, found.seconds
        self.analysis = analysis
        self.costs = costs(analysis, self.convention)
        kept = self.selection if self.selection and exists(analysis, self.selection) else None
        self.selection = kept
        self.noticed.emit(Notice(""))
        self.analysed.emit(analysis)
        self.selected.emit(kept)
        self._tell_status()
        if not self.measuring.running:
            self._crosschecks.ask(analysis.spec)

    def _take_failure(self, failure: Failure) -> None:
        self._finish()
        if failure.field is None:
            self.noticed.emit(Notice(failure.sentence, "error"))
            self._tell_status()
            return
        self._return_to_good()
        self.build_changed.emit(build_view(self.spec, Refusal(failure.field, failure.sentence)))

    def _return_to_good(self) -> None:
        """Forget a spec that has no analysis, so that undo never leads to it."""
        if self.analysis is not None and self.spec != self.analysis.spec:
            self._history.forget(self.spec, instead=self.analysis.spec)
            self.history_changed.emit(self._history.can_undo, self._history.can_redo)
        self._tell_status()

    def _on_death(self, sentence: str) -> None:
        self._trouble = True
        self.noticed.emit(Notice(sentence, "warning"))

    def _finish(self) -> None:
        self._slow.stop()
        self.busy_changed.emit(False)

    def _tell_busy(self) -> None:
        self.busy_changed.emit(True)
        self.status_changed.emit(tr("tracing {title} …").format(title=title_of(self.spec)))

    def _tell_status(self) -> None:
        if self.analysis is not None:
            self.status_changed.emit(status_line(self.analysis, seconds=self._seconds, engine=self._engine_text))


def _timer(parent: QObject, interval_ms: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    return timer


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
