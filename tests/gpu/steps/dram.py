"""One pass between the profiler's marks, for Nsight Compute to count its DRAM bytes."""

import sys

import torch

from resnet_viz.spec.profiling import ProfileSettings
from tests.gpu.figures import Result
from tests.gpu.steps import workload_on_card


def one_pass(device: str, network: str = "resnet18", batch: int = 32) -> Result:
    """Run an eager pass between the marks, and print the id of each layer before its kernels."""
    settings = ProfileSettings(device=device, batch=batch, dtype="bf16", memory_format="channels_last")
    with workload_on_card(settings, network) as (workload, cuda):
        for _ in range(3):
            workload.run_whole()
        cuda.synchronize()
        torch.cuda.profiler.start()  # type: ignore[no-untyped-call]
        for step in workload.run_steps():
            if step < len(workload.steps):
                sys.stdout.write(f"LAYER {workload.steps[step].id}\n")
                sys.stdout.flush()
        cuda.synchronize()
        torch.cuda.profiler.stop()  # type: ignore[no-untyped-call]
    return {"layers": len(workload.steps)}
