"""The client of one engine process: sends the newest request, drops late answers, restarts a dead process."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from resnet_viz.child_process import module_environment
from resnet_viz.engine import protocol
from resnet_viz.engine.lines import LineSplitter
from resnet_viz.engine.protocol import Failure, Request, Result
from resnet_viz.records.run import ProfileProgress
from resnet_viz.texts import tr

MAX_CRASHES = 3
STOP_TIMEOUT_MS = 2_000
STDERR_TAIL_CHARACTERS = 2_000
MAX_MESSAGE_BYTES = 256 << 20
IDLE_MS = 15_000


class Job(QObject, Generic[Result]):
    """A request that is being answered.

    It emits any number of `progressed` (a ProfileProgress), then exactly one of the others, never before control has
    returned to the event loop: `succeeded` with the result, `failed` with a Failure, or `cancelled` when a newer
    request replaced it or the engine was stopped.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)
    cancelled = Signal()

    def __init__(self, number: int, request: Request[Result], parent: QObject) -> None:
        super().__init__(parent)
        self.number, self.request = number, request

    def then(
        self,
        succeeded: Callable[[Result], object],
        failed: Callable[[Failure], object],
        progressed: Callable[[ProfileProgress], object] | None = None,
    ) -> None:
        """Connect callbacks to the signals; unlike the signals, they are type-checked."""
        self.succeeded.connect(succeeded)
        self.failed.connect(failed)
        if progressed is not None:
            self.progressed.connect(progressed)


class EngineClient(QObject):
    """One engine process that answers one request at a time; a newer request replaces an older one.

    `ready` carries a Ready, `died` a sentence for the user. A request is sent again after a crash of the process until
    the third crash ends it with a Failure; a measurement is never repeated. With `idle_ms`, a process that has had
    nothing to do for so long is stopped to free its memory, and started again by the next request.
    """

    ready = Signal(object)
    died = Signal(str)

    def __init__(self, command: Sequence[str], parent: QObject | None = None, *, idle_ms: int | None = None) -> None:
        super().__init__(parent)
        self._command = list(command)
        self._idle: QTimer | None = None
        if idle_ms is not None:
            self._idle = QTimer(self)
            self._idle.setSingleShot(True)
            self._idle.setInterval(idle_ms)
            self._idle.timeout.connect(self.stop)
        self._process: QProcess | None = None
        self._is_ready = False
        self._number = 0
        self._job: Job[Any] | None = None
        self._sent: int | None = None
        self._crashes = 0
        self._stderr_tail = ""
        self._lines = LineSplitter(MAX_MESSAGE_BYTES)
        self._received: deque[bytes | None] = deque()

    @property
    def busy(self) -> bool:
        """True while the newest request waits for its answer."""
        return self._job is not None

    @property
    def process_id(self) -> int:
        """The operating system's process ID; 0 while no process runs."""
        return self._process.processId() if self._process is not None else 0

    def start(self) -> None:
        """Start the process unless it is running."""
        if self._process is not None:
            return
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read_lines)
        process.readyReadStandardError.connect(self._read_stderr)
        process.finished.connect(self._on_end)
        process.errorOccurred.connect(self._on_error)
        process.setProcessEnvironment(_environment())
        self._process, self._is_ready, self._sent, self._stderr_tail = process, False, None, ""
        self._lines, self._received = LineSplitter(MAX_MESSAGE_BYTES), deque()
        process.start(self._command[0], self._command[1:])

    def ask(self, request: Request[Result]) -> Job[Result]:
        """Send a request in place of any earlier one."""
        self._drop()
        if self._idle is not None:
            self._idle.stop()
        self._number += 1
        self._crashes = 0
        self._job = job = Job(self._number, request, self)
        if self._process is not None and self._is_ready:
            self._send()
        else:  # later: a process that cannot start would end the job before its signals are connected
            QTimer.singleShot(0, self._send)
        return job

    def cancel(self) -> None:
        """Kill the process, whatever it is doing, and start a new one."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop the process and cancel the request."""
        self._drop()
        if self._idle is not None:
            self._idle.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(STOP_TIMEOUT_MS)
        process.deleteLater()

    def _drop(self) -> None:
        """Cancel the current request; a late answer to it will be ignored."""
        job, self._job = self._job, None
        if job is not None:
            job.cancelled.emit()
            job.deleteLater()

    def _send(self) -> None:
        """Send the newest request once the process is ready and has answered the previous one."""
        if self._job is None:
            return
        self.start()
        if self._process is not None and self._is_ready and self._sent is None:
            self._sent = self._job.number
            self._process.write(protocol.encode(protocol.ask(self._job.number, self._job.request)))

    def _read_lines(self) -> None:
        process = self._process
        if process is None:
            return
        self._received.extend(self._lines.feed(bytes(process.readAllStandardOutput().data())))
        while self._received and process is self._process:  # whoever took the previous line may have stopped it
            line = self._received.popleft()
            try:
                if line is None:
                    raise msgspec.DecodeError
                self._take(protocol.decode_message(line))
            except msgspec.DecodeError:
                if self._is_ready:  # before, it may be a greeting of Python or of a library
                    self._stderr_tail = tr("it wrote something that is not a message")
                    process.kill()
                    return

    def _take(self, message: protocol.Message) -> None:
        if isinstance(message, protocol.Ready):
            self._is_ready = True
            self._crashes = self._crashes if self.busy else 0
            self.ready.emit(message)
            self._send()
            self._wait_idle()
            return
        if self._sent is None or message.id not in (self._sent, None):
            return  # it answers nothing that was asked; without a number it is a Failure of the request that was sent
        job = self._job if self._job is not None and self._job.number == self._sent else None
        if isinstance(message, protocol.Progress):
            if job is not None:
                job.progressed.emit(message.progress)
            return
        self._sent = None
        if job is not None:
            self._end(job, message if isinstance(message, Failure) else protocol.value_for(job.request, message))
        self._send()
        self._wait_idle()

    def _wait_idle(self) -> None:
        """Start to count the time without work, if there is none."""
        if self._idle is not None and self._process is not None and not self.busy:
            self._idle.start()

    def _end(self, job: Job[Any], outcome: object) -> None:
        """Finish the current job with a value or a Failure."""
        self._job, self._crashes = None, 0
        (job.failed if isinstance(outcome, Failure) else job.succeeded).emit(outcome)
        job.deleteLater()

    def _read_stderr(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._stderr_tail = (self._stderr_tail + text)[-STDERR_TAIL_CHARACTERS:]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._stderr_tail = self._process.errorString()
            self._on_end()

    def _on_end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._crashes += 1
        if self._job is not None and self._job.request.measures:
            self._give_up(tr("The engine stopped in the middle of the run ({why}).").format(why=self._why()))
        elif self._crashes < MAX_CRASHES:
            self.died.emit(tr("The engine stopped and is being restarted."))
        else:
            given_up = tr("The engine stopped {n} times in a row ({why}). Change the network, or try again with F5.")
            sentence = given_up.format(n=self._crashes, why=self._why())
            self.died.emit(sentence)
            self._give_up(sentence)
            return
        self.start()

    def _give_up(self, sentence: str) -> None:
        """End the current request with a Failure."""
        self._crashes = 0
        if self._job is not None:
            self._end(self._job, Failure(self._job.number, sentence))

    def _why(self) -> str:
        """Return the last line that the process wrote to standard error."""
        lines = [line.strip() for line in self._stderr_tail.splitlines() if line.strip()]
        return lines[-1][:120] if lines else tr("it gave no reason")


class Engines(NamedTuple):
    """The engine processes, so that an analysis waits for nothing else.

    Each of them has loaded torch, which takes hundreds of megabytes: the one for analyses and the one for measurements,
    which makes the cross-checks between two runs, stay loaded; the one for comparisons lives as long as it has work.
    """

    analysis: EngineClient
    measuring: EngineClient
    comparing: EngineClient

    @classmethod
    def of(cls, command: Sequence[str]) -> "Engines":
        """Create the clients of the same command; each process starts with its first request."""
        return cls(EngineClient(command), EngineClient(command), EngineClient(command, idle_ms=IDLE_MS))


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in module_environment().items():
        environment.insert(name, value)
    return environment
