"""All that the window knows of comparing: asks an engine of its own about blocks, networks and series of them."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, SignalInstance

from resnet_viz.engine.protocol import CompareBlocks, CompareDepths, CompareNetworks, Failure, Request, SweepChannels
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.runs import doing

PATIENT = ("networks", "pairs")
"""What a tab asks for as it is seen: its counts wait until a measurement of something else has ended."""


@dataclass(frozen=True)
class Wish:
    """What to ask of which kind, and the signal that tells the answer."""

    kind: str
    request: Request[Any]
    answered: SignalInstance


class Comparing(QObject):
    """One question after the other; a newer one takes the place of an older one of its kind.

    `measuring_changed` tells `measuring`. `refused` gives the sentence for a place of two blocks that cannot be.
    """

    blocks_compared = Signal(object)
    networks_compared = Signal(object)
    pairs_found = Signal(object)
    swept = Signal(object)
    progressed = Signal(str)
    measuring_changed = Signal(str)
    refused = Signal(str)
    noticed = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._waiting: dict[str, Wish] = {}
        self._asked: Wish | None = None

    @property
    def measuring(self) -> str:
        """The kind that is being measured, empty where none is."""
        return self._asked.kind if self._asked is not None and self._asked.request.measures else ""

    def compare(self, setting: BlockSetting, settings: ProfileSettings | None = None) -> None:
        """Hold both blocks at this place side by side; with settings measured in turn."""
        self._want(Wish("blocks", CompareBlocks(setting, settings), self.blocks_compared))

    def pairs(self, question: Question, settings: ProfileSettings | None = None) -> None:
        """Networks with either block over their depth, everything else as in this one; with settings measured."""
        self._want(Wish("pairs", CompareDepths(question, settings), self.pairs_found))

    def networks(self, first: Question, second: Question, settings: ProfileSettings | None = None) -> None:
        """Hold two networks side by side; with settings measured in turn."""
        self._want(Wish("networks", CompareNetworks(first, second, settings), self.networks_compared))

    def sweep(self, setting: BlockSetting, channels: tuple[int, ...], settings: ProfileSettings) -> None:
        """Measure both blocks over a range of channels."""
        self._want(Wish("sweep", SweepChannels(setting, channels, settings), self.swept))

    def stop(self) -> None:
        """End a measurement at once."""
        if self.measuring:
            self._engine.cancel()
            self._set_asked(None)
            self._tell_stopped()
            self._ask_next()

    def close(self) -> None:
        """End the engine."""
        self._waiting.clear()
        self._engine.stop()

    def _want(self, wish: Wish) -> None:
        self._waiting.pop(wish.kind, None)
        self._waiting[wish.kind] = wish
        counts = not wish.request.measures
        patient = counts and wish.kind in PATIENT and wish.kind != self.measuring
        if self.measuring and not patient:  # whoever asks for something else does not wait for times
            self._engine.cancel()
            self._set_asked(None)
            if counts:
                self._tell_stopped()
        elif self._asked is not None and self._asked.kind == wish.kind:
            self._set_asked(None)
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        wish = self._waiting.pop(next(iter(self._waiting)))
        self._set_asked(wish)
        self._engine.ask(wish.request).then(
            lambda found: self._take(wish, found), lambda failure: self._refuse(wish, failure), self._tell
        )

    def _take(self, wish: Wish, found: object) -> None:
        self._set_asked(None)
        wish.answered.emit(found)
        self._ask_next()

    def _refuse(self, wish: Wish, failure: Failure) -> None:
        self._set_asked(None)
        if failure.field is not None and wish.kind == "blocks":
            self.refused.emit(failure.sentence)
        else:
            self.noticed.emit(Notice(failure.sentence, "error"))
        self._ask_next()

    def _tell(self, progress: ProfileProgress) -> None:
        self.progressed.emit(doing(progress))

    def _tell_stopped(self) -> None:
        self.noticed.emit(Notice(tr("The measuring was stopped before its end; the counts stay.")))

    def _set_asked(self, wish: Wish | None) -> None:
        before, self._asked = self.measuring, wish
        if self.measuring != before:
            self.measuring_changed.emit(self.measuring)
