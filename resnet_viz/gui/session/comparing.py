"""Requests comparisons from an engine of their own, and holds the newest answers."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from resnet_viz.engine.protocol import CompareBlocks, CompareDepths, CompareNetworks, Failure, Request, SweepChannels
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.shown import CompareState
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.runs import phase_text

ComparisonKind = Literal["blocks", "networks", "pairs", "sweep"]
"""The kinds of comparison, named like the fields of `CompareState`."""
DEFERRABLE: tuple[ComparisonKind, ...] = ("networks", "pairs")
"""Kinds that a tab requests when it is shown: their counts wait for the end of another measurement."""


@dataclass(frozen=True)
class ComparisonRequest:
    """A request to the engine, and the kind of comparison that it returns."""

    kind: ComparisonKind
    request: Request[Any]


class Comparing(QObject):
    """Sends one request after the other; a newer request replaces an older one of its kind.

    `changed` signals that `state` has been replaced; `noticed` carries a `Message` for the message bar.
    """

    changed = Signal()
    noticed = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._waiting: dict[ComparisonKind, ComparisonRequest] = {}
        self._asked: ComparisonRequest | None = None
        self.state = CompareState()

    def compare(self, setting: BlockSetting, settings: ProfileSettings | None = None) -> None:
        """Compare both blocks in this setting; with `settings` measure them too."""
        self._enqueue(ComparisonRequest("blocks", CompareBlocks(setting, settings)))

    def pairs(self, question: Question, settings: ProfileSettings | None = None) -> None:
        """Compare Basic and Bottleneck networks like this one at every depth; with `settings`, measure them too."""
        self._enqueue(ComparisonRequest("pairs", CompareDepths(question, settings)))

    def networks(self, first: Question, second: Question, settings: ProfileSettings | None = None) -> None:
        """Compare two networks; with `settings` measure them too."""
        self._enqueue(ComparisonRequest("networks", CompareNetworks(first, second, settings)))

    def sweep(self, setting: BlockSetting, channels: tuple[int, ...], settings: ProfileSettings) -> None:
        """Measure both blocks over a range of channels."""
        self._enqueue(ComparisonRequest("sweep", SweepChannels(setting, channels, settings)))

    def stop(self) -> None:
        """Stop the running measurement, and report that."""
        if self.state.measuring:
            self._engine.cancel()
            self._end()
            self._report_stop()
            self._ask_next()

    def close(self) -> None:
        """Drop all requests and stop the engine."""
        self._waiting.clear()
        self._engine.stop()

    def _enqueue(self, newest: ComparisonRequest) -> None:
        self._waiting.pop(newest.kind, None)
        self._waiting[newest.kind] = newest
        counts, measuring = not newest.request.measures, self.state.measuring
        if measuring and not (counts and newest.kind in DEFERRABLE and newest.kind != measuring):
            self._engine.cancel()  # the user wants something else, and should not have to wait for the times
            self._end()
            if counts:
                self._report_stop()
        elif self._asked is not None and self._asked.kind == newest.kind:
            self._end()
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        self._asked = asked = self._waiting.pop(next(iter(self._waiting)))
        if asked.request.measures:
            self._set(measuring=asked.kind, progress=tr("the engine is starting"))
        self._engine.ask(asked.request).then(
            lambda answer: self._succeed(asked, answer), lambda failure: self._fail(asked, failure), self._show_progress
        )

    def _succeed(self, asked: ComparisonRequest, answer: object) -> None:
        self._end(**{asked.kind: answer}, **({"refusal": ""} if asked.kind == "blocks" else {}))
        self._ask_next()

    def _fail(self, asked: ComparisonRequest, failure: Failure) -> None:
        if failure.field is not None and asked.kind == "blocks":
            self._end(refusal=failure.sentence)
        else:
            self._end()
            self.noticed.emit(Message(failure.sentence, "error"))
        self._ask_next()

    def _show_progress(self, progress: ProfileProgress) -> None:
        self._set(progress=phase_text(progress))

    def _report_stop(self) -> None:
        self.noticed.emit(Message(tr("The measurement was stopped before its end; the counts stay.")))

    def _end(self, **changes: object) -> None:
        self._asked = None
        self._set(measuring="", progress="", **changes)

    def _set(self, **changes: object) -> None:
        if any(getattr(self.state, name) is not value for name, value in changes.items()):
            self.state = msgspec.structs.replace(self.state, **changes)
            self.changed.emit()
