"""What timestamps cost on a card: alone, twice in a row, and in a network as their number grows."""

import time
from collections.abc import Iterable
from itertools import pairwise

from resnet_viz.device.cuda import Cuda, Event, Graph
from resnet_viz.profiling.timers.graph import SPARSE_EVERY
from resnet_viz.profiling.timers.stopwatches import time_queued
from resnet_viz.profiling.workload import Workload
from resnet_viz.spec.profiling import Dtype, MemoryFormat, ProfileSettings
from tests.gpu.figures import Result, line_through, median, spread
from tests.gpu.steps import workload_on_card

SLEEP_CYCLES = 5_000_000  # about 2.5 ms: the host launches a graph meanwhile
EMPTY_EVENTS, EMPTY_REPLAYS = 201, 20
DISTANCES = (16, 8, 4, 2, 1)
"""An event before every so many steps; the last is before every step."""


class Captured:
    """A graph of a pass with one event, or two in a row, before some of its steps."""

    def __init__(self, cuda: Cuda, workload: Workload, steps: Iterable[int], *, beside: Graph, twice: bool = False):
        self.events: dict[int, list[Event]] = {
            step: [cuda.event(in_graph=True) for _ in range(1 + twice)] for step in sorted(set(steps))
        }

        def run_pass() -> None:
            for step in workload.run_steps():
                for event in self.events.get(step, ()):
                    event.record()

        self.graph = cuda.capture(run_pass, warm_passes=1, sharing_memory_of=beside)

    def gap_us(self, start: int, stop: int) -> float:
        """Return the time from the last event before one step to the first event before another."""
        return 1000 * self.events[start][-1].elapsed_time(self.events[stop][0])


def timestamps(
    device: str, network: str, batch: int, dtype: Dtype, layout: MemoryFormat = "contiguous", rounds: int = 50
) -> Result:
    """Return the time of a pass by the number of its events, and the steps' times with dense and sparse events."""
    settings = ProfileSettings(device=device, batch=batch, dtype=dtype, memory_format=layout)
    with workload_on_card(settings, network) as (workload, cuda):
        last = len(workload.steps)
        empty_us = _empty_gaps_us(cuda)
        clean = cuda.capture(workload.run_whole)
        plans = {f"every {distance}": [*range(0, last, distance), last] for distance in DISTANCES}
        variants = {name: Captured(cuda, workload, steps, beside=clean) for name, steps in plans.items()}
        dense = variants[f"every {DISTANCES[-1]}"]
        twins = Captured(cuda, workload, range(last + 1), beside=clean, twice=True)
        groups = [range(first, last, SPARSE_EVERY) for first in range(SPARSE_EVERY)]
        sparse = [
            Captured(cuda, workload, (end for step in steps for end in (step, step + 1)), beside=clean)
            for steps in groups
        ]
        graphs = {"none": clean, **{name: variant.graph for name, variant in variants.items()}}
        _warm_up(cuda, clean)
        outer: dict[str, list[float]] = {name: [] for name in graphs}
        starved = 0
        dense_us: list[list[float]] = [[] for _ in range(last)]
        sparse_us: list[list[float]] = [[] for _ in range(last)]
        twin_us: list[float] = []
        for number in range(rounds):
            names = list(graphs)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                ahead, time_us = time_queued(cuda, SLEEP_CYCLES, graphs[name].replay)
                outer[name].append(time_us)
                starved += not ahead
                if graphs[name] is dense.graph:
                    for step in range(last):
                        dense_us[step].append(dense.gap_us(step, step + 1))
            time_queued(cuda, SLEEP_CYCLES, twins.graph.replay)
            twin_us += [1000 * first.elapsed_time(second) for first, second in twins.events.values()]
            for steps, variant in zip(groups, sparse, strict=True):
                time_queued(cuda, SLEEP_CYCLES, variant.graph.replay)
                for step in steps:
                    sparse_us[step].append(variant.gap_us(step, step + 1))
    counts = {"none": 0, **{name: len(variant.events) for name, variant in variants.items()}}
    whole = median(outer["none"])
    total = sum(map(median, dense_us))
    readings = sorted({round(1000 * value) for column in dense_us for value in column})
    return {
        "steps": last, "empty_us": spread(empty_us), "twin_us": spread(twin_us), "starved_replays": starved,
        "fit": line_through([(counts[name], median(outer[name])) for name in counts]),
        "in_situ_us": (total - whole) / last, "dense_sum_over_whole": total / whole,
        "sparse_sum_less_empty_over_whole": sum(median(column) - median(empty_us) for column in sparse_us) / whole,
        "resolution_ns": min((b - a for a, b in pairwise(readings)), default=None),
        "whole_us": {name: spread(values) for name, values in outer.items()},
        "layers": {
            step.id: {"dense_us": median(dense_us[index]), "sparse_us": median(sparse_us[index])}
            for index, step in enumerate(workload.steps)
        },
    }  # fmt: skip


def _empty_gaps_us(cuda: Cuda) -> list[float]:
    events = [cuda.event(in_graph=True) for _ in range(EMPTY_EVENTS)]
    graph = cuda.capture(lambda: [event.record() for event in events])
    gaps: list[float] = []
    for _ in range(EMPTY_REPLAYS):
        graph.replay()
        cuda.synchronize()
        gaps += [1000 * start.elapsed_time(stop) for start, stop in pairwise(events)]
    return gaps


def _warm_up(cuda: Cuda, graph: Graph, seconds: float = 1.0) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        graph.replay()
        cuda.synchronize()
