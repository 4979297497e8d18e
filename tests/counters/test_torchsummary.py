"""Our totals for counters that are not installed everywhere are those that the counters reported when they were run.

`counters.json` has the results of ptflops, both back ends, and of DeepSpeed's `get_model_profile`, all on the CPU, for
networks that `resnet_viz.build` made: three of torchvision's, random ones, and one for each family of timm's.
`torchsummary_sizes.json` has what torchsummary printed, in MB, of the source that `export` writes, for networks without
the zero padding that this source has as a module.
"""

import json
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest

from resnet_viz.counters.rules import counter_report, expected_count, rules
from resnet_viz.counters.torchsummary import SummaryRow, outputs_bytes, printed_bytes, summary_rows
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.spec.network import BlockKind, Order, ResNetSpec
from resnet_viz.spec.presets import preset

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((FOLDER / "counters.json").read_text())
SIZES = json.loads((FOLDER / "torchsummary_sizes.json").read_text())["networks"]
ROWS = json.loads((FOLDER / "torchsummary_rows.json").read_text())["networks"]
NETWORKS = GOLDEN["networks"]
RESNET18 = analyse(preset("resnet18"))
FUNCTIONS = ("add", "flatten", "pad")


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
    assert len(NETWORKS) >= 23 + 19
    varied = [recorded["spec"] for recorded in NETWORKS]
    assert any(spec.get("bias") for spec in varied)
    assert any(not spec.get("head", True) for spec in varied)
    assert any(spec.get("order") == "pre" for spec in varied)
    assert {spec.get("shortcut", "B") for spec in varied} == {"A", "B", "C", "D", "none"}
    assert {spec.get("attention", "none") for spec in varied} == {"none", "se", "eca"}
    assert {spec.get("norm", "batch") for spec in varied} == {"batch", "group", "evonorm", "frn", "none"}
    assert {spec.get("antialias", "none") for spec in varied} == {"none", "average", "blur"}
    assert any(spec.get("weight_standardization") for spec in varied)


@pytest.mark.parametrize(
    ("block", "order", "name"),
    [
        ("basic", "post", "BasicBlock"),
        ("bottleneck", "post", "Bottleneck"),
        ("basic", "pre", "PreActBasicBlock"),
        ("bottleneck", "pre", "PreActBottleneck"),
    ],
)
def test_a_row_for_each_layer_but_functions_and_one_after_each_block(block: BlockKind, order: Order, name: str) -> None:
    spec = ResNetSpec(block=block, order=order, blocks=(1, 2), width=4, stem="cifar", input=(2, 3, 8, 8), shortcut="A")
    analysis = analyse(spec)
    rows = summary_rows(analysis)
    blocks = [index for index, row in enumerate(rows) if row.is_block]
    assert [rows[index] for index in blocks] == [
        SummaryRow(name, layer.output, 0, True) for layer in _last_layers(analysis)
    ]
    layers = [
        SummaryRow(layer.type, layer.output, layer.params) for layer in analysis.layers if layer.kind not in FUNCTIONS
    ]
    assert [row for row in rows if not row.is_block] == layers
    stem_and_block = [layer for layer in analysis.layers if layer.stage == 0 or layer.id.startswith("layer1.0.")]
    assert blocks[0] == sum(layer.kind not in FUNCTIONS for layer in stem_and_block)


def _last_layers(analysis: Analysis) -> list[LayerRecord]:
    last = {(layer.stage, layer.block): layer for layer in analysis.layers if layer.block is not None}
    return list(last.values())


def test_the_output_sizes_of_rows_blocks_and_functions() -> None:
    """ResNet-18 has a row for each but its 8 additions and its flattening."""
    sizes = outputs_bytes(RESNET18)
    blocks = 4 * 2 * (64 * 56**2 + 128 * 28**2 + 256 * 14**2 + 512 * 7**2)
    assert sizes.blocks == blocks
    assert sizes.without_row == {"add": blocks, "flatten": 4 * 512, "pad": 0, "multiply": 0}
    assert sizes.layers == sum(layer.output_bytes for layer in RESNET18.layers) - blocks - 4 * 512
    assert printed_bytes(RESNET18) == 2 * (sizes.layers + blocks)


@pytest.mark.parametrize("batch", [64, 108, 160, 250])
def test_the_printed_size_is_the_magnitude_of_a_32_bit_sum(batch: int) -> None:
    analysis = analyse(preset("resnet50").but(input=(batch, 3, 224, 224)))
    sizes = outputs_bytes(analysis)
    elements = (sizes.layers + sizes.blocks) // 4
    assert printed_bytes(analysis) == 2 * 4 * abs(struct.unpack("<i", struct.pack("<I", elements % 2**32))[0])


@pytest.mark.parametrize("recorded", ROWS, ids=lambda recorded: str(recorded["spec"].get("norm", "batch")))
def test_the_rows_of_a_family_are_those_that_torchsummary_printed(recorded: dict[str, Any]) -> None:
    """Of `resnet_viz.build`'s network, without the rows of modules that are functions elsewhere, and of the network."""
    spec = msgspec.convert(recorded["spec"], ResNetSpec)
    rows = [(row.name, [spec.input[0], *row.shape[1:]], row.params) for row in summary_rows(analyse(spec))]
    assert rows == [tuple(row) for row in recorded["rows"]]


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
