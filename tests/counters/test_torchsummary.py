"""Our totals for counters that are not installed everywhere are those that the counters reported when they were run.

`counters.json` has the results of ptflops, both back ends, and of DeepSpeed's `get_model_profile`, all on the CPU, for
networks that `resnet_viz.build` made: three of torchvision's and random ones. `torchsummary_sizes.json` has what
torchsummary printed, in MB, of the source that `export` writes, for networks without the zero padding that this source
has as a module.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from resnet_viz.counters.rules import counter_report, expected_count, rules
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((FOLDER / "counters.json").read_text())
SIZES = json.loads((FOLDER / "torchsummary_sizes.json").read_text())["networks"]
NETWORKS = GOLDEN["networks"]


@pytest.mark.parametrize("recorded", NETWORKS, ids=lambda recorded: str(recorded["params"]))
def test_our_counts_are_the_recorded_ones(recorded: dict[str, Any]) -> None:
    analysis = analyse(msgspec.convert(recorded["spec"], ResNetSpec))
    assert {tool: expected_count(analysis, tool) for tool in recorded["counts"]} == recorded["counts"]
    assert analysis.totals.params == recorded["params"]


def test_every_optional_counter_was_recorded_on_varied_networks() -> None:
    """torchvision and the paper cannot be run, and the other three are run by the tests themselves."""
    tools = {tool for recorded in NETWORKS for tool in recorded["counts"]}
    assert tools == {rule.tool for rule in rules()} - {"paper", "torchvision", "torchinfo", "fvcore", "flop_counter"}
    assert {tool.partition(" ")[0] for tool in tools} <= set(GOLDEN["versions"])
    assert len(NETWORKS) >= 23
    varied = [recorded["spec"] for recorded in NETWORKS]
    assert any(spec.get("bias") for spec in varied)
    assert any(not spec.get("head", True) for spec in varied)
    assert any(spec.get("order") == "pre" for spec in varied)
    assert {spec.get("shortcut", "B") for spec in varied} == {"A", "B", "C", "none"}


def test_our_sizes_are_those_that_torchsummary_printed() -> None:
    """Rounded as torchsummary rounds them; the total is the sum of the unrounded sizes."""
    assert len(SIZES) >= 20
    for recorded in SIZES:
        spec = msgspec.convert(recorded["spec"], ResNetSpec)
        sizes = {
            row.quantity: f"{row.count / 2**20:.2f}"
            for row in counter_report(analyse(spec)).rows
            if row.unit == "bytes"
        }
        assert sizes == recorded["sizes"], spec
