"""Cross-checks: our count by another counter's rules is that counter's count."""

import sys
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import psutil
import pytest
import torch

from resnet_viz.counters import crosscheck, rules
from resnet_viz.model.norms import BatchNorm2d, GroupNorm
from resnet_viz.model.operations import ChannelConv1d, Conv2d, Linear, StandardizedConv2d
from resnet_viz.model.pools import SamePaddedAvgPool2d, ZeroPaddedMaxPool2d
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

RESNET20 = analyse(preset("resnet20_cifar"))
OWN_TYPES = {
    BatchNorm2d: "norm", GroupNorm: "norm", Conv2d: "conv", StandardizedConv2d: "conv", Linear: "linear",
    ZeroPaddedMaxPool2d: "pool", SamePaddedAvgPool2d: "pool",
}  # fmt: skip
"""The operations of ours that ptflops knows by torch's own types, with the names of its hooks in these tests."""


@cache
def _analyses() -> list[Analysis]:
    return [analyse(spec) for spec in (*random_specs(30, seed=2), *FAMILIES.values())]


@pytest.mark.parametrize("tool", crosscheck.installed_tools())
def test_every_installed_counter_agrees(tool: str) -> None:
    for analysis in _analyses():
        result = crosscheck.crosscheck(analysis, tool)
        assert result.agrees is True, result
        assert result.count == result.expected_count
        assert f"{result.count:,}" in result.sentence


def test_a_network_too_large_for_fvcore_is_not_run() -> None:
    result = crosscheck.crosscheck(analyse(preset("resnet152").but(input=(512, 3, 512, 512))), "fvcore")
    assert (result.params, result.count, result.agrees) == (None, None, None)
    assert result.sentence == "fvcore: not run: needs about 851.8 GB"


def test_the_memory_of_fvcore_is_that_of_weights_outputs_and_trace() -> None:
    assert crosscheck.fvcore_bytes(RESNET20) == 3 * 4 * 269_722 + 2_654_760 + 71 * 800_000


def test_a_network_is_run_on_real_tensors_in_half_of_the_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """DeepSpeed is not installed, so where it is run the reason is the missing package."""
    needed = crosscheck.fvcore_bytes(RESNET20)
    for free, is_run in ((2 * needed, True), (2 * needed - 2, False)):
        monkeypatch.setattr(psutil, "virtual_memory", lambda free=free: SimpleNamespace(available=free))
        assert (crosscheck.crosscheck(RESNET20, "fvcore").agrees is True) == is_run
        monkeypatch.setattr(crosscheck, "version", lambda _package: "1.0")
        sentence = crosscheck.crosscheck(RESNET20, "DeepSpeed").sentence
        assert (sentence == "DeepSpeed: not run: there is not enough memory") != is_run
        assert sentence.startswith("DeepSpeed: could not be run (No module named") == is_run


def test_torchinfo_allocates_no_image() -> None:
    result = crosscheck.crosscheck(analyse(preset("resnet18").but(input=(1_000_000, 3, 65_536, 65_536))), "torchinfo")
    assert result.agrees is True


@pytest.mark.parametrize(("most", "is_run"), [(71, True), (70, False)])
def test_torchinfo_is_run_up_to_a_number_of_layers(monkeypatch: pytest.MonkeyPatch, most: int, *, is_run: bool) -> None:
    assert RESNET20.totals.layers == 71
    monkeypatch.setattr(crosscheck, "TORCHINFO_MOST_LAYERS", most)
    result = crosscheck.crosscheck(RESNET20, "torchinfo")
    assert (result.agrees is True) == is_run
    assert (result.sentence == "torchinfo: not run: the network has 71 layers") != is_run


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("no memory\nand more"), "no memory"),
        (MemoryError(), "MemoryError"),
        (ImportError("n" * 200), "n" * 120),
    ],
)
def test_a_counter_that_fails_has_no_count_and_its_reason(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def fail(_analysis: object) -> crosscheck.ToolCount:
        raise error

    monkeypatch.setitem(crosscheck.COUNTERS, "fvcore", crosscheck.CounterTool(fail, "fvcore"))
    result = crosscheck.crosscheck(RESNET20, "fvcore")
    assert (result.tool, result.version, result.params, result.count) == ("fvcore", "0.1.5.post20221221", None, None)
    assert (result.expected_count, result.agrees) == (rules.expected_count(RESNET20, "fvcore"), None)
    assert result.sentence == f"fvcore: could not be run ({reason})"


@pytest.mark.parametrize(("more_params", "more_operations"), [(1, 0), (0, 1)])
def test_a_difference_is_reported_with_both_totals(
    monkeypatch: pytest.MonkeyPatch, more_params: int, more_operations: int
) -> None:
    params, operations = 269_722 + more_params, 40_551_040 + more_operations

    def count(_analysis: object) -> crosscheck.ToolCount:
        return crosscheck.ToolCount(params, operations, "not shown")

    monkeypatch.setitem(crosscheck.COUNTERS, "torchvision", crosscheck.CounterTool(count, "torch"))
    result = crosscheck.crosscheck(RESNET20, "torchvision")
    assert (result.params, result.count, result.expected_count, result.agrees) == (
        params,
        operations,
        40_551_040,
        False,
    )
    assert result.version == torch.__version__
    assert result.sentence == (
        f"torchvision differs: it finds {params:,} parameters and {operations:,} operations, we 269,722 and 40,551,040"
    )


@pytest.mark.parametrize(
    ("tool", "extra", "reason"),
    [
        ("torchinfo", "1,386", "because it counts batch-norm parameters and biases too"),
        ("fvcore", "380,928", "2 per batch-norm element and 1 per pooled one"),
        ("flop_counter", "40,551,040", "because it counts a multiply-add as two"),
    ],
)
def test_an_agreement_explains_the_difference_to_the_macs(tool: str, extra: str, reason: str) -> None:
    sentence = crosscheck.crosscheck(RESNET20, tool).sentence
    assert f"are our MACs and {extra} more" in sentence
    assert sentence.endswith(reason)


def test_a_counter_that_leaves_layers_out_agrees_with_fewer_operations_than_ours() -> None:
    analysis = analyse(FAMILIES["blur in place of strides"])
    result = crosscheck.crosscheck(analysis, "torchinfo")
    assert result.agrees is True
    less = analysis.totals.macs - result.expected_count
    assert less > 0
    assert result.sentence == (
        f"torchinfo agrees: by its rules it counts {result.count:,} operations, {less:,} fewer than our MACs. "
        "It does not count blur pools, which have no parameters."
    )


def test_an_agreement_explains_what_the_family_adds() -> None:
    sentence = crosscheck.crosscheck(analyse(FAMILIES["Big Transfer"]), "fvcore").sentence
    assert sentence.endswith(
        "1 per pooled one. It counts 5 for an element of a group norm. "
        "It counts 4 for every weight that is standardized."
    )


def test_fvcore_pools_nothing_in_a_backbone() -> None:
    sentence = crosscheck.crosscheck(analyse(preset("resnet20_cifar").but(head=False)), "fvcore").sentence
    assert sentence.endswith("more: 2 per batch-norm element")


def fake_package(monkeypatch: pytest.MonkeyPatch, *modules: str, **functions: object) -> None:
    """Put modules into sys.modules as if a package were installed, the last with these functions."""
    for name in modules:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name, function in functions.items():
        monkeypatch.setattr(sys.modules[modules[-1]], name, function, raising=False)
    package = modules[0]
    monkeypatch.setattr(crosscheck, "version", {package: "0.7.5"}.__getitem__)


def test_deepspeed_is_run_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fake of its one function: it is given real tensors, and its output is swallowed."""

    def profile(network: torch.nn.Module, input_shape: tuple[int, ...], **options: object) -> tuple[int, int, int]:
        print("noise")  # noqa: T201
        parameters = list(network.parameters())
        assert {parameter.device.type for parameter in parameters} == {"cpu"}
        assert input_shape == (1, 3, 32, 32)
        assert options == {"print_profile": False, "warm_up": 0, "as_string": False}
        return rules.expected_count(RESNET20, "DeepSpeed"), 0, sum(parameter.numel() for parameter in parameters)

    fake_package(
        monkeypatch,
        *("deepspeed", "deepspeed.profiling", "deepspeed.profiling.flops_profiler"),
        get_model_profile=profile,
    )
    result = crosscheck.crosscheck(RESNET20, "DeepSpeed")
    assert (result.agrees, result.version) == (True, "0.7.5")
    assert capsys.readouterr().out == ""
    monkeypatch.delattr(sys.modules["deepspeed.profiling.flops_profiler"], "get_model_profile")
    broken = crosscheck.crosscheck(RESNET20, "DeepSpeed")
    assert broken.agrees is None
    assert broken.sentence.startswith("DeepSpeed: could not be run (cannot import name")


@pytest.mark.parametrize(
    ("tool", "backend", "config", "device"),
    [
        ("ptflops aten", "aten", {}, "meta"),
        ("ptflops pytorch, count_functional=False", "pytorch", {"count_functional": False}, "meta"),
        ("ptflops pytorch", "pytorch", {}, "cpu"),
    ],
)
def test_ptflops_is_run_on_one_image_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tool: str,
    backend: str,
    config: dict[str, bool],
    device: str,
) -> None:
    """A fake of its one function: the pytorch back end is given the hooks of our own module types."""
    analysis = analyse(preset("resnet20_cifar").but(input=(3, 3, 32, 32)))
    counts: list[int | None] = [rules.expected_count(RESNET20, tool), None]

    def complexity(network: torch.nn.Module, image: tuple[int, ...], **options: Any) -> tuple[int | None, int]:
        print("noise")  # noqa: T201
        parameters = list(network.parameters())
        assert {parameter.device.type for parameter in parameters} == {device}
        assert image == (3, 32, 32)
        hooks = options.pop("custom_modules_hooks")
        channel_hook = hooks.pop(ChannelConv1d, None)
        assert hooks == (OWN_TYPES if backend == "pytorch" else {})
        if channel_hook is not None:
            module = SimpleNamespace(__flops__=5, kernel_size=(3,))
            channel_hook(module, (), torch.empty(2, 16, 1, 1))
            assert module.__flops__ == 5 + 2 * 16 * 3
        assert options == {
            "as_strings": False, "print_per_layer_stat": False, "backend": backend, "backend_specific_config": config,
        }  # fmt: skip
        return counts.pop(0), sum(parameter.numel() for parameter in parameters)

    hooks = {
        f"{name}_flops_counter_hook": text
        for name, text in {"bn": "norm", "conv": "conv", "pool": "pool", "linear": "linear"}.items()
    }
    fake_package(monkeypatch, "ptflops", get_model_complexity_info=complexity, pytorch_ops=SimpleNamespace(**hooks))
    result = crosscheck.crosscheck(analysis, tool)
    assert (result.agrees, result.version) == (True, "0.7.5"), result
    assert capsys.readouterr().out == ""
    assert crosscheck.crosscheck(analysis, tool).sentence == f"{tool}: could not be run (it gave no count)"
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=0))
    counts.append(result.count)
    needs_memory = device == "cpu"  # the meta device allocates nothing
    assert (crosscheck.crosscheck(analysis, tool).count is None) == needs_memory


def test_optional_counters_are_run_only_where_they_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "find_spec", lambda package: None)
    assert crosscheck.installed_tools() == ("torchinfo", "fvcore", "flop_counter")
    monkeypatch.setattr(crosscheck, "find_spec", lambda package: package if package == "deepspeed" else None)
    assert crosscheck.installed_tools()[-1] == "DeepSpeed"
    assert len(crosscheck.installed_tools()) == 4
