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
    image = torch.rand(shape, generator=generator, dtype=torch.float64) - 0.5
    with torch.inference_mode():
        return {"keys": keys, "output": network.eval()(image)}
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


def output_of_the_same(folder: Path, name: str, spec: ResNetSpec, shape: list[int] | None) -> Tensor | None:
    """Return what an exercised source computed, after checks that it has our keys in our order, shapes and output."""
    made = torch.load(folder / f"{name}.pt", weights_only=True)
    ours = exercise(build(spec, "cpu" if shape else "meta"), shape)
    assert made["keys"] == ours["keys"], spec
    output: Tensor | None = made["output"]
    if output is not None:
        assert output.isfinite().all(), spec
        assert output.shape == ours["output"].shape, spec
        assert (output - ours["output"]).abs().max() <= 1e-9 * ours["output"].abs().max(), spec
    return output


def exercise(network: nn.Module, shape: list[int] | None) -> Exercised:
    """Exercise one of our networks in this interpreter."""
    scope: dict[str, Any] = {"torch": torch}
    exec(EXERCISE, scope)
    exercised: dict[str, list[object] | Tensor | None] = scope["exercise"](network, shape)
    return exercised
