"""A line on the terminal that says how far a measurement has come."""

import time
from collections.abc import Iterator
from typing import TextIO, TypeVar

from resnet_viz.export.tables import display_width
from resnet_viz.records.run import ProfileProgress
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.runs import doing

Found = TypeVar("Found")
BAR, LINE_SECONDS = 24, 2.0


class ProgressLine:
    """A bar that redraws itself on a terminal, and a plain line now and then elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._said_at = 0.0
        self._said = ""
        self._width = 0

    def show(self, progress: ProfileProgress) -> None:
        """How far the run has come."""
        now = time.monotonic()
        if now - self._said_at < (0.1 if self._live else LINE_SECONDS) and progress.phase == self._said:
            return
        self._said_at, self._said = now, progress.phase
        line = _progress_text(progress)
        if self._live:
            width = display_width(line)
            self._stream.write("\r" + line + " " * (self._width - width))
            self._width = width
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def follow(self, measured: Iterator[ProfileProgress | Found]) -> Iterator[ProfileProgress | Found]:
        """Hand on what a measurement yields, show its progress meanwhile, and clear the bar when it is over."""
        try:
            for found in measured:
                if isinstance(found, ProfileProgress):
                    self.show(found)
                yield found
        finally:
            self.end()

    def end(self) -> None:
        """Clear the bar."""
        if self._live and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()


def _progress_text(progress: ProfileProgress) -> str:
    filled = round(BAR * progress.done)
    line = tr("[{bar}] {doing}") if progress.seconds_left is None else tr("[{bar}] {doing}  {seconds:.0f} s at most")
    bar = "█" * filled + "·" * (BAR - filled)
    return line.format(bar=bar, doing=doing(progress), seconds=progress.seconds_left)
