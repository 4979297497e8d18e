"""One run from beginning to end: check, prepare, measure the ceilings, measure the network, say what was found."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from math import prod

import msgspec
import torch

from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.device.cpu_load import CpuLoad
from resnet_viz.device.cuda import Cuda
from resnet_viz.device.sensors import Sensors
from resnet_viz.errors import SpecError
from resnet_viz.graph.trace import trace
from resnet_viz.profiling import assemble as compose
from resnet_viz.profiling.ceilings import ceilings, release, waiter
from resnet_viz.profiling.end_to_end import Ends, measure_ends, peak_bytes
from resnet_viz.profiling.isolated import Alone, measure_alone
from resnet_viz.profiling.passes import Samples, Setup, Tick, interleaved
from resnet_viz.profiling.statistics import layers_variation, timed, whole_variation
from resnet_viz.profiling.timers import Clock, GraphTimer, HostTimer, Refused, RunAheadTimer, Timer
from resnet_viz.profiling.workload import TrainingWork, Workload, prepare
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.message import Message
from resnet_viz.records.run import (
    BACKWARD,
    Ceilings,
    Environment,
    Measurement,
    Method,
    Phase,
    ProfileProgress,
    ProfileRun,
    SensorSample,
)
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

PARTIAL_NS, PARTIAL_REST = 1_200_000_000, 20
"""How often the run so far goes out with the progress, and how many times longer the pause is than the making."""
FEW = 5
SHARED = 0.10
MET_PART, MET_US = 0.05, 20.0
"""Σ meets the whole when they differ by no more than this part of the whole, or by so many microseconds."""


@dataclass
class Draft:
    """What has been found so far; every field may still be empty."""

    made: str
    place: Environment
    ceilings: Ceilings | None = None
    sharing: CpuLoad | None = None
    method: Method | None = None
    mark_us: float | None = None
    samples: Samples = field(default_factory=Samples)
    alone: Alone = field(default_factory=Alone)
    ends: Ends = field(default_factory=Ends)
    fallbacks: list[Message] = field(default_factory=list)
    readings: list[SensorSample] = field(default_factory=list)


def measure(
    analysis: Analysis, settings: ProfileSettings, clock: Clock = time.perf_counter_ns
) -> Iterator[ProfileProgress | ProfileRun]:
    """Measure the analysed network as the settings ask: progress, now and then with the run so far, then the run.

    Raises SpecError where the device is not there, cannot do what is asked or has too little memory, and UserError
    where memory ends although it should not have.
    """
    where = device.check(settings)
    _check_training(analysis, settings)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    setup = Setup(settings, where, clock, torch.inference_mode if settings.passes == "forward" else nullcontext)
    with memory.watched(analysis, settings, where), device.prepared(where, settings):
        yield ProfileProgress("build", 0.0)
        work = prepare(analysis.spec, settings, where)
        yield ProfileProgress("ceilings", 0.0)
        found = ceilings(where, settings, clock)
        release(where)
        draft = Draft(made, device.environment(where, settings), found, CpuLoad() if where.type == "cpu" else None)
        yield from _measured(analysis, work, setup, draft)
        yield composed(analysis, settings, draft, complete=True)


def _measured(analysis: Analysis, work: Workload, setup: Setup, draft: Draft) -> Iterator[ProfileProgress]:
    on_cuda, clock = setup.device.type == "cuda", setup.clock
    sensors = Sensors(str(torch.cuda.get_device_properties(setup.device).uuid)) if on_cuda else None
    begun = sent = clock()
    pause = PARTIAL_NS
    for tick in _ticks(analysis, work, setup, draft):
        now = clock()
        run = None
        if now - sent >= pause:
            reading = sensors.read((now - begun) / 1e9) if sensors else None
            draft.readings += [reading] if reading else []
            run = composed(analysis, setup.settings, draft, complete=False)
            sent = clock()
            pause = max(PARTIAL_NS, PARTIAL_REST * (sent - now))  # putting many passes together takes its time
        yield _progress(tick, analysis, setup.settings, run)


def _ticks(analysis: Analysis, work: Workload, setup: Setup, draft: Draft) -> Iterator[Tick]:
    settings, where = setup.settings, setup.device
    if settings.mode == "isolated":
        yield from measure_alone(work.network, trace(analysis.spec), setup, draft.alone)
    elif settings.mode == "end-to-end":
        yield from measure_ends(work, setup, fits=partial(_fits, analysis, settings, where), found=draft.ends)
    else:
        steps = TrainingWork(work) if settings.passes == "forward+backward" else work
        with setup.guard():
            draft.ends.peak_bytes = peak_bytes(where, steps.whole)
        yield from in_network(timers(steps, where, setup.clock), setup, draft)


def timers(steps: Workload | TrainingWork, where: torch.device, clock: Clock) -> tuple[Callable[[], Timer], ...]:
    """The ways to time a pass on this device, the best first."""
    if where.type == "cpu":
        return (lambda: HostTimer(steps, clock),)
    waiting = lambda: HostTimer(steps, clock, waiter(where))  # noqa: E731
    if where.type != "cuda":
        return (waiting,)
    cuda = Cuda(where)
    ahead = lambda: RunAheadTimer(steps, cuda, steps.cuts, weights=steps.weights)  # noqa: E731
    if isinstance(steps, TrainingWork):
        return (ahead, waiting)
    return (lambda: GraphTimer(steps, cuda), ahead, waiting)


def in_network(makers: tuple[Callable[[], Timer], ...], setup: Setup, draft: Draft) -> Iterator[Tick]:
    """Passes with the first way of timing that the machine does not refuse; each refusal is kept."""
    for make in makers:
        draft.samples = Samples()
        try:
            with setup.guard():
                timer = make()
            draft.method, draft.mark_us = timer.method, timer.mark_us
            yield from interleaved(timer, setup, draft.samples)
            draft.fallbacks += [timer.remark] if timer.remark else []
        except Refused as refusal:
            draft.fallbacks.append(refusal.message)
            continue
        return


def composed(analysis: Analysis, settings: ProfileSettings, draft: Draft, *, complete: bool) -> ProfileRun:
    """The draft as a run; what was not measured is empty or None."""
    rows = draft.samples.rows
    samples, stands_for = draft.alone.samples or compose.columns(analysis, rows), draft.alone.stands_for or None
    layers = compose.layer_times(analysis, samples, settings, draft.ceilings, stands_for)
    run = ProfileRun(
        made=draft.made,
        complete=complete,
        spec=analysis.spec,
        settings=settings,
        place=draft.place,
        method=draft.method,
        layers=layers,
        groups=compose.group_times(analysis, rows) if rows else compose.groups_alone(analysis, layers),
        backward=compose.backward_times(analysis, rows) if rows and settings.passes == "forward+backward" else (),
        whole=timed(draft.samples.clean) if draft.samples.clean else _eager(draft.ends),
        instrumented=timed(draft.samples.sums) if rows else None,
        mark_us=draft.mark_us,
        ceilings=draft.ceilings,
        ends=tuple(draft.ends.ways),
        sweep=tuple(draft.ends.sweep),
        peak_bytes=draft.ends.peak_bytes,
        launch_bound_factor=draft.ends.launch_bound_factor,
        readings=tuple(draft.readings),
    )
    others = draft.sharing.others() if draft.sharing and complete else 0.0
    fallbacks = (*draft.fallbacks, *draft.ends.fallbacks)
    found = (*shared(others), *warnings(run))
    return msgspec.structs.replace(
        run, fallbacks=tuple(map(str, fallbacks)), warnings=tuple(map(str, found)), messages=(*fallbacks, *found)
    )


def shared(others: float) -> Iterator[Message]:
    """A message where others took a good part of a processor that had nothing to spare."""
    if others >= SHARED:
        yield Message("shared", {"part": 100 * others})


def warnings(run: ProfileRun) -> Iterator[Message]:
    """What a reader must know before relying on the figures."""
    whole = run.whole.spread if run.whole is not None else None
    if whole is not None:
        if whole.n < FEW and run.complete:
            yield Message("one repetition" if whole.n == 1 else "few repetitions", {"n": whole.n})
        yield from whole_variation(whole)
    if run.unaccounted_us is not None and whole is not None:
        allowed = max(MET_PART * whole.median_us, MET_US)
        corrected = run.unaccounted_us + len(run.layers) * (run.mark_us or 0.0)
        if min(abs(run.unaccounted_us), abs(corrected)) > allowed:
            yield Message("sum misses whole", {"part": 100 * run.unaccounted_us / whole.median_us})
    if run.method == "synchronised":
        yield Message("synchronised")
    yield from layers_variation([layer.spread for layer in run.layers])
    doubted = [layer.id for layer in run.layers if layer.doubt]
    if doubted:
        yield Message("doubted", {"n": len(doubted), "first": doubted[0]})
    throttled = sorted({reading.throttled for reading in run.readings if reading.throttled})
    if throttled:
        yield Message("throttled", {"reasons": "; ".join(throttled)})


def _check_training(analysis: Analysis, settings: ProfileSettings) -> None:
    """Raise SpecError where a batch norm would have a single value to average in training."""
    if settings.passes == "forward":
        return
    for layer in analysis.layers:
        if layer.kind == "norm" and prod(layer.output) == layer.output[1]:
            accepted = tr("{layer} would average a single value in training: give a larger batch or image")
            raise SpecError("batch", analysis.spec.input[0], accepted.format(layer=layer.id))


def _eager(ends: Ends) -> Measurement | None:
    return next((end.timed for end in ends.ways if end.way == "eager"), None)


def _fits(analysis: Analysis, settings: ProfileSettings, where: torch.device, batch: int) -> bool:
    free = device.free_bytes(where)
    return free is None or memory.needed_bytes(analysis, settings, where.type, batch) <= free


def _progress(tick: Tick, analysis: Analysis, settings: ProfileSettings, run: ProfileRun | None) -> ProfileProgress:
    phase: Phase = "warm-up" if tick.warming else "end-to-end" if settings.mode == "end-to-end" else "passes"
    layer = ""
    if tick.step is not None and tick.step < len(analysis.layers):
        layer = analysis.layers[tick.step].id
    elif tick.step is not None and settings.passes == "forward+backward":
        layer = BACKWARD
    return ProfileProgress(phase, tick.done, tick.seconds_left, run, layer)
