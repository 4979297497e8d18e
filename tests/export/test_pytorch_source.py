"""The exported source of small networks, run in a fresh interpreter and compared with our modules."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.export.sources import exercised_sources, output_of_the_same

SMALL = ResNetSpec(blocks=(2, 1, 2, 1), width=16, classes=5, input=(2, 3, 64, 64))
BASIC = SMALL.but(block="basic")
CIFAR = SMALL.but(blocks=(2, 2, 2), stem="cifar", input=(2, 3, 16, 16))
GROUPED = SMALL.but(blocks=(2, 2), width=32, stage_widths=(32, 64))
PRE = GROUPED.but(order="pre")
V2 = PRE.but(first_activation="block")
DILATED = SMALL.but(dilate=(False, True, True))
SPECS = {
    "bottleneck": SMALL,
    "basic": BASIC,
    **{
        f"{block}_{order}_{shortcut}": ResNetSpec(
            block=block, blocks=(2, 2), width=8, order=order, shortcut=shortcut, classes=3, input=(2, 3, 32, 32)
        )
        for block in ("basic", "bottleneck")
        for order in ("post", "pre")
        for shortcut in ("A", "B", "C", "D", "none")
    },
    "stride_in_1x1": SMALL.but(stride_in="1x1"),
    "stride_in_1x1_pre": SMALL.but(stride_in="1x1", order="pre"),
    "groups": SMALL.but(groups=4),
    "groups_basic": BASIC.but(groups=4),
    "resnext": SMALL.but(groups=4, width_per_group=32),
    "wide": SMALL.but(width_per_group=128),
    "wide_basic": BASIC.but(width_per_group=128),
    "bias": SMALL.but(bias=True),
    "bias_pre_C": BASIC.but(bias=True, order="pre", shortcut="C"),
    "no_head": SMALL.but(head=False),
    "no_head_pre": BASIC.but(head=False, order="pre"),
    "dilated": DILATED,
    "dilated_1x1": DILATED.but(stride_in="1x1"),
    "dilated_basic": BASIC.but(dilate=(True, False, True)),
    "dilated_pre": BASIC.but(dilate=(False, True, False), order="pre", groups=2),
    "dilated_D": DILATED.but(shortcut="D"),
    "dilated_D_pre_1x1": DILATED.but(shortcut="D", order="pre", stride_in="1x1"),
    "dilated_kernel": DILATED.but(projection_kernel=3),
    "dilated_kernel_C_1x1": DILATED.but(projection_kernel=3, shortcut="C", stride_in="1x1"),
    "cifar": CIFAR.but(shortcut="A", block="basic"),
    "cifar_pre": CIFAR.but(order="pre"),
    "one_stage": BASIC.but(blocks=(3,)),
    "six_stages": BASIC.but(blocks=(1, 1, 1, 1, 1, 1), width=4, stem="cifar", input=(2, 1, 64, 48)),
    "widths_and_strides": SMALL.but(stage_widths=(24, 16, 48, 48), strides=(2, 1, 3, 1), stem_pool_stride=1),
    "gray": BASIC.but(input=(2, 1, 40, 56)),
    "deep_stem": SMALL.but(stem_widths=(6, 8)),
    "deep_stem_v2": V2.but(stem_widths=(32, 64)),
    "deep_stem_bias": SMALL.but(stem_widths=(6, 8), bias=True),
    "stem_pool_average": SMALL.but(stem_pool="average"),
    "stem_pool_blur": SMALL.but(stem_pool="blur", input=(2, 3, 65, 57)),
    "stem_pool_blur_stride_1": SMALL.but(stem_pool="blur", stem_pool_stride=1),
    "stem_pool_conv": SMALL.but(stem_pool="conv"),
    "stem_pool_conv_v2": V2.but(stem_pool="conv"),
    "stem_pool_zero": V2.but(stem_pool_padding="zero"),
    "stem_pool_end": SMALL.but(stem_pool_padding="end"),
    "shortcut_D_odd": SMALL.but(shortcut="D", input=(2, 3, 67, 45)),
    "shortcut_D_stride_3": SMALL.but(shortcut="D", strides=(1, 3, 1, 2)),
    "se": SMALL.but(attention="se"),
    "se_4_basic": BASIC.but(attention="se", attention_reduction=4),
    "se_plain": SMALL.but(attention="se", shortcut="none"),
    "se_bias_pre": PRE.but(attention="se", bias=True, attention_reduction=4),
    "eca": SMALL.but(attention="eca"),
    "eca_pre": V2.but(attention="eca", width=64),
    "antialias_average": SMALL.but(antialias="average"),
    "antialias_average_1x1_stride_3": SMALL.but(
        antialias="average", stride_in="1x1", shortcut="none", strides=(1, 3, 1, 1)
    ),
    "antialias_blur": SMALL.but(antialias="blur", stem_pool="blur", input=(2, 3, 65, 57)),
    "antialias_blur_basic": BASIC.but(antialias="blur", attention="se", shortcut="D"),
    "antialias_blur_basic_pre": PRE.but(antialias="blur", block="basic", attention="eca"),
    "antialias_blur_1x1_pre": PRE.but(antialias="blur", stride_in="1x1", norm="group"),
    "antialias_dilated": DILATED.but(antialias="average", shortcut="D"),
    "group_norm": GROUPED.but(norm="group"),
    "group_norm_pre": PRE.but(norm="group"),
    "bit": V2.but(norm="group", weight_standardization=True, stem_pool_padding="zero"),
    "standardized_bias": SMALL.but(weight_standardization=True, bias=True, attention="se", stem_widths=(6, 8)),
    "evonorm": PRE.but(norm="evonorm"),
    "evonorm_v2_D": V2.but(norm="evonorm", shortcut="D", stem_widths=(32, 32), stem_pool="conv"),
    "frn": PRE.but(norm="frn", block="basic"),
    "frn_v2": V2.but(norm="frn", stem_widths=(6, 8)),
    "frn_standardized": PRE.but(norm="frn", weight_standardization=True),
    "no_norm": SMALL.but(norm="none", stem_widths=(6, 8), stem_pool="conv"),
    "no_norm_basic_D": BASIC.but(norm="none", shortcut="D"),
    "no_norm_pre": PRE.but(norm="none"),
    "no_norm_pre_A": PRE.but(norm="none", shortcut="A"),
    "no_norm_v2": V2.but(norm="none"),
    "v2_basic": V2.but(block="basic"),
    "v2_A": V2.but(shortcut="A"),
    "v2_cifar": CIFAR.but(order="pre", first_activation="block"),
    "kernel_3": SMALL.but(projection_kernel=3, groups=4),
    "kernel_3_C_pre": PRE.but(projection_kernel=3, shortcut="C"),
    "reduced_first": SMALL.but(reduce_first=2, groups=2),
    "reduced_first_basic": BASIC.but(reduce_first=2),
    "mixed": SMALL.but(stage_blocks=("basic", "basic", "bottleneck", "basic"), reduce_first=2),
    "mixed_pre_dilated": PRE.but(blocks=(1, 2, 1), stage_widths=None, dilate=(True, False),
                                 stage_blocks=("bottleneck", "basic", "bottleneck")),
    "mixed_eca_A": GROUPED.but(stage_blocks=("basic", "bottleneck"), shortcut="A", attention="eca"),
    "outputs": SMALL.but(stage_outputs=(19, 40, 30, 7)),
    "pruned": GROUPED.but(attention="eca", stage_outputs=(19, 171), shortcut="D",
                          block_widths=(((47, 18), (18, 19)), ((61, 60), (30, 31)))),
    "pruned_basic_pre": PRE.but(block="basic", block_widths=(((5,), (7,)), ((9,), (3,)))),
    "pruned_mixed": GROUPED.but(stage_blocks=("bottleneck", "basic"), block_widths=(((5, 6), (7, 8)), ((9,), (3,)))),
    "pruned_dilated": GROUPED.but(dilate=(True,), block_widths=(((5, 6), (7, 8)), ((9, 4), (3, 2)))),
    "long_call": PRE.but(block="basic", attention="eca", dilate=(True,), block_widths=(((5,), (7,)), ((9,), (3,)))),
    "pruned_long": GROUPED.but(blocks=(1, 12), block_widths=(((20, 20),), ((101, 117),) * 12)),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what every spec's source does in a fresh interpreter."""
    folder = tmp_path_factory.mktemp("sources")
    exercised_sources(SPECS, folder, {name: list(spec.input) for name, spec in SPECS.items()})
    return folder


@pytest.mark.parametrize("name", SPECS)
def test_same_names_shapes_and_output(folder: Path, name: str) -> None:
    """The source is the same network as ours, weight for weight."""
    output = output_of_the_same(folder, name, SPECS[name], list(SPECS[name].input))
    assert output is not None
    assert output.std() > 0


@pytest.mark.parametrize("name", SPECS)
def test_the_source_is_for_reading(name: str) -> None:
    """Lines are short, and two blank lines stand only between definitions and before the script."""
    source = source_code(SPECS[name])
    assert max(len(line) for line in source.splitlines()) <= 100
    assert re.findall(r"\n\n\n(?!class |def |if |WIDTHS)", source) == []
    assert re.findall(r"(?<!\n\n)\n(?:class |def )", source) == []
    assert re.findall(r" \n|\n\n\n\n", source) == []


def test_run_as_a_script(tmp_path: Path) -> None:
    """A forward pass and the published parameter count."""
    script = tmp_path / "network.py"
    script.write_text(source_code(preset("resnet20_cifar")), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "269,722 parameters, output (1, 10)\n"


def test_only_what_the_network_needs() -> None:
    """No zero padding, dilation or activation order in the source of a network without them."""
    source = source_code(preset("resnet50"))
    words = (
        "ZeroPad", "dilation", "activated", "groups", "bias=True", "self.se", "self.aa", "Standardized", "average_pool",
        "Identity", "WIDTHS", "block:", "kernel",
    )  # fmt: skip
    assert not any(word in source for word in words)
    for word, name in (("ZeroPad", "resnet34_v1"), ("self.se", "seresnet50"), ("self.aa", "resnetblur50")):
        assert word in source_code(preset(name))
