"""The options of a network: each in its field, and what does not fit together."""

from pathlib import Path

import pytest

from resnet_viz.cli.main import make_parser
from resnet_viz.cli.spec_options import spec_of
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.storage.specs import save_spec
from tests.cli.asking import Capture, answered, refused


def test_every_spec_option(capsys: Capture) -> None:
    """Each lands in its field."""
    options = (
        "--block bottleneck --blocks 1,2,1 --width 32 --stage-widths 32,64,96 --strides 1,2,1 --stem imagenet"
        " --stem-pool-stride 1 --shortcut C --order pre --stride-in 1x1 --groups 4 --width-per-group 32"
        " --dilate 1,0 --bias --no-head --classes 7 --input 2x1x48x64"
    )
    spec = answered(capsys, "show", "resnet18", *options.split())["spec"]
    assert {field: value for field, value in spec.items() if field not in ResNetSpec.LATER_FIELDS} == {
        "block": "bottleneck", "blocks": [1, 2, 1], "width": 32, "stage_widths": [32, 64, 96], "strides": [1, 2, 1],
        "stem": "imagenet", "stem_pool_stride": 1, "shortcut": "C", "order": "pre", "stride_in": "1x1", "groups": 4,
        "width_per_group": 32, "dilate": [True, False], "bias": True, "head": False, "classes": 7,
        "input": [2, 1, 48, 64],
    }  # fmt: skip


def test_block_keeps_the_depth(capsys: Capture) -> None:
    """resnet50 of Basic blocks is 50 deep."""
    spec = answered(capsys, "show", "resnet50", "--block", "basic")["spec"]
    assert spec["block"] == "basic"
    assert 2 + 2 * sum(spec["blocks"]) == 50


def test_another_number_of_stages_drops_what_no_longer_fits(capsys: Capture) -> None:
    """Widths of four stages mean nothing to two; given ones stay and are judged."""
    assert answered(capsys, "show", "resnet34_cifar_wide", "--blocks", "2,2")["spec"]["stage_widths"] is None
    assert answered(capsys, "show", "resnet34_cifar_wide", "--blocks", "1,1,1,1")["spec"]["stage_widths"] == [
        128,
        256,
        512,
        512,
    ]
    assert "--stage-widths" in refused(capsys, "show", "resnet18", "--blocks", "2,2", "--stage-widths", "1,2,3")


def _spec(words: str) -> ResNetSpec:
    parser, _ = make_parser()
    return spec_of(parser.parse_args(["show", *words.split()]))


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("--stem-widths 24,32", {"stem_widths": (24, 32)}),
        ("--stem-pool blur", {"stem_pool": "blur"}),
        ("--stem-pool-padding zero", {"stem_pool_padding": "zero"}),
        ("--shortcut D", {"shortcut": "D"}),
        ("--projection-kernel 3", {"projection_kernel": 3}),
        ("--attention se --attention-reduction 4", {"attention": "se", "attention_reduction": 4}),
        ("--antialias average", {"antialias": "average"}),
        ("--norm group --weight-standardization", {"norm": "group", "weight_standardization": True}),
        ("--norm none --shortcut none", {"norm": "none", "shortcut": "none"}),
        ("--order pre --first-activation block", {"order": "pre", "first_activation": "block"}),
        ("--reduce-first 2", {"reduce_first": 2}),
        ("--stage-blocks basic,bottleneck,basic,basic",
         {"block": "basic", "stage_blocks": ("basic", "bottleneck", "basic", "basic")}),
        ("--stage-outputs 250,500,1000,2000", {"stage_outputs": (250, 500, 1000, 2000)}),
        ("--blocks 2,1 --block-widths 7x8,6x8/16x15",
         {"blocks": (2, 1), "block_widths": (((7, 8), (6, 8)), ((16, 15),))}),
        ("--blocks 2,1 --block-widths 7x8/16x15", {"blocks": (2, 1), "block_widths": (((7, 8), (7, 8)), ((16, 15),))}),
    ],
)  # fmt: skip
def test_options_of_published_variants(words: str, changes: dict[str, object]) -> None:
    assert _spec(f"resnet50 {words}") == ResNetSpec().but(**changes)


def test_every_field_has_an_option() -> None:
    parser, _ = make_parser()
    options = parser.parse_args(["show", "resnet50"])
    assert [field for field in ResNetSpec.__struct_fields__ if not hasattr(options, field)] == []


def test_none_takes_a_list_back(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    save_spec(ResNetSpec(stem_widths=(24, 32), stage_outputs=(250, 500, 1000, 2000)), path)
    assert _spec(f"{path} --stem-widths none --stage-outputs none --block-widths none") == ResNetSpec()


def test_widths_inside_blocks_follow_the_blocks(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    pruned = ResNetSpec(blocks=(2, 1), block_widths=(((7, 8), (6, 8)), ((16, 15),)), stage_outputs=(30, 70))
    save_spec(pruned, path)
    assert _spec(f"{path} --blocks 3,1").block_widths == (((7, 8), (6, 8), (6, 8)), ((16, 15),))
    assert _spec(f"{path} --block basic") == ResNetSpec(block="basic", blocks=(2, 1))
    assert _spec(f"{path} --blocks 2,2,2") == ResNetSpec(blocks=(2, 2, 2))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("--block-widths 7x8,/3", "--block-widths: 7x8,/3 is not accepted; give the widths of each block"),
        ("--stage-blocks basic,wide", "--stage-blocks: wide is not accepted; give one of basic, bottleneck"),
        ("--stem-widths 32", "--stem-widths: 32 is not accepted"),
        ("--norm frn", "--norm: frn is not accepted; it is norm and activation in one"),
    ],
)
def test_what_cannot_be_is_refused_at_its_option(capsys: Capture, words: str, named: str) -> None:
    assert named in refused(capsys, "show", "resnet50", *words.split())
