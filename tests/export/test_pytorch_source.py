"""The exported source, run in a fresh interpreter and compared with our modules."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.model.resnet import build
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

SMALL = ResNetSpec(blocks=(2, 1, 2, 1), width=16, classes=5, input=(2, 3, 64, 64))
BASIC = SMALL.but(block="basic")
CIFAR = SMALL.but(blocks=(2, 2, 2), stem="cifar", input=(2, 3, 16, 16))
SPECS = {
    "bottleneck": SMALL,
    "basic": BASIC,
    **{
        f"{block}_{order}_{shortcut}": ResNetSpec(
            block=block, blocks=(2, 2), width=8, order=order, shortcut=shortcut, classes=3, input=(2, 3, 32, 32)
        )
        for block in ("basic", "bottleneck")
        for order in ("post", "pre")
        for shortcut in ("A", "B", "C", "none")
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
    "dilated": SMALL.but(dilate=(False, True, True)),
    "dilated_1x1": SMALL.but(dilate=(False, True, True), stride_in="1x1"),
    "dilated_basic": BASIC.but(dilate=(True, False, True)),
    "dilated_pre": BASIC.but(dilate=(False, True, False), order="pre", groups=2),
    "cifar": CIFAR.but(shortcut="A", block="basic"),
    "cifar_pre": CIFAR.but(order="pre"),
    "one_stage": BASIC.but(blocks=(3,)),
    "six_stages": BASIC.but(blocks=(1, 1, 1, 1, 1, 1), width=4, stem="cifar", input=(2, 1, 64, 48)),
    "widths_and_strides": SMALL.but(stage_widths=(24, 16, 48, 48), strides=(2, 1, 3, 1), stem_pool_stride=1),
    "gray": BASIC.but(input=(1, 1, 40, 56)),
}
CHILD = """
import runpy, sys, torch
for name in sys.argv[1:]:
    given = torch.load(f"{name}.pt", weights_only=True)
    network = runpy.run_path(f"{name}.py")["build"]().eval()
    shapes = [(key, list(value.shape)) for key, value in network.state_dict().items()]
    network.load_state_dict(given["weights"])
    with torch.inference_mode():
        torch.save({"shapes": shapes, "output": network(given["input"])}, f"{name}.out.pt")
assert not any(name.split(".")[0] == "resnet_viz" for name in sys.modules)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with each spec's source, weights, input, expected output, and output in a fresh interpreter."""
    folder = tmp_path_factory.mktemp("sources")
    torch.manual_seed(0)
    for name, spec in SPECS.items():
        (folder / f"{name}.py").write_text(source_code(spec), encoding="utf-8")
        network = build(spec, "cpu").eval()
        for value in network.state_dict().values():
            if value.is_floating_point():  # statistics too, so that a batch norm out of place shows
                value.copy_(torch.rand_like(value) * 0.2 + 0.05)
        given = torch.rand(spec.input)
        with torch.inference_mode():
            expected = network(given)
        saved = {"weights": network.state_dict(), "input": given, "expected": expected}
        torch.save(saved, folder / f"{name}.pt")
    subprocess.run([sys.executable, "-I", "-c", CHILD, *SPECS], cwd=folder, check=True, timeout=300)
    return folder


@pytest.mark.parametrize("name", SPECS)
def test_same_names_shapes_and_output(folder: Path, name: str) -> None:
    """The source is the same network as ours, weight for weight."""
    given = torch.load(folder / f"{name}.pt", weights_only=True)
    made = torch.load(folder / f"{name}.out.pt", weights_only=True)
    assert made["shapes"] == [(key, list(value.shape)) for key, value in given["weights"].items()]
    torch.testing.assert_close(made["output"], given["expected"])
    assert made["output"].abs().sum() > 0


@pytest.mark.parametrize("name", SPECS)
def test_the_source_is_for_reading(name: str) -> None:
    """Lines are short, and two blank lines stand only between definitions and before the script."""
    source = source_code(SPECS[name])
    assert max(len(line) for line in source.splitlines()) <= 100
    assert re.findall(r"\n\n\n(?!class |def |if )", source) == []


def test_run_as_a_script(tmp_path: Path) -> None:
    """A forward pass and the published parameter count."""
    script = tmp_path / "network.py"
    script.write_text(source_code(preset("resnet20_cifar")), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "269,722 parameters, output (1, 10)\n"


def test_only_what_the_network_needs() -> None:
    """No zero padding, dilation or activation order in the source of a network without them."""
    source = source_code(preset("resnet50"))
    assert not any(word in source for word in ("ZeroPad", "dilation", "activated", "groups", "bias=True"))
    assert "ZeroPad" in source_code(preset("resnet34_v1"))
