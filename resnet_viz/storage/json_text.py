"""Values as JSON that people can read too."""

import msgspec


def json_text(value: object, indent: int = 1) -> str:
    """The value as JSON, a field a line, with a line end behind it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=indent).decode() + "\n"
