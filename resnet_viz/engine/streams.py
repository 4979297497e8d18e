"""The engine's standard streams, taken over before torch is loaded: nothing else reads or writes them then."""

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

from resnet_viz.engine.lines import LineSplitter

MAX_REQUEST_BYTES = 16 << 20
READ_BYTES = 1 << 16
EXIT_SECONDS = 1.5
END = b""


def take_streams() -> tuple[Iterator[bytes | None], BinaryIO]:
    """Return the lines of standard input, None for one that is too long, and the stream for the answers.

    What libraries print goes to standard error, whether by Python or by C. The process ends shortly after its standard
    input, whatever it is doing, and not by Ctrl-C, which a terminal sends to the window's children too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    requests = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, lines), daemon=True).start()
    return iter(lines.get, END), answers


def _read(descriptor: int, lines: "queue.SimpleQueue[bytes | None]") -> None:
    """Queue the lines as they arrive; after the last one, end the process if it has not ended by itself soon."""
    splitter = LineSplitter(MAX_REQUEST_BYTES)
    while data := os.read(descriptor, READ_BYTES):
        for line in splitter.feed(data):
            lines.put(line)
    lines.put(splitter.rest())  # END if the last line was complete
    lines.put(END)
    time.sleep(EXIT_SECONDS)
    os._exit(0)
