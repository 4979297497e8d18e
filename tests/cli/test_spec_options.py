"""The options of a network: each in its field, and what does not fit together."""

from resnet_viz.spec.network import ResNetSpec
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
