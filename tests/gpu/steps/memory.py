"""What the memory estimates say beside what a card's allocator and driver say."""

import torch

from resnet_viz.device import capacity
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.training_step import training_work
from resnet_viz.profiling.whole_network.peak_memory import peak_of_pass
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gpu.figures import Result
from tests.gpu.steps import workload_on, workload_on_card


def memory(device: str, network: str, batch: int, **settings: object) -> Result:
    """Return the estimate of a run's memory beside the peaks of its first pass, of later ones, and with a graph."""
    asked = ProfileSettings(device=device, batch=batch, **settings)  # type: ignore[arg-type]
    predicted = capacity.needed_bytes(analyse(asked.applied_to(preset(network))), asked, device.partition(":")[0])
    if not device.startswith("cuda"):
        return {"predicted_bytes": predicted}
    free = torch.cuda.mem_get_info()[0]
    with workload_on_card(asked, network) as (workload, cuda):
        torch.cuda.empty_cache()
        held, peaks = torch.cuda.memory_allocated(), []
        for _ in range(3):
            cuda.reset_peak()
            workload.run_whole()
            cuda.synchronize()
            peaks.append(cuda.peak_bytes())
        reserved = torch.cuda.max_memory_reserved()
        graph = cuda.capture(workload.run_whole)
        graph.replay()
        cuda.synchronize()
        return {
            "predicted_bytes": predicted, "held_bytes": held, "first_peak_bytes": peaks[0],
            "later_peak_bytes": peaks[-1], "reserved_bytes": reserved,
            "reserved_with_graph_bytes": torch.cuda.memory_reserved(),
            "taken_from_driver_bytes": free - torch.cuda.mem_get_info()[0],
            "predicted_over_peak": predicted / peaks[-1], "predicted_over_reserved": predicted / reserved,
        }  # fmt: skip


def training_memory(device: str, network: str, batch: int, **settings: object) -> Result:
    """Return the predicted and the measured peak of a training step with each optimizer."""
    found: Result = {}
    for optimizer in ("sgd", "adam"):
        changes = {"batch": batch, "passes": "training-step", "optimizer": optimizer, **settings}
        asked = ProfileSettings(device=device, **changes)  # type: ignore[arg-type]
        with workload_on(asked, network) as (workload, where):
            measured = peak_of_pass(where, training_work(workload, asked.used_optimizer))
        analysis = analyse(asked.applied_to(preset(network)))
        predicted = training_peak_bytes(analysis, asked.dtype, optimizer=asked.used_optimizer)
        found[optimizer] = {"predicted_bytes": predicted, "measured_bytes": measured}
        found[optimizer]["predicted_over_measured"] = predicted / measured if measured else None
    return found
