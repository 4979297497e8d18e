"""The options of `profile`, and the refusal of those that would change nothing.

The rules are the command line's own: settings saved by the window, or in a run, keep such fields at any value.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from resnet_viz.cli.measure.settings_options import add_settings
from resnet_viz.cli.parser import Parser, add_choice, add_format, number, whole_number
from resnet_viz.cli.spec_options import add_spec_options
from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.analysis import Level
from resnet_viz.spec.profiling import Mode, Optimizer, Passes, ProfileSettings
from resnet_viz.storage.atomic import check_writable
from resnet_viz.storage.runs import check_runs_folder
from resnet_viz.texts import tr


def add_options(parser: Parser) -> None:
    """Add every option of `profile`."""
    add_spec_options(parser)
    group = add_settings(parser, tr("the device; the command devices lists them (default: cpu)"))
    for flag, values, text in (
        ("--mode", Mode, tr("layers within the network, each one isolated, or the network end to end "
                            "(default: in-network)")),
        ("--passes", Passes, tr("what is timed: the forward pass, forward and backward, or a whole training step "
                                "(default: forward)")),
        ("--optimizer", Optimizer, tr("training-step: update by SGD with momentum, or by Adam (default: sgd)")),
    ):  # fmt: skip
        add_choice(group, flag, values=values, help=text)
    group.add_argument("--batch", type=whole_number, metavar="N", help=tr("batch size, in place of the one in --input"))
    text = tr("minimum number of warm-up passes (default: 3)")
    group.add_argument("--warmup-passes", type=whole_number, metavar="N", help=text)
    text = tr("minimum warm-up time in seconds (default: 0.5)")
    group.add_argument("--warmup-seconds", type=number, metavar="S", help=text)
    kernels = group.add_mutually_exclusive_group()
    for container, flag, field, value, text in (
        (group, "--warm", "cold", False, tr("isolated: the main times are those with warm caches (default: cold)")),
        (group, "--compiled", "compiled", True, tr("end-to-end: torch.compile too, which takes minutes")),
        (group, "--no-sweep", "sweep", False, tr("end-to-end: leave out the sweep over batch sizes")),
        (group, "--autotune", "autotune", True, tr("let cuDNN try its algorithms first and keep the fastest")),
        (kernels, "--kernels", "kernels", True, tr("in-network: each layer's kernels; on a CPU, torch's operators")),
        (kernels, "--no-kernels", "kernels", False,
         tr("leave out the kernels, which are measured by default on a CUDA device")),
    ):  # fmt: skip
        container.add_argument(flag, dest=field, action="store_const", const=value, help=text)
    text = tr("the rows of the table: layers, blocks or stages (default: layer)")
    add_choice(parser, "--level", values=Level, default="layer", help=text)
    text = tr("the file to save the run in; without it, a new one in the runs folder")
    parser.add_argument("-o", "--output", type=Path, metavar="RUN.json", help=text)
    text = tr("write one pass as a Chrome trace for ui.perfetto.dev, with its kernels where they can be measured")
    parser.add_argument("--trace", type=Path, metavar="FILE.json", help=text)
    add_format(parser)


def check_options(options: argparse.Namespace, settings: ProfileSettings) -> None:
    """Raise UserError for an option that would change nothing, or for a file that cannot be written."""
    for option, needed in _without_effect(options, settings):
        raise UserError(tr("{option} has no effect without {needed}.").format(option=option, needed=needed))
    if options.trace is not None and settings.mode != "in-network":
        accepted = tr("it needs layers that are measured in the network: --mode in-network")
        raise SpecError("--trace", str(options.trace), accepted)
    for path in (options.output, options.trace):
        if path is not None:
            check_writable(path)
    if options.output is None:
        check_runs_folder()
    elif options.trace is not None and _are_one_file(options.output, options.trace):
        sentence = tr("--output and --trace are the same file, {path}; give them two names.")
        raise UserError(sentence.format(path=options.trace))


def _without_effect(options: argparse.Namespace, settings: ProfileSettings) -> Iterator[tuple[str, str]]:
    """Yield each given option that would change nothing, with the options that it needs."""
    if options.optimizer is not None and settings.used_optimizer is None:
        yield "--optimizer", "--passes training-step"
    if options.cold is not None and settings.mode != "isolated":
        yield "--warm", "--mode isolated"
    for flag, value in (("--compiled", options.compiled), ("--no-sweep", options.sweep)):
        if value is not None and settings.mode != "end-to-end":
            yield flag, "--mode end-to-end"
    if options.autotune is not None and not settings.device.startswith("cuda"):
        yield "--autotune", "--device cuda"
    if options.kernels is not None and not settings.can_have_kernels:
        needed = tr("--mode in-network and --passes forward on --device cpu or cuda")
        yield "--kernels" if options.kernels else "--no-kernels", needed


def _are_one_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file, through links too, even if it does not exist yet."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return one.exists() and other.exists() and one.samefile(other)
