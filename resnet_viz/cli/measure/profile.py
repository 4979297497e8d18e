"""`profile`: measure the layers of a network on a device."""

import argparse
import sys
from pathlib import Path

from resnet_viz.cli.measure.run_report import print_run
from resnet_viz.cli.measure.settings_options import add_settings, settings_of
from resnet_viz.cli.output import remark
from resnet_viz.cli.parser import Commands, add_choice, add_command, add_format, number, whole_number
from resnet_viz.cli.progress import ProgressLine
from resnet_viz.cli.spec_options import add_spec_options, spec_of
from resnet_viz.errors import FileProblem, SpecError
from resnet_viz.export.chrome_trace import chrome_trace
from resnet_viz.records.analysis import Level
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.profiling import Mode, Optimizer, Passes, ProfileSettings
from resnet_viz.storage.atomic import check_writable, write_text_atomic
from resnet_viz.storage.runs import save_in_runs_folder, save_run
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """Add the command and its options."""
    profile = add_command(commands, "profile", tr("measure the layers of a network on a device"), _run)
    add_spec_options(profile)
    group = add_settings(profile, tr("the device; the command devices lists them"), mode=Mode, passes=Passes)
    text = tr("what a training-step ends with: SGD with momentum, or Adam (default: sgd)")
    add_choice(group, "--optimizer", values=Optimizer, help=text)
    group.add_argument("--batch", type=whole_number, metavar="N", help=tr("images in the input, in place of --input's"))
    group.add_argument(
        "--warmup-passes", type=whole_number, metavar="N", help=tr("minimum number of warm-up passes (default: 3)")
    )
    group.add_argument(
        "--warmup-seconds", type=number, metavar="S", help=tr("minimum warm-up time in seconds (default: 0.5)")
    )
    for flag, field, value, text in (
        (
            "--warm",
            "cold",
            False,
            tr("isolated: the main times are those with warm caches"),
        ),
        ("--compiled", "compiled", True, tr("end-to-end: torch.compile too, which takes minutes")),
        ("--no-sweep", "sweep", False, tr("end-to-end: no other batch sizes")),
        ("--autotune", "autotune", True, tr("let cuDNN try its algorithms first")),
        ("--kernels", "kernels", True, tr("in-network: each layer's kernels, on a CPU torch's operators")),
        ("--no-kernels", "kernels", False, tr("leave the kernels out, which a CUDA device measures by default")),
    ):
        group.add_argument(flag, dest=field, action="store_const", const=value, help=text)
    add_choice(profile, "--level", values=Level, default="layer")
    text = tr("the file to save the run in; without it, a new one in the runs folder")
    profile.add_argument("-o", "--output", type=Path, metavar="RUN.json", help=text)
    text = tr("write one pass, with its kernels, as a Chrome trace for ui.perfetto.dev")
    profile.add_argument("--trace", type=Path, metavar="FILE.json", help=text)
    add_format(profile)


def _run(options: argparse.Namespace) -> None:
    """Measure with a progress line on standard error, then print and save the run; after Ctrl+C, the partial run."""
    settings = settings_of(options)
    spec = spec_of(options)
    if settings.kernels and not settings.can_have_kernels:
        accepted = tr("kernels are measured in forward passes in the network, on cpu or cuda alone")
        raise SpecError("--kernels", tr("yes"), accepted)
    if options.trace is not None:
        settings = _traced(settings, options.trace)
    for path in (options.output, options.trace):
        if path is not None:
            check_writable(path)
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


def _traced(settings: ProfileSettings, path: Path) -> ProfileSettings:
    """Return settings with which kernels are measured, if they can be and are not refused."""
    if settings.mode != "in-network":
        raise SpecError("--trace", str(path), tr("it needs layers that are measured in the network: --mode in-network"))
    if settings.kernels is None and settings.can_have_kernels:
        return settings.but(kernels=True)
    return settings


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
