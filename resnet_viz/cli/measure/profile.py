"""The commands that measure: profile, devices, runs and selfcheck."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from resnet_viz.cli.measure.run_report import run_report
from resnet_viz.cli.parser import Say, _add_format, _json, choice, number, whole_number
from resnet_viz.cli.progress import ProgressLine
from resnet_viz.cli.spec_options import add_spec_options, spec_of
from resnet_viz.errors import FileProblem
from resnet_viz.export.tables import text_table
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun
from resnet_viz.records.table import Column, Table
from resnet_viz.spec.profiling import Dtype, MemoryFormat, Mode, Passes, ProfileSettings
from resnet_viz.storage.atomic import check_place
from resnet_viz.storage.runs import keep_run, run_json, save_run
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli.parser import Parser


LEVELS = ("layer", "block", "stage")


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
    from resnet_viz.device.info import infos  # torch

    found = infos()
    if options.format == "json":
        say(_json(found))
        return
    names = (tr("device"), tr("name"), tr("memory"), tr("free"), tr("dtypes"))
    columns = tuple(Column(name, name) for name in names)
    say(text_table(Table("", columns, tuple(_device_row(info) for info in found), {})) + "\n")
    refused = [sentence for info in found for sentence in info.refused]
    say("".join(f"\n{sentence}" for sentence in refused) + "\n" if refused else "")


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


def _device_row(info: DeviceInfo) -> tuple[str, ...]:
    total, free = ("" if size is None else f"{size / 1e9:,.1f} GB" for size in (info.memory_bytes, info.free_bytes))
    return info.name, info.title, total, free, " ".join(info.dtypes)
