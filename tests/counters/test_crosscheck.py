"""Cross-checks: our count by another counter's rules is that counter's count."""

import sys
from types import ModuleType

import pytest
import torch

from resnet_viz.counters import crosscheck, rules
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs


@pytest.mark.parametrize("tool", crosscheck.installed_tools())
def test_every_installed_counter_agrees(tool: str) -> None:
    for spec in random_specs(50, seed=2):
        result = crosscheck.crosscheck(analyse(spec), tool)
        assert result.agrees is True, (spec, result)
        assert result.count == result.expected_count
        assert f"{result.count:,}" in result.sentence


def test_a_network_too_large_for_fvcore_is_not_run() -> None:
    result = crosscheck.crosscheck(analyse(preset("resnet152").but(input=(512, 3, 512, 512))), "fvcore")
    assert (result.count, result.agrees) == (None, None)
    assert "not run: needs about" in result.sentence


def test_torchinfo_allocates_no_image() -> None:
    result = crosscheck.crosscheck(analyse(preset("resnet18").but(input=(1_000_000, 3, 65_536, 65_536))), "torchinfo")
    assert result.agrees is True


def test_a_counter_that_fails_has_no_count_and_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_analysis: object) -> crosscheck.ToolCount:
        raise RuntimeError("no memory\nand more")

    monkeypatch.setitem(crosscheck.COUNTERS, "fvcore", crosscheck.CounterTool(fail, "fvcore"))
    result = crosscheck.crosscheck(analyse(preset("resnet20_cifar")), "fvcore")
    assert (result.count, result.agrees) == (None, None)
    assert result.sentence == "fvcore: could not be run (no memory)"


def test_a_difference_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "expected_count", lambda _analysis, _tool: 1)
    result = crosscheck.crosscheck(analyse(preset("resnet20_cifar")), "torchinfo")
    assert result.agrees is False
    assert "differs" in result.sentence


def test_deepspeed_is_run_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake of its one function: it is given real tensors, and its output is swallowed."""
    analysis = analyse(preset("resnet20_cifar"))

    def profile(network: torch.nn.Module, input_shape: tuple[int, ...], **_options: object) -> tuple[int, int, int]:
        print("noise")  # noqa: T201
        parameters = list(network.parameters())
        assert {parameter.device.type for parameter in parameters} == {"cpu"}
        assert input_shape == (1, 3, 32, 32)
        return rules.expected_count(analysis, "DeepSpeed"), 0, sum(parameter.numel() for parameter in parameters)

    package = "deepspeed.profiling.flops_profiler"
    for name in ("deepspeed", "deepspeed.profiling", package):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules[package], "get_model_profile", profile, raising=False)
    monkeypatch.setattr(crosscheck, "version", lambda package: {"deepspeed": "0.19.8"}[package])
    result = crosscheck.crosscheck(analysis, "DeepSpeed")
    assert (result.agrees, result.version) == (True, "0.19.8")
    monkeypatch.delattr(sys.modules[package], "get_model_profile")
    broken = crosscheck.crosscheck(analysis, "DeepSpeed")
    assert broken.agrees is None
    assert broken.sentence.startswith("DeepSpeed: could not be run (cannot import name")


def test_optional_counters_are_run_only_where_they_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "find_spec", lambda package: None)
    assert crosscheck.installed_tools() == ("torchinfo", "fvcore", "flop_counter")
    monkeypatch.setattr(crosscheck, "find_spec", lambda package: package if package == "deepspeed" else None)
    assert crosscheck.installed_tools()[-1] == "DeepSpeed"
    assert len(crosscheck.installed_tools()) == 4
