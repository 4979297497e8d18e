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

SEED = 2015
CALIBRATION_IMAGES = 8
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@dataclass(frozen=True)
class Step:
    """One module call: it reads and writes numbered slots, and empties those that nobody reads later."""

    id: str
    module: nn.Module
    reads: tuple[int, ...]
    writes: int
    frees: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """The steps `start` to `stop` (excluded) of the stem, a block or the head: one tensor in, one out."""

    id: str
    start: int
    stop: int


class Workload:
    """A network with its input; the same computation whole and step by step.

    `cuts` are the steps before which a pass may be interrupted, `weights` what each step launches beside the others.
    """

    def __init__(self, network: nn.Module, calls: Sequence[Call], x: Tensor) -> None:
        self.network = network
        self.x = x
        self.steps = _steps(network, calls)
        self.sections = _sections(calls)
        self.cuts = tuple(section.start for section in self.sections if section.start)
        self.weights = (1,) * len(self.steps)

    def ready(self) -> None:
        """A forward pass leaves nothing behind."""

    def whole(self) -> Tensor:
        """The network's own forward pass."""
        result: Tensor = self.network(self.x)
        return result

    def run(self) -> Iterator[int]:
        """Step by step: gives i before step i, and the number of steps after the last."""
        slots = {0: self.x}  # until the last step has been told, so that nothing is freed within it
        yield from self._between(0, len(self.steps), slots)
        yield len(self.steps)

    def run_section(self, section: Section, x: Tensor) -> Generator[int, None, Tensor]:
        """The steps of one section on its input: gives i before step i, and returns what the section puts out."""
        slots = {self.steps[section.start].reads[0]: x}
        yield from self._between(section.start, section.stop, slots)
        return slots[section.stop]

    def _between(self, start: int, stop: int, slots: dict[int, Tensor]) -> Iterator[int]:
        for place in range(start, stop):
            step = self.steps[place]
            yield place
            slots[step.writes] = step.module(*[slots[slot] for slot in step.reads])
            for slot in step.frees:
                del slots[slot]


class TrainingWork:
    """Forward and backward of a workload: after its steps, one backward range for each section, the last one first.

    The graph is cut between sections, so that each section's backward can be run, and timed, alone.
    """

    def __init__(self, work: Workload) -> None:
        self._work = work
        with torch.no_grad():
            self._gradient = torch.randn_like(work.whole())
        self.steps: tuple[object, ...] = (*work.steps, *work.sections)
        self.cuts = (*work.cuts, *range(len(work.steps), len(self.steps)))
        backward = [section.stop - section.start for section in reversed(work.sections)]
        self.weights = (*work.weights, *backward)

    def ready(self) -> None:
        """Drop the gradients of the pass before."""
        self._work.network.zero_grad(set_to_none=True)

    def whole(self) -> None:
        """The network's own forward and backward pass."""
        torch.autograd.backward(self._work.whole(), self._gradient)

    def run(self) -> Iterator[int]:
        """Forward step by step, then backward section by section."""
        ranges: list[tuple[Tensor, Tensor]] = []
        x = self._work.x
        for section in self._work.sections:
            x = x.detach().requires_grad_(bool(ranges))
            y = yield from self._work.run_section(section, x)
            ranges.append((x, y))
            x = y
        gradient: Tensor | None = self._gradient
        for place in range(len(self._work.steps), len(self.steps)):
            yield place
            x, y = ranges.pop()
            torch.autograd.backward(y, gradient)
            gradient = x.grad
        yield len(self.steps)


def prepare(spec: ResNetSpec, settings: ProfileSettings, device: torch.device) -> Workload:
    """Build the network with random weights, give its batch norms statistics that fit, and put it on the device.

    Without fitting statistics the activations of a deep network overflow in fp16. Raises torch's errors where memory
    runs out.
    """
    generator = torch.Generator().manual_seed(SEED)
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(SEED)  # the CPU's alone: torch.manual_seed would seed the cards too
    network = build(spec, "cpu")
    torch.set_rng_state(before)
    layout, dtype = LAYOUTS[settings.memory_format], DTYPES[settings.dtype]
    network.to(device)
    calibrate(network, spec, device, generator)
    network = _converted(network, dtype, layout)
    network.train(settings.passes == "forward+backward")
    return Workload(network, trace(spec), random_input(spec.input, settings, device, generator))


def random_input(
    shape: Sequence[int], settings: ProfileSettings, device: torch.device, generator: torch.Generator
) -> Tensor:
    """Random normal data, the same on every device: zeros would be faster than anything real."""
    x = torch.randn(tuple(shape), generator=generator).to(device=device, dtype=DTYPES[settings.dtype])
    return x.contiguous(memory_format=LAYOUTS[settings.memory_format]) if x.dim() == 4 else x


def calibrate(network: nn.Module, spec: ResNetSpec, device: torch.device, generator: torch.Generator) -> None:
    """One pass in training mode with cumulative averages, on a few small images: statistics that fit the weights."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    _, channels, height, width = spec.input
    images = torch.randn((CALIBRATION_IMAGES, channels, min(height, 224), min(width, 224)), generator=generator)
    network.train()
    with torch.no_grad():
        network(images.to(device))
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum
    network.eval()


def _converted(network: ResNet, dtype: torch.dtype, layout: torch.memory_format) -> ResNet:
    """The network in another dtype and layout; `nn.Module.to` has both but types neither together."""
    network.to(dtype=dtype)
    return network.to(memory_format=layout)  # type: ignore[call-overload, no-any-return]


def _steps(network: nn.Module, calls: Sequence[Call]) -> tuple[Step, ...]:
    slots = {INPUT: 0} | {call.id: place for place, call in enumerate(calls, start=1)}
    last_use = {source: place for place, call in enumerate(calls) for source in call.inputs}
    found = []
    for place, call in enumerate(calls):
        frees = tuple(slots[source] for source in dict.fromkeys(call.inputs) if last_use[source] == place)
        reads = tuple(slots[source] for source in call.inputs)
        found.append(Step(call.id, network.get_submodule(call.id), reads, slots[call.id], frees))
    return tuple(found)


def _sections(calls: Sequence[Call]) -> tuple[Section, ...]:
    """Stem and head operation by operation would be too fine for a backward range: each is one section."""
    places = groupby(range(len(calls)), key=lambda place: id_of_group(calls[place].stage, calls[place].block, "block"))
    found = [(name, list(members)) for name, members in places]
    return tuple(Section(name, members[0], members[-1] + 1) for name, members in found)
