"""Networks as files: a saved spec, or the spec within an exported analysis."""

import json
import os
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import msgspec

from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.storage.atomic import write_text_atomic
from resnet_viz.storage.json_text import file_fields, json_text
from resnet_viz.storage.reading import read_content
from resnet_viz.texts import tr

_SPEC_KEY = "spec"
_REQUIRED_FIELDS = ("block", "blocks")
_FIELD_TYPES: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(ResNetSpec)}


def find_spec(arch: str, block: BlockKind | None = None) -> ResNetSpec:
    """Return the spec for a preset's name, `resnetN`, or the path of a saved spec; raises UserError.

    `block` replaces the kind of block; where the name is that of a depth, the depth stays.
    """
    if not _is_path(arch):
        return preset(arch, block)
    spec = read_spec(Path(arch))
    return spec if block is None else spec.with_block(block)


def read_spec(path: Path) -> ResNetSpec:
    """Return the spec in a file written by `save_spec` or exported as `.json`.

    Raises FileProblem, which names the field at fault.
    """
    try:
        content = msgspec.json.decode(read_content(path))
        fields = content.get(_SPEC_KEY, content) if isinstance(content, dict) else content
        if not isinstance(fields, dict) or any(key not in fields for key in _REQUIRED_FIELDS):
            raise _not_a_spec(path)
        return ResNetSpec(**{field: _converted(field, value) for field, value in fields.items()})
    except SpecError as error:
        raise FileProblem(f"{path}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileProblem(tr("{path} is not a saved network: it is not JSON.").format(path=path)) from error


def save_spec(spec: ResNetSpec, path: Path) -> None:
    """Write the spec to a file that `read_spec` reads; raises FileProblem."""
    write_text_atomic(path, json_text(file_fields(spec), indent=2))


def _is_path(arch: str) -> bool:
    # os.path.isfile, because Path.is_file raises for a name that is too long.
    return arch.lower().endswith(".json") or "/" in arch or "\\" in arch or os.path.isfile(arch)


def _not_a_spec(path: Path) -> FileProblem:
    sentence = tr("{path} is not a network of resnet_viz: it needs an object with the fields {fields}.")
    return FileProblem(sentence.format(path=path, fields=", ".join(_REQUIRED_FIELDS)))


def _converted(field: str, value: object) -> Any:
    """Convert a value to the type of the spec's field; raises SpecError, which says what the type accepts."""
    if field not in _FIELD_TYPES:
        accepted = tr("the fields are {fields}").format(fields=", ".join(_FIELD_TYPES))
        raise SpecError(tr("unknown field"), _as_written(field), accepted)
    try:
        return msgspec.convert(value, _FIELD_TYPES[field])
    except msgspec.ValidationError as error:
        accepted = tr("give {kind}").format(kind=_kind_text(_FIELD_TYPES[field]))
        raise SpecError(field, _as_written(value), accepted) from error


def _as_written(value: object) -> str:
    """Return the value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def _kind_text(kind: Any) -> str:
    """Describe the values of a field's type: `one of post, pre`, `a whole number`."""
    if get_origin(kind) is Literal:
        return tr("one of {choices}").format(choices=", ".join(get_args(kind)))
    if get_origin(kind) is tuple:
        return _list_text(get_args(kind))
    options = [option for option in get_args(kind) if option is not NoneType]
    if options:
        return tr("{kind}, or null").format(kind=_kind_text(options[0]))
    return tr("true or false") if kind is bool else tr("a whole number")


def _list_text(items: tuple[Any, ...]) -> str:
    if items[0] is bool:
        return tr("a list of true and false")
    if Ellipsis in items:
        return tr("a list of whole numbers")
    return tr("a list of {n} whole numbers").format(n=len(items))
