"""A sentence for the message bar."""

from typing import Literal

import msgspec


class Notice(msgspec.Struct, frozen=True):
    """One sentence; an empty one clears what it said of this matter."""

    sentence: str
    tone: Literal["info", "warning", "error"] = "info"
