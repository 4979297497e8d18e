"""The measured network: whole and step by step, calibrated statistics and random input."""

import weakref

import pytest
import torch
from torch import Tensor, nn

from resnet_viz.graph.calls import INPUT, id_of_group
from resnet_viz.graph.trace import trace
from resnet_viz.profiling.workload import RANDOM_SEED, Workload, calibrate
from resnet_viz.spec.network import ResNetSpec
from tests.profiling.doubles.networks import CPU, SMALL, SPECS, TINY, prepared

each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
DEEP = ResNetSpec(block="bottleneck", blocks=(3, 4, 23, 3), width=8, classes=10, input=(1, 3, 64, 64))


def stepwise(work: Workload) -> Tensor:
    """Return the output of the last step."""
    outputs: list[Tensor] = []
    handle = work.steps[-1].module.register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
    try:
        places = list(work.run_steps())
    finally:
        handle.remove()
    assert places == list(range(len(work.steps) + 1))
    (output,) = outputs
    return output


@each_spec
def test_running_step_by_step_gives_the_networks_output(spec: ResNetSpec) -> None:
    work = prepared(spec)
    with torch.inference_mode():
        whole = work.run_whole()
        assert torch.equal(stepwise(work), whole)
        assert torch.equal(work.run_whole(), whole), "a pass changes nothing"
    assert float(whole.std()) > 0


@each_spec
def test_steps_are_the_traced_layers_in_their_order(spec: ResNetSpec) -> None:
    work = prepared(spec)
    calls = trace(spec)
    assert [step.id for step in work.steps] == [call.id for call in calls]
    assert [len(step.reads) for step in work.steps] == [len(call.inputs) for call in calls]


@each_spec
def test_a_tensor_is_freed_after_its_last_reader(spec: ResNetSpec) -> None:
    work = prepared(spec)
    calls = trace(spec)
    needed_until = {source: place for place, call in enumerate(calls) for source in call.inputs if source != INPUT}
    born: dict[str, weakref.ref[Tensor]] = {}

    def note(name: str) -> object:
        return lambda _module, _inputs, output: born.update({name: weakref.ref(output)}) and None

    handles = [step.module.register_forward_hook(note(step.id)) for step in work.steps]  # type: ignore[arg-type]
    with torch.inference_mode():
        for place in work.run_steps():
            alive = {name for name, tensor in born.items() if tensor() is not None}
            needed = {name for name in born if needed_until.get(name, len(calls)) >= place}
            assert alive == needed
    for handle in handles:
        handle.remove()


def test_the_input_is_real_data_and_the_same_every_time() -> None:
    x = prepared(TINY, batch=4).x
    assert tuple(x.shape) == (4, 3, 32, 32)
    assert abs(float(x.mean())) < 0.1
    assert float(x.std()) == pytest.approx(1.0, abs=0.1)
    assert torch.equal(x, prepared(TINY, batch=4).x)


def test_weights_are_real_and_the_same_every_time() -> None:
    one, two = prepared(TINY).network, prepared(TINY).network
    for (name, left), (_, right) in zip(one.named_parameters(), two.named_parameters(), strict=True):
        assert torch.equal(left, right), name
    assert all(float(m.weight.detach().std()) > 0 for m in one.modules() if isinstance(m, nn.Conv2d))


def test_preparing_does_not_change_the_users_random_numbers() -> None:
    torch.manual_seed(RANDOM_SEED + 1)
    expected = torch.rand(3)
    torch.manual_seed(RANDOM_SEED + 1)
    prepared(TINY)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(
    ("dtype", "kept"), [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)]
)
def test_weights_and_input_have_the_dtype_and_layout(dtype: str, kept: torch.dtype) -> None:
    work = prepared(SMALL, dtype=dtype, memory_format="channels_last")
    assert work.x.dtype is kept
    assert {parameter.dtype for parameter in work.network.parameters()} == {kept}
    weights = [module.weight for module in work.network.modules() if isinstance(module, nn.Conv2d)]
    for tensor in (work.x, *(weight for weight in weights if weight.shape[2] > 1)):
        assert tensor.is_contiguous(memory_format=torch.channels_last)
        assert not tensor.is_contiguous()


def test_channels_last_stays_through_the_network() -> None:
    work = prepared(SMALL, memory_format="channels_last")
    layouts: dict[str, bool] = {}
    for step in work.steps:
        step.module.register_forward_hook(
            lambda _module, _inputs, output, name=step.id: layouts.update(
                {name: output.dim() < 4 or output.is_contiguous(memory_format=torch.channels_last)}
            )
        )
    with torch.inference_mode():
        work.run_whole()
    assert [name for name, kept in layouts.items() if not kept] == []


def test_contiguous_is_contiguous() -> None:
    work = prepared(SMALL)
    assert work.x.is_contiguous()
    assert all(parameter.is_contiguous() for parameter in work.network.parameters())


@pytest.mark.parametrize("dtype", ["fp16", "bf16"])
def test_a_deep_network_stays_finite_in_half_precision(dtype: str) -> None:
    work = prepared(DEEP, dtype=dtype)
    with torch.inference_mode():
        output = work.run_whole()
    assert bool(torch.isfinite(output).all())
    assert 1e-3 < float(output.float().std()) < 1e3


def test_calibration_makes_every_norm_put_out_unit_variance() -> None:
    work = prepared(DEEP)
    fresh = torch.Generator().manual_seed(5)
    found: list[float] = []
    for module in work.network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda _module, _inputs, output: found.append(float(output.std())))
    with torch.inference_mode():
        work.network(torch.randn((8, 3, 64, 64), generator=fresh))
    assert len(found) == 104
    assert max(found) < 3.0
    assert min(found) > 0.3


def test_calibration_restores_momentum_and_evaluation_mode() -> None:
    work = prepared(SMALL)
    norms = [module for module in work.network.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    calibrate(work.network, SMALL, CPU, torch.Generator().manual_seed(1))
    assert [norm.momentum for norm in norms] == before == [0.1] * len(norms)
    assert not work.network.training
    assert not any(torch.equal(norm.running_var, torch.ones_like(norm.running_var)) for norm in norms)  # type: ignore[arg-type]


@each_spec
def test_block_ranges_cover_every_step(spec: ResNetSpec) -> None:
    work = prepared(spec)
    calls = trace(spec)
    blocks = list(dict.fromkeys(id_of_group(call.stage, call.block, "block") for call in calls))
    assert [call_range.id for call_range in work.block_ranges] == blocks
    borders = [(call_range.start, call_range.stop) for call_range in work.block_ranges]
    assert [start for start, _ in borders] == [0, *(stop for _, stop in borders[:-1])]
    assert borders[-1][1] == len(work.steps)


@pytest.mark.parametrize(("size", "expected"), [((16, 12), (16, 12)), ((240, 300), (224, 224))])
def test_a_network_is_calibrated_on_few_and_small_images(size: tuple[int, int], expected: tuple[int, int]) -> None:
    network, seen = prepared(SMALL).network, []
    network.register_forward_pre_hook(lambda _module, inputs: seen.append(tuple(inputs[0].shape)))
    calibrate(network, SMALL.but(input=(64, 3, *size)), CPU, torch.Generator().manual_seed(1))
    assert seen == [(8, 3, *expected)]
