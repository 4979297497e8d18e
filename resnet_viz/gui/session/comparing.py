"""Asks an engine of its own to compare blocks, networks and series of them, and keeps the newest answers."""

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
from resnet_viz.viewmodels.text.runs import doing

Kind = Literal["blocks", "networks", "pairs", "sweep"]
"""What is compared, as `CompareState` calls its answers."""
PATIENT: tuple[Kind, ...] = ("networks", "pairs")
"""What a tab asks for as it is seen: its counts wait until a measurement of something else has ended."""


@dataclass(frozen=True)
class Wish:
    """What to ask, and which of the answers it gives."""

    kind: Kind
    request: Request[Any]


class Comparing(QObject):
    """Asks one request after the other; a newer one takes the place of an older one of its kind.

    `changed` tells that there is another `state`, `noticed` gives a sentence for the message bar.
    """

    changed = Signal()
    noticed = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._waiting: dict[Kind, Wish] = {}
        self._asked: Wish | None = None
        self.state = CompareState()

    def compare(self, setting: BlockSetting, settings: ProfileSettings | None = None) -> None:
        """Compare both blocks in this setting; with settings measured too."""
        self._want(Wish("blocks", CompareBlocks(setting, settings)))

    def pairs(self, question: Question, settings: ProfileSettings | None = None) -> None:
        """Compare networks of either block over their depth, everything else as in this one; or measure them too."""
        self._want(Wish("pairs", CompareDepths(question, settings)))

    def networks(self, first: Question, second: Question, settings: ProfileSettings | None = None) -> None:
        """Compare two networks; with settings measured too."""
        self._want(Wish("networks", CompareNetworks(first, second, settings)))

    def sweep(self, setting: BlockSetting, channels: tuple[int, ...], settings: ProfileSettings) -> None:
        """Measure both blocks over a range of channels."""
        self._want(Wish("sweep", SweepChannels(setting, channels, settings)))

    def stop(self) -> None:
        """End a measurement at once."""
        if self.state.measuring:
            self._engine.cancel()
            self._end()
            self._tell_stopped()
            self._ask_next()

    def close(self) -> None:
        """End the engine."""
        self._waiting.clear()
        self._engine.stop()

    def _want(self, wish: Wish) -> None:
        self._waiting.pop(wish.kind, None)
        self._waiting[wish.kind] = wish
        counts, measuring = not wish.request.measures, self.state.measuring
        if measuring and not (counts and wish.kind in PATIENT and wish.kind != measuring):
            self._engine.cancel()  # who asks for something else does not wait for times
            self._end()
            if counts:
                self._tell_stopped()
        elif self._asked is not None and self._asked.kind == wish.kind:
            self._end()
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        self._asked = wish = self._waiting.pop(next(iter(self._waiting)))
        if wish.request.measures:
            self._set(measuring=wish.kind, progress=tr("the engine is starting"))
        self._engine.ask(wish.request).then(
            lambda found: self._take(wish, found), lambda failure: self._refuse(wish, failure), self._take_progress
        )

    def _take(self, wish: Wish, found: object) -> None:
        self._end(**{wish.kind: found}, **({"refusal": ""} if wish.kind == "blocks" else {}))
        self._ask_next()

    def _refuse(self, wish: Wish, failure: Failure) -> None:
        if failure.field is not None and wish.kind == "blocks":
            self._end(refusal=failure.sentence)
        else:
            self._end()
            self.noticed.emit(Message(failure.sentence, "error"))
        self._ask_next()

    def _take_progress(self, progress: ProfileProgress) -> None:
        self._set(progress=doing(progress))

    def _tell_stopped(self) -> None:
        self.noticed.emit(Message(tr("The measuring was stopped before its end; the counts stay.")))

    def _end(self, **changes: object) -> None:
        self._asked = None
        self._set(measuring="", progress="", **changes)

    def _set(self, **changes: object) -> None:
        if any(getattr(self.state, name) is not value for name, value in changes.items()):
            self.state = msgspec.structs.replace(self.state, **changes)
            self.changed.emit()
