"""Prints the README's commands anew: each line that is shown gives way to the printed line that is most like it.

Run: python -m tests.golden.update_readme   (then read the difference: what is shown should still make its point)
"""

import contextlib
import difflib
import io
import os
import re
import shlex
import tempfile
from pathlib import Path

from resnet_viz.__main__ import main

README = Path(__file__).resolve().parents[2] / "README.md"
LEFT_OUT = "…"


def update() -> None:
    """Rewrite the output of every command in the README."""
    text = README.read_text("utf8")
    os.chdir(tempfile.mkdtemp())
    README.write_text(re.sub(r"```console\n\$ python main\.py (.+)\n([\s\S]*?)```", _printed_again, text), "utf8")


def _printed_again(block: re.Match[str]) -> str:
    words, shown = block[1], block[2].splitlines()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        main(shlex.split(words))
    lines = _excerpt(output.getvalue().splitlines(), [line for line in shown if line != LEFT_OUT])
    return "\n".join([f"```console\n$ python main.py {words}", *lines, "```"])


def _excerpt(printed: list[str], shown: list[str]) -> list[str]:
    """Return the printed lines most like those shown, in order, with a mark for each gap between them."""
    place, found = 0, []
    for line in shown:
        rest = printed[place:]
        likeness = [difflib.SequenceMatcher(None, line, other).ratio() for other in rest]
        place += likeness.index(max(likeness)) + 1
        found.append(place - 1)
    lines: list[str] = []
    for before, place in zip([-1, *found], [*found, len(printed)], strict=True):
        lines += [LEFT_OUT] if place > before + 1 else []
        lines += printed[place : place + 1]
    return lines


if __name__ == "__main__":
    update()
