"""Networks as files: a saved spec, or the spec inside an exported analysis."""

import re
from pathlib import Path

import msgspec

from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.export.writing import write_whole
from resnet_viz.presets import preset
from resnet_viz.spec import BlockKind, ResNetSpec
from resnet_viz.texts import tr

_SPEC_KEY = "spec"
_NEEDED = ("block", "blocks")


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
        content = msgspec.json.decode(path.read_bytes())
        found = content.get(_SPEC_KEY, content) if isinstance(content, dict) else content
        if not isinstance(found, dict) or any(key not in found for key in _NEEDED):
            raise _foreign(path)
        return msgspec.convert(found, ResNetSpec)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileProblem(tr("{path} cannot be read: {reason}.").format(path=path, reason=reason)) from error
    except msgspec.ValidationError as error:
        raise _wrong_field(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileProblem(tr("{path} is not JSON: {reason}.").format(path=path, reason=error)) from error


def save_spec(spec: ResNetSpec, path: Path) -> None:
    """Write the spec so that `read_spec` gives it back; raises FileProblem."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(spec), indent=2).decode() + "\n")


def _is_path(arch: str) -> bool:
    return arch.lower().endswith(".json") or "/" in arch or "\\" in arch or Path(arch).is_file()


def _foreign(path: Path) -> FileProblem:
    sentence = tr("{path} holds no network of resnet_viz: it needs an object with the fields {fields}.")
    return FileProblem(sentence.format(path=path, fields=", ".join(_NEEDED)))


def _wrong_field(path: Path, error: msgspec.ValidationError) -> FileProblem:
    if isinstance(error.__cause__, SpecError):
        return FileProblem(f"{path}: {error.__cause__}")
    message, _, place = str(error).partition(" - at ")
    field = re.sub(r"^\$\.?", "", place.strip("`"))
    where = f"{field}: " if field else ""
    return FileProblem(f"{path}: {where}{message.replace('`', '')}.")
