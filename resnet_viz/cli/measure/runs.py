"""`runs`: the runs that were saved; one file shows it, two compare."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_viz.cli.measure.run_report import comparison_report, milliseconds, run_report
from resnet_viz.cli.parser import Say, _json
from resnet_viz.compare.runs import compare_runs
from resnet_viz.errors import UserError
from resnet_viz.export.tables import text_table
from resnet_viz.records.run import ProfileRun
from resnet_viz.records.table import Column, Table
from resnet_viz.storage.runs import list_runs, read_run, run_json, runs_folder
from resnet_viz.texts import tr

if TYPE_CHECKING:
    pass


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
