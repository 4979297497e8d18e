"""Holds the window's state as one value, and asks the engine for the analysis of the displayed network."""

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import Analyse, Analysed, Failure, Ready
from resnet_viz.errors import SpecError
from resnet_viz.gui.session.comparing import Comparing
from resnet_viz.gui.session.crosschecking import CrossChecks
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.session.measuring import Measuring
from resnet_viz.gui.session.undo_history import History
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis, Convention
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import is_run_of
from resnet_viz.spec.presets import title_of
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build.edits import edited_spec
from resnet_viz.viewmodels.layers.details import has_node
from resnet_viz.viewmodels.parts import Refusal
from resnet_viz.viewmodels.summary import engine_text

SLOW_MS = 250
"""After this time the status line says that an analysis is running."""


class Session(QObject):
    """The state behind the window, changed only by its methods.

    `changed` carries the new `Shown`, `noticed` a `Message` for the message bar.
    """

    changed = Signal(object)
    noticed = Signal(object)

    def __init__(self, question: Question, engines: Engines) -> None:
        super().__init__()
        self.shown = Shown(question)
        self._history = History(question)
        self._engine = engine = engines.analysis
        self._crosschecks = CrossChecks(engines.measuring, self)
        self.measuring = Measuring(engines.measuring, self)
        self.comparing = Comparing(engines.comparing, self)
        self._engine_failed = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(lambda: self._show(is_tracing=True))
        engine.ready.connect(self._on_ready)
        engine.died.connect(self._on_death)
        self._crosschecks.changed.connect(self._show_crosschecks)
        self.measuring.changed.connect(self._show_measurement)
        self.comparing.changed.connect(lambda: self._show(comparison=self.comparing.state))
        for part in (self.measuring, self.comparing):
            part.noticed.connect(self.noticed)

    @property
    def question(self) -> Question:
        """The network requested last, unless it turned out to be impossible."""
        return self.shown.question

    @property
    def analysis(self) -> Analysis | None:
        """The analysis on display: that of the last network that could be analyzed."""
        return self.shown.analysis

    def start(self, selection: str | None = None) -> None:
        """Request the analysis of the first network; `selection` is kept if the network has that node."""
        self._show(selection=selection)
        self.reanalyse()

    def edit(self, field: str, value: object) -> None:
        """Change one field as `viewmodels.build.edits.edited_spec` does; a refusal is shown beside the field."""
        try:
            question = edited_spec(self.question, field, value)
        except SpecError as error:
            self._show(refusal=Refusal(field, str(error)))
            return
        self.replace(question)

    def replace(self, question: Question) -> None:
        """Switch to another network, as one undoable step."""
        if question != self.question:
            self._history.push(question)
            self._show_question(is_tracing=self.shown.is_tracing)
            self.reanalyse()
        else:
            self._show(
                question=msgspec.structs.replace(question), refusal=None
            )  # so that the fields show the valid values again

    def undo(self) -> None:
        """Return to the previous network."""
        self._move(-1)

    def redo(self) -> None:
        """Return to the network that was undone last."""
        self._move(1)

    def select(self, node_id: str | None) -> None:
        """Select a layer, block or stage in every view; None or "" selects the whole network."""
        known = node_id if node_id and (self.analysis is None or has_node(self.analysis, node_id)) else None
        if known != self.shown.selection:
            self._show(selection=known)

    def set_convention(self, convention: Convention) -> None:
        """Count operations by another convention in every view."""
        if convention != self.shown.convention:
            self._show(convention=convention)

    def color_by(self, quantity: Coloring) -> None:
        """Color the canvas by stage, by kind of layer, or by a quantity."""
        self._show(color_by=quantity)

    def reanalyse(self) -> None:
        """Request the analysis of the current network, again if it has one already."""
        self._crosschecks.pause()
        self._slow.start()
        self._engine.ask(Analyse(self.question)).then(self._take_analysis, self._take_failure)

    def cancel(self) -> None:
        """Stop the running analysis and return to the last analyzed network."""
        if not self._engine.busy:
            return
        self._engine.cancel()
        self.noticed.emit(Message(tr("Stopped; {title} was not analyzed.").format(title=title_of(self.question))))
        self._return_to_analyzed()

    def measure(self) -> None:
        """Measure the displayed network; cross-checks pause, because they would disturb the measurement."""
        if self.analysis is None:
            self.noticed.emit(Message(tr("The network is still being traced; measure it once it is shown.")))
            return
        self._crosschecks.pause()
        self.measuring.measure(self.analysis.spec)

    def close(self) -> None:
        """Stop all engines."""
        self._slow.stop()
        self._engine.stop()
        self._crosschecks.pause()
        self.measuring.close()
        self.comparing.close()

    def _show(self, **changes: object) -> None:
        """Apply the changes and everything derived from them, and emit the new value."""
        before, shown = self.shown, msgspec.structs.replace(self.shown, **changes)
        analysis, measurement = shown.analysis, shown.measurement
        if analysis is not None and (analysis is not before.analysis or shown.convention != before.convention):
            shown = msgspec.structs.replace(shown, costs=costs(analysis, shown.convention))
        if analysis is not before.analysis or measurement is not before.measurement:
            belongs = is_run_of(measurement.run, analysis)
            run, foreign = (measurement.run, None) if belongs else (None, measurement.run)
            shown = msgspec.structs.replace(shown, run=run, foreign=foreign, other=measurement.other)
        self.shown = shown
        self.changed.emit(shown)

    def _show_question(self, refusal: Refusal | None = None, *, is_tracing: bool) -> None:
        history = self._history
        self._show(
            question=history.current,
            refusal=refusal,
            can_undo=history.can_undo,
            can_redo=history.can_redo,
            is_tracing=is_tracing,
        )

    def _show_crosschecks(self) -> None:
        self._show(crosschecks=self._crosschecks.results, waiting=self._crosschecks.waiting)

    def _show_measurement(self) -> None:
        was_running = self.shown.measurement.is_running
        self._show(measurement=self.measuring.state)
        if was_running and not self.measuring.state.is_running:
            self._crosschecks.resume()

    def _move(self, steps: int) -> None:
        self._history.move(steps)
        if self._history.current != self.question:
            self._show_question(is_tracing=self.shown.is_tracing)
            self.reanalyse()

    def _on_ready(self, message: Ready) -> None:
        if self._engine_failed:
            self._engine_failed = False
            self.noticed.emit(Message(tr("The engine is running again."), keeps_errors=True))
        self._show(engine=engine_text(message.torch, message.device))

    def _take_analysis(self, found: Analysed) -> None:
        self._slow.stop()
        analysis, selection = found.analysis, self.shown.selection
        self.noticed.emit(Message(""))
        self._crosschecks.reset(analysis.spec)
        self._show(
            analysis=analysis,
            crosschecks=(),
            waiting=self._crosschecks.waiting,
            seconds=found.seconds,
            selection=selection if selection and has_node(analysis, selection) else None,
            is_tracing=False,
        )
        if not self.measuring.state.is_running:
            self._crosschecks.resume()

    def _take_failure(self, failure: Failure) -> None:
        if failure.field is not None:
            self._return_to_analyzed(Refusal(failure.field, failure.sentence))
            return
        self._slow.stop()
        self.noticed.emit(Message(failure.sentence, "error"))
        self._show(is_tracing=False)
        self._crosschecks.resume()

    def _return_to_analyzed(self, refusal: Refusal | None = None) -> None:
        """Drop a network that cannot be analyzed, so that undo never returns to it."""
        self._slow.stop()
        if self.analysis is not None and self.question != self.analysis.spec:
            self._history.forget(self.question, instead=self.analysis.spec)
        self._show_question(refusal, is_tracing=False)
        self._crosschecks.resume()

    def _on_death(self, sentence: str) -> None:
        self._engine_failed = True
        self.noticed.emit(Message(sentence, "warning", keeps_errors=True))
