"""The output of commands: JSON for programs, and pages of text for readers.

Names and sentences of files and arguments are printed with every character visible that a terminal would obey. The
escapes are those of JSON, so that JSON means the same with them. Nothing else in `cli` prints.
"""

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import visible

KEPT = "\n\t"


def print_answer(options: argparse.Namespace, value: Any, page: Iterable[str]) -> None:
    """Print the value as JSON where `--format json` was given, else the parts of the page."""
    say(json_text(value) if options.format == "json" else page_text(page), end="")


def say(text: str, end: str = "\n") -> None:
    """Print a text on standard output, at once: what follows may take long."""
    print(visible(text, KEPT), end=end, flush=True)


def remark(text: str) -> None:
    """Print a sentence on standard error, where it does not mix with an answer that a program reads."""
    print(visible(text, KEPT), file=sys.stderr, flush=True)


def page_text(parts: Iterable[str]) -> str:
    """Join the parts that are not empty with empty lines between them."""
    return "\n\n".join(part for part in parts if part) + "\n"
