"""The public names of the package, each in a fresh interpreter where its imports matter."""

import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import resnet_viz as rv

ROOT = Path(__file__).resolve().parent.parent


def run(code: str) -> str:
    """Return the output of a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.strip()


def test_importing_loads_neither_torch_nor_qt() -> None:
    code = (
        "import sys, resnet_viz as rv; rv.preset('resnet50'); rv.presets(); rv.SpecError; rv.Analysis;"
        "print(sorted({'torch', 'PySide6', 'networkx'} & set(sys.modules)))"
    )
    assert run(code) == "[]"


@pytest.mark.parametrize("first", ["resnet_viz.spec.presets", "resnet_viz.cli.main", "resnet_viz.pipeline"])
def test_presets_is_the_function_after_other_imports(first: str) -> None:
    assert run(f"import {first}, resnet_viz as rv; print('resnet18' in rv.presets())") == "True"


def test_the_names_work_together() -> None:
    spec = rv.preset("resnet18").but(input=(1, 3, 64, 64))
    analysis = rv.analyse(spec)
    assert isinstance(analysis, rv.Analysis)
    assert isinstance(spec, rv.ResNetSpec)
    assert analysis.spec == spec
    assert analysis.totals.layers == len(analysis.layers) == len(analysis.graph)
    network = rv.build(spec)
    assert next(network.parameters()).is_meta
    assert sum(parameter.numel() for parameter in network.parameters()) == analysis.totals.params


def test_spec_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="blocks: 0 is not accepted") as caught:
        rv.ResNetSpec(blocks=(0,))
    assert isinstance(caught.value, rv.SpecError)
    assert (caught.value.field, caught.value.value) == ("blocks", 0)


def test_dir_lists_every_name_and_an_unknown_one_is_an_attribute_error() -> None:
    assert {*rv.__all__, "__version__"} <= set(dir(rv))
    assert all(getattr(rv, name) is not None for name in rv.__all__)
    with pytest.raises(AttributeError, match="no attribute 'profil'"):
        rv.profil  # noqa: B018


def test_the_version_has_one_source() -> None:
    """The package, its build and the commands say the same."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
    assert "version" not in build["project"]
    found = re.findall(r'__version__ = "(.+)"', (ROOT / build["tool"]["hatch"]["version"]["path"]).read_text("utf8"))
    assert found == [rv.__version__]


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert files("resnet_viz").joinpath("py.typed").is_file()
