"""Measured runs as files: saved, opened with a sentence for whatever is wrong, listed from the runs folder."""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.records.run import FORMAT, ProfileRun, RunEntry
from resnet_viz.spec.presets import name_of, title_of
from resnet_viz.storage.atomic import check_writable, write_text_atomic, write_text_new
from resnet_viz.storage.json_text import file_fields, json_text
from resnet_viz.storage.reading import open_regular, read_content, reason_of, short_reason, shown_path
from resnet_viz.storage.run_checks import check_run, check_time
from resnet_viz.texts import tr

FOLDER_VARIABLE = "RESNET_VIZ_RUNS"
RUN_KIND = "resnet_viz run"
LISTED_BYTES = 1 << 14  # has every field before the layers
KIND_BYTES, END_BYTES = 200, 16  # the kind is the first field
MAX_NAME_BYTES = 230  # a number and the suffix follow; file systems accept 255

DECODING_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, SpecError)


class _FileFields(msgspec.Struct):
    """The fields that a file has beside those of the run: kind, format, digest, and the whole network's time."""

    kind: str = ""
    format: int = 0
    digest: str = ""
    whole_us: float | None = None


def runs_folder() -> Path:
    """Return the folder that RESNET_VIZ_RUNS names, else a folder in the user's data."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_data_path("resnet_viz", appauthor=False) / "runs"


def run_json(run: ProfileRun) -> str:
    """Return the run as the JSON that `read_run` reads: its fields, the sums that scripts need, and a digest."""
    whole_us = None if run.whole is None else run.whole.spread.median_us
    fields: dict[str, Any] = {"kind": RUN_KIND, "digest": _digest(run), "whole_us": whole_us, "sum_us": run.sum_us}
    fields["unaccounted_us"] = run.unaccounted_us
    if run.energy is not None:
        fields["joules_per_image"] = run.energy.joules_per_image
    fields |= _without_messages(run)
    if run.messages:
        fields["messages"] = run.messages
    return json_text(fields)


def save_run(run: ProfileRun, path: Path) -> None:
    """Write the run to a file; raises FileProblem."""
    write_text_atomic(path, run_json(run))


def save_in_runs_folder(run: ProfileRun) -> Path:
    """Save the run in the runs folder under a name that is not taken, and return its path; raises FileProblem."""
    return write_text_new(_made_runs_folder(), _name_of(run), ".json", run_json(run))


def check_runs_folder() -> None:
    """Make the runs folder where it is missing; raises FileProblem where no run could be saved in it."""
    check_writable(_made_runs_folder() / "run.json")


def _made_runs_folder() -> Path:
    folder = runs_folder()
    check_is_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = tr("{path} cannot be made: {reason}.")
        raise FileProblem(sentence.format(path=shown_path(folder), reason=reason_of(error))) from error
    return folder


def read_run(path: Path) -> tuple[ProfileRun, str]:
    """Return the run in a file, and a warning where it was changed after it was saved; raises FileProblem."""
    content = read_content(path)
    try:
        beside = msgspec.json.decode(content, type=_FileFields)
        if beside.kind != RUN_KIND:
            raise _not_a_run(path, tr("its kind is another"))
        if beside.format > FORMAT:
            sentence = tr("{path} was written by a newer resnet_viz (format {theirs}; this one reads up to {ours}).")
            raise FileProblem(sentence.format(path=path, theirs=beside.format, ours=FORMAT))
        run = msgspec.json.decode(content, type=ProfileRun)
        check_run(run)
        if [str(message) for message in run.messages] != [*run.fallbacks, *run.warnings]:
            run = msgspec.structs.replace(run, messages=())  # another version's, or edited: the sentences are shown
    except DECODING_ERRORS as error:
        raise _not_a_run(path, short_reason(error)) from error
    if beside.digest == _digest(run):
        return run, ""
    return run, tr("{name} was changed after it was saved: its figures may not be what was measured.").format(
        name=path.name
    )


def looks_like_run(path: Path) -> bool:
    """Return whether a file begins as a run does, even if it is damaged; False where it cannot be read."""
    try:
        with open_regular(path) as stream:
            return f'"kind": "{RUN_KIND}"'.encode() in stream.read(KIND_BYTES)
    except (OSError, ValueError):
        return False


def list_runs() -> tuple[RunEntry, ...]:
    """Return the readable runs of the runs folder, the newest first; other files are left out."""
    return listed_folder()[0]


def listed_folder() -> tuple[tuple[RunEntry, ...], tuple[Path, ...]]:
    """Return the readable runs of the runs folder, the newest first, and its other files, by name."""
    found = {path: _read_entry(path) for path in sorted(runs_folder().glob("*.json"))}
    entries = [entry for entry in found.values() if entry is not None]
    others = tuple(path for path, entry in found.items() if entry is None)
    return tuple(sorted(entries, key=lambda entry: (entry.made, entry.path), reverse=True)), others


def check_is_folder() -> None:
    """Raise FileProblem where the runs folder is something else."""
    folder = runs_folder()
    if folder.exists() and not folder.is_dir():
        sentence = tr("{path} is not a folder; {variable} names the folder of runs.")
        raise FileProblem(sentence.format(path=shown_path(folder), variable=FOLDER_VARIABLE))


def _not_a_run(path: Path, reason: str) -> FileProblem:
    return FileProblem(tr("{path} is not a run of resnet_viz: {reason}.").format(path=shown_path(path), reason=reason))


def _digest(run: ProfileRun) -> str:
    return hashlib.sha256(msgspec.json.encode(_without_messages(run))).hexdigest()


def _without_messages(run: ProfileRun) -> dict[str, Any]:
    """Return the run's fields as they are in its file, so that older versions compute the same digest.

    The sentences of the messages are among them, as fallbacks and warnings.
    """
    return {name: value for name, value in file_fields(run).items() if name != "messages"}


def _read_entry(path: Path) -> RunEntry | None:
    """Return the entry of a file in the list of runs; None where it is not a complete run file.

    Its fields come before the layers, so the rest is read only where the order is another.
    """
    try:
        with open_regular(path) as stream:
            beginning = stream.read(LISTED_BYTES).partition(b'"layers":')[0].rstrip(b" ,\r\n") + b"}"
            stream.seek(-min(END_BYTES, path.stat().st_size), os.SEEK_END)
            has_end = stream.read().rstrip().endswith(b"}")
        try:
            beside, run = _decoded(beginning)
            known = msgspec.structs.replace(run, complete=False)  # the layers and what follows them were not read
        except DECODING_ERRORS:
            beside, run = _decoded(read_content(path))
            known = run
        check_run(known)
        check_time("whole_us", beside.whole_us)
    except (OSError, FileProblem, *DECODING_ERRORS):
        return None
    if beside.kind != RUN_KIND or beside.format > FORMAT or not has_end:
        return None
    return RunEntry(
        path=str(path),
        made=run.made,
        title=title_of(run.spec),
        device=run.place.name or run.place.device,
        dtype=run.settings.dtype,
        batch=run.spec.input[0],
        mode=run.settings.mode,
        whole_us=beside.whole_us,
        complete=run.complete,
        passes=run.settings.passes,
        optimizer=run.settings.used_optimizer,
        size="×".join(map(str, run.spec.input[2:])),
    )


def _decoded(content: bytes) -> tuple[_FileFields, ProfileRun]:
    return msgspec.json.decode(content, type=_FileFields), msgspec.json.decode(content, type=ProfileRun)


def _name_of(run: ProfileRun) -> str:
    """Return a name for the run's file, without its suffix, such as `2026-11-22 14.05.09 resnet50 cpu fp32 n1`."""
    moment = run.made[:19].replace("T", " ").replace(":", ".")
    network = name_of(run.spec) or title_of(run.spec)
    name = f"{moment} {network} {run.place.device} {run.settings.dtype} n{run.spec.input[0]}"
    return re.sub(r"[^\w .-]+", "-", name).encode()[:MAX_NAME_BYTES].decode(errors="ignore")
