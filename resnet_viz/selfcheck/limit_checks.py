"""The checks of a device's limits: the least possible time, the range of fp16, and the end of its memory."""

import subprocess
import sys
import time

import torch

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.device import info as device_info
from resnet_viz.metrics.roofline import lower_bound
from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.ceilings import ceilings
from resnet_viz.selfcheck import worker
from resnet_viz.selfcheck.check_setup import TOLERANCE, CheckSetup, outcome_of, run_of, workload_of
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import preset, title_of
from resnet_viz.spec.profiling import BYTES
from resnet_viz.texts import tr

WORKER_SECONDS = 300


def not_faster_than_roofline(setup: CheckSetup) -> Outcome:
    """Compare the whole network with Σ of max(arithmetic ÷ peak, bytes ÷ bandwidth), which it cannot beat."""
    figures, passed, numbers = [], True, {}
    dtype, batch = setup.roofline_dtype, setup.roofline_batch
    for name in setup.roofline_presets:
        settings = setup.settings(dtype=dtype, batch=batch, memory_format="channels_last")
        analysis = analyse(settings.applied_to(preset(name)))
        run = run_of(setup, name, batch=batch, dtype=dtype, memory_format="channels_last")
        measured = run.ceilings or ceilings(setup.device, settings, time.perf_counter_ns)
        least_us = 0.0
        for layer in analysis.layers:
            bound = lower_bound(layer.flops, moved_bytes(layer, BYTES[dtype]), measured)
            least_us += max(bound.compute_us, bound.memory_us)
        ratio = run.whole.spread.median_us / least_us if run.whole else 0.0
        figures.append(f"{title_of(run.spec)} {ratio:.2f}")
        passed = passed and ratio >= 1 - TOLERANCE
        numbers[name] = ratio
    return outcome_of(f"{', '.join(figures)} ({dtype}, N={batch})", passed, **numbers)


def half_precision_is_finite(setup: CheckSetup) -> Outcome:
    """Check that a deep network's output is finite in fp16, where its activations overflow without calibration."""
    refusal = device_info.dtype_refusal(setup.device, "fp16")
    if refusal:
        return outcome_of(refusal, None)
    with torch.inference_mode():
        output = workload_of(setup, "resnet152", dtype="fp16", batch=2).run_whole().float()
    largest = float(output.abs().max())
    figure = tr("the largest output is {n}").format(n=f"{largest:.3g}")
    return outcome_of(figure, bool(output.isfinite().all()), largest=largest)


def out_of_memory_is_survived(setup: CheckSetup) -> Outcome:
    """Check that running out of memory, in a process of its own, ends in a sentence that names the batch."""
    if sys.platform == "win32":
        return outcome_of(tr("not checked on this system"), None)
    sentence = _worker_output(setup)
    return outcome_of(sentence, "batch" in sentence)


def _worker_output(setup: CheckSetup) -> str:
    """Run the worker on the device and return the last line that it prints; raises RuntimeError where it fails."""
    command = module_command(worker.__name__, str(setup.device))
    done = subprocess.run(command, env=module_environment(), capture_output=True, timeout=WORKER_SECONDS, check=False)
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise RuntimeError(tr("the process ended with {code}: {last}").format(code=done.returncode, last=last[:160]))
    return (done.stdout.decode(errors="replace").strip().splitlines() or [""])[-1]
