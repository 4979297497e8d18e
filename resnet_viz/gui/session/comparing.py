"""All that the window knows of comparing: asks an engine of its own about blocks, networks and series of them."""

from PySide6.QtCore import QObject, Signal

from resnet_viz.engine.protocol import Compared, ComparedNetworks, Failure, Message, Pairs, Progress, Swept
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

Job = tuple[str, tuple[object, ...]]
"""What to ask, and about what; of each kind the newest waits."""


PATIENT = ("networks", "pairs")
"""What a tab asks for as it is seen: its counts wait until a measurement of something else has ended."""


class Comparing(QObject):
    """One question after the other; a newer one takes the place of an older one of its kind.

    `measuring` is the kind that is being measured, empty where none is; `measuring_changed` tells it.
    `refused` gives the sentence for a place of two blocks that cannot be.
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
        self._waiting: dict[str, tuple[object, ...]] = {}
        self._asked: Job | None = None
        self.measuring = ""
        engine.answered.connect(self._on_answer)

    def compare(self, setting: BlockSetting, settings: ProfileSettings | None = None) -> None:
        """Hold both blocks at this place side by side; with settings measured in turn."""
        self._want("blocks", setting, settings)

    def pairs(self, spec: ResNetSpec, settings: ProfileSettings | None = None) -> None:
        """Networks with either block over their depth, everything else as in this one; with settings measured."""
        self._want("pairs", spec, settings)

    def networks(self, first: ResNetSpec, second: ResNetSpec, settings: ProfileSettings | None = None) -> None:
        """Hold two networks side by side; with settings measured in turn."""
        self._want("networks", first, second, settings)

    def sweep(self, setting: BlockSetting, channels: tuple[int, ...], settings: ProfileSettings) -> None:
        """Measure both blocks over a range of channels."""
        self._want("sweep", setting, channels, settings)

    def stop(self) -> None:
        """End a measurement at once."""
        if self.measuring:
            self._engine.cancel()
            self._end()
            self._tell_stopped()
            self._ask_next()

    def close(self) -> None:
        """End the engine."""
        self._waiting.clear()
        self._engine.stop()

    def _want(self, kind: str, *about: object) -> None:
        self._waiting.pop(kind, None)
        self._waiting[kind] = about
        patient = about[-1] is None and kind in PATIENT and kind != self.measuring
        if self.measuring and not patient:  # whoever asks for something else does not wait for times
            self._engine.cancel()
            self._end()
            if about[-1] is None:
                self._tell_stopped()
        elif self._asked is not None and self._asked[0] == kind:
            self._end()
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        kind = next(iter(self._waiting))
        about = self._waiting.pop(kind)
        self._asked = (kind, about)
        self._set_measuring("" if about[-1] is None else kind)
        self._engine.ask_comparison(kind, *about)

    def _on_answer(self, message: Message) -> None:
        if isinstance(message, Progress):
            self.progressed.emit(message.progress.sentence)
            return
        asked = self._asked
        self._end()
        if isinstance(message, Compared):
            self.blocks_compared.emit(message.comparison)
        elif isinstance(message, ComparedNetworks):
            self.networks_compared.emit(message.comparison)
        elif isinstance(message, Pairs):
            self.pairs_found.emit(message.pairs)
        elif isinstance(message, Swept):
            self.swept.emit(message.sweep)
        elif isinstance(message, Failure):
            self._refuse(message, asked)
        self._ask_next()

    def _refuse(self, failure: Failure, asked: Job | None) -> None:
        if failure.field is not None and asked is not None and asked[0] == "blocks":
            self.refused.emit(failure.sentence)
        else:
            self.noticed.emit(Notice(failure.sentence, "error"))

    def _tell_stopped(self) -> None:
        self.noticed.emit(Notice(tr("The measuring was stopped before its end; the counts stay.")))

    def _end(self) -> None:
        self._asked = None
        self._set_measuring("")

    def _set_measuring(self, measuring: str) -> None:
        if measuring != self.measuring:
            self.measuring = measuring
            self.measuring_changed.emit(measuring)
