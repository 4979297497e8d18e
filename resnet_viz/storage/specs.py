"""Networks as files: a saved spec, or the spec inside an exported analysis."""

import json
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import msgspec

from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.storage.atomic import read_content, write_whole
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr

_SPEC_KEY = "spec"
_NEEDED = ("block", "blocks")
_TYPES: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(ResNetSpec)}


def find_spec(arch: str, block: BlockKind | None = None) -> ResNetSpec:
    """The network that a preset's name, `resnetN` or the path of a saved spec names; raises UserError.

    `block` asks for it from this block: for the same depth where the name says a depth.
    """
    if not _is_path(arch):
        return preset(arch, block)
    spec = read_spec(Path(arch))
    return spec if block is None else spec.but(block=block)


def read_spec(path: Path) -> ResNetSpec:
    """The spec in a file written by `save_spec` or exported as `.json`; raises FileProblem with the field at fault."""
    try:
        content = msgspec.json.decode(read_content(path))
        found = content.get(_SPEC_KEY, content) if isinstance(content, dict) else content
        if not isinstance(found, dict) or any(key not in found for key in _NEEDED):
            raise _foreign(path)
        return ResNetSpec(**{field: _converted(field, value) for field, value in found.items()})
    except SpecError as error:
        raise FileProblem(f"{path}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileProblem(tr("{path} is not a saved network: it is not JSON.").format(path=path)) from error


def save_spec(spec: ResNetSpec, path: Path) -> None:
    """Write the spec so that `read_spec` gives it back; raises FileProblem."""
    write_whole(path, json_text(spec, indent=2))


def _is_path(arch: str) -> bool:
    return arch.lower().endswith(".json") or "/" in arch or "\\" in arch or Path(arch).is_file()


def _foreign(path: Path) -> FileProblem:
    sentence = tr("{path} holds no network of resnet_viz: it needs an object with the fields {fields}.")
    return FileProblem(sentence.format(path=path, fields=", ".join(_NEEDED)))


def _converted(field: str, value: object) -> Any:
    """The value as the spec has it; raises SpecError with what its type would accept."""
    if field not in _TYPES:
        accepted = tr("the fields are {fields}").format(fields=", ".join(_TYPES))
        raise SpecError(tr("unknown field"), _as_written(field), accepted)
    try:
        return msgspec.convert(value, _TYPES[field])
    except msgspec.ValidationError as error:
        raise SpecError(field, _as_written(value), tr("give {kind}").format(kind=_accepted(_TYPES[field]))) from error


def _as_written(value: object) -> str:
    """The value as it stands in the file, on one line."""
    return json.dumps(value, ensure_ascii=False)


def _accepted(kind: Any) -> str:
    """What a field of this type can be, in words."""
    if get_origin(kind) is Literal:
        return tr("one of {choices}").format(choices=", ".join(get_args(kind)))
    if get_origin(kind) is tuple:
        return _accepted_list(get_args(kind))
    options = [option for option in get_args(kind) if option is not NoneType]
    if options:
        return tr("{kind}, or null").format(kind=_accepted(options[0]))
    return tr("true or false") if kind is bool else tr("a whole number")


def _accepted_list(items: tuple[Any, ...]) -> str:
    if items[0] is bool:
        return tr("a list of true and false")
    if Ellipsis in items:
        return tr("a list of whole numbers")
    return tr("a list of {n} whole numbers").format(n=len(items))
