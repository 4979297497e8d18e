"""Live tensors and tensors saved for backward, compared with real tensors that torch frees and saves."""

import weakref
from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

from resnet_viz.errors import SpecError
from resnet_viz.graph.trace import trace
from resnet_viz.metrics.memory import largest_batches, memory
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.model.operations import OPERATIONS
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.workload import Workload
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.memory import batches_text, memory_caveat
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

SAVED_MB = {
    "resnet18": 22.22, "resnet34": 32.28, "resnet50": 86.12, "resnet101": 127.27, "resnet152": 178.04,
    "resnext50_32x4d": 112.47, "wide_resnet50_2": 112.47,
}  # fmt: skip


PREFIX = "after "


class OperationTracer(fx.Tracer):
    """Traces every operation of ours as one node of the graph."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in OPERATIONS


class LiveTensorRecorder(fx.Interpreter):
    """Runs a real network, frees each tensor after its last use, and records the live tensors at each layer."""

    def __init__(self, network: nn.Module, spec: ResNetSpec) -> None:
        super().__init__(fx.GraphModule(network, OperationTracer().trace(network)))
        self._spec = spec
        self._written: list[tuple[str, weakref.ref[Tensor]]] = []
        self.live_at: dict[str, tuple[set[str], int]] = {}

    def placeholder(self, target: Any, args: Any, kwargs: Any) -> Tensor:
        """Make the image, which only this pass holds."""
        return self._record("", torch.rand(self._spec.input))

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Tensor:
        """Run one layer, its inputs still live, and record the live tensors."""
        result = self._record(str(target), super().call_module(target, args, kwargs))
        sizes = {name: tensor.untyped_storage().nbytes() for name, tensor in self._live()}
        self.live_at[str(target)] = (set(sizes), sum(sizes.values()))
        return result

    def _live(self) -> Iterator[tuple[str, Tensor]]:
        for name, reference in self._written:
            tensor = reference()
            if tensor is not None:
                yield name, tensor

    def _record(self, name: str, tensor: Tensor) -> Tensor:
        """Record a tensor, a view under the name of the tensor whose storage it shares."""
        storage = tensor.untyped_storage().data_ptr()
        bases = [writer for writer, live in self._live() if live.untyped_storage().data_ptr() == storage]
        self._written.append((bases[0] if bases else name, weakref.ref(tensor)))
        return tensor


def live_in_a_real_pass(spec: ResNetSpec) -> dict[str, tuple[set[str], int]]:
    """For each layer of a real pass, the writers of the live tensors and the bytes of all of them."""
    run = LiveTensorRecorder(build(spec, "cpu").eval(), spec)
    with torch.inference_mode():
        run.run(None)
    return run.live_at


def autograd_saved_bytes(spec: ResNetSpec, dtype: torch.dtype = torch.float32) -> int:
    """The bytes that autograd saves in a real training pass, without parameters and buffers."""
    network = build(spec, "cpu").train().to(dtype)
    own = {value.untyped_storage().data_ptr() for value in (*network.parameters(), *network.buffers())}
    sizes: dict[int, int] = {}
    held = []

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            sizes[storage.data_ptr()] = storage.nbytes()
            held.append(tensor)  # so that its address is not reused
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        network(torch.rand(spec.input, dtype=dtype))
    return sum(sizes.values())


def test_the_peaks_of_resnet18_and_resnet50() -> None:
    found = memory(analyse(preset("resnet18")))
    assert (found.peak_bytes, found.peak_at) == (2 * 64 * 112 * 112 * 4, "bn1")
    found = memory(analyse(preset("resnet50")))
    assert (found.peak_bytes, found.peak_at) == (3 * 256 * 56 * 56 * 4, "layer1.0.downsample.1")
    assert found.peak_bytes == analyse(preset("resnet50")).totals.peak_activation_bytes


def test_live_tensors_are_those_of_a_real_pass() -> None:
    for spec in (*random_specs(40, seed=9), *FAMILIES.values()):
        found = memory(analyse(spec))
        real = live_in_a_real_pass(spec)
        assert {layer.id: (set(layer.alive), layer.live_bytes) for layer in found.layers} == real, spec
        assert found.peak_bytes == max(size for _, size in real.values()) == analyse(spec).totals.peak_activation_bytes
        assert real[found.peak_at][1] == found.peak_bytes


def test_a_shortcut_stays_live_until_its_addition() -> None:
    layers = {layer.id: layer for layer in memory(analyse(preset("resnet50"))).layers}
    assert layers["layer1.1.conv2"].alive == ("layer1.0.relu3", "layer1.1.relu1", "layer1.1.conv2")
    assert "layer1.0.relu3" in layers["layer1.1.add"].alive
    assert "layer1.0.relu3" not in layers["layer1.1.relu3"].alive


@pytest.mark.parametrize("name", SAVED_MB)
def test_saved_bytes_are_the_published_ones(name: str) -> None:
    assert memory(analyse(preset(name))).kept_bytes / 1e6 == pytest.approx(SAVED_MB[name], rel=0.001)


def test_saved_bytes_are_those_of_autograd() -> None:
    compared = 0
    for spec in (*random_specs(60, seed=10), *FAMILIES.values()):
        try:
            saved = autograd_saved_bytes(spec)
        except ValueError:  # a batch norm refuses to train on one value a channel
            continue
        assert saved == memory(analyse(spec)).kept_bytes, spec
        compared += 1
    assert compared >= 20 + len(FAMILIES)


@pytest.mark.parametrize(("name", "dtype"), [("EvoNorm", torch.bfloat16), ("filter response norm", torch.float16)])
def test_norms_that_activate_save_more_in_half_precision(name: str, dtype: torch.dtype) -> None:
    """They compute their statistics in fp32, in the middle of a pass in half precision."""
    found = memory(analyse(FAMILIES[name]), "bf16")
    assert autograd_saved_bytes(FAMILIES[name], dtype) == found.kept_bytes


def test_the_buffers_of_every_family_are_those_of_the_module() -> None:
    for spec in FAMILIES.values():
        assert memory(analyse(spec)).buffers_bytes == sum(value.nbytes for value in build(spec).buffers()), spec


def test_parameters_and_buffers_are_those_of_the_module() -> None:
    network = build(preset("resnet50"))
    found = memory(analyse(preset("resnet50")))
    assert found.params_bytes == sum(value.nbytes for value in network.parameters())
    assert found.buffers_bytes == sum(value.nbytes for value in network.buffers())
    halves = memory(analyse(preset("resnet50")), "bf16", 8)
    network.bfloat16()
    assert halves.params_bytes == sum(value.nbytes for value in network.parameters())
    assert halves.buffers_bytes == sum(value.nbytes for value in network.buffers())
    assert halves.peak_bytes == found.peak_bytes * 8 // 2


def test_a_given_batch_equals_a_spec_with_that_batch() -> None:
    for spec in random_specs(10, seed=14):
        wide = spec.but(input=(6, *spec.input[1:]))
        assert memory(analyse(spec), "fp16", 6) == memory(analyse(wide), "fp16")
        found = memory(analyse(spec))
        assert found.kept_bytes == found.kept_input_bytes + sum(layer.kept_bytes for layer in found.layers)


def test_the_largest_batch_fits_and_the_next_does_not() -> None:
    analysis = analyse(preset("resnet50"))
    found = largest_batches(memory(analysis, "bf16", 3), 2.5)
    room = 2.5 * 2**30
    for batch, fitting in ((0, True), (1, False)):
        assert (memory(analysis, "bf16", found.inference_batch + batch).inference_bytes <= room) is fitting
        assert (memory(analysis, "bf16", found.training_batch + batch).training_bytes <= room) is fitting
    with pytest.raises(SpecError, match="fits_gib"):
        largest_batches(memory(analysis), 0)
    with pytest.raises(SpecError, match="batch"):
        memory(analysis, "fp32", 0)


def test_the_text_says_what_one_image_needs_where_none_fits() -> None:
    """One image needs the memory of batch 1, whatever batch was asked about."""
    for spec in random_specs(20, seed=15):
        found, one = memory(analyse(spec)), memory(analyse(spec), batch=1)
        least = one.inference_bytes, one.training_bytes
        for room, batches in ((least[0] - 1, (False, False)), (least[0], (True, False)), (least[1], (True, True))):
            fitting = largest_batches(found, room / 2**30)
            assert (fitting.inference_batch > 0, fitting.training_batch > 0) == batches
            text = batches_text(found, fitting, str)
            assert text.startswith("not even one image") == (not batches[0])
            assert (str(least[1]) in text.split()) == (not batches[1])
        assert batches_text(found, largest_batches(found, 1e-9), str) == (
            f"not even one image: inference needs {least[0]}, training {least[1]}"
        )


def allocated(spec: ResNetSpec) -> tuple[dict[str, int], int]:
    """The bytes that torch's CPU allocator has given out after each layer of a real pass, and their maximum."""
    network = build(spec, "cpu").eval()
    work = Workload(network, trace(spec), torch.rand(spec.input))

    def run() -> None:
        for _ in work.run_steps():
            pass

    return _balance(network, run)


def peak_when_called(spec: ResNetSpec) -> int:
    """The most bytes given out at the end of a layer when the module is simply called."""
    network, image = build(spec, "cpu").eval(), torch.rand(spec.input)
    return max(_balance(network, lambda: network(image))[0].values())


def _balance(network: nn.Module, run: Callable[[], object]) -> tuple[dict[str, int], int]:
    for name, module in network.named_modules():
        if type(module) in OPERATIONS:
            module.register_forward_hook(partial(_record_event, name))
    with torch.inference_mode(), torch.profiler.profile(profile_memory=True) as profile:
        run()
    assert profile.profiler is not None
    balance, now, peak = {}, 0, 0
    for event in sorted(profile.profiler.kineto_results.events(), key=lambda event: event.start_ns()):
        if event.name() == "[memory]":
            now += event.nbytes()
            peak = max(peak, now)
        elif event.name().startswith(PREFIX):
            balance[event.name().removeprefix(PREFIX)] = now
    return balance, peak


def _record_event(name: str, _module: nn.Module, _inputs: object, _output: object) -> None:
    with torch.profiler.record_function(PREFIX + name):
        pass


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "preact_resnet110_cifar"])
def test_live_bytes_are_those_of_the_cpu_allocator(name: str) -> None:
    """Compared at the end of every layer; within a layer the allocator holds more, because a convolution copies its
    weights and input into oneDNN's layout, which for the last stage of ResNet-18 is more than all activations.
    """
    found = memory(analyse(preset(name)))
    balance, peak = allocated(found.spec)
    image = prod(found.spec.input) * 4  # allocated before
    for layer in found.layers:
        live = layer.live_bytes - (image if "" in layer.alive else 0)
        assert balance[layer.id] == pytest.approx(live, rel=0.02), layer.id
    assert max(balance.values()) == pytest.approx(found.peak_bytes, rel=0.02)
    assert peak >= max(balance.values())


@pytest.mark.parametrize(
    ("name", "part"),
    [("resnet18", "nothing more for ResNet-18"), ("resnet50", "42 % more for ResNet-50"),
     ("preact_resnet110_cifar", "67 % more for PreAct ResNet-110")],
)  # fmt: skip
def test_the_note_gives_the_extra_memory_of_a_called_module(name: str, part: str) -> None:
    found = memory(analyse(preset(name)))
    more = round(100 * (peak_when_called(found.spec) / found.peak_bytes - 1))
    assert part in memory_caveat()
    assert part.startswith(f"{more} % more" if more else "nothing more")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", ["resnet18", "resnet50", "preact_resnet110_cifar"])
def test_live_bytes_are_those_of_the_gpu_allocator(name: str) -> None:
    """Compared after every layer, in blocks of 512 bytes; a first pass lets libraries allocate what they keep."""
    found = memory(analyse(preset(name).but(input=(4, *preset(name).input[1:]))))
    network = build(found.spec, "cpu").eval().cuda()
    work = Workload(network, trace(found.spec), torch.rand(found.spec.input, device="cuda"))
    seen: dict[str, int] = {}
    with torch.inference_mode():
        for _ in work.run_steps():
            pass
        before = torch.cuda.memory_allocated()
        for layer, module in network.named_modules():
            if type(module) in OPERATIONS:
                module.register_forward_hook(
                    lambda *_, layer=layer: seen.update({layer: torch.cuda.memory_allocated()})
                )
        for _ in work.run_steps():
            pass
    image = prod(found.spec.input) * 4  # allocated before
    for layer_memory in found.layers:
        live = layer_memory.live_bytes - (image if "" in layer_memory.alive else 0)
        rounding = 512 * len(layer_memory.alive)
        assert seen[layer_memory.id] - before == pytest.approx(live, rel=0.02, abs=rounding), layer_memory.id


def test_the_saved_bytes_of_a_comparison_are_those_of_the_memory() -> None:
    for spec in (*random_specs(40, seed=21), *FAMILIES.values()):
        analysis = analyse(spec)
        assert saved_bytes(analysis.layers, analysis.edges) == memory(analysis).kept_bytes, spec
