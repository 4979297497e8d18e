"""The line on the terminal that says how far a measurement has come."""

import io

from resnet_viz.cli.progress import ProgressLine
from resnet_viz.records.run import ProfileProgress


def test_lines_are_rare_where_they_cannot_be_redrawn() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    for _ in range(50):
        line.show(ProfileProgress("passes", 0.5, 3.2))
    line.show(ProfileProgress("warm-up", 0.0))
    line.end()
    assert stream.getvalue().splitlines() == [
        "[████████████············] measuring passes  3 s at most",
        "[························] warming up",
    ]


class Terminal(io.StringIO):
    """A stream that can be redrawn."""

    def isatty(self) -> bool:
        return True


def test_a_followed_measurement_is_yielded_and_the_bar_cleared() -> None:
    stream = Terminal()
    measured = (ProfileProgress("passes", 0.5), "the run")
    assert tuple(ProgressLine(stream).follow(iter(measured))) == measured
    bar, blank, rest = stream.getvalue().split("\r")[1:]
    assert bar == "[████████████············] measuring passes"
    assert (blank, rest) == (" " * len(bar), "")
