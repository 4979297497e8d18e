"""Ctrl-C in the terminal, or a system that ends its programs, closes the window as its own button does."""

import signal
import socket

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
EXIT_STATUS = 128
"""A program that is ended by a signal has this status plus the signal's number."""


class ClosingSignals(QObject):
    """Leaves the event loop when such a signal comes; `status` is then the program's exit status.

    A signal may also come while events are processed before the loop has started: then there is nothing to leave, and
    whoever starts the loop has to look at `status` first.

    Python runs its own handlers only between two Python instructions, and Qt waits in C++. So the signal's number is
    written to a socket, which wakes Qt.
    """

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._application = application
        self.status: int | None = None
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._leave)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for name in NAMES:
            if hasattr(signal, name):  # Windows has no SIGHUP
                signal.signal(getattr(signal, name), lambda *_: None)

    def _leave(self) -> None:
        self.status = EXIT_STATUS + self._reader.recv(1)[0]
        self._application.exit(self.status)
