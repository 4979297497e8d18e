"""Asks other counters, in an engine of their own, what they make of the network on the screen."""

from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import CrossCheck, CrossChecked, Failure, Tool
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.question import Question

TOOLS: tuple[Tool, ...] = ("torchinfo", "flop_counter", "fvcore")
SETTLED_MS = 400


class CrossChecks(QObject):
    """The opinions on one network, one tool after the other; `changed` tells of each answer."""

    changed = Signal()

    def __init__(self, engine: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._question: Question | None = None
        self._tools = TOOLS
        self.opinions: tuple[CrossCheckResult, ...] = ()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._ask_next)

    @property
    def waiting(self) -> tuple[Tool, ...]:
        """The tools that are still to be heard: those that are always there, and others that the engine knows of."""
        return self._tools[len(self.opinions) :]

    def reset(self, question: Question) -> None:
        """Take another network, of which no tool has been asked."""
        self._question, self.opinions = question, ()

    def resume(self) -> None:
        """Ask the tools that have not answered, once the user has let the network stand for a moment."""
        self._settled.start()

    def pause(self) -> None:
        """Ask no more; a tool at work is stopped."""
        self._settled.stop()
        if self._engine.busy:
            self._engine.stop()

    def stop(self) -> None:
        """End the engine."""
        self._settled.stop()
        self._engine.stop()

    def _ask_next(self) -> None:
        if self._question is not None and self.waiting:
            tool = self.waiting[0]
            self._engine.ask(CrossCheck(self._question, tool)).then(
                self._take, lambda failure: self._add(_without_count(tool, failure))
            )

    def _take(self, found: CrossChecked) -> None:
        self._tools = (*TOOLS, *found.others)
        self._add(found.result)

    def _add(self, opinion: CrossCheckResult) -> None:
        self.opinions = (*self.opinions, opinion)
        self.changed.emit()
        self._ask_next()


def _without_count(tool: Tool, failure: Failure) -> CrossCheckResult:
    return CrossCheckResult(tool, "", params=None, count=None, expected_count=0, agrees=None, sentence=failure.sentence)
