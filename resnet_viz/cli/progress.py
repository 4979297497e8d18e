"""A line on the terminal with the progress of a measurement."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO, TypeVar

import msgspec

from resnet_viz.export.tables import display_width
from resnet_viz.records.run import Phase, ProfileProgress
from resnet_viz.texts import tr, visible
from resnet_viz.viewmodels.text.runs import phase_text

Result = TypeVar("Result")
BAR_CHARACTERS = 24
BAR_SECONDS = 0.1
"""The shortest time between two redraws of the bar."""


class ProgressLine:
    """A bar that redraws itself on a terminal, and a plain line for each phase elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._shown_at = 0.0
        self._shown_phases: list[Phase] = []
        self._width = 0

    def show(self, progress: ProfileProgress) -> None:
        """Show the progress, unless its phase was shown: on a terminal a moment ago, elsewhere at all."""
        is_new = progress.phase not in self._shown_phases
        self._shown_phases += [progress.phase] if is_new else []
        if not self._is_terminal:
            if is_new:
                self._write(visible(phase_text(msgspec.structs.replace(progress, layer=""))) + "\n")
            return
        now = time.monotonic()
        if now - self._shown_at < BAR_SECONDS and progress.phase == self._shown_phases[-1] and not is_new:
            return
        self._shown_at = now
        line = visible(_progress_text(progress))
        width = display_width(line)
        self._write("\r" + line + " " * (self._width - width))
        self._width = width

    def follow(self, measured: Iterator[ProfileProgress | Result]) -> Iterator[ProfileProgress | Result]:
        """Yield what a measurement yields, show its progress meanwhile, and clear the bar when it is over."""
        try:
            for item in measured:
                if isinstance(item, ProfileProgress):
                    self.show(item)
                yield item
        finally:
            self.end()

    def end(self) -> None:
        """Clear the bar."""
        if self._is_terminal and self._width:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # nobody reads it any more, and the measurement is not to suffer
            self._stream.write(text)
            self._stream.flush()


def _progress_text(progress: ProfileProgress) -> str:
    filled = round(BAR_CHARACTERS * progress.done)
    line = tr("[{bar}] {phase}") if progress.seconds_left is None else tr("[{bar}] {phase}  {seconds:.0f} s at most")
    bar = "█" * filled + "·" * (BAR_CHARACTERS - filled)
    return line.format(bar=bar, phase=phase_text(progress), seconds=progress.seconds_left)
