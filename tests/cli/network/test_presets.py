"""The command presets: all named networks."""

from resnet_viz.spec.presets import PRESETS
from tests.cli.asking import Capture, answered, printed


def test_all_presets_are_listed_for_readers_and_as_json(capsys: Capture) -> None:
    page = printed(capsys, "presets")
    assert all(f"\n{name} " in page for name in PRESETS)
    assert max(len(line) for line in page.splitlines()) < 140
    assert "arXiv" not in page
    found = answered(capsys, "presets")
    assert [entry["name"] for entry in found] == list(PRESETS)
    assert set(found[0]) == {"name", "title", "description", "source", "spec"}
