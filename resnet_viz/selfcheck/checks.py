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

from resnet_viz.device import info as device
from resnet_viz.device.cuda import Cuda
from resnet_viz.measurement import profile
from resnet_viz.metrics.roofline import lower_bound
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.ceilings import ceilings
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.timers import GraphTimer, HostTimer, RunAheadTimer
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.records.run import Environment, ProfileRun
from resnet_viz.selfcheck import worker
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import preset, title_of
from resnet_viz.spec.profiling import BYTES, Dtype, ProfileSettings
from resnet_viz.texts import tr

READINGS = 100_000
PART, LEAST_US = 0.05, 20.0
MOST_INSTRUMENTED = {1: 1.25}
"""By batch: what the instrumented pass may take of the clean one; else 1.05, or more where two runs differ by more."""
CHILD_SECONDS = 300


@dataclass(frozen=True)
class Bench:
    """What is checked on a device: how much work, and how well two runs must agree."""

    device: torch.device
    batches: tuple[int, int]
    agreement: float
    light: tuple[str, ...]
    light_batch: int
    light_dtype: Dtype
    seconds: float

    @property
    def on_cuda(self) -> bool:
        """Whether the device is an NVIDIA card."""
        return self.device.type == "cuda"

    def settings(self, **changes: object) -> ProfileSettings:
        """Settings for this device."""
        return msgspec.convert({"device": str(self.device), "seconds": self.seconds, **changes}, ProfileSettings)


def bench(name: str) -> Bench:
    """The work for the device of that name; raises SpecError where there is none."""
    found = device.find(name)
    if found.type == "cuda":
        return Bench(found, (1, 64), 0.02, ("resnet18", "resnet50", "resnet152"), 256, "bf16", 5.0)
    return Bench(found, (1, 4), 0.10, ("resnet18", "resnet50", "resnet152"), 2, "fp32", 15.0)


def place_of(found: Bench) -> Environment:
    """Where the checks are made."""
    return device.environment(found.device, found.settings())


def checks(found: Bench) -> Iterator[Outcome]:
    """Every check in its turn; one that breaks is a check that failed, and the others still run."""
    titled: tuple[tuple[str, Callable[[Bench], Outcome]], ...] = (
        (tr("time runs forward"), _forward),
        (tr("cost of a mark"), _mark_cost),
        (tr("instrumented ÷ clean, ResNet-50"), _instrumented),
        (tr("Σ of the layers against the whole"), _sums),
        (tr("a starved queue is noticed"), _starved),
        (tr("agreement with torch's profiler"), _profiler),
        (tr("measured ÷ speed of light"), _light),
        (tr("fp16 ResNet-152 is finite"), _finite),
        (tr("running out of memory ends the run alone"), _memory),
        (tr("two runs agree"), _twice),
    )
    for number, (title, check) in enumerate(titled, start=1):
        try:
            outcome = check(found)
        except Exception as error:  # whatever breaks is this check's figure
            reason = (str(error).splitlines() or [""])[0][:160]
            outcome = _outcome(f"{type(error).__name__}: {reason}", False)
        yield msgspec.structs.replace(outcome, number=number, title=title)


def _outcome(figure: str, passed: bool | None, **numbers: float) -> Outcome:
    return Outcome(0, "", figure, passed, {name: round(number, 5) for name, number in numbers.items()})


def _forward(found: Bench) -> Outcome:
    """On CUDA the events of a graph, elsewhere the host's clock."""
    if found.on_cuda:
        work = _work(found, "resnet18", dtype="bf16", batch=16)
        with torch.inference_mode():
            timer = GraphTimer(work, Cuda(found.device))  # raises Refused where they run backwards or too far
            times = _drained(timer)
        return _outcome(tr("{n} events, the shortest step {us} µs").format(n=len(times) + 1, us=f"{min(times):.2f}"),
                        min(times) >= 0, shortest_us=min(times))  # fmt: skip
    readings = [time.perf_counter_ns() for _ in range(READINGS)]
    steps = [after - before for before, after in pairwise(readings)]
    return _outcome(tr("{n} readings, the smallest step {ns} ns").format(n=f"{READINGS:,}", ns=min(steps)),
                    min(steps) >= 0, smallest_ns=min(steps))  # fmt: skip


def _mark_cost(found: Bench) -> Outcome:
    work = _work(found, "resnet18", batch=1)
    with torch.inference_mode():
        timer = GraphTimer(work, Cuda(found.device)) if found.on_cuda else HostTimer(work, time.perf_counter_ns)
    cost = timer.mark_us or 0.0
    return _outcome(f"{cost:.2f} µs", 0 <= cost < LEAST_US, mark_us=cost)


def _instrumented(found: Bench) -> Outcome:
    parts, passed, numbers = [], True, {}
    for batch in found.batches:
        run = _run(found, "resnet50", batch=batch)
        ratio = run.instrumented.spread.median_us / run.whole.spread.median_us if run.instrumented and run.whole else 0
        parts.append(f"N={batch} {ratio:.3f}")
        passed = passed and 0 < ratio <= MOST_INSTRUMENTED.get(batch, 1 + max(PART, found.agreement))
        numbers[f"n{batch}"] = ratio
    return _outcome(", ".join(parts), passed, **numbers)


def _sums(found: Bench) -> Outcome:
    parts, passed, numbers = [], True, {}
    for name in ("resnet18", "resnet50"):
        for batch in found.batches:
            run = _run(found, name, batch=batch)
            whole, missing = run.whole, run.unaccounted_us
            if whole is None or missing is None:
                return _outcome(tr("nothing was measured"), False)
            part = missing / whole.spread.median_us
            parts.append(f"{title_of(run.spec)} N={batch} {100 * part:+.1f} %")
            passed = passed and abs(missing) <= max(PART * whole.spread.median_us, LEAST_US)
            numbers[f"{name}_n{batch}"] = part
    return _outcome(", ".join(parts), passed, **numbers)


def _starved(found: Bench) -> Outcome:
    """Without any wait a batch of one cannot keep the host ahead, and the timer must see that."""
    if not found.on_cuda:
        return _outcome(tr("this device has no queue that could starve"), None)
    work = _work(found, "resnet50", dtype="bf16", batch=1)
    with torch.inference_mode():
        timer = RunAheadTimer(work, Cuda(found.device), work.cuts, sleep_cycles=1_000)
        _drained(timer)
    sentence = tr("starved passes before the queue was kept full: {n}").format(n=timer.starved)
    return _outcome(sentence, timer.starved > 0, starved=timer.starved)


def _profiler(found: Bench) -> Outcome:
    batch = found.batches[1]
    dtype = "bf16" if found.on_cuda else "fp32"
    run = _run(found, "resnet50", batch=batch, dtype=dtype)
    theirs = msgspec.json.decode(_child("profiler", found, dtype, batch), type=dict[str, float])
    long = [layer for layer in run.layers if layer.spread.median_us > LEAST_US and theirs.get(layer.id)]
    apart = sorted(abs(layer.spread.median_us / theirs[layer.id] - 1) for layer in long)
    if not apart:
        return _outcome(tr("the profiler saw no layer of more than 20 µs"), False)
    middle = quantile(apart, 0.5)
    allowed = PART if found.on_cuda else found.agreement
    figure = tr("{n} layers over 20 µs differ by {middle} % in the median, {worst} % at most")
    return _outcome(figure.format(n=len(apart), middle=f"{100 * middle:.1f}", worst=f"{100 * apart[-1]:.1f}"),
                    middle <= allowed, median=middle, worst=apart[-1])  # fmt: skip


def _light(found: Bench) -> Outcome:
    """The whole network against Σ of max(arithmetic ÷ peak, bytes ÷ bandwidth): never faster, and how much slower."""
    parts, passed, numbers = [], True, {}
    for name in found.light:
        settings = found.settings(dtype=found.light_dtype, batch=found.light_batch, memory_format="channels_last")
        analysis = analyse(settings.applied_to(preset(name)))
        run = _run(found, name, batch=found.light_batch, dtype=found.light_dtype, memory_format="channels_last")
        roof = run.ceilings or ceilings(found.device, settings, time.perf_counter_ns)
        light = 0.0
        for layer in analysis.layers:
            least = lower_bound(layer.flops, moved_bytes(layer, BYTES[settings.dtype]), roof)
            light += max(least.compute_us, least.memory_us)
        ratio = run.whole.spread.median_us / light if run.whole else 0.0
        parts.append(f"{title_of(run.spec)} {ratio:.2f}")
        passed = passed and ratio >= 1 - PART
        numbers[name] = ratio
    shown = f"{', '.join(parts)} ({found.light_dtype}, N={found.light_batch})"
    return _outcome(shown, passed, **numbers)


def _finite(found: Bench) -> Outcome:
    why = device.refusal(found.device, "fp16")
    if why:
        return _outcome(why, None)
    with torch.inference_mode():
        result = _work(found, "resnet152", dtype="fp16", batch=2).whole().float()
    most = float(result.abs().max())
    return _outcome(
        tr("the largest output is {n}").format(n=f"{most:.3g}"), bool(result.isfinite().all()), largest=most
    )


def _memory(found: Bench) -> Outcome:
    if sys.platform == "win32":
        return _outcome(tr("not checked on this system"), None)
    said = msgspec.json.decode(_child("memory", found, "fp32", 100_000), type=dict[str, str])["sentence"]
    return _outcome(said, "batch" in said)


def _twice(found: Bench) -> Outcome:
    batch = found.batches[1]
    sums = [_run(found, "resnet50", batch=batch, seconds=2 * found.seconds).sum_us or 0.0 for _ in range(2)]
    apart = abs(sums[0] - sums[1]) / max(min(sums), 1e-9)
    figure = tr("Σ {first} and {second} ms, {part} % apart (allowed {allowed} %)").format(
        first=f"{sums[0] / 1000:.3f}", second=f"{sums[1] / 1000:.3f}", part=f"{100 * apart:.1f}",
        allowed=f"{100 * found.agreement:.0f}")  # fmt: skip
    return _outcome(figure, min(sums) > 0 and apart <= found.agreement, apart=apart)


def _work(found: Bench, name: str, **changes: object) -> Workload:
    settings = found.settings(**changes)
    return prepare(settings.applied_to(preset(name)), settings, found.device)


def _run(found: Bench, name: str, **changes: object) -> ProfileRun:
    *_, run = profile(preset(name), found.settings(**changes))
    assert isinstance(run, ProfileRun), "a run ends with a ProfileRun"
    return run


def _child(part: str, found: Bench, dtype: str, batch: int) -> bytes:
    command = [sys.executable, "-m", worker.__name__, part, str(found.device), dtype, str(batch)]
    done = subprocess.run(command, capture_output=True, timeout=CHILD_SECONDS, check=False)
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise RuntimeError(tr("the process ended with {code}: {last}").format(code=done.returncode, last=last[:160]))
    return done.stdout.strip().splitlines()[-1]


def _drained(timer: GraphTimer | RunAheadTimer) -> list[float]:
    """A marked pass from beginning to end."""
    times: list[float] = []

    def passing() -> Iterator[int]:
        times.extend((yield from timer.marked()))

    deque(passing(), maxlen=0)
    return times
