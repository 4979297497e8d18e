"""Asks other counters, in an engine of their own, what they make of the network on the screen."""

from PySide6.QtCore import QObject, QTimer, Signal

from resnet_viz.engine.protocol import Failure, Message, OpinionResult, Tool
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.records.analysis import Opinion
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.viewmodels.summary import opinion_line

TOOLS: tuple[Tool, ...] = ("torchinfo", "flop_counter", "fvcore")
SETTLED_MS = 400


class CrossChecks(QObject):
    """The opinions on one network, one tool after the other; `changed` gives an OpinionLine after each."""

    changed = Signal(object)

    def __init__(self, adviser: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._adviser = adviser
        self._spec: ResNetSpec | None = None
        self._tools = TOOLS
        self.opinions: tuple[Opinion, ...] = ()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._ask_next)
        adviser.answered.connect(self._on_answer)

    @property
    def complete(self) -> bool:
        """Whether every tool has been heard on the network asked about last."""
        return not self.waiting

    @property
    def waiting(self) -> tuple[Tool, ...]:
        """The tools that are still to be heard: those that are always there, and others that the engine knows of."""
        return self._tools[len(self.opinions) :]

    def ask(self, spec: ResNetSpec) -> None:
        """Collect every tool's opinion, once the user has let the network stand for a moment."""
        self._spec, self.opinions = spec, ()
        self._tell()
        self._settled.start()

    def drop(self) -> None:
        """Ask no more about the network that was on the screen; a tool at work is stopped."""
        self._settled.stop()
        if self._adviser.busy:
            self._adviser.stop()

    def stop(self) -> None:
        """End the engine."""
        self._settled.stop()
        self._adviser.stop()

    def _tell(self) -> None:
        self.changed.emit(opinion_line(self.opinions, waiting=self.waiting))

    def _ask_next(self) -> None:
        if self._spec is not None and self.waiting:
            self._adviser.ask_opinion(self._spec, self.waiting[0])

    def _on_answer(self, message: Message) -> None:
        if isinstance(message, OpinionResult):
            opinion = message.opinion
            self._tools = (*TOOLS, *message.others)
        elif isinstance(message, Failure):
            tool = self._tools[min(len(self.opinions), len(self._tools) - 1)]
            opinion = Opinion(
                tool, "", params=None, count=None, expected_count=0, agrees=None, sentence=message.sentence
            )
        else:
            return
        self.opinions = (*self.opinions, opinion)
        self._tell()
        self._ask_next()
