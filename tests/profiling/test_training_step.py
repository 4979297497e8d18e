"""A training pass: gradients and updates block by block are those of plain torch, and weights stay finite."""

import copy
from collections.abc import Callable
from importlib import import_module

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from resnet_viz.profiling import training_step as module
from resnet_viz.profiling.training_step import ClearingPass, TrainingStep
from resnet_viz.profiling.workload import Workload
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import Optimizer
from tests.profiling.doubles.networks import SMALL, SPECS, prepared, training

each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
each_optimizer = pytest.mark.parametrize("optimizer", ["sgd", "adam"])
RATE = 0.01
"""A learning rate that changes the weights visibly."""


def gradients(work: Workload) -> dict[str, Tensor]:
    found = {}
    for name, parameter in work.network.named_parameters():
        assert parameter.grad is not None, name
        found[name] = parameter.grad.clone()
    return found


@each_spec
def test_running_backward_block_by_block_gives_the_networks_gradients(spec: ResNetSpec) -> None:
    work, steps = training(spec)
    steps.prepare_pass()
    steps.run_whole()
    expected = gradients(work)
    steps.prepare_pass()
    assert all(parameter.grad is None for parameter in work.network.parameters())
    assert list(steps.run_steps()) == list(range(len(work.steps) + len(work.block_ranges) + 1))
    for name, found in gradients(work).items():
        assert torch.allclose(found, expected[name], rtol=1e-3, atol=1e-5), name
        assert float(found.abs().max()) > 0, name


def test_each_backward_step_fills_the_gradients_of_its_own_block() -> None:
    work, steps = training(SPECS["bottleneck"])
    steps.prepare_pass()
    filled: set[str] = set()
    order = []
    for place in steps.run_steps():
        now = {name for name, parameter in work.network.named_parameters() if parameter.grad is not None}
        new, filled = now - filled, now
        if place <= len(work.steps):
            assert not new
        else:
            order.append(work.block_ranges[-(place - len(work.steps))].id)
            if order[-1] not in ("stem", "head"):
                assert {".".join(name.split(".")[:2]) for name in new} == {order[-1]}
    assert order == [call_range.id for call_range in reversed(work.block_ranges)]


def test_training_computes_no_gradient_of_the_input() -> None:
    work, steps = training(SMALL)
    for _ in range(2):
        steps.prepare_pass()
        list(steps.run_steps())
    assert work.x.grad is None
    assert not work.x.requires_grad
    assert work.network.training


def test_a_pass_may_be_cut_before_every_block_but_the_first_and_before_each_backward_step() -> None:
    work, steps = training(SPECS["bottleneck"])
    starts = [block.start for block in work.block_ranges]
    assert list(work.cuts) == starts[1:]
    assert list(steps.cuts) == [*starts[1:], *range(len(work.steps), len(work.steps) + len(starts))]


def step_of(spec: ResNetSpec, optimizer: Optimizer, **settings: object) -> tuple[Workload, TrainingStep]:
    work = prepared(spec, passes="training-step", **settings)
    return work, TrainingStep(work, optimizer)


def run_whole(step: TrainingStep) -> None:
    step.prepare_pass()
    step.run_whole()


def run_steps(step: TrainingStep) -> None:
    step.prepare_pass()
    assert list(step.run_steps()) == list(range(len(step.steps) + 1))


def plain_steps(network: nn.Module, x: Tensor, optimizer: Optimizer, steps: int) -> None:
    """Train as any script does, on the labels that a seed gives."""
    parameters = network.parameters()
    update: torch.optim.Optimizer
    if optimizer == "adam":
        update = torch.optim.Adam(parameters, lr=RATE)
    else:
        update = torch.optim.SGD(parameters, lr=RATE, momentum=0.9)
    labels = torch.randint(10, (len(x),), generator=torch.Generator().manual_seed(module.LABEL_SEED))
    for _ in range(steps):
        update.zero_grad()
        functional.cross_entropy(network(x), labels).backward()  # type: ignore[no-untyped-call]
        update.step()


@each_optimizer
@pytest.mark.parametrize("run", [run_whole, run_steps], ids=["whole", "by block"])
def test_weights_after_a_step_are_those_of_a_plain_training_loop(
    optimizer: Optimizer, run: Callable[[TrainingStep], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making the step runs one already, which makes the optimizer's state."""
    monkeypatch.setattr(module, "LEARNING_RATE", RATE)
    work = prepared(SPECS["bottleneck"], passes="training-step")
    plain = copy.deepcopy(work.network)
    step = TrainingStep(work, optimizer)
    run(step)
    run(step)
    plain_steps(plain, work.x, optimizer, steps=3)
    before = prepared(SPECS["bottleneck"], passes="training-step").network
    for (name, expected), found, old in zip(
        plain.named_parameters(), work.network.parameters(), before.parameters(), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=0, atol=2e-5, msg=name)
        assert float((found - old).detach().abs().max()) > 1e-4, name


@each_optimizer
def test_each_update_changes_the_weights_of_its_own_block(
    optimizer: Optimizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEARNING_RATE", RATE)
    work, step = step_of(SPECS["bottleneck"], optimizer)
    first = len(step.steps) - len(work.block_ranges)
    step.prepare_pass()
    changed: list[set[str]] = []
    weights: dict[str, Tensor] = {}
    for index in step.run_steps():
        now = {name: weight.detach().clone() for name, weight in work.network.named_parameters()}
        if index > first:
            changed.append({name for name, weight in now.items() if not torch.equal(weight, weights[name])})
        elif weights:
            assert all(torch.equal(weight, weights[name]) for name, weight in now.items()), "nothing else changes them"
        weights = now
    assert set.union(*changed) == weights.keys()
    assert sum(map(len, changed)) == len(weights)
    for block, names in zip(work.block_ranges, changed, strict=True):
        owners = {call.id for call in work.steps[block.start : block.stop]}
        assert {name.rpartition(".")[0] for name in names} <= owners


@each_spec
def test_a_training_step_runs_on_every_kind_of_network(spec: ResNetSpec) -> None:
    work, step = step_of(spec, "sgd")
    run_steps(step)
    blocks, losses = len(work.block_ranges), int(spec.head)
    assert len(step.steps) == len(step.launches) == len(work.steps) + losses + 2 * blocks
    assert list(step.cuts) == [*work.cuts, *range(len(work.steps), len(step.steps))]


@each_optimizer
@pytest.mark.parametrize("dtype", ["fp32", "bf16", "fp16"])
def test_weights_stay_finite_and_near_their_values_over_many_steps(optimizer: Optimizer, dtype: str) -> None:
    work, step = step_of(SMALL, optimizer, dtype=dtype)
    before = [weight.detach().clone() for weight in work.network.parameters()]
    for _ in range(50):
        run_whole(step)
    assert step.is_finite
    for weight, old in zip(work.network.parameters(), before, strict=True):
        assert float((weight - old).detach().abs().max()) < 1e-3
    with torch.no_grad():
        next(work.network.parameters()).view(-1)[3] = torch.nan
    assert not step.is_finite


@pytest.mark.parametrize(("optimizer", "numbers"), [("sgd", 1), ("adam", 2)])
def test_the_state_of_an_optimizer_is_held_once_although_blocks_are_updated_alone(
    optimizer: Optimizer, numbers: int
) -> None:
    work, step = step_of(SMALL, optimizer)
    run_steps(step)
    forward = {tensor.data_ptr() for tensor in work.held_tensors}
    state = [tensor for tensor in step.held_tensors if tensor.data_ptr() not in forward and tensor.dim() > 0]
    elements = sum(tensor.numel() for tensor in state if tensor.dtype is torch.float32)
    parameters = sum(parameter.numel() for parameter in work.network.parameters())
    assert elements == numbers * parameters + 2 * 10, "and the gradient of the output"
    labels = [tensor for tensor in state if tensor.dtype is torch.int64]
    assert [tuple(tensor.shape) for tensor in labels] == [(2,)]


def test_a_pass_for_a_graph_drops_the_gradients_of_the_previous_one_by_itself() -> None:
    """A replay runs it again without anything in between, and must not add to the gradients."""
    work, steps = training(SPECS["bottleneck"])
    steps.prepare_pass()
    steps.run_whole()
    expected = gradients(work)
    captured = ClearingPass(steps)
    for _ in range(2):
        captured.prepare_pass()
        captured.run_whole()
        for name, found in gradients(work).items():
            assert torch.allclose(found, expected[name], rtol=1e-3, atol=1e-5), name
        captured.prepare_pass()
        assert list(captured.run_steps()) == list(range(len(captured.steps) + 1))
        for name, found in gradients(work).items():
            assert torch.allclose(found, expected[name], rtol=1e-3, atol=1e-5), name


def test_only_the_form_for_a_graph_counts_adams_steps_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eager steps are those of torch's default. The processor stands for the card here."""
    monkeypatch.setattr(import_module("torch.optim.adam"), "_get_capturable_supported_devices", lambda **_: ["cpu"])
    monkeypatch.setattr(module, "GRAPH_DEVICES", ("cpu",))
    monkeypatch.setattr(module, "LEARNING_RATE", RATE)
    made: list[tuple[bool, torch.optim.Optimizer]] = []
    make = module.make_optimizer

    def watched(*asked: object, for_graph: bool = False) -> torch.optim.Optimizer:
        made.append((for_graph, make(*asked, for_graph=for_graph)))  # type: ignore[arg-type]
        return made[-1][1]

    monkeypatch.setattr(module, "make_optimizer", watched)
    work = prepared(SPECS["bottleneck"], passes="training-step")
    plain = copy.deepcopy(work.network)
    step = TrainingStep(work, "adam")
    captured = ClearingPass(step)
    assert {(for_graph, one.param_groups[0]["capturable"]) for for_graph, one in made} == {(False, False), (True, True)}
    assert [list(captured.run_steps())[-1], captured.steps[-1]] == [len(step.steps), made[-1][1]]
    captured.run_whole()
    plain_steps(plain, work.x, "adam", steps=3)
    for found, expected in zip(work.network.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=2e-5)
    eager, graph = (next(one for asked, one in made if asked is kind) for kind in (False, True))
    for parameter, state in eager.state.items():
        assert float(state["step"]) == 1.0
        assert float(graph.state[parameter]["step"]) == 3.0
        assert graph.state[parameter]["exp_avg"] is state["exp_avg"], "the moments are held once"


@each_optimizer
def test_a_form_for_a_graph_updates_the_same_weights_with_the_same_state(optimizer: Optimizer) -> None:
    work, step = step_of(SMALL, optimizer)
    captured = ClearingPass(step)
    before = [weight.detach().clone() for weight in work.network.parameters()]
    captured.run_whole()
    assert any(not torch.equal(now, old) for now, old in zip(work.network.parameters(), before, strict=True))
    held = {tensor.data_ptr() for tensor in step.held_tensors if tensor.dim() > 0}
    assert held == {tensor.data_ptr() for tensor in step.for_graph().held_tensors if tensor.dim() > 0}
