"""The output of commands: JSON for programs, and pages of text for readers."""

import argparse
from collections.abc import Iterable
from typing import Any

from resnet_viz.storage.json_text import json_text


def print_answer(options: argparse.Namespace, value: Any, page: Iterable[str]) -> None:
    """Print the value as JSON where `--format json` was given, else the parts of the page."""
    print(json_text(value) if options.format == "json" else page_text(page), end="")


def page_text(parts: Iterable[str]) -> str:
    """Join the parts that are not empty with empty lines between them."""
    return "\n\n".join(part for part in parts if part) + "\n"
