"""The exported source of every preset, run in a fresh interpreter that cannot import the package."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.model.resnet import build
from resnet_viz.spec.presets import names, preset

LARGEST = 48  # pixels of a side
CHILD = """
import json, runpy, sys, torch
sys.modules["resnet_viz"] = None  # importing it would fail
exec(open("exercise.py").read())
for name, shape in json.load(open("shapes.json")).items():
    with torch.device("meta"):
        network = runpy.run_path(f"{name}.py")["build"]()
    torch.save(exercise(network, shape), f"{name}.pt")
"""
EXERCISE = '''
def exercise(network, shape):
    """Keys and shapes, and what it computes with weights that follow from their order alone."""
    network = network.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(2015)
    for key, value in network.state_dict().items():
        if not value.is_floating_point():
            value.zero_()
        elif value.dim() > 1:
            value.normal_(0, (2 / value[0].numel()) ** 0.5, generator=generator)
        else:
            value.uniform_(0.5, 1.5, generator=generator)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # statistics that fit the weights, so that nothing overflows in a thousand layers
    image = torch.rand(shape, generator=generator)
    with torch.inference_mode():
        network.train()(image)
        output = network.eval()(image)
    return {"keys": [[key, list(value.shape)] for key, value in network.state_dict().items()], "output": output}
'''


def exercise(network: nn.Module, shape: list[int]) -> dict[str, list[object] | Tensor]:
    """Exercise one of our networks in this interpreter."""
    scope: dict[str, object] = {"torch": torch}
    exec(EXERCISE, scope)
    return scope["exercise"](network, shape)  # type: ignore[operator, no-any-return]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the keys and outputs of the networks of all exported sources."""
    folder = tmp_path_factory.mktemp("presets")
    for name in names():
        (folder / f"{name}.py").write_text(source_code(preset(name)), encoding="utf-8")
    (folder / "exercise.py").write_text(EXERCISE)
    (folder / "shapes.json").write_text(json.dumps({name: shape_of(name) for name in names()}))
    subprocess.run([sys.executable, "-I", "-c", CHILD], cwd=folder, check=True, timeout=300)
    return folder


def shape_of(name: str) -> list[int]:
    """Two small images: a batch norm needs more than one value a channel."""
    _, channels, height, width = preset(name).input
    return [2, channels, min(height, LARGEST), min(width, LARGEST)]


@pytest.mark.parametrize("name", names())
def test_same_keys_shapes_and_output(folder: Path, name: str) -> None:
    made = torch.load(folder / f"{name}.pt", weights_only=True)
    ours = exercise(build(preset(name)), shape_of(name))
    assert made["keys"] == ours["keys"]
    assert made["output"].isfinite().all()
    assert made["output"].std() > 0
    torch.testing.assert_close(made["output"], ours["output"])
