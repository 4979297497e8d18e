"""`selfcheck`: can the numbers measured here be trusted?"""

import argparse
import sys
from typing import TYPE_CHECKING

from resnet_viz.cli.parser import Say, _json
from resnet_viz.errors import UserError
from resnet_viz.selfcheck.outcome import report
from resnet_viz.storage.atomic import check_place, write_whole
from resnet_viz.texts import tr

if TYPE_CHECKING:
    pass


def selfcheck(options: argparse.Namespace, say: Say) -> None:
    """Every check, a line each as soon as it is known; raises UserError where one fails."""
    from resnet_viz.selfcheck.checks import (
        bench,  # torch
        checks,
        place_of,
    )

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
