"""Second opinions: our count by another tool's rules is that tool's count."""

import sys
from types import ModuleType

import pytest
import torch

from resnet_viz.counters import crosscheck as opinions
from resnet_viz.counters import rules as ledger
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs


@pytest.mark.parametrize("tool", opinions.tools())
def test_the_tools_agree_when_they_are_run(tool: str) -> None:
    for spec in random_specs(50, seed=2):
        opinion = opinions.crosscheck(analyse(spec), tool)
        assert opinion.agrees is True, (spec, opinion)
        assert opinion.count == opinion.expected_count
        assert f"{opinion.count:,}" in opinion.sentence


def test_a_network_too_large_for_fvcore_is_not_run() -> None:
    opinion = opinions.crosscheck(analyse(preset("resnet152").but(input=(512, 3, 512, 512))), "fvcore")
    assert (opinion.count, opinion.agrees) == (None, None)
    assert "not run: needs about" in opinion.sentence


def test_torchinfo_takes_no_memory_for_the_image() -> None:
    opinion = opinions.crosscheck(analyse(preset("resnet18").but(input=(1_000_000, 3, 65_536, 65_536))), "torchinfo")
    assert opinion.agrees is True


def test_a_tool_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_analysis: object) -> opinions.ToolCount:
        raise RuntimeError("no memory\nand more")

    monkeypatch.setitem(opinions.COUNTERS, "fvcore", opinions.Counter(fail, "fvcore"))
    opinion = opinions.crosscheck(analyse(preset("resnet20_cifar")), "fvcore")
    assert (opinion.count, opinion.agrees) == (None, None)
    assert opinion.sentence == "fvcore: could not be run (no memory)"


def test_a_difference_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "count", lambda _analysis, _tool: 1)
    opinion = opinions.crosscheck(analyse(preset("resnet20_cifar")), "torchinfo")
    assert opinion.agrees is False
    assert "differs" in opinion.sentence


def test_deepspeed_is_asked_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for its one function: asked on real tensors, and quiet."""
    analysis = analyse(preset("resnet20_cifar"))

    def profile(network: torch.nn.Module, input_shape: tuple[int, ...], **_options: object) -> tuple[int, int, int]:
        print("noise")  # noqa: T201
        parameters = list(network.parameters())
        assert {parameter.device.type for parameter in parameters} == {"cpu"}
        assert input_shape == (1, 3, 32, 32)
        return ledger.count(analysis, "DeepSpeed"), 0, sum(parameter.numel() for parameter in parameters)

    package = "deepspeed.profiling.flops_profiler"
    for name in ("deepspeed", "deepspeed.profiling", package):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules[package], "get_model_profile", profile, raising=False)
    monkeypatch.setattr(opinions, "version", lambda package: {"deepspeed": "0.19.8"}[package])
    opinion = opinions.crosscheck(analysis, "DeepSpeed")
    assert (opinion.agrees, opinion.version) == (True, "0.19.8")
    monkeypatch.delattr(sys.modules[package], "get_model_profile")
    broken = opinions.crosscheck(analysis, "DeepSpeed")
    assert broken.agrees is None
    assert broken.sentence.startswith("DeepSpeed: could not be run (cannot import name")


def test_only_what_is_installed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinions, "find_spec", lambda package: None)
    assert opinions.tools() == ("torchinfo", "fvcore", "flop_counter")
    monkeypatch.setattr(opinions, "find_spec", lambda package: package if package == "deepspeed" else None)
    assert opinions.tools()[-1] == "DeepSpeed"
    assert len(opinions.tools()) == 4
