"""Cuts a stream of bytes into lines, in time linear in the bytes and with bounded memory."""


class LineSplitter:
    """Collects bytes as they arrive and gives the complete lines; of a line that is too long nothing is kept."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._pieces: list[bytes] = []
        self._length = 0

    def feed(self, data: bytes) -> list[bytes | None]:
        """Return the lines that these bytes complete, with their newlines; None stands for a line that is too long."""
        *ends, rest = data.split(b"\n")
        lines = []
        for end in ends:
            self._keep(end + b"\n")
            lines.append(self.rest())
        self._keep(rest)
        return lines

    def rest(self) -> bytes | None:
        """Return the bytes of the last, incomplete line, or None if they are too many, and start a new line."""
        line = b"".join(self._pieces) if self._length <= self._longest else None
        self._pieces, self._length = [], 0
        return line

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._length <= self._longest:
            self._pieces.append(piece)
        else:
            self._pieces.clear()
