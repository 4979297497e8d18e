"""`runs`: list the saved runs, show one, or compare two."""

import argparse
from pathlib import Path

from resnet_viz.cli.measure.run_report import comparison_page, print_run
from resnet_viz.cli.output import print_answer, remark
from resnet_viz.cli.parser import Commands, add_choice, add_command, add_format
from resnet_viz.compare.runs import compare_runs
from resnet_viz.errors import UserError
from resnet_viz.export.tables import terminal_table
from resnet_viz.records.analysis import Level
from resnet_viz.records.run import ProfileRun, RunEntry
from resnet_viz.storage.runs import list_runs, read_run, runs_folder
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import aligned_milliseconds, exact
from resnet_viz.viewmodels.text.runs import entry_mode


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("list the saved runs, show one, or compare two")
    parser = add_command(commands, "runs", text, _run)
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help=tr("none, one or two run files"))
    add_choice(parser, "--level", values=Level, default="layer")
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    if len(options.files) > 2:
        raise UserError(tr("runs takes two files at most; {n} were given.").format(n=len(options.files)))
    runs = [_read(path) for path in options.files]
    if not runs:
        entries = list_runs()
        print_answer(options, entries, _page(entries))
    elif len(runs) == 1:
        print_run(runs[0], options)
    else:
        comparison = compare_runs(*runs)
        names = [path.stem for path in options.files]
        print_answer(options, comparison, comparison_page(comparison, names if len(set(names)) > 1 else ("A", "B")))


def _read(path: Path) -> ProfileRun:
    run, warning = read_run(path)
    if warning:
        remark(warning)
    return run


def _page(entries: tuple[RunEntry, ...]) -> tuple[str, ...]:
    if not entries:
        return (tr("There are no runs in {folder} yet.").format(folder=runs_folder()),)
    names = (tr("created (UTC)"), tr("network"), tr("device"), tr("dtype"))
    more = (tr("batch"), tr("mode"), tr("whole network"), tr("file"))
    return str(runs_folder()), terminal_table("llllrlrl", (*names, *more), map(_cells, entries))


def _cells(entry: RunEntry) -> tuple[str, ...]:
    mode = entry_mode(entry)
    mode = mode if entry.complete else tr("{mode} (partial)").format(mode=mode)
    made, time = entry.made[:19].replace("T", " "), aligned_milliseconds(entry.whole_us)
    return made, entry.title, entry.device, entry.dtype, exact(entry.batch), mode, time, Path(entry.path).name
