"""The command show: a network's numbers in every form."""

import pytest

from resnet_viz.__main__ import main
from tests.cli.asking import Capture, answered, printed


def test_show_json_has_the_published_numbers(capsys: Capture) -> None:
    """ResNet-50, layer by layer, in execution order."""
    content = answered(capsys, "show", "resnet50")
    assert content["totals"]["params"] == 25_557_032
    assert content["totals"]["macs"] == 4_089_184_256
    assert [layer["id"] for layer in content["layers"][:5]] == ["conv1", "bn1", "relu", "maxpool", "layer1.0.conv1"]
    assert content["layers"][-1]["stage"] is None
    assert content["layers"][0]["stage"] == 0
    assert content["spec"]["blocks"] == [3, 4, 6, 3]


def test_show_json_with_groups(capsys: Capture) -> None:
    """Blocks beside the layers."""
    content = answered(capsys, "show", "resnet18", "--level", "block")
    assert [group["id"] for group in content["groups"]][:2] == ["stem", "layer1.0"]
    assert sum(group["params"] for group in content["groups"]) == content["totals"]["params"]
    assert len(content["layers"]) == content["totals"]["layers"]


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
@pytest.mark.parametrize("form", ["csv", "markdown", "latex", "table"])
def test_show_every_level_in_every_form(capsys: Capture, level: str, form: str) -> None:
    """A row for each layer, block or stage."""
    assert main(["show", "resnet20_cifar", "--level", level, "--format", form, "--no-opinions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.lstrip("| ").startswith("layer1") for line in lines) == {"layer": 21, "block": 3, "stage": 1}[level]


def test_the_table_has_totals_and_cross_checks(capsys: Capture) -> None:
    """The sums, then the results of the other counters, which are run."""
    page = printed(capsys, "show", "resnet18", "--level", "stage")
    assert page.startswith("ResNet-18 · 1×3×224×224\n")
    for text in ("11,689,512 (44.6 MiB)", "1,814,073,344", "435 px", "1,814,083,944", "1,819,065,856"):
        assert text in page
    assert page.count("✓") >= 3


def test_a_backbone_lists_its_feature_levels(capsys: Capture) -> None:
    """C1 to C5, or fewer without the last stage."""
    page = printed(capsys, "show", "maskrcnn_resnet50", "--no-opinions")
    assert "C1  1×64×256×256" in page
    assert "C5  1×2048×32×32" in page
    assert "res2a_branch2a" in page
    page = printed(capsys, "show", "maskrcnn_resnet50", "--stages", "3", "--no-opinions")
    assert "C4  1×1024×64×64" in page
    assert "C5" not in page
