"""Cross-checks the displayed network with other FLOP counters, in an engine of their own."""

from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import CrossCheck, CrossChecked, Failure, Tool
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.question import Question

TOOLS: tuple[Tool, ...] = ("torchinfo", "flop_counter", "fvcore")
DELAY_MS = 400


class CrossChecks(QObject):
    """The results of the cross-checks of one network, one tool after another; `changed` is emitted for each."""

    changed = Signal()

    def __init__(self, engine: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._question: Question | None = None
        self._tools = TOOLS
        self.results: tuple[CrossCheckResult, ...] = ()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._ask_next)

    @property
    def waiting(self) -> tuple[Tool, ...]:
        """The tools that have not answered yet, including optional ones that the engine has found installed."""
        return self._tools[len(self.results) :]

    def reset(self, question: Question) -> None:
        """Start over for another network."""
        self._question, self.results = question, ()

    def resume(self) -> None:
        """Run the remaining cross-checks once the network has not changed for a moment."""
        self._delay.start()

    def pause(self) -> None:
        """Stop asking, and stop the tool that is running."""
        self._delay.stop()
        if self._engine.busy:
            self._engine.stop()

    def stop(self) -> None:
        """Stop the engine."""
        self._delay.stop()
        self._engine.stop()

    def _ask_next(self) -> None:
        if self._question is not None and self.waiting:
            tool = self.waiting[0]
            self._engine.ask(CrossCheck(self._question, tool)).then(
                self._add_checked, lambda failure: self._add(_without_count(tool, failure))
            )

    def _add_checked(self, checked: CrossChecked) -> None:
        self._tools = (*TOOLS, *checked.others)
        self._add(checked.result)

    def _add(self, result: CrossCheckResult) -> None:
        self.results = (*self.results, result)
        self.changed.emit()
        self._ask_next()


def _without_count(tool: Tool, failure: Failure) -> CrossCheckResult:
    return CrossCheckResult(tool, "", params=None, count=None, expected_count=0, agrees=None, sentence=failure.sentence)
