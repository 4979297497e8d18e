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
from resnet_viz.storage.runs import check_is_folder, listed_folder, read_run, runs_folder
from resnet_viz.texts import tr, trn, visible
from resnet_viz.viewmodels.text.numbers import aligned_milliseconds, exact
from resnet_viz.viewmodels.text.runs import entry_mode

LONGEST_CELL = 40
"""Characters of a name in the list, and of a file's name after it."""
NAMED = 3
"""Other files of the folder that are named, of those that are counted."""


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("list the saved runs, show one, or compare two")
    parser = add_command(commands, "runs", text, _run)
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help=tr("none, one or two run files"))
    text = tr("the rows of the table: layers, blocks or stages (default: layer)")
    add_choice(parser, "--level", values=Level, default="layer", help=text)
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    if len(options.files) > 2:
        raise UserError(tr("runs takes two files at most; {n} were given.").format(n=len(options.files)))
    runs = [_read(path) for path in options.files]
    if not runs:
        check_is_folder()
        entries, others = listed_folder()
        print_answer(options, entries, _page(entries, others))
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


def _page(entries: tuple[RunEntry, ...], others: tuple[Path, ...]) -> tuple[str, ...]:
    folder, left_out = visible(str(runs_folder())), _left_out(others)
    if not entries:
        return tr("There are no runs in {folder} yet.").format(folder=folder), left_out
    names = (tr("created (UTC)"), tr("network"), tr("device"), tr("dtype"))
    more = (tr("batch"), tr("mode"), tr("whole network"), tr("file"))
    return folder, terminal_table("llllrlrl", (*names, *more), map(_cells, entries)), left_out


def _left_out(others: tuple[Path, ...]) -> str:
    """Return the number of other files with their names, of many the first ones; empty where there are none."""
    if not others:
        return ""
    names = [visible(_shortened(path.name)) for path in others[:NAMED]] + ["…"] * (len(others) > NAMED)
    sentence = trn(
        "{n} file in this folder is not a run: {names}",
        "{n} files in this folder are not runs: {names}",
        len(others),
    )
    return sentence.format(n=f"{len(others):,}", names=", ".join(names))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _cells(entry: RunEntry) -> tuple[str, ...]:
    mode = entry_mode(entry)
    mode = mode if entry.complete else tr("{mode} (partial)").format(mode=mode)
    made, time = entry.made[:19].replace("T", " "), aligned_milliseconds(entry.whole_us)
    title, device = _shortened(entry.title), _shortened(entry.device)
    return made, title, device, entry.dtype, exact(entry.batch), mode, time, Path(entry.path).name
