"""The commands that measure: profile, devices, runs and selfcheck."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, get_args

import msgspec

from resnet_viz.cli_options import add_spec_options, choice, number, spec_of, whole_number
from resnet_viz.errors import FileProblem, UserError
from resnet_viz.export.run_report import comparison_report, milliseconds, run_report
from resnet_viz.export.runs import keep_run, list_runs, read_run, run_json, runs_folder, save_run
from resnet_viz.export.tables import Column, Table, text_table
from resnet_viz.export.writing import check_place, write_whole
from resnet_viz.metrics.run_comparison import compare_runs
from resnet_viz.runs import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.selfcheck.outcome import report
from resnet_viz.settings import Dtype, MemoryFormat, Mode, Passes, ProfileSettings
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli import Parser

FORMATS = ("table", "json")
LEVELS = ("layer", "block", "stage")
Say = Callable[[str], None]
BAR, LINE_SECONDS = 24, 2.0


class Interrupted(Exception):
    """The user pressed Ctrl+C, and what had been measured is safe."""


def add_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parsers of the measuring commands."""
    _add_profile(commands)
    text = tr("list what can be measured on, and in which dtypes")
    devices = commands.add_parser("devices", help=text, description=text, allow_abbrev=False)
    _add_format(devices)
    text = tr("list the runs that were kept, show one, or hold two side by side")
    runs = commands.add_parser("runs", help=text, description=text, allow_abbrev=False)
    runs.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help=tr("none, one or two run files"))
    runs.add_argument("--level", type=choice(*LEVELS), default="layer", metavar="|".join(LEVELS))
    _add_format(runs)
    text = tr("check whether the numbers measured on this machine can be trusted")
    selfcheck = commands.add_parser("selfcheck", help=text, description=text, allow_abbrev=False)
    selfcheck.add_argument("--device", default="cpu", metavar="cpu|cuda|cuda:N")
    selfcheck.add_argument("-o", "--output", type=Path, metavar="FILE.json", help=tr("write the figures to a file too"))
    _add_format(selfcheck)


def _add_profile(commands: "argparse._SubParsersAction[Parser]") -> None:
    text = tr("measure the layers of a network on a device")
    profile = commands.add_parser("profile", help=text, description=text, allow_abbrev=False)
    add_spec_options(profile)
    group = profile.add_argument_group(tr("how to measure"))
    group.add_argument("--device", metavar="cpu|cuda|cuda:N", help=tr("where; the command devices lists them"))
    for field, kind in (("dtype", Dtype), ("memory_format", MemoryFormat), ("mode", Mode), ("passes", Passes)):
        words = get_args(kind)
        group.add_argument(f"--{field.replace('_', '-')}", type=choice(*words), metavar="|".join(words))
    group.add_argument("--batch", type=whole_number, metavar="N", help=tr("images in the input, in place of --input's"))
    group.add_argument("--seconds", type=number, metavar="S", help=tr("time budget of the measuring; 10"))
    group.add_argument("--warmup-passes", type=whole_number, metavar="N", help=tr("passes before it, at least; 3"))
    group.add_argument("--warmup-seconds", type=number, metavar="S", help=tr("seconds before it, at least; 0.5"))
    text = tr("isolated: keep the caches warm")
    group.add_argument("--warm", dest="cold", action="store_const", const=False, help=text)
    text = tr("end-to-end: torch.compile too, which takes minutes")
    group.add_argument("--compiled", action="store_const", const=True, help=text)
    text = tr("end-to-end: this batch alone")
    group.add_argument("--no-sweep", dest="sweep", action="store_const", const=False, help=text)
    text = tr("let cuDNN try its algorithms first")
    group.add_argument("--autotune", action="store_const", const=True, help=text)
    group.add_argument("--threads", type=whole_number, metavar="N", help=tr("CPU threads"))
    profile.add_argument("--level", type=choice(*LEVELS), default="layer", metavar="|".join(LEVELS))
    text = tr("where to save the run; without it, the folder of runs")
    profile.add_argument("-o", "--output", type=Path, metavar="RUN.json", help=text)
    _add_format(profile)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


def profile(options: argparse.Namespace, say: Say) -> None:
    """Measure with a progress line on standard error, save the run and say it."""
    settings = settings_of(options)
    spec = spec_of(options)
    if options.output is not None:
        check_place(options.output)
    from resnet_viz import pipeline  # torch: a second that a wrong option need not wait for

    run, interrupted = _followed(pipeline.profile(spec, settings), ProgressLine(sys.stderr))
    if run is None:
        raise Interrupted
    say(run_json(run) if options.format == "json" else run_report(run, options.level))
    _save(run, options.output)
    if interrupted:
        raise Interrupted


def settings_of(options: argparse.Namespace) -> ProfileSettings:
    """The settings that the options ask for; raises SpecError."""
    given = {field: getattr(options, field, None) for field in ProfileSettings.__struct_fields__}
    return ProfileSettings(**{field: value for field, value in given.items() if value is not None})


def devices(options: argparse.Namespace, say: Say) -> None:
    """Every device of this machine."""
    from resnet_viz.profiling.device import infos  # torch

    found = infos()
    if options.format == "json":
        say(_json(found))
        return
    names = (tr("device"), tr("name"), tr("memory"), tr("free"), tr("dtypes"))
    columns = tuple(Column(name, name) for name in names)
    say(text_table(Table("", columns, tuple(_device_row(info) for info in found), {})) + "\n")
    refused = [sentence for info in found for sentence in info.refused]
    say("".join(f"\n{sentence}" for sentence in refused) + "\n" if refused else "")


def runs(options: argparse.Namespace, say: Say) -> None:
    """The list of kept runs, or the runs in the files that are named."""
    if len(options.files) > 2:
        raise UserError(tr("runs takes two files at most; {n} were given.").format(n=len(options.files)))
    opened = [_opened(path) for path in options.files]
    if not opened:
        say(_listed(options.format))
    elif len(opened) == 1:
        say(run_json(opened[0]) if options.format == "json" else run_report(opened[0], options.level))
    else:
        compared = compare_runs(*opened)
        first, second = (
            ("A", "B") if options.files[0].stem == options.files[1].stem else (p.stem for p in options.files)
        )
        say(_json(compared) if options.format == "json" else comparison_report(compared, first, second))


def selfcheck(options: argparse.Namespace, say: Say) -> None:
    """Every check, a line each as soon as it is known; raises UserError where one fails."""
    from resnet_viz.selfcheck.checks import bench, checks, place_of  # torch

    found = bench(options.device)
    if options.output is not None:
        check_place(options.output)
    done = []
    for outcome in checks(found):
        done.append(outcome)
        if options.format == "table":
            say(f"{outcome.line}\n")
            sys.stdout.flush()
    text = _json(report(place_of(found), done))
    if options.format == "json":
        say(text)
    if options.output is not None:
        write_whole(options.output, text)
    failed = [str(check.number) for check in done if check.passed is False]
    if failed:
        raise UserError(tr("Not every check passed: {numbers}.").format(numbers=", ".join(failed)))


class ProgressLine:
    """A bar that redraws itself on a terminal, and a plain line now and then elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._said_at = 0.0
        self._said = ""
        self._width = 0

    def show(self, progress: ProfileProgress) -> None:
        """How far the run has come."""
        now = time.monotonic()
        phase = progress.sentence.partition(" ")[0]
        if now - self._said_at < (0.1 if self._live else LINE_SECONDS) and phase == self._said:
            return
        self._said_at, self._said = now, phase
        line = _progress_text(progress)
        if self._live:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def end(self) -> None:
        """Clear the bar."""
        if self._live and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()


def _progress_text(progress: ProfileProgress) -> str:
    filled = round(BAR * progress.done)
    left = "" if progress.seconds_left is None else tr("  {n} s at most").format(n=f"{progress.seconds_left:.0f}")
    return f"[{'█' * filled}{'·' * (BAR - filled)}] {progress.sentence}{left}"


def _followed(measuring: Iterator[ProfileProgress | ProfileRun], line: ProgressLine) -> tuple[ProfileRun | None, bool]:
    """The run, or what there is of it when Ctrl+C is pressed; and whether it was."""
    run: ProfileRun | None = None
    try:
        for found in measuring:
            if isinstance(found, ProfileRun):
                return found, False
            run = found.run or run
            line.show(found)
    except KeyboardInterrupt:
        return run, True
    finally:
        line.end()
    return run, False


def _save(run: ProfileRun, output: Path | None) -> None:
    try:
        path = output
        if path is None:
            path = keep_run(run)
        else:
            save_run(run, path)
    except FileProblem as problem:
        if output is not None:
            raise
        sys.stderr.write(f"{problem}\n")  # the figures have been printed, so the run is not lost
        return
    sys.stderr.write(tr("The run is kept in {path}").format(path=path) + "\n")


def _opened(path: Path) -> ProfileRun:
    run, changed = read_run(path)
    if changed:
        sys.stderr.write(f"{changed}\n")
    return run


def _listed(form: str) -> str:
    entries = list_runs()
    if form == "json":
        return _json(entries)
    if not entries:
        return tr("No runs are kept in {folder} yet.").format(folder=runs_folder()) + "\n"
    names = (
        tr("made (UTC)"),
        tr("network"),
        tr("device"),
        tr("dtype"),
        tr("batch"),
        tr("mode"),
        tr("whole"),
        tr("file"),
    )
    columns = tuple(Column(name, name, name in (tr("batch"), tr("whole"))) for name in names)
    rows = tuple(
        (entry.made[:19].replace("T", " "), entry.title, entry.device, entry.dtype, f"{entry.batch:,}",
         entry.mode + ("" if entry.complete else tr(" (partial)")), milliseconds(entry.whole_us), Path(entry.path).name)
        for entry in entries
    )  # fmt: skip
    return f"{runs_folder()}\n\n" + text_table(Table("", columns, rows, {})) + "\n"


def _device_row(info: DeviceInfo) -> tuple[str, ...]:
    total, free = ("" if size is None else f"{size / 1e9:,.1f} GB" for size in (info.memory_bytes, info.free_bytes))
    return info.name, info.title, total, free, " ".join(info.dtypes)


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"
