"""Checks of a CPU whose runs are made up."""

from collections.abc import Callable
from itertools import count

import msgspec
import pytest
import torch

from resnet_viz.records.run import Measurement, ProfileRun
from resnet_viz.selfcheck import check_setup as setups
from resnet_viz.selfcheck.check_setup import CheckSetup
from resnet_viz.spec.presets import preset
from tests.gui.small_run import around, small_run

SETUP = CheckSetup(torch.device("cpu"), (1, 4), 0.10, ("resnet18",), 2, "fp32", 0.2)
RUN = small_run(preset("resnet18"))
SUM_US = RUN.sum_us or 0.0


def measuring(run_of: Callable[[int], ProfileRun], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Let the checks measure `run_of` 0, 1, …; returns the settings that they measure with, as they do."""
    asked: list[dict[str, object]] = []
    numbers = count()

    def profile(spec: object, settings: object) -> list[ProfileRun]:
        asked.append({"spec": spec, **msgspec.structs.asdict(settings)})  # type: ignore[arg-type]
        return [run_of(next(numbers))]

    monkeypatch.setattr(setups, "profile", profile)
    return asked


def lasting(whole_us: float, instrumented_us: float | None = None) -> ProfileRun:
    """The run with other times of the whole network and of the instrumented pass."""
    whole, instrumented = (
        None if time is None else Measurement(around(time), (time,)) for time in (whole_us, instrumented_us)
    )
    return msgspec.structs.replace(RUN, whole=whole, instrumented=instrumented)
