"""Cross-checks the displayed network with other FLOP counters, in the engine that measures while it has no run."""

from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import CrossCheck, CrossChecked, Failure, Tool
from resnet_viz.gui.session.engine_client import EngineClient, Job
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.question import Question

TOOLS: tuple[Tool, ...] = ("torchinfo", "flop_counter", "fvcore")
DELAY_MS = 400


class CrossChecks(QObject):
    """The results of the cross-checks of one network, one tool after another; `changed` is emitted for each.

    The engine is shared: whoever else asks it goes first, and after the last tool a new process waits for the next run,
    without the modules and the patches of the tools.
    """

    changed = Signal()

    def __init__(self, engine: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._question: Question | None = None
        self._tools = TOOLS
        self._job: Job[CrossChecked] | None = None
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
        if self._job is not None:
            self._job = None
            self._engine.stop()

    def _ask_next(self) -> None:
        if self._question is None or not self.waiting:
            return
        if self._engine.busy:
            self._delay.start()
            return
        tool = self.waiting[0]
        self._job = job = self._engine.ask(CrossCheck(self._question, tool))
        job.then(self._add_checked, lambda failure: self._add(_without_count(tool, failure)))
        job.cancelled.connect(self._retry)

    def _retry(self) -> None:
        if self._job is not None:  # someone else asked the engine; otherwise these checks were paused
            self._job = None
            self._delay.start()

    def _add_checked(self, checked: CrossChecked) -> None:
        self._tools = (*TOOLS, *checked.others)
        self._add(checked.result)

    def _add(self, result: CrossCheckResult) -> None:
        self._job = None
        self.results = (*self.results, result)
        self.changed.emit()
        if not self.waiting:
            self._engine.cancel()
        self._ask_next()


def _without_count(tool: Tool, failure: Failure) -> CrossCheckResult:
    return CrossCheckResult(tool, "", params=None, count=None, expected_count=0, agrees=None, sentence=failure.sentence)
