"""The exported source of every preset, run in a fresh interpreter that cannot import the package."""

import re
from pathlib import Path

import pytest

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.spec.presets import names, preset
from tests.export.sources import exercised_sources, output_of_the_same

LARGEST = 48  # pixels of a side
COMPUTED = (
    "resnet18", "resnet34_v1", "resnet20_cifar", "resnet1202_cifar", "preact_resnet164_cifar", "plain20_cifar",
    "resnet10t", "test_resnet", "seresnet18", "resnetrs50", "resnetaa34d", "resnetblur18", "ecaresnet50d_pruned",
    "resnet50_gn", "resnetv2_18d", "resnetv2_50d_evos", "resnetv2_50d_frn", "resnetv2_50x1_bit",
)  # fmt: skip
"""The networks that are computed; of the others only keys and shapes are compared."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the keys of the networks of exported sources, and the outputs of those to compute."""
    folder = tmp_path_factory.mktemp("presets")
    specs = {name: preset(name) for name in (*COMPUTED, *shallowest())}
    exercised_sources(specs, folder, {name: shape_of(name) if name in COMPUTED else None for name in specs})
    return folder


def shallowest() -> list[str]:
    """Return the shallowest network of all whose sources differ in their numbers alone."""
    by_source: dict[str, str] = {}
    for name in sorted(names(), key=lambda name: preset(name).depth):
        by_source.setdefault(re.sub(r"\d+|\[.*\]", "", source_code(preset(name)).partition("\n")[2]), name)
    return [name for name in by_source.values() if name not in COMPUTED]


def shape_of(name: str) -> list[int]:
    """Two small images."""
    _, channels, height, width = preset(name).input
    return [2, channels, min(height, LARGEST), min(width, LARGEST)]


@pytest.mark.parametrize("name", COMPUTED)
def test_same_keys_shapes_and_output(folder: Path, name: str) -> None:
    output = output_of_the_same(folder, name, preset(name), shape_of(name))
    assert output is not None
    assert output.std() > 0


def test_the_other_presets_have_the_same_keys_and_shapes(folder: Path) -> None:
    others = shallowest()
    for name in others:
        output_of_the_same(folder, name, preset(name), None)
    assert len(others) > 20
