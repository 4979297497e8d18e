"""The settings of a measurement as frozen data."""

from typing import Any, ClassVar, Literal

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.spec.checks import check_choices, check_flags, check_number, check_tuple
from resnet_viz.spec.limits import MAX_SIZE
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr

Dtype = Literal["fp32", "tf32", "fp16", "bf16"]
MemoryFormat = Literal["contiguous", "channels_last"]
Mode = Literal["in-network", "isolated", "end-to-end"]
Passes = Literal["forward", "forward+backward", "training-step"]
Optimizer = Literal["sgd", "adam"]

MAX_SECONDS = 3_600.0
MAX_WARMUP_PASSES = 1_000
MAX_PROFILE_BATCH = 1_000_000
MAX_THREADS = 1_024
LONGEST_DEVICE = 40
BYTES: dict[Dtype, int] = {"fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
"""Bytes of one element; tf32 is stored as fp32 and multiplied with 10 bits of mantissa."""


class ProfileSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a measurement, checked when they are made, except for what depends on the device.

    `device` is "cpu", "cuda:N", "mps" or "xpu:N". `batch` and `size` (height, width) replace those of the spec's input
    where they are given. `seconds` is the time budget of the measurement, after a warm-up of at least `warmup_passes`
    and `warmup_seconds`. In the isolated mode `cold` makes the times with flushed caches the main ones; warm ones are
    measured beside them. `compiled` and `sweep` add torch.compile and other batch sizes to the end-to-end mode.
    `autotune` lets cuDNN try its algorithms. `threads` is the number of CPU threads, None for torch's default.
    `kernels` asks for the kernels of each layer, which forward passes in the network measure last; None measures them
    on an NVIDIA card. `optimizer` (SGD with momentum, or Adam) updates the weights at the end of a "training-step".

    Raises SpecError, which names the field.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("kernels", "optimizer")

    device: str = "cpu"
    dtype: Dtype = "fp32"
    batch: int | None = None
    size: tuple[int, int] | None = None
    memory_format: MemoryFormat = "contiguous"
    mode: Mode = "in-network"
    passes: Passes = "forward"
    seconds: float = 10.0
    warmup_passes: int = 3
    warmup_seconds: float = 0.5
    cold: bool = True
    compiled: bool = False
    sweep: bool = True
    autotune: bool = False
    threads: int | None = None
    kernels: bool | None = None
    optimizer: Optimizer = "sgd"

    def __post_init__(self) -> None:
        check_choices(self, dtype=Dtype, memory_format=MemoryFormat, mode=Mode, passes=Passes, optimizer=Optimizer)
        check_flags(self, "cold", "compiled", "sweep", "autotune")
        if self.kernels is not None:
            check_flags(self, "kernels")
        if not isinstance(self.device, str) or not 1 <= len(self.device) <= LONGEST_DEVICE:
            raise SpecError("device", self.device, tr("give cpu, or a device such as cuda:0"))
        check_number("seconds", self.seconds, 0.1, MAX_SECONDS)
        check_number("warmup_seconds", self.warmup_seconds, 0.0, MAX_SECONDS)
        check_number("warmup_passes", self.warmup_passes, 0, MAX_WARMUP_PASSES, whole=True)
        if self.batch is not None:
            check_number("batch", self.batch, 1, MAX_PROFILE_BATCH, whole=True)
        if self.threads is not None:
            check_number("threads", self.threads, 1, MAX_THREADS, whole=True)
        if self.size is not None:
            check_tuple("size", self.size, tr("give height and width"))
            if len(self.size) != 2:
                raise SpecError("size", self.size, tr("give height and width"))
            for side in self.size:
                check_number("size", side, 1, MAX_SIZE, whole=True)
        if self.is_training and self.mode == "isolated":
            accepted = tr("the isolated mode has no backward pass; choose in-network or end-to-end for it")
            raise SpecError("passes", self.passes, accepted)

    @property
    def wants_kernels(self) -> bool:
        """True where the kernels of each layer are to be measured: where that is asked, and on a card anyway."""
        asked = self.device.startswith("cuda") if self.kernels is None else self.kernels
        return asked and self.can_have_kernels

    @property
    def can_have_kernels(self) -> bool:
        """True where kernels, or on a processor operators, can be measured."""
        has_profiler = self.device.startswith(("cpu", "cuda"))
        return has_profiler and self.mode == "in-network" and self.passes == "forward"

    @property
    def is_training(self) -> bool:
        """Whether a pass has a backward pass, so that the network is in training mode."""
        return self.passes != "forward"

    @property
    def used_optimizer(self) -> Optimizer | None:
        """The optimizer that a pass ends with; None where it ends without one."""
        return self.optimizer if self.passes == "training-step" else None

    def but(self, **changes: Any) -> "ProfileSettings":
        """Return a copy with some fields changed, checked again."""
        return msgspec.structs.replace(self, **changes)

    def applied_to(self, spec: ResNetSpec) -> ResNetSpec:
        """Return the spec with the batch and image size that these settings ask for."""
        batch, channels, height, width = spec.input
        height, width = self.size or (height, width)
        return spec.but(input=(self.batch or batch, channels, height, width))
