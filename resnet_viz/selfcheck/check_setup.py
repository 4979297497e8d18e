"""What the checks of a device share: its extent, and the runs and workloads that they measure."""

from dataclasses import dataclass

import msgspec
import torch

from resnet_viz.device import info as device_info
from resnet_viz.measurement import profile
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.records.run import Environment, ProfileRun
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import Dtype, ProfileSettings

TOLERANCE, TOLERANCE_US = 0.05, 20.0


@dataclass(frozen=True)
class CheckSetup:
    """The extent of the checks on a device, and how well two runs must agree.

    `roofline_presets`, at `roofline_batch` in `roofline_dtype`, are compared with the least time that is possible.
    """

    device: torch.device
    batches: tuple[int, int]
    agreement: float
    roofline_presets: tuple[str, ...]
    roofline_batch: int
    roofline_dtype: Dtype
    seconds: float

    @property
    def on_cuda(self) -> bool:
        """True for an NVIDIA card."""
        return self.device.type == "cuda"

    def settings(self, **changes: object) -> ProfileSettings:
        """Return settings for this device."""
        return msgspec.convert({"device": str(self.device), "seconds": self.seconds, **changes}, ProfileSettings)


def check_setup(name: str) -> CheckSetup:
    """Return the setup for the device of that name; raises SpecError where it does not exist."""
    device = device_info.find(name)
    presets = ("resnet18", "resnet50", "resnet152")
    if device.type == "cuda":
        return CheckSetup(device, (1, 64), 0.02, presets, 256, "bf16", 5.0)
    return CheckSetup(device, (1, 4), 0.10, presets, 2, "fp32", 15.0)


def check_environment(setup: CheckSetup) -> Environment:
    """Return the environment that the checks are made in."""
    return device_info.environment(setup.device, setup.settings())


def outcome_of(figure: str, passed: bool | None, **numbers: float) -> Outcome:
    """Return the outcome of a check, whose number and title come later."""
    return Outcome(0, "", figure, passed, {name: round(number, 5) for name, number in numbers.items()})


def workload_of(setup: CheckSetup, name: str, **changes: object) -> Workload:
    """Return the workload of a preset on the device."""
    settings = setup.settings(**changes)
    return prepare(settings.applied_to(preset(name)), settings, setup.device)


def run_of(setup: CheckSetup, name: str, **changes: object) -> ProfileRun:
    """Return a run of a preset on the device, without kernels unless they are asked for."""
    *_, run = profile(preset(name), setup.settings(**{"kernels": False, **changes}))
    assert isinstance(run, ProfileRun), "a run ends with a ProfileRun"
    return run
