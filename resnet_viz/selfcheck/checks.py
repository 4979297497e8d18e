"""The ten checks of a device: can the numbers that are measured on it be trusted?"""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import torch

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.device import info as device_info
from resnet_viz.device.cuda import Cuda
from resnet_viz.measurement import profile
from resnet_viz.metrics.roofline import lower_bound
from resnet_viz.metrics.timestamps import sum_meets_whole
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.ceilings import ceilings
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.run_ahead import RunAheadTimer
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.records.run import Environment, ProfileRun
from resnet_viz.selfcheck import worker
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import preset, title_of
from resnet_viz.spec.profiling import BYTES, Dtype, ProfileSettings
from resnet_viz.texts import tr

CLOCK_READINGS = 100_000
TOLERANCE, TOLERANCE_US = 0.05, 20.0
MAX_INSTRUMENTED_RATIO = {1: 1.25}
"""By batch: the allowed time of an instrumented pass ÷ an uninstrumented one.

For other batches it is 1.05, or more where two runs may differ by more.
"""
WORKER_SECONDS = 300


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


def all_checks() -> tuple[tuple[str, Callable[[CheckSetup], Outcome]], ...]:
    """Return every check with its title, in the order of their numbers."""
    return (
        (tr("time runs forward"), clock_runs_forward),
        (tr("cost of a timestamp"), timestamp_cost),
        (tr("instrumented ÷ uninstrumented, ResNet-50"), instrumented_ratio),
        (tr("Σ of the layers against the whole network"), sums_meet_whole),
        (tr("a starved queue is noticed"), starved_queue_is_noticed),
        (tr("agreement with torch's profiler"), profiler_agrees),
        (tr("measured ÷ least possible time"), not_faster_than_roofline),
        (tr("fp16 ResNet-152 is finite"), half_precision_is_finite),
        (tr("running out of memory ends only the run"), out_of_memory_is_survived),
        (tr("two runs agree"), two_runs_agree),
    )


def checks(setup: CheckSetup) -> Iterator[Outcome]:
    """Make every check; one that raises has failed, and the others are still made."""
    for number, (title, check) in enumerate(all_checks(), start=1):
        try:
            outcome = check(setup)
        except Exception as error:  # whatever is raised is the outcome of this check
            reason = (str(error).splitlines() or [""])[0][:160]
            outcome = _outcome(f"{type(error).__name__}: {reason}", False)
        yield msgspec.structs.replace(outcome, number=number, title=title)


def _outcome(figure: str, passed: bool | None, **numbers: float) -> Outcome:
    return Outcome(0, "", figure, passed, {name: round(number, 5) for name, number in numbers.items()})


def clock_runs_forward(setup: CheckSetup) -> Outcome:
    """Check the order of the events in a CUDA graph, elsewhere that of the host clock's readings."""
    if setup.on_cuda:
        workload = _workload(setup, "resnet18", dtype="bf16", batch=16)
        with torch.inference_mode():
            timer = GraphTimer(workload, Cuda(setup.device))  # raises where events run backwards or too far
            times = _step_times(timer)
        return _outcome(tr("{n} events, the shortest step {us} µs").format(n=len(times) + 1, us=f"{min(times):.2f}"),
                        min(times) >= 0, shortest_us=min(times))  # fmt: skip
    readings = [time.perf_counter_ns() for _ in range(CLOCK_READINGS)]
    steps = [after - before for before, after in pairwise(readings)]
    return _outcome(tr("{n} readings, the smallest step {ns} ns").format(n=f"{CLOCK_READINGS:,}", ns=min(steps)),
                    min(steps) >= 0, smallest_ns=min(steps))  # fmt: skip


def timestamp_cost(setup: CheckSetup) -> Outcome:
    """Check that a timestamp costs less than the layers that are worth looking at."""
    workload = _workload(setup, "resnet18", batch=1)
    with torch.inference_mode():
        timer = GraphTimer(workload, Cuda(setup.device)) if setup.on_cuda else HostTimer(workload, time.perf_counter_ns)
    cost_us = timer.timestamp_us or 0.0
    return _outcome(f"{cost_us:.2f} µs", 0 <= cost_us < TOLERANCE_US, mark_us=cost_us)


def instrumented_ratio(setup: CheckSetup) -> Outcome:
    """Check how much longer a pass takes with timestamps between the layers."""
    figures, passed, numbers = [], True, {}
    for batch in setup.batches:
        run = _run(setup, "resnet50", batch=batch)
        ratio = run.instrumented.spread.median_us / run.whole.spread.median_us if run.instrumented and run.whole else 0
        figures.append(f"N={batch} {ratio:.3f}")
        passed = passed and 0 < ratio <= MAX_INSTRUMENTED_RATIO.get(batch, 1 + max(TOLERANCE, setup.agreement))
        numbers[f"n{batch}"] = ratio
    return _outcome(", ".join(figures), passed, **numbers)


def sums_meet_whole(setup: CheckSetup) -> Outcome:
    """Check that the layers' sum agrees with the whole network's time."""
    figures, passed, numbers = [], True, {}
    for name in ("resnet18", "resnet50"):
        for batch in setup.batches:
            run = _run(setup, name, batch=batch)
            whole, unaccounted_us = run.whole, run.unaccounted_us
            if whole is None or unaccounted_us is None:
                return _outcome(tr("nothing was measured"), False)
            fraction = unaccounted_us / whole.spread.median_us
            figures.append(f"{title_of(run.spec)} N={batch} {100 * fraction:+.1f} %")
            passed = passed and sum_meets_whole(run) is True
            numbers[f"{name}_n{batch}"] = fraction
    return _outcome(", ".join(figures), passed, **numbers)


def starved_queue_is_noticed(setup: CheckSetup) -> Outcome:
    """Check that the timer sees that the host falls behind: without a sleep, a batch of one cannot keep it ahead."""
    if not setup.on_cuda:
        return _outcome(tr("this device has no queue that could starve"), None)
    workload = _workload(setup, "resnet50", dtype="bf16", batch=1)
    with torch.inference_mode():
        timer = RunAheadTimer(workload, Cuda(setup.device), workload.cuts, sleep_cycles=1_000)
        _step_times(timer)
    figure = tr("starved passes before the queue was kept full: {n}").format(n=timer.starved_passes)
    return _outcome(figure, timer.starved_passes > 0, starved=timer.starved_passes)


def profiler_agrees(setup: CheckSetup) -> Outcome:
    """Compare the layers' times with those of torch's profiler, which runs in a process of its own."""
    batch = setup.batches[1]
    dtype = "bf16" if setup.on_cuda else "fp32"
    run = _run(setup, "resnet50", batch=batch, dtype=dtype)
    profiled_us = msgspec.json.decode(_worker_output("profiler", setup, dtype, batch), type=dict[str, float])
    long = [layer for layer in run.layers if layer.spread.median_us > TOLERANCE_US and profiled_us.get(layer.id)]
    differences = sorted(abs(layer.spread.median_us / profiled_us[layer.id] - 1) for layer in long)
    if not differences:
        return _outcome(tr("the profiler saw no layer of more than 20 µs"), False)
    median = quantile(differences, 0.5)
    allowed = TOLERANCE if setup.on_cuda else setup.agreement
    figure = tr("{n} layers over 20 µs differ by {middle} % in the median, {worst} % at most")
    figures = {"middle": f"{100 * median:.1f}", "worst": f"{100 * differences[-1]:.1f}"}
    return _outcome(
        figure.format(n=len(differences), **figures), median <= allowed, median=median, worst=differences[-1]
    )


def not_faster_than_roofline(setup: CheckSetup) -> Outcome:
    """Compare the whole network with Σ of max(arithmetic ÷ peak, bytes ÷ bandwidth), which it cannot beat."""
    figures, passed, numbers = [], True, {}
    dtype, batch = setup.roofline_dtype, setup.roofline_batch
    for name in setup.roofline_presets:
        settings = setup.settings(dtype=dtype, batch=batch, memory_format="channels_last")
        analysis = analyse(settings.applied_to(preset(name)))
        run = _run(setup, name, batch=batch, dtype=dtype, memory_format="channels_last")
        measured = run.ceilings or ceilings(setup.device, settings, time.perf_counter_ns)
        least_us = 0.0
        for layer in analysis.layers:
            bound = lower_bound(layer.flops, moved_bytes(layer, BYTES[dtype]), measured)
            least_us += max(bound.compute_us, bound.memory_us)
        ratio = run.whole.spread.median_us / least_us if run.whole else 0.0
        figures.append(f"{title_of(run.spec)} {ratio:.2f}")
        passed = passed and ratio >= 1 - TOLERANCE
        numbers[name] = ratio
    return _outcome(f"{', '.join(figures)} ({dtype}, N={batch})", passed, **numbers)


def half_precision_is_finite(setup: CheckSetup) -> Outcome:
    """Check that a deep network's output is finite in fp16, where its activations overflow without calibration."""
    refusal = device_info.dtype_refusal(setup.device, "fp16")
    if refusal:
        return _outcome(refusal, None)
    with torch.inference_mode():
        output = _workload(setup, "resnet152", dtype="fp16", batch=2).run_whole().float()
    largest = float(output.abs().max())
    figure = tr("the largest output is {n}").format(n=f"{largest:.3g}")
    return _outcome(figure, bool(output.isfinite().all()), largest=largest)


def out_of_memory_is_survived(setup: CheckSetup) -> Outcome:
    """Check that running out of memory, in a process of its own, ends in a sentence that names the batch."""
    if sys.platform == "win32":
        return _outcome(tr("not checked on this system"), None)
    answer = msgspec.json.decode(_worker_output("memory", setup, "fp32", 100_000), type=dict[str, str])
    return _outcome(answer["sentence"], "batch" in answer["sentence"])


def two_runs_agree(setup: CheckSetup) -> Outcome:
    """Check that two runs give the same sum of the layers."""
    batch = setup.batches[1]
    sums = [_run(setup, "resnet50", batch=batch, seconds=2 * setup.seconds).sum_us or 0.0 for _ in range(2)]
    apart = abs(sums[0] - sums[1]) / max(min(sums), 1e-9)
    figure = tr("Σ {first} and {second} ms, {part} % apart (allowed {allowed} %)").format(
        first=f"{sums[0] / 1000:.3f}", second=f"{sums[1] / 1000:.3f}", part=f"{100 * apart:.1f}",
        allowed=f"{100 * setup.agreement:.0f}")  # fmt: skip
    return _outcome(figure, min(sums) > 0 and apart <= setup.agreement, apart=apart)


def _workload(setup: CheckSetup, name: str, **changes: object) -> Workload:
    settings = setup.settings(**changes)
    return prepare(settings.applied_to(preset(name)), settings, setup.device)


def _run(setup: CheckSetup, name: str, **changes: object) -> ProfileRun:
    *_, run = profile(preset(name), setup.settings(**changes))
    assert isinstance(run, ProfileRun), "a run ends with a ProfileRun"
    return run


def _worker_output(part: str, setup: CheckSetup, dtype: str, batch: int) -> bytes:
    """Run a part of the worker and return the last line that it prints; raises RuntimeError where it fails."""
    command = module_command(worker.__name__, part, str(setup.device), dtype, str(batch))
    done = subprocess.run(command, env=module_environment(), capture_output=True, timeout=WORKER_SECONDS, check=False)
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise RuntimeError(tr("the process ended with {code}: {last}").format(code=done.returncode, last=last[:160]))
    return done.stdout.strip().splitlines()[-1]


def _step_times(timer: GraphTimer | RunAheadTimer) -> list[float]:
    """Run an instrumented pass and return the time of each step."""
    times: list[float] = []

    def run_pass() -> Iterator[int]:
        times.extend((yield from timer.time_steps()))

    deque(run_pass(), maxlen=0)
    return times
