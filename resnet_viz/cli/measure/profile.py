"""`profile`: measure the layers of a network on a device."""

import argparse
import sys
from pathlib import Path

from resnet_viz.cli.measure.profile_options import add_options, check_options
from resnet_viz.cli.measure.run_report import print_run
from resnet_viz.cli.measure.settings_options import settings_of
from resnet_viz.cli.output import remark
from resnet_viz.cli.parser import Commands, add_command
from resnet_viz.cli.progress import ProgressLine
from resnet_viz.cli.spec_options import spec_of
from resnet_viz.errors import FileProblem
from resnet_viz.export.chrome_trace import chrome_trace
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.atomic import write_text_atomic
from resnet_viz.storage.runs import save_in_runs_folder, save_run
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("measure the layers of a network on a device")
    add_options(add_command(commands, "profile", text, _run))


def _run(options: argparse.Namespace) -> None:
    """Measure with a progress line on standard error, then print and save the run; after Ctrl+C, the partial run."""
    settings = settings_of(options)
    spec = spec_of(options)
    check_options(options, settings)
    if options.trace is not None and settings.kernels is None and settings.can_have_kernels:
        settings = settings.but(kernels=True)
    from resnet_viz import measurement  # torch: a second that a wrong option need not wait for

    run: ProfileRun | None = None
    try:
        for item in ProgressLine(sys.stderr).follow(measurement.profile(spec, settings)):
            run = item if isinstance(item, ProfileRun) else item.run or run
    except KeyboardInterrupt:
        if run is not None:
            _print_and_save(run, options)
        raise
    assert run is not None, "a measurement ends with the run"
    _print_and_save(run, options)


def _print_and_save(run: ProfileRun, options: argparse.Namespace) -> None:
    """Save, so that a reader such as `head -1` loses nothing, then print; raises FileProblem for a path of an option.

    Where the file of --output cannot be written, the run is saved in the runs folder. That the folder cannot be written
    either is only remarked: the figures have been printed.
    """
    path: Path | None = options.output
    remarks: list[str] = []
    problems: list[FileProblem] = []
    if path is not None:
        try:
            save_run(run, path)
        except FileProblem as problem:
            problems.append(problem)
            path = None
    try:
        path = path or save_in_runs_folder(run)
        remarks.append(tr("The run is saved in {path}").format(path=path))
    except FileProblem as problem:
        remarks.append(str(problem))
    if options.trace is not None and run.layers:
        try:
            write_text_atomic(options.trace, chrome_trace(run))
            remarks.append(tr("The trace is saved in {path}").format(path=options.trace))
        except FileProblem as problem:
            problems.append(problem)
    print_run(run, options)
    for sentence in remarks:
        remark(sentence)
    if problems:
        raise problems[0]
