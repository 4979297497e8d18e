"""The kernels that each layer ran, with their times: a second opinion on the layers' times by timestamps."""

from functools import cached_property
from typing import Literal

import msgspec

from resnet_viz.records.message import Message
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

KernelSource = Literal["graph", "eager", "operators"]
"""Kernels of a CUDA graph's replays, kernels of eager passes, or torch's operators on a processor."""


class Kernel(msgspec.Struct, frozen=True):
    """A kernel, copy or fill on a card, or an operator of torch on a processor.

    `time_us` is its median over the passes. In the traced pass it began `start_us` after the pass's first kernel and
    took `traced_us`.
    """

    name: str
    time_us: float
    start_us: float
    traced_us: float

    @property
    def end_us(self) -> float:
        """The microsecond of the traced pass in which it ended."""
        return self.start_us + self.traced_us


class LayerKernels(msgspec.Struct, frozen=True):
    """The kernels of one layer in their order; `time_us` is the median over the passes of the sum of their times.

    On a processor `time_us` is that of the whole layer as the profiler saw it, with operators that take too little to
    be listed and with Python's part.
    """

    id: str
    time_us: float
    kernels: tuple[Kernel, ...] = ()


COMPARED_US: dict[KernelSource, float] = {"graph": 20.0, "eager": 20.0, "operators": 500.0}
"""Shorter layers are not compared with their kernels: on a card, half a microsecond of resolution is too much of them;
on a processor, the tens of microseconds that the profiler itself takes in every layer."""


class KernelAgreement(msgspec.Struct, frozen=True):
    """How far the timestamps' times are from the kernels': |timestamps ÷ kernels − 1| over `layers` long layers.

    `worst_layer` is the id of the layer that differs most.
    """

    layers: int
    median: float
    worst: float
    worst_layer: str


class KernelTimes(msgspec.Struct, frozen=True, dict=True):
    """The kernels of every layer over `passes` passes; `agreement` is None where no layer is long enough for it."""

    source: KernelSource
    passes: int
    layers: tuple[LayerKernels, ...]
    agreement: KernelAgreement | None = None

    @cached_property
    def by_id(self) -> dict[str, LayerKernels]:
        """The layers' kernels by node id."""
        return {layer.id: layer for layer in self.layers}


class KernelRequest(msgspec.Struct, frozen=True):
    """The network and the settings with which its kernels are to be recorded."""

    spec: ResNetSpec
    settings: ProfileSettings


class KernelFindings(msgspec.Struct, frozen=True):
    """The recorded kernels, None where there are none, and why they are none or not those of a graph."""

    kernels: KernelTimes | None
    messages: tuple[Message, ...] = ()
