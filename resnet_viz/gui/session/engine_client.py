"""The window's end of the engine process: sends the newest request, drops late answers, restarts what died."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from resnet_viz.engine.protocol import (
    Analyse,
    AskDevices,
    AskOpinion,
    AskPairs,
    AskSweep,
    Compare,
    CompareNetworks,
    Failure,
    Measure,
    Message,
    Progress,
    Ready,
    Request,
    Tool,
    decode_message,
    encode,
)
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

MOST_DEATHS = 3
STOP_MS = 2_000
TAIL_CHARACTERS = 2_000


class EngineClient(QObject):
    """One engine process, one request at a time; a newer request takes the place of an older one.

    `ready` gives Ready, `answered` gives the newest request's results, Progress messages or Failure, `died` a
    sentence. A request survives two deaths of the process, and the third answers it with a Failure; a measurement
    survives none, since whatever killed the process would most likely do so again.
    """

    ready = Signal(object)
    answered = Signal(object)
    died = Signal(str)

    def __init__(self, command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = list(command)
        self._process: QProcess | None = None
        self._is_ready = False
        self._number = 0
        self._wanted: Request | None = None
        self._sent: int | None = None
        self._deaths = 0
        self._complaints = ""

    @property
    def busy(self) -> bool:
        """Whether the newest request still waits for its answer."""
        return self._wanted is not None

    @property
    def process_id(self) -> int:
        """The engine's process number; 0 while there is none."""
        return self._process.processId() if self._process is not None else 0

    def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is not None:
            return
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read_lines)
        process.readyReadStandardError.connect(self._read_complaints)
        process.finished.connect(self._on_end)
        process.errorOccurred.connect(self._on_error)
        process.setProcessEnvironment(_environment())
        self._process, self._is_ready, self._sent, self._complaints = process, False, None, ""
        process.start(self._command[0], self._command[1:])

    def analyse(self, spec: ResNetSpec) -> None:
        """Ask for the analysis of a network."""
        self._ask(lambda number: Analyse(number, spec))

    def ask_opinion(self, spec: ResNetSpec, tool: Tool) -> None:
        """Ask what another counter says of a network."""
        self._ask(lambda number: AskOpinion(number, spec, tool))

    def ask_devices(self) -> None:
        """Ask what can be measured on."""
        self._ask(AskDevices)

    def measure(self, spec: ResNetSpec, settings: ProfileSettings) -> None:
        """Ask for a run."""
        self._ask(lambda number: Measure(number, spec, settings))

    def ask_comparison(self, kind: str, *about: Any) -> None:
        """Ask about "blocks", "networks", their "pairs" or a "sweep" what `protocol` has under these; the last is the
        settings to measure them with, or None.
        """
        makers: dict[str, Callable[..., Request]] = {
            "blocks": Compare, "networks": CompareNetworks, "pairs": AskPairs, "sweep": AskSweep,
        }  # fmt: skip
        self._ask(lambda number: makers[kind](number, *about))

    def cancel(self) -> None:
        """Kill the process with whatever it does, and start a fresh one."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End the process and forget the request."""
        self._wanted = None
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(STOP_MS)
        process.deleteLater()

    def _ask(self, make: Callable[[int], Request]) -> None:
        self._number += 1
        self._wanted = make(self._number)
        self._deaths = 0
        self.start()
        self._send()

    def _send(self) -> None:
        """Hand over the newest request once the process has loaded and has answered the one before."""
        if self._process is None or not self._is_ready or self._wanted is None or self._sent is not None:
            return
        self._sent = self._wanted.id
        self._process.write(encode(self._wanted))

    def _read_lines(self) -> None:
        process = self._process
        while process is not None and process is self._process and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                message = decode_message(line)
            except msgspec.DecodeError:
                self._complaints = tr("it wrote something that is not a message")
                process.kill()
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        if isinstance(message, Ready):
            self._is_ready = True
            self._deaths = self._deaths if self.busy else 0
            self.ready.emit(message)
            self._send()
            return
        wanted = self._wanted is not None and message.id == self._wanted.id
        if not isinstance(message, Progress):
            self._sent = None
            if wanted:
                self._wanted = None
                self._deaths = 0
            self._send()
        if wanted:
            self.answered.emit(message)

    def _read_complaints(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._complaints = (self._complaints + text)[-TAIL_CHARACTERS:]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._complaints = self._process.errorString()
            self._on_end()

    def _on_end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._deaths += 1
        if self._wanted is not None and measures(self._wanted):
            self._give_up(tr("The engine stopped in the middle of the run{why}.").format(why=self._why()))
            self.start()
            return
        if self._deaths < MOST_DEATHS:
            self.died.emit(tr("The engine stopped and is being started again."))
            self.start()
            return
        sentence = tr("The engine stopped {n} times in a row{why}; change the network, or try again with F5.").format(
            n=self._deaths, why=self._why()
        )
        self.died.emit(sentence)
        self._give_up(sentence)

    def _give_up(self, sentence: str) -> None:
        """Answer the newest request with a failure."""
        wanted, self._wanted, self._deaths = self._wanted, None, 0
        if wanted is not None:
            self.answered.emit(Failure(wanted.id, sentence))

    def _why(self) -> str:
        """The last line that the process wrote about itself."""
        lines = [line.strip() for line in self._complaints.splitlines() if line.strip()]
        return f" ({lines[-1][:120]})" if lines else ""


class Engines(NamedTuple):
    """The window's engine processes, one for each kind of work, so that no work waits for another's end."""

    analysis: EngineClient
    crosschecks: EngineClient
    measuring: EngineClient
    comparing: EngineClient

    @classmethod
    def of(cls, command: Sequence[str]) -> "Engines":
        """Four of the same command; each process starts when it is first asked for something."""
        return cls(*(EngineClient(command) for _ in range(4)))


def measures(request: Request) -> bool:
    """Whether the request takes measurements, which whatever killed the process would most likely end again."""
    return getattr(request, "settings", None) is not None


def _environment() -> QProcessEnvironment:
    """The window's own, in which `-m resnet_viz` finds this very package from any working folder."""
    environment = QProcessEnvironment.systemEnvironment()
    package_parent = str(Path(__file__).resolve().parents[2])
    paths = [package_parent, environment.value("PYTHONPATH", "")]
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    return environment
