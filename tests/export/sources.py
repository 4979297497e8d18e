"""Exported sources run in a fresh interpreter that cannot import the package, beside our own networks."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.model.resnet import build
from resnet_viz.spec.network import ResNetSpec

EXERCISE = '''
def exercise(network, shape):
    """Its keys and shapes, and what it computes in float64 with weights that follow from their order alone."""
    network = network.double()
    keys = [[key, list(value.shape)] for key, value in network.state_dict().items()]
    if shape is None:
        return {"keys": keys, "output": None}
    generator = torch.Generator().manual_seed(2015)
    for key, value in network.state_dict().items():
        if value.dim() > 1:
            value.normal_(0, (2 / value[0].numel()) ** 0.5, generator=generator)
        elif value.dim() == 1:
            value.uniform_(0.5, 1.5, generator=generator)
            if key.endswith(("bias", "running_mean", "tau")):
                value.sub_(1)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # statistics that fit the weights, so that nothing overflows in a thousand layers
    image = torch.rand(shape, generator=generator, dtype=torch.float64) - 0.5
    with torch.inference_mode():
        network.train()(image)
        output = network.eval()(image)
    return {"keys": keys, "output": output}
'''
CHILD = """
import json, runpy, sys, torch
sys.modules["resnet_viz"] = None  # importing it would fail
exec(open("exercise.py").read())
torch.nn.init.kaiming_normal_ = torch.nn.Conv2d.reset_parameters = lambda *_, **__: None  # weights are replaced
for name, shape in json.load(open("shapes.json")).items():
    with torch.device("cpu" if shape else "meta"):
        network = runpy.run_path(f"{name}.py")["build"]()
    torch.save(exercise(network, shape), f"{name}.pt")
"""
Exercised = dict[str, Any]
"""The `keys` of a state dict with their shapes, and the `output`, a tensor or None."""


def exercised_sources(specs: Mapping[str, ResNetSpec], folder: Path, shapes: Mapping[str, list[int] | None]) -> None:
    """Write the sources of the specs into a folder and exercise all with inputs of these shapes.

    Where the shape is None, no weight is allocated and nothing computed.
    """
    for name, spec in specs.items():
        (folder / f"{name}.py").write_text(source_code(spec), encoding="utf-8")
    (folder / "exercise.py").write_text(EXERCISE)
    (folder / "shapes.json").write_text(json.dumps(dict(shapes)))
    subprocess.run([sys.executable, "-I", "-c", CHILD], cwd=folder, check=True, timeout=300)


def assert_same(folder: Path, name: str, spec: ResNetSpec, shape: list[int] | None) -> None:
    """Check that an exercised source has our keys in our order, our shapes, and our output, which is no constant."""
    made = torch.load(folder / f"{name}.pt", weights_only=True)
    ours = exercise(build(spec, "cpu" if shape else "meta"), shape)
    assert made["keys"] == ours["keys"]
    if shape is not None:
        assert made["output"].isfinite().all()
        assert made["output"].std() > 0
        largest = ours["output"].abs().max()
        torch.testing.assert_close(made["output"] / largest, ours["output"] / largest, rtol=0, atol=1e-9)


def exercise(network: nn.Module, shape: list[int] | None) -> Exercised:
    """Exercise one of our networks in this interpreter."""
    scope: dict[str, Any] = {"torch": torch}
    exec(EXERCISE, scope)
    exercised: dict[str, list[object] | Tensor | None] = scope["exercise"](network, shape)
    return exercised
