"""Measured runs as files: saved whole, opened with a sentence for whatever is wrong, listed from a folder."""

import hashlib
import os
import re
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.records.run import FORMAT, ProfileRun, RunEntry
from resnet_viz.spec.presets import name_of, title_of
from resnet_viz.storage.atomic import read_content, write_whole
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr

FOLDER = "RESNET_VIZ_RUNS"
KIND = "resnet_viz run"
HEAD_BYTES = 1 << 14
BEGINNING, END_BYTES = 200, 16  # bytes; the kind stands in the first line

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, SpecError)


class _Seal(msgspec.Struct):
    """What a file has beside the run: is it one of ours, of which version, with which digest, and the whole's time."""

    kind: str = ""
    format: int = 0
    digest: str = ""
    whole_us: float | None = None


def runs_folder() -> Path:
    """Where runs are kept: where the environment says, else in the user's data folder."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen) if chosen else platformdirs.user_data_path("resnet_viz", appauthor=False) / "runs"


def run_json(run: ProfileRun) -> str:
    """The run as the JSON that `read_run` gives back: its fields, Σ and the rest, and a digest of all."""
    whole_us = None if run.whole is None else run.whole.spread.median_us
    fields: dict[str, Any] = {"kind": KIND, "digest": _digest(run), "whole_us": whole_us, "sum_us": run.sum_us}
    fields |= {"unaccounted_us": run.unaccounted_us, **_known_of_old(run)}
    if run.messages:
        fields["messages"] = run.messages
    return json_text(fields)


def save_run(run: ProfileRun, path: Path) -> None:
    """Write the run whole or not at all; raises FileProblem."""
    write_whole(path, run_json(run))


def keep_run(run: ProfileRun) -> Path:
    """Save the run in the folder of runs under a name of its own; raises FileProblem."""
    folder = runs_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileProblem(tr("{path} cannot be made: {reason}.").format(path=folder, reason=reason)) from error
    path = _free_name(folder, run)
    save_run(run, path)
    return path


def read_run(path: Path) -> tuple[ProfileRun, str]:
    """The run in a file, and a sentence where it was changed after it was saved; raises FileProblem."""
    content = read_content(path)
    try:
        seal = msgspec.json.decode(content, type=_Seal)
        if seal.kind != KIND:
            raise _foreign(path, tr("it does not say so of itself"))
        if seal.format > FORMAT:
            sentence = tr("{path} was written by a newer resnet_viz (format {theirs}; this one reads up to {ours}).")
            raise FileProblem(sentence.format(path=path, theirs=seal.format, ours=FORMAT))
        run = msgspec.json.decode(content, type=ProfileRun)
        _check(run, path)
        if [str(message) for message in run.messages] != [*run.fallbacks, *run.warnings]:
            run = msgspec.structs.replace(run, messages=())  # another program's, or changed: the sentences stand
    except BROKEN as error:
        raise _foreign(path, str(error)[:200]) from error
    if seal.digest == _digest(run):
        return run, ""
    return run, tr("{name} was changed after it was saved: its figures may not be what was measured.").format(
        name=path.name
    )


def is_run(path: Path) -> bool:
    """Whether a file begins as a run does, be it whole or damaged; False for whatever cannot be read."""
    try:
        with path.open("rb") as stream:
            return f'"kind": "{KIND}"'.encode() in stream.read(BEGINNING)
    except OSError:
        return False


def list_runs() -> tuple[RunEntry, ...]:
    """Every readable run of the folder, the newest first; what is not a run is left out."""
    found = [entry for path in runs_folder().glob("*.json") if (entry := _entry(path)) is not None]
    return tuple(sorted(found, key=lambda entry: (entry.made, entry.path), reverse=True))


def _check(run: ProfileRun, path: Path) -> None:
    """Raise FileProblem for times that cannot be drawn or compared."""
    spreads = [layer.spread for layer in run.layers] + [group.spread for group in (*run.groups, *run.backward)]
    spreads += [timed.spread for timed in (run.whole, run.instrumented) if timed is not None]
    spreads += [point.spread for point in run.sweep] + [end.timed.spread for end in run.ends]
    for spread in spreads:
        ordered = (spread.min_us, spread.q1_us, spread.median_us, spread.q3_us)
        if not all(isfinite(time) for time in ordered) or list(ordered) != sorted(ordered) or spread.n < 1:
            raise _foreign(path, tr("the times {times} are no minimum and quartiles").format(times=ordered))
    ids = [layer.id for layer in run.layers]
    if len(set(ids)) != len(ids):
        raise _foreign(path, tr("a layer is in it twice"))
    ceilings = run.ceilings
    if ceilings is not None and not (ceilings.bytes_per_second > 0 and ceilings.flops_per_second > 0):
        raise _foreign(path, tr("a ceiling in it is not above zero"))


def _foreign(path: Path, reason: str) -> FileProblem:
    return FileProblem(tr("{path} is not a run of resnet_viz: {reason}.").format(path=path, reason=reason))


def _digest(run: ProfileRun) -> str:
    return hashlib.sha256(msgspec.json.encode(_known_of_old(run))).hexdigest()


def _known_of_old(run: ProfileRun) -> dict[str, Any]:
    """All but the messages, so that older programs find the digest right; the sentences that messages say are in it."""
    return {name: value for name, value in msgspec.structs.asdict(run).items() if name != "messages"}


def _entry(path: Path) -> RunEntry | None:
    """What a listing tells of a file: all of it stands before the layers, so that the rest is read only where it is
    laid out otherwise.
    """
    try:
        with path.open("rb") as stream:
            beginning = stream.read(HEAD_BYTES).partition(b'"layers":')[0].rstrip(b" ,\r\n") + b"}"
            stream.seek(-min(END_BYTES, path.stat().st_size), os.SEEK_END)
            whole = stream.read().rstrip().endswith(b"}")
        try:
            seal, run = _parts(beginning)
        except BROKEN:
            seal, run = _parts(path.read_bytes())
    except (OSError, *BROKEN):
        return None
    if seal.kind != KIND or seal.format > FORMAT or not whole:
        return None
    return RunEntry(
        path=str(path),
        made=run.made,
        title=title_of(run.spec),
        device=run.place.name or run.place.device,
        dtype=run.settings.dtype,
        batch=run.spec.input[0],
        mode=run.settings.mode,
        whole_us=seal.whole_us,
        complete=run.complete,
    )


def _parts(content: bytes) -> tuple[_Seal, ProfileRun]:
    return msgspec.json.decode(content, type=_Seal), msgspec.json.decode(content, type=ProfileRun)


def _free_name(folder: Path, run: ProfileRun) -> Path:
    """`2026-11-22 14.05.09 resnet50 cpu fp32 n1.json`, with a number where that name is taken."""
    moment = run.made[:19].replace("T", " ").replace(":", ".")
    network = name_of(run.spec) or title_of(run.spec)
    name = f"{moment} {network} {run.place.device} {run.settings.dtype} n{run.spec.input[0]}"
    name = re.sub(r"[^\w .-]+", "-", name)
    path, number = folder / f"{name}.json", 2
    while path.exists():
        path, number = folder / f"{name} ({number}).json", number + 1
    return path
