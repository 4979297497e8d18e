"""A small network for each way in which published residual networks differ, quick to run for real."""

from typing import Any

from resnet_viz.spec.network import ResNetSpec

SMALL = ResNetSpec(blocks=(1, 2), width=8, classes=5, input=(2, 3, 33, 46))
_PRE: dict[str, Any] = {"width": 32, "order": "pre", "first_activation": "block", "shortcut": "D"}

FAMILIES = {
    "deep stem and shortcut D": SMALL.but(stem_widths=(4, 6), shortcut="D"),
    "shortcut D, dilated": SMALL.but(shortcut="D", dilate=(True,)),
    "squeeze and excitation": SMALL.but(attention="se", attention_reduction=4),
    "squeeze and excitation before the addition": SMALL.but(block="basic", attention="se", order="pre"),
    "efficient channel attention": SMALL.but(attention="eca", width=16, shortcut="D"),
    "average in place of strides": SMALL.but(antialias="average", stem_pool="average", input=(1, 3, 33, 34)),
    "blur in place of strides": SMALL.but(antialias="blur", stem_pool="blur", block="basic", bias=True),
    "stem pool as convolution": SMALL.but(stem_pool="conv", attention="se", stem_widths=(4, 4), head=False),
    "stem pool padded at its end": SMALL.but(stem_pool_padding="end", stride_in="1x1"),
    "group norm": SMALL.but(norm="group", width=32),
    "no norm": SMALL.but(norm="none", bias=True),
    "second version": SMALL.but(**_PRE),
    "EvoNorm": SMALL.but(**_PRE, norm="evonorm"),
    "filter response norm": SMALL.but(**_PRE, norm="frn", block="basic"),
    "Big Transfer": SMALL.but(**(_PRE | {"shortcut": "B"}), norm="group", weight_standardization=True,
                           stem_pool_padding="zero", bias=True),
    "standardized convolutions": SMALL.but(weight_standardization=True, shortcut="C"),
    "grouped with 3×3 projections": SMALL.but(projection_kernel=3, reduce_first=2, groups=4, attention="se"),
    "blocks by stage": SMALL.but(stage_blocks=("basic", "bottleneck"), stem_widths=(4, 4), stage_widths=(8, 12)),
    "pruned": SMALL.but(stage_outputs=(19, 31), block_widths=(((3, 5),), ((6, 7), (9, 10))), attention="eca"),
}  # fmt: skip
