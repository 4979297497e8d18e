"""Values as JSON that people can read as well, and records as they are in files."""

from typing import Any

import msgspec


def json_text(value: object, indent: int = 1) -> str:
    """Return the value as JSON with a field a line and a final newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=indent).decode() + "\n"


def file_fields(record: msgspec.Struct) -> dict[str, Any]:
    """Return a record's fields as they are in a file: without later ones that have their defaults, at any depth.

    So an older file stays the same when it is written again, and an older program can open a newer file that says
    nothing that it does not know.
    """
    later = getattr(record, "LATER_FIELDS", ())
    defaults = {field.name: field.default for field in msgspec.structs.fields(record) if field.name in later}
    values = ((name, getattr(record, name)) for name in record.__struct_fields__)
    return {name: _in_file(value) for name, value in values if name not in later or value != defaults[name]}


def _in_file(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return file_fields(value)
    if isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
        return [file_fields(each) for each in value]
    return value
