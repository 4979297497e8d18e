"""Steps that measure as `profile` does, and the program's three timers side by side."""

import time
from pathlib import Path

import resnet_viz as rv
from resnet_viz.profiling.run import timer_makers
from resnet_viz.profiling.timers.timer import Timer, TimerUnavailable, step_times
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import save_run
from tests.gpu.figures import Result, figures_of, spread
from tests.gpu.steps import workload_on

WARM_UP_PASSES = 5


def profile(device: str, network: str, keep: str = "", **settings: object) -> Result:
    """Measure the network with these settings and return the run's figures; `keep` is the file to save the run in."""
    asked = ProfileSettings(device=device, **settings)  # type: ignore[arg-type]
    begun = time.monotonic()
    *_, run = rv.profile(preset(network), asked)
    seconds = time.monotonic() - begun
    assert isinstance(run, ProfileRun)
    if keep:
        save_run(run, Path(keep))
    return figures_of(run) | {"wall_seconds": round(seconds, 1)}


def timers(device: str, network: str, batch: int, repetitions: int = 25, **settings: object) -> Result:
    """Return the whole and the sum of its steps by each timer that the device supports: do the fall-backs work?"""
    asked = ProfileSettings(device=device, batch=batch, **settings)  # type: ignore[arg-type]
    found: Result = {}
    with workload_on(asked, network) as (workload, where):
        for number, make_timer in enumerate(timer_makers(workload, where, time.perf_counter_ns)):
            try:
                timer = make_timer()
                found[timer.method] = _passes(timer, repetitions)
            except TimerUnavailable as unavailable:
                found[f"unavailable {number}"] = str(unavailable)
    return found


def _passes(timer: Timer, repetitions: int) -> Result:
    whole_us: list[float] = []
    rows: list[list[float]] = []
    for _ in range(repetitions + WARM_UP_PASSES):
        whole_us.append(timer.time_whole())
        rows.append(step_times(timer))
    sums = [sum(row) for row in rows[WARM_UP_PASSES:]]
    return {
        "whole": spread(whole_us[WARM_UP_PASSES:]), "sum": spread(sums), "timestamp_us": timer.timestamp_us,
        "starved_passes": timer.starved_passes, "warning": str(timer.warning or ""),
    }  # fmt: skip
