"""What commands print: JSON for programs, and pages for readers."""

from typing import Any

from resnet_viz.storage.json_text import json_text


def print_json(value: Any) -> None:
    """Print the value as JSON, a field a line."""
    print(json_text(value), end="")


def print_page(*parts: str) -> None:
    """Print the parts that hold something, divided by empty lines."""
    print("\n\n".join(part for part in parts if part))
