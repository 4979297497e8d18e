"""`selfcheck`: check whether the numbers measured on this machine can be trusted."""

import argparse
from pathlib import Path

from resnet_viz.cli.output import say
from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.errors import UserError
from resnet_viz.selfcheck.outcome import report
from resnet_viz.storage.atomic import check_writable, write_text_atomic
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("check whether the numbers measured on this machine can be trusted")
    parser = add_command(commands, "selfcheck", text, _run)
    parser.description = tr(
        "Check whether the numbers measured on this machine can be trusted. It takes a few minutes."
    )
    parser.add_argument("--device", default="cpu", metavar="cpu|cuda|cuda:N", help=tr("the device (default: cpu)"))
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE.json", help=tr("also write the results to this file")
    )
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    """Print each check as soon as it is done; raises UserError where one fails."""
    from resnet_viz.device.cpu_load import CpuLoad  # psutil
    from resnet_viz.selfcheck.check_setup import check_environment, check_setup  # torch
    from resnet_viz.selfcheck.checks import checks, others_share

    setup = check_setup(options.device)
    if options.output is not None:
        check_writable(options.output)
    outcomes, load = [], CpuLoad()
    for outcome in checks(setup):
        outcomes.append(outcome)
        if options.format == "table":
            say(outcome.line)
    made = report(check_environment(setup), outcomes, others_share(load))
    text = json_text(made)
    if options.format == "table" and made.others_line:
        say(made.others_line)
    if options.format == "json":
        say(text, end="")
    if options.output is not None:
        write_text_atomic(options.output, text)
    failed = [str(outcome.number) for outcome in outcomes if outcome.passed is False]
    if failed:
        raise UserError(tr("These checks failed: {numbers}.").format(numbers=", ".join(failed)))
