"""The worked lines of the inspector's formulas, computed again by Python."""

import math

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

SPECS = {
    "resnet50": preset("resnet50"),
    "resnet50 v1": preset("resnet50_v1"),
    "grouped": preset("resnext50_32x4d"),
    "wide": preset("wide_resnet50_2"),
    "padded": preset("resnet20_cifar"),
    "odd and padded": preset("resnet18_v1").but(input=(2, 3, 225, 127)),
    "plain": preset("plain20_cifar"),
    "pre-activation": preset("preact_resnet164_cifar").but(blocks=(2, 2, 2)),
    "biased backbone": preset("maskrcnn_resnet50").but(input=(1, 3, 256, 192)),
    "dilated batch": preset("resnet50").but(dilate=(False, True, True), input=(4, 3, 97, 160)),
    "projections": ResNetSpec(block="basic", blocks=(1, 2), shortcut="C", input=(1, 1, 64, 64)),
    "tutorial": preset("resnet34_cifar_wide"),
}
"""Networks with every kind of layer, shape and cost."""


def evaluate(text: str) -> int:
    """The value of the left side of a worked line, by Python."""
    left = text.rpartition(" = ")[0].replace(",", "")
    for sign, operator in {"·": "*", "−": "-", "⌊": "math.floor(", "⌋": ")", "×": "*"}.items():
        left = left.replace(sign, operator)
    return int(eval(left, {"math": math}))


def result(line: str) -> int:
    """The value that a worked line claims; a line without a sum is the value."""
    return int(line.rpartition(" = ")[2].replace(",", ""))
