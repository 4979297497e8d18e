"""What commands print: JSON for programs, and pages for readers."""

import argparse
from collections.abc import Iterable
from typing import Any

from resnet_viz.storage.json_text import json_text


def print_answer(options: argparse.Namespace, value: Any, page: Iterable[str]) -> None:
    """Print the value where --format asks for JSON, else the page."""
    print(json_text(value) if options.format == "json" else page_text(page), end="")


def page_text(parts: Iterable[str]) -> str:
    """The parts that hold something, divided by empty lines."""
    return "\n\n".join(part for part in parts if part) + "\n"
