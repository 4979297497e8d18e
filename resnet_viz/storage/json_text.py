"""Values as JSON that people can read as well."""

import msgspec


def json_text(value: object, indent: int = 1) -> str:
    """Return the value as JSON with a field a line and a final newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=indent).decode() + "\n"
