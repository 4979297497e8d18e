"""A network ready to be measured: real weights and input on the device, and its operations as a list of steps."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn

from resnet_viz.device.info import DTYPES
from resnet_viz.graph.calls import INPUT, Call, id_of_group
from resnet_viz.graph.trace import trace
from resnet_viz.model.resnet import ResNet, build
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

RANDOM_SEED = 2015
CALIBRATION_IMAGES = 8
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@dataclass(frozen=True)
class ModuleCall:
    """One module call, which reads and writes tensors in numbered slots and frees those that no later call reads."""

    id: str
    module: nn.Module
    reads: tuple[int, ...]
    writes: int
    frees: tuple[int, ...]


@dataclass(frozen=True)
class BlockRange:
    """The range of steps, `start` to `stop` (excluded), of the stem, a block or the head: one tensor in, one out."""

    id: str
    start: int
    stop: int


class Workload:
    """A network with its input, which can run its forward pass whole or step by step.

    `cuts` are the steps before which a timed pass may be interrupted; `launches` is how many launches each step counts
    for in the device's queue.
    """

    def __init__(self, network: nn.Module, calls: Sequence[Call], x: Tensor) -> None:
        self.network = network
        self.x = x
        self.steps = _module_calls(network, calls)
        self.block_ranges = _block_ranges(calls)
        self.cuts = tuple(block.start for block in self.block_ranges if block.start)
        self.launches = (1,) * len(self.steps)

    @property
    def held_tensors(self) -> list[Tensor]:
        """The tensors that live before a pass and after it: weights, buffers and the input."""
        return [*self.network.parameters(), *self.network.buffers(), self.x]

    def prepare_pass(self) -> None:
        """Do nothing: a forward pass leaves nothing behind that must be cleared."""

    def run_whole(self) -> Tensor:
        """Run the network's own forward pass and return its output."""
        result: Tensor = self.network(self.x)
        return result

    def run_steps(self) -> Iterator[int]:
        """Run the steps one by one: yield i before step i, and the number of steps after the last."""
        slots = {0: self.x}  # lives until the last number was yielded, so that no memory is freed within the last step
        yield from self._run_between(0, len(self.steps), slots)
        yield len(self.steps)

    def run_block(self, block: BlockRange, x: Tensor) -> Generator[int, None, Tensor]:
        """Run the steps of one block on its input: yield i before step i, and return the block's output."""
        slots = {self.steps[block.start].reads[0]: x}
        yield from self._run_between(block.start, block.stop, slots)
        return slots[block.stop]

    def _run_between(self, start: int, stop: int, slots: dict[int, Tensor]) -> Iterator[int]:
        for index in range(start, stop):
            step = self.steps[index]
            yield index
            slots[step.writes] = step.module(*[slots[slot] for slot in step.reads])
            for slot in step.frees:
                del slots[slot]


def prepare(spec: ResNetSpec, settings: ProfileSettings, device: torch.device) -> Workload:
    """Build the network with random weights, give its batch norms statistics that fit, and put it on the device.

    Without fitting statistics the activations of a deep network overflow in fp16. Raises torch's errors where memory
    runs out.
    """
    generator = torch.Generator().manual_seed(RANDOM_SEED)
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(RANDOM_SEED)  # only the CPU's: torch.manual_seed would seed the cards as well
    network = build(spec, "cpu")
    torch.set_rng_state(before)
    layout, dtype = LAYOUTS[settings.memory_format], DTYPES[settings.dtype]
    network.to(device)
    calibrate(network, spec, device, generator)
    network = _converted(network, dtype, layout)
    network.train(settings.is_training)
    return Workload(network, trace(spec), random_input(spec.input, settings, device, generator))


def random_input(
    shape: Sequence[int], settings: ProfileSettings, device: torch.device, generator: torch.Generator
) -> Tensor:
    """Return random normal data, equal on every device; zeros would be computed faster than real data."""
    x = torch.randn(tuple(shape), generator=generator).to(device=device, dtype=DTYPES[settings.dtype])
    return x.contiguous(memory_format=LAYOUTS[settings.memory_format]) if x.dim() == 4 else x


def calibrate(network: nn.Module, spec: ResNetSpec, device: torch.device, generator: torch.Generator) -> None:
    """Give the batch norms statistics that fit the weights, by one training pass over a few small images.

    The pass uses cumulative averages; momentum is restored, and the network is left in evaluation mode.
    """
    momenta = {module: module.momentum for module in network.modules() if isinstance(module, nn.BatchNorm2d)}
    for norm in momenta:
        norm.reset_running_stats()
        norm.momentum = None
    _, channels, height, width = spec.input
    images = torch.randn((CALIBRATION_IMAGES, channels, min(height, 224), min(width, 224)), generator=generator)
    network.train()
    with torch.no_grad():
        network(images.to(device))
    for norm, momentum in momenta.items():
        norm.momentum = momentum
    network.eval()


def _converted(network: ResNet, dtype: torch.dtype, layout: torch.memory_format) -> ResNet:
    """Convert dtype and layout; `nn.Module.to` can do both, but its types know neither together."""
    network.to(dtype=dtype)
    return network.to(memory_format=layout)  # type: ignore[call-overload, no-any-return]


def _module_calls(network: nn.Module, calls: Sequence[Call]) -> tuple[ModuleCall, ...]:
    slots = {INPUT: 0} | {call.id: index for index, call in enumerate(calls, start=1)}
    last_use = {source: index for index, call in enumerate(calls) for source in call.inputs}
    module_calls = []
    for index, call in enumerate(calls):
        frees = tuple(slots[source] for source in dict.fromkeys(call.inputs) if last_use[source] == index)
        reads = tuple(slots[source] for source in call.inputs)
        module_calls.append(ModuleCall(call.id, network.get_submodule(call.id), reads, slots[call.id], frees))
    return tuple(module_calls)


def _block_ranges(calls: Sequence[Call]) -> tuple[BlockRange, ...]:
    """Return the ranges of the blocks; stem and head are one each, since a backward step of one layer is too fine."""
    groups = groupby(range(len(calls)), key=lambda index: id_of_group(calls[index].stage, calls[index].block, "block"))
    indices = [(name, list(members)) for name, members in groups]
    return tuple(BlockRange(name, members[0], members[-1] + 1) for name, members in indices)
