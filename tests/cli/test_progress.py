"""The line on the terminal that says how far a measurement has come."""

import io

import pytest

from resnet_viz.cli.progress import ProgressLine
from resnet_viz.records.run import ProfileProgress


def test_each_phase_is_one_line_where_lines_cannot_be_redrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes, and whatever layer it is at: `isolated` goes through the phases again for each layer."""
    times = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr("resnet_viz.cli.progress.time.monotonic", lambda: next(times))
    stream = io.StringIO()
    line = ProgressLine(stream)
    for place in range(50):
        line.show(ProfileProgress("warm-up", place / 50, 3.2, layer=f"layer{place}"))
        line.show(ProfileProgress("passes", place / 50, 3.2, layer=f"layer{place}"))
    line.end()
    assert stream.getvalue().splitlines() == ["warming up", "measuring passes"]


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
