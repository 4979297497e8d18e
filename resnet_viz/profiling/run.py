"""One run from beginning to end: checks, preparation, ceilings, the measurement of the network, and the warnings."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from math import prod

import msgspec
import torch

from resnet_viz.device import capacity
from resnet_viz.device import info as device_info
from resnet_viz.device.cpu_load import CpuLoad
from resnet_viz.device.cuda import Cuda
from resnet_viz.device.sensor_thread import SensorThread
from resnet_viz.device.sensors import Sensors
from resnet_viz.errors import SpecError
from resnet_viz.graph.trace import trace
from resnet_viz.metrics.saved_for_backward import GROUPS, filter_elements
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.profiling import assemble
from resnet_viz.profiling.ceilings import ceilings, empty_cache
from resnet_viz.profiling.isolated import IsolatedSamples, measure_isolated
from resnet_viz.profiling.passes import Budget, Progress, Setup, measure_passes
from resnet_viz.profiling.run_warnings import warnings
from resnet_viz.profiling.sampling.samples import Samples, thinned, undisturbed
from resnet_viz.profiling.statistics import measurement_of, summarize
from resnet_viz.profiling.timers.call_timers import synchronizer
from resnet_viz.profiling.timers.corrections import with_corrections
from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.run_ahead import RunAheadTimer
from resnet_viz.profiling.timers.timer import Clock, Timer, TimerUnavailable
from resnet_viz.profiling.training_step import ClearingPass, TrainingStep, TrainingWorkload, training_work
from resnet_viz.profiling.whole_network.end_to_end import EndToEndResults, measure_end_to_end
from resnet_viz.profiling.whole_network.energy import EnergyCounter, energy_seconds, measure_energy
from resnet_viz.profiling.whole_network.peak_memory import peak_of_pass
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.energy import Energy
from resnet_viz.records.message import Message
from resnet_viz.records.run import (
    BACKWARD,
    OPTIMIZER,
    Ceilings,
    Environment,
    Measurement,
    Method,
    Phase,
    ProfileProgress,
    ProfileRun,
)
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

PARTIAL_EVERY_NS, PARTIAL_PAUSE_FACTOR = 1_200_000_000, 20
"""Least time between two partial runs, and how many times longer the pause is than the assembling took."""


@dataclass
class PartialRun:
    """The results of a run so far; each of them may still be empty."""

    made: str
    environment: Environment
    ceilings: Ceilings | None = None
    cpu_load: CpuLoad | None = None
    method: Method | None = None
    timestamp_us: float | None = None
    starved_passes: int | None = None
    samples: Samples = field(default_factory=Samples)
    isolated: IsolatedSamples = field(default_factory=IsolatedSamples)
    end_to_end: EndToEndResults = field(default_factory=EndToEndResults)
    fallbacks: list[Message] = field(default_factory=list)
    sensors: SensorThread | None = None
    energy_counter: EnergyCounter = lambda: None
    energy: Energy | None = None
    predicted_peak_bytes: int | None = None

    def watch(self, sensors: Sensors, clock: Clock) -> None:
        """Let the sensors of a card be read during the passes, and its energy counter after them."""
        self.environment = msgspec.structs.replace(self.environment, **sensors.clock_limits())
        self.sensors = SensorThread(sensors.read, clock)
        self.energy_counter = sensors.energy_mj


def measure(
    analysis: Analysis, settings: ProfileSettings, clock: Clock = time.perf_counter_ns
) -> Iterator[ProfileProgress | ProfileRun]:
    """Measure the analyzed network as the settings ask.

    Yields progress, now and then with the run so far, then the complete run. Raises SpecError where the device does
    not exist, cannot do what is asked or has too little memory, and UserError where it runs out of memory
    nevertheless.
    """
    device = device_info.check(settings)
    _check_norms(analysis, settings)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    setup = Setup(settings, device, clock, nullcontext if settings.is_training else torch.inference_mode)
    with capacity.memory_checked(analysis, settings, device), device_info.prepared(device, settings):
        yield ProfileProgress("build", 0.0)
        workload = prepare(analysis.spec, settings, device)
        yield ProfileProgress("ceilings", 0.0)
        measured_ceilings = ceilings(device, settings, clock)
        empty_cache(device)
        cpu_load = CpuLoad() if device.type == "cpu" else None
        partial_run = PartialRun(made, device_info.environment(device, settings), measured_ceilings, cpu_load)
        if device.type == "cuda":
            partial_run.watch(Sensors(str(torch.cuda.get_device_properties(device).uuid)), clock)
        if settings.is_training:
            peak = training_peak_bytes(analysis, settings.dtype, optimizer=settings.used_optimizer)
            partial_run.predicted_peak_bytes = peak
        measuring = _measure_mode(analysis, workload, setup, partial_run)
        yield from with_partial_runs(measuring, analysis, setup, partial_run)
        yield assemble_run(analysis, settings, partial_run, complete=True)


def with_partial_runs(
    measuring: Iterator[Progress], analysis: Analysis, setup: Setup, partial_run: PartialRun
) -> Iterator[ProfileProgress]:
    """Yield the progress of a measurement, now and then with the run so far; sensors are read during its passes."""
    clock, sensors = setup.clock, partial_run.sensors
    sent = clock()
    pause = PARTIAL_EVERY_NS
    try:
        for progress in measuring:
            if sensors is not None and not progress.warming_up:
                sensors.start()
            now = clock()
            run = None
            if now - sent >= pause:
                run = assemble_run(analysis, setup.settings, partial_run, complete=False)
                sent = clock()
                pause = max(PARTIAL_EVERY_NS, PARTIAL_PAUSE_FACTOR * (sent - now))  # assembling many passes takes time
            yield profile_progress(progress, analysis, setup.settings, run)
    finally:
        if sensors is not None:
            sensors.stop()


def _measure_mode(analysis: Analysis, workload: Workload, setup: Setup, partial_run: PartialRun) -> Iterator[Progress]:
    settings, device = setup.settings, setup.device
    if settings.mode == "isolated":
        yield from measure_isolated(workload.network, trace(analysis.spec), setup, partial_run.isolated)
    elif settings.mode == "end-to-end":
        fits_memory = partial(_fits_memory, analysis, settings, device)
        yield from measure_end_to_end(workload, setup, fits_memory=fits_memory, results=partial_run.end_to_end)
    else:
        work = training_work(workload, settings.used_optimizer) if settings.is_training else workload
        with setup.torch_mode():
            partial_run.end_to_end.peak_bytes = peak_of_pass(device, work)
        makers, images = timer_makers(work, device, setup.clock), analysis.spec.input[0]
        yield from measure_in_network(makers, setup, partial_run, images=images)
        if isinstance(work, TrainingStep) and not work.is_finite:
            partial_run.fallbacks.append(Message("weights not finite", {"dtype": settings.dtype}))


def timer_makers(
    work: Workload | TrainingWorkload, device: torch.device, clock: Clock
) -> tuple[Callable[[], Timer], ...]:
    """Return the constructors of the timers that this device may support, the best first."""
    if device.type == "cpu":
        return (lambda: HostTimer(work, clock),)
    synchronized = lambda: HostTimer(work, clock, synchronizer(device))  # noqa: E731
    if device.type != "cuda":
        return (synchronized,)
    cuda = Cuda(device)
    run_ahead = lambda: RunAheadTimer(work, cuda, work.cuts, launches=work.launches)  # noqa: E731
    captured = ClearingPass(work) if isinstance(work, TrainingWorkload) else work
    return (lambda: GraphTimer(captured, cuda), run_ahead, synchronized)


def measure_in_network(
    makers: tuple[Callable[[], Timer], ...], setup: Setup, partial_run: PartialRun, *, images: int = 1
) -> Iterator[Progress]:
    """Run passes with the first timer that the machine supports; the reasons against the others are recorded.

    Where the device counts its energy and the time budget is long enough, that of passes of so many images follows.
    """
    for make_timer in makers:
        partial_run.samples = Samples()
        try:
            with setup.torch_mode():
                timer = make_timer()
            partial_run.method, partial_run.timestamp_us = timer.method, timer.timestamp_us
            throttled_spans = partial_run.sensors.throttled_spans if partial_run.sensors else tuple
            budget = setup.settings.seconds
            after = energy_seconds(partial_run.energy_counter, budget)
            yield from measure_passes(timer, setup, partial_run.samples, throttled_spans, seconds_after=after)
            partial_run.starved_passes = timer.starved_passes
            if after:
                partial_run.energy = yield from measure_energy(
                    timer,
                    setup,
                    partial_run.energy_counter,
                    Budget(after, setup.clock, before=budget - after),
                    synchronize=synchronizer(setup.device),
                    pass_us=summarize(partial_run.samples.uninstrumented).median_us,
                    images=images,
                )
            partial_run.fallbacks += [timer.warning] if timer.warning else []
        except TimerUnavailable as unavailable:
            partial_run.fallbacks.append(unavailable.message)
            continue
        return


def assemble_run(
    analysis: Analysis, settings: ProfileSettings, partial_run: PartialRun, *, complete: bool
) -> ProfileRun:
    """Return the results so far as a run; fields of what was not measured are empty or None."""
    sensors = partial_run.sensors
    passes = undisturbed(partial_run.samples, sensors.throttled_spans() if sensors else ())
    rows = passes.rows
    isolated, end_to_end = partial_run.isolated, partial_run.end_to_end
    samples = isolated.main(settings) or assemble.layer_samples(analysis, rows)
    layers = assemble.layer_times(analysis, samples, settings, partial_run.ceilings, isolated.representative_of or None)
    layers = assemble.with_both_caches(layers, cold=isolated.cold, warm=isolated.warm)
    loss, backward, optimizer = assemble.training_times(analysis, rows, settings)
    shares = partial_run.cpu_load.shares() if partial_run.cpu_load and complete else None
    run = ProfileRun(
        made=partial_run.made,
        complete=complete,
        spec=analysis.spec,
        settings=settings,
        place=partial_run.environment,
        method=partial_run.method or isolated.method,
        layers=layers,
        groups=assemble.group_times(analysis, rows) if rows else assemble.isolated_group_times(analysis, layers),
        backward=backward,
        whole=_whole_time(passes, end_to_end),
        instrumented=measurement_of(passes.sums) if rows else None,
        mark_us=partial_run.timestamp_us,
        ceilings=partial_run.ceilings,
        ends=tuple(end_to_end.times),
        sweep=tuple(end_to_end.sweep),
        peak_bytes=end_to_end.peak_bytes,
        launch_bound_factor=end_to_end.launch_bound_factor,
        readings=tuple(thinned(sensors.samples)) if sensors else (),
        measured_seconds=partial_run.samples.seconds,
        dropped_passes=partial_run.samples.number - passes.number,
        others_share=round(shares.others, 4) if shares else None,
        energy=partial_run.energy,
        event_pair_us=isolated.event_pair_us,
        loss=loss,
        optimizer=optimizer,
        starved_passes=partial_run.starved_passes,
        predicted_peak_bytes=partial_run.predicted_peak_bytes,
    )
    run = with_corrections(run, analysis, passes)
    fallbacks = (*partial_run.fallbacks, *isolated.refusals, *end_to_end.messages)
    found = tuple(warnings(run, shares))
    return msgspec.structs.replace(
        run, fallbacks=tuple(map(str, fallbacks)), warnings=tuple(map(str, found)), messages=(*fallbacks, *found)
    )


def profile_progress(
    progress: Progress, analysis: Analysis, settings: ProfileSettings, run: ProfileRun | None = None
) -> ProfileProgress:
    """Return the progress with its phase and the id of the layer in place of a step's number."""
    phase: Phase = "warm-up" if progress.warming_up else "end-to-end" if settings.mode == "end-to-end" else "passes"
    layer = ""
    if progress.step is not None and progress.step < len(analysis.layers):
        layer = analysis.layers[progress.step].id
    elif progress.step is not None and settings.is_training:
        layer = OPTIMIZER if progress.step >= assemble.first_update(analysis, settings) else BACKWARD
    return ProfileProgress(phase, progress.done, progress.seconds_left, run, layer)


def _check_norms(analysis: Analysis, settings: ProfileSettings) -> None:
    """Raise SpecError where torch refuses to average a single value: batch norm in training, the others always."""
    for layer in analysis.layers:
        values = prod(layer.output) // layer.output[1]
        if layer.kind == "norm" and not layer.variant and settings.is_training and values == 1:
            accepted = tr("{layer} would average a single value in training: give a larger batch or image")
            raise SpecError("batch", analysis.spec.input[0], accepted.format(layer=layer.id))
        if layer.variant == "group" and prod(layer.output) == GROUPS:
            accepted = tr("{layer} would average a single value: give a larger batch or image")
            raise SpecError("batch", analysis.spec.input[0], accepted.format(layer=layer.id))
        if layer.variant == "standardized" and filter_elements(layer) == layer.output[1]:
            accepted = tr("the filters of {layer} have a single weight, which cannot be standardized; give false")
            raise SpecError("weight_standardization", True, accepted.format(layer=layer.id))


def _whole_time(passes: Samples, end_to_end: EndToEndResults) -> Measurement | None:
    """Return the time of the uninstrumented passes, or that of the eager execution in the end-to-end mode."""
    if passes.uninstrumented:
        return measurement_of(passes.uninstrumented)
    return next((time.timed for time in end_to_end.times if time.way == "eager"), None)


def _fits_memory(analysis: Analysis, settings: ProfileSettings, device: torch.device, batch: int) -> bool:
    free = device_info.free_bytes(device)
    return free is None or capacity.needed_bytes(analysis, settings, device.type, batch) <= free
