"""What a training pass adds to a forward pass: the loss, the backward pass and the optimizer, block by block."""

from collections.abc import Generator, Iterator, Sequence
from copy import copy
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import SGD, Adam
from torch.optim import Optimizer as TorchOptimizer

from resnet_viz.profiling.workload import BlockRange, Workload
from resnet_viz.spec.profiling import Optimizer

LABEL_SEED = 2016
LEARNING_RATE = 1e-6
"""So small that thousands of steps leave the weights as they are; the time of a step does not depend on it."""
MOMENTUM = 0.9
ADAM_EPSILON = {torch.float16: 1e-2}
"""Adam's default of 1e-8 is 0 in fp16, where squares of gradients below 0.008 vanish too: weights would run away."""
LAUNCHES: dict[Optimizer, int] = {"sgd": 2, "adam": 6}
"""How much of a device's queue the update of one block takes, in steps of up to three launches."""
LOSS_LAUNCHES = 4
GRAPH_DEVICES = ("cuda",)
"""The devices whose graphs can hold an update of the weights."""


class TrainingWorkload:
    """Forward and backward of a workload: its steps, then one backward step for each block, the last block first.

    The autograd graph is cut between blocks, so that each block's backward pass can be run and timed by itself. The
    backward pass begins with a fixed random gradient of the output.
    """

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        with torch.no_grad():
            self._output_gradient = torch.randn_like(workload.run_whole())
        self.steps: tuple[object, ...] = (*workload.steps, *workload.block_ranges)
        self.cuts = (*workload.cuts, *range(len(workload.steps), len(self.steps)))
        self.launches = (*workload.launches, *_backward_launches(workload.block_ranges))

    @property
    def held_tensors(self) -> list[Tensor]:
        """The tensors that live before a pass and after it, apart from the gradients of the weights."""
        return [*self.workload.held_tensors, self._output_gradient]

    def for_graph(self) -> "TrainingWorkload":
        """Return the same work in the form that a graph can hold."""
        return self

    def prepare_pass(self) -> None:
        """Drop the gradients of the previous pass."""
        self.workload.network.zero_grad(set_to_none=True)

    def run_whole(self) -> None:
        """Run the network's own forward and backward pass."""
        torch.autograd.backward(self.workload.run_whole(), self._output_gradient)

    def run_steps(self) -> Iterator[int]:
        """Run forward step by step, then backward block by block."""
        ends = yield from self._run_forward()
        yield from self._run_backward(ends, self._output_gradient, first=len(self.workload.steps))
        yield len(self.steps)

    def _run_forward(self) -> Generator[int, None, list[tuple[Tensor, Tensor]]]:
        """Run the forward steps and return each block's input, without its history, and output."""
        ends: list[tuple[Tensor, Tensor]] = []
        x = self.workload.x
        for block in self.workload.block_ranges:
            x = x.detach().requires_grad_(bool(ends))
            y = yield from self.workload.run_block(block, x)
            ends.append((x, y))
            x = y
        return ends

    def _run_backward(self, ends: list[tuple[Tensor, Tensor]], gradient: Tensor | None, *, first: int) -> Iterator[int]:
        """Run backward block by block from the gradient of the last output; `first` is the number of the first step."""
        for index in range(first, first + len(self.workload.block_ranges)):
            yield index
            x, y = ends.pop()
            torch.autograd.backward(y, gradient)
            gradient = x.grad


class TrainingStep(TrainingWorkload):
    """A training step: forward, the loss, backward block by block, then the optimizer block by block, the first first.

    The loss is the cross-entropy against fixed random labels, taken in fp32; its step holds its own backward pass too.
    A backbone has no classes: its backward pass begins with a fixed random gradient, without a loss. The whole
    step updates all weights in one call, as a training loop does; the steps update the weights of one block in each
    call, with the same state. Dropping the gradients of the previous pass is not part of either.
    """

    def __init__(self, workload: Workload, optimizer: Optimizer) -> None:
        """Make the optimizer's state by running a step, so that later steps only update it."""
        super().__init__(workload)
        blocks = workload.block_ranges
        self._labels = _labels(workload) if isinstance(workload.steps[-1].module, nn.Linear) else None
        self._name = optimizer
        self._optimizer, self._block_optimizers = self._make_optimizers()
        loss = () if self._labels is None else ("loss",)
        self.steps = (*workload.steps, *loss, *blocks, *self._block_optimizers)
        self.cuts = (*workload.cuts, *range(len(workload.steps), len(self.steps)))
        self.launches = (
            *workload.launches,
            *(LOSS_LAUNCHES for _ in loss),
            *_backward_launches(blocks),
            *(LAUNCHES[optimizer] for _ in blocks),
        )
        self.prepare_pass()
        self.run_whole()

    @property
    def held_tensors(self) -> list[Tensor]:
        """The tensors that live before a step and after it, apart from the gradients of the weights."""
        state = (value for values in self._optimizer.state.values() for value in values.values())
        labels = [] if self._labels is None else [self._labels]
        return [*super().held_tensors, *labels, *(value for value in state if isinstance(value, Tensor))]

    def for_graph(self) -> "TrainingStep":
        """Return the same step with optimizers that a graph can hold.

        They share everything with these but the counts of steps, of which Adam's must then be on the card. An eager
        step with the counts there would be another than torch's default, so both forms exist.
        """
        step = copy(self)
        step._optimizer, step._block_optimizers = self._make_optimizers(for_graph=True)
        for parameter, values in self._optimizer.state.items():
            count = {"step": values["step"].to(parameter.device, copy=True)} if "step" in values else {}
            step._optimizer.state[parameter] = {**values, **count}
        step.steps = (*self.steps[: -len(self._block_optimizers)], *step._block_optimizers)
        return step

    @property
    def is_finite(self) -> bool:
        """Whether every weight is still a finite number."""
        return all(bool(torch.isfinite(parameter).all()) for parameter in self.workload.network.parameters())

    def run_whole(self) -> None:
        """Run the network's own forward pass, the loss, its backward pass and one update of all weights."""
        if self._labels is None:
            super().run_whole()
        else:
            torch.autograd.backward(self._loss(self.workload.run_whole()))
        self._optimizer.step()

    def run_steps(self) -> Iterator[int]:
        """Run forward step by step, the loss, then backward and the optimizer block by block."""
        ends = yield from self._run_forward()
        first = len(self.workload.steps)
        gradient: Tensor | None = self._output_gradient
        if self._labels is not None:
            yield first
            output = ends[-1][1].detach().requires_grad_()
            torch.autograd.backward(self._loss(output))
            gradient = output.grad
            first += 1
        yield from self._run_backward(ends, gradient, first=first)
        for index, optimizer in enumerate(self._block_optimizers, first + len(self.workload.block_ranges)):
            yield index
            optimizer.step()
        yield len(self.steps)

    def _make_optimizers(self, *, for_graph: bool = False) -> tuple[TorchOptimizer, list[TorchOptimizer]]:
        """Return the optimizer of all weights, and those of each block, which have the same state."""
        parameters = self.workload.network.parameters()
        whole = make_optimizer(self._name, parameters, for_graph=for_graph)
        blocks = [
            make_optimizer(self._name, _parameters(self.workload, block), for_graph=for_graph)
            for block in self.workload.block_ranges
        ]
        for optimizer in blocks:
            optimizer.state = whole.state
        return whole, blocks

    def _loss(self, output: Tensor) -> Tensor:
        assert self._labels is not None
        return functional.cross_entropy(output.float(), self._labels)


class ClearingPass:
    """A training pass that drops the gradients of the previous pass itself, as a pass in a CUDA graph has to.

    Otherwise each replay would add to the gradients, which no timer clears between replays.
    """

    def __init__(self, work: TrainingWorkload) -> None:
        self._work = work.for_graph()
        self.steps = self._work.steps

    def prepare_pass(self) -> None:
        """Do nothing: the pass prepares itself."""

    def run_whole(self) -> None:
        """Drop the gradients and run the whole pass."""
        self._work.prepare_pass()
        self._work.run_whole()

    def run_steps(self) -> Iterator[int]:
        """Drop the gradients and run the pass step by step."""
        self._work.prepare_pass()
        yield from self._work.run_steps()


def training_work(workload: Workload, optimizer: Optimizer | None) -> TrainingWorkload:
    """Return a training step with the optimizer, or forward and backward without one."""
    return TrainingWorkload(workload) if optimizer is None else TrainingStep(workload, optimizer)


def make_optimizer(
    name: Optimizer, parameters: Iterator[nn.Parameter] | Sequence[nn.Parameter], *, for_graph: bool = False
) -> TorchOptimizer:
    """Return torch's optimizer for the parameters; on a card it updates many of them in one launch (foreach).

    One `for_graph` keeps everything that a step changes on the card, where the card has graphs.
    """
    parameters = list(parameters)
    if name == "sgd":
        return SGD(parameters, lr=LEARNING_RATE, momentum=MOMENTUM)
    capturable = for_graph and parameters[0].device.type in GRAPH_DEVICES
    return Adam(parameters, lr=LEARNING_RATE, eps=ADAM_EPSILON.get(parameters[0].dtype, 1e-8), capturable=capturable)


def _labels(workload: Workload) -> Tensor:
    """Return a random class for each image, equal on every device."""
    head = workload.steps[-1].module
    assert isinstance(head, nn.Linear)
    generator = torch.Generator().manual_seed(LABEL_SEED)
    labels = torch.randint(head.out_features, (workload.x.shape[0],), generator=generator)
    return labels.to(workload.x.device)


def _parameters(workload: Workload, block: BlockRange) -> list[nn.Parameter]:
    return list(chain.from_iterable(step.module.parameters() for step in workload.steps[block.start : block.stop]))


def _backward_launches(blocks: Sequence[BlockRange]) -> Iterator[int]:
    return (block.stop - block.start for block in reversed(blocks))
