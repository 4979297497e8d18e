"""The torchsummary table against the reference tables, row for row."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.__main__ import main
from resnet_viz.counters.torchsummary import summary_rows
from resnet_viz.export.torchsummary import summary_table
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "torchsummary_tables.json").read_text())
ROW = re.compile(r"^ *(\w+)-(\d+) +\[([\d, ]+)\] +([\d,]+)$", re.MULTILINE)
RULES = ["-" * 64, "=" * 64, "=" * 64, "-" * 64, "-" * 64]
TOTALS = {
    "total_params": "Total params",
    "input_mb": "Input size (MB)",
    "forward_backward_mb": "Forward/backward pass size (MB)",
    "params_mb": "Params size (MB)",
    "estimated_total_mb": "Estimated Total Size (MB)",
}


@pytest.mark.parametrize(("arch", "golden"), [("resnet18", "resnet18"), ("resnet50_v1", "resnet50")])
def test_reference_tables(arch: str, golden: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every row and the five totals, to the digit."""
    expected = GOLDEN[golden]
    assert main(["show", arch, "--input", "64x3x224x224", "--format", "torchsummary"]) == 0
    printed = capsys.readouterr().out
    rows = [
        [name, int(number), [int(size) for size in shape.split(",")], int(params.replace(",", ""))]
        for name, number, shape, params in ROW.findall(printed)
    ]
    assert rows == expected["rows"]
    for key, title in TOTALS.items():
        found = re.search(rf"^{re.escape(title)}: ([\d.,]+)$", printed, re.MULTILINE)
        assert found
        assert float(found[1].replace(",", "")) == expected[key]


def test_the_overflow_is_explained_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """The reference table of ResNet-50 has a 32-bit sum that overflowed; the table is as published."""
    main(["show", "resnet50_v1", "--input", "64x3x224x224", "--format", "torchsummary"])
    assert capsys.readouterr().err == (
        "Forward/backward pass size is 15200.01 MB in torchsummary's table because its sum overflows 32 bits; the "
        "outputs take 17567.99 MB.\n"
    )
    main(["show", "resnet18", "--input", "64x3x224x224", "--format", "torchsummary"])
    assert capsys.readouterr().err == ""


def test_layout() -> None:
    """Rules, headings and alignment as torchsummary prints them."""
    out = summary_table(analyse(preset("resnet18").but(input=(64, 3, 224, 224))))
    assert out.endswith(f"{RULES[-1]}\n")
    lines = out.splitlines()
    assert [line for line in lines if set(line) <= set("-=")] == RULES
    assert lines[1] == "        Layer (type)               Output Shape         Param #"
    assert lines[3] == "            Conv2d-1         [64, 64, 112, 112]           9,408"
    assert "Trainable params: 11,689,512" in lines
    assert "Non-trainable params: 0" in lines


def test_rows_of_other_networks() -> None:
    """Functions of torchvision have no row; pre-activation blocks have a name of their own."""
    padded = analyse(ResNetSpec(block="basic", blocks=(1, 1), shortcut="A", order="pre", input=(1, 3, 32, 32)))
    names = [row[0] for row in summary_rows(padded)]
    assert names.count("PreActBasicBlock") == 2
    assert not {"Add", "Flatten", "ZeroPad"} & set(names)
    assert names[-4:] == ["BatchNorm2d", "ReLU", "AdaptiveAvgPool2d", "Linear"]
