"""The rows of counters that are not installed everywhere, beside what these counters said when they were run.

`counters.json` has the answers of ptflops, both back ends, and of DeepSpeed's `get_model_profile`, all on the CPU, for
networks that `resnet_viz.build` made: three of torchvision's and random ones. `torchsummary_sizes.json` has what
torchsummary printed, in MB, of the source that `export` writes, for networks without the zero padding that this source
has as a module.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from resnet_viz.counters.rules import count, counter_report, rules
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((FOLDER / "counters.json").read_text())
SIZES = json.loads((FOLDER / "torchsummary_sizes.json").read_text())["networks"]
NETWORKS = GOLDEN["networks"]


@pytest.mark.parametrize("said", NETWORKS, ids=lambda said: str(said["params"]))
def test_our_rows_are_what_they_said(said: dict[str, Any]) -> None:
    analysis = analyse(msgspec.convert(said["spec"], ResNetSpec))
    assert {tool: count(analysis, tool) for tool in said["counts"]} == said["counts"]
    assert analysis.totals.params == said["params"]


def test_every_such_counter_was_asked() -> None:
    """Those with a version here; torchvision and the paper cannot be run, and the other three always are."""
    asked = {tool for said in NETWORKS for tool in said["counts"]}
    assert asked == {rule.tool for rule in rules()} - {"paper", "torchvision", "torchinfo", "fvcore", "flop_counter"}
    assert {tool.partition(" ")[0] for tool in asked} <= set(GOLDEN["versions"])
    assert len(NETWORKS) >= 23
    varied = [said["spec"] for said in NETWORKS]
    assert any(spec.get("bias") for spec in varied)
    assert any(not spec.get("head", True) for spec in varied)
    assert any(spec.get("order") == "pre" for spec in varied)
    assert {spec.get("shortcut", "B") for spec in varied} == {"A", "B", "C", "none"}


def test_torchsummary_printed_our_sizes() -> None:
    """Rounded as it rounds them; the total is the sum of what is not."""
    assert len(SIZES) >= 20
    for said in SIZES:
        spec = msgspec.convert(said["spec"], ResNetSpec)
        sizes = {
            row.quantity: f"{row.count / 2**20:.2f}"
            for row in counter_report(analyse(spec)).rows
            if row.unit == "bytes"
        }
        assert sizes == said["sizes"], spec
