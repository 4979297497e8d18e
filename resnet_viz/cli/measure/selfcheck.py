"""`selfcheck`: can the numbers measured here be trusted?"""

import argparse
from pathlib import Path

from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.errors import UserError
from resnet_viz.selfcheck.outcome import report
from resnet_viz.storage.atomic import check_place, write_whole
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """The command and its options."""
    text = tr("check whether the numbers measured on this machine can be trusted")
    parser = add_command(commands, "selfcheck", text, _run)
    parser.add_argument("--device", default="cpu", metavar="cpu|cuda|cuda:N")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.json", help=tr("write the figures to a file too"))
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    """Print each check as soon as it is done; raises UserError where one fails."""
    from resnet_viz.selfcheck.checks import bench, checks, place_of  # torch

    found = bench(options.device)
    if options.output is not None:
        check_place(options.output)
    done = []
    for outcome in checks(found):
        done.append(outcome)
        if options.format == "table":
            print(outcome.line, flush=True)
    text = json_text(report(place_of(found), done))
    if options.format == "json":
        print(text, end="")
    if options.output is not None:
        write_whole(options.output, text)
    failed = [str(check.number) for check in done if check.passed is False]
    if failed:
        raise UserError(tr("Not every check passed: {numbers}.").format(numbers=", ".join(failed)))
