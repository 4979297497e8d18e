"""The steps of the four phases, the most telling first: what does not fit into the budget is skipped."""

import json
import shutil
import sys
from typing import Any

from tests.gpu.day import Day
from tests.gpu.figures import Result
from tests.gpu.steps.baseline import baseline, compiled_with_switches
from tests.gpu.steps.environment import environment, failed_capture, precision
from tests.gpu.steps.memory import memory, training_memory
from tests.gpu.steps.profiles import profile, timers
from tests.gpu.steps.timestamps import timestamps

Settings = dict[str, Any]

DTYPES, CPU_DTYPES = ("bf16", "fp32", "tf32", "fp16"), ("fp32", "bf16")
NETWORKS, BATCHES = ("resnet50", "resnet18", "resnet152"), (1, 32, 256)
BLOCKS = ((64, 56, 1), (256, 56, 1), (256, 56, 32), (256, 56, 256), (512, 28, 32), (1024, 14, 32))
"""Channels, image side and batch of the compared blocks."""
MEMORY_CASES = (
    ("resnet50", 256, "contiguous"),
    ("resnet50", 256, "channels_last"),
    ("resnet152", 256, "contiguous"),
    ("resnet50", 1, "contiguous"),
)


def phase_a(day: Day) -> None:
    """Environment, precision, timestamps, failed captures, the selfcheck."""
    day.step("environment", environment, 60)
    day.command("devices", ["devices"], 60)
    smoke = ["profile", "resnet18", "--device", day.device, "--seconds", "0.5", "-o", str(day.work / "smoke.json")]
    day.command("smoke", smoke, 90)
    day.step("precision", precision, 90, network="resnet18" if day.quick else "resnet50")
    day.step("failed_capture", failed_capture, 60)
    plan = (("resnet50", 1, "fp32"), ("resnet50", 1, "bf16"), ("resnet50", 64, "bf16"), ("resnet152", 1, "bf16"))
    for network, batch, dtype in plan[: 1 if day.quick else None]:
        day.step(f"timestamps_{network}_{batch}_{dtype}", timestamps, 60, network=network, batch=batch, dtype=dtype)
    if day.quick and not day.on_card:
        day.command("selfcheck", ["selfcheck", "--help"], 60)
        return
    arguments = ["selfcheck", "--device", day.device, "-o", str(day.work / "selfcheck.json")]
    day.command("selfcheck", arguments, 450, least=60, parse=selfcheck_outcomes)


def phase_b(day: Day) -> None:
    """The default run, the matrix of profiles with kernels, and training steps."""
    network = "resnet18" if day.quick else "resnet50"
    seconds: Settings = {"seconds": 0.3} if day.quick else {}
    day.step("default", profile, 60, network=network, keep=str(day.work / "run_default.json"), **seconds)
    for optimizer in ("sgd", "adam"):
        more: Settings = {"batch": 2, "size": (64, 64)} if day.quick else {"batch": 32, "dtype": "bf16"}
        more |= {"passes": "training-step", "optimizer": optimizer, "seconds": 0.3 if day.quick else 4.0}
        keep = str(day.work / f"run_training_{optimizer}.json")
        day.step(f"training_{optimizer}", profile, 60, network=network, keep=keep, **more)
    dtypes = DTYPES if day.on_card else CPU_DTYPES
    plan = [
        (layout, name, batch, dtype)
        for dtype in dtypes
        for layout in ("contiguous", "channels_last")
        for name in NETWORKS
        for batch in BATCHES
    ]
    if day.quick:
        plan = [("contiguous", "resnet18", 1, dtype) for dtype in CPU_DTYPES]
    for layout, name, batch, dtype in plan:
        step = f"{name}_{batch}_{dtype}_{layout}"
        case: Settings = {"batch": batch, "dtype": dtype, "memory_format": layout, "seconds": 0.3 if day.quick else 2.0}
        day.step(step, profile, 60, least=12, network=name, keep=str(day.work / f"run_{step}.json"), **case)


def phase_c(day: Day) -> None:
    """The three timers, memory, compared blocks, isolated layers, energy, a trace."""
    quick = 1 if day.quick else None
    dtype, seconds = "bf16" if day.on_card else "fp32", "0.3" if day.quick else "3"
    for network, batch in (("resnet50", 1), ("resnet152", 1), ("resnet50", 64))[:quick]:
        network = "resnet18" if day.quick else network
        day.step(
            f"timers_{network}_{batch}", timers, 60, network=network, batch=batch, repetitions=3 if day.quick else 25
        )
    for network, batch, layout in MEMORY_CASES[:quick]:
        case: Settings = {"batch": batch, "dtype": dtype, "memory_format": layout}
        day.step(f"memory_{network}_{batch}_{layout}", memory, 40, network=network, **case)
    training: Settings = {"network": "resnet18", "batch": 2, "size": (64, 64)} if day.quick else {"network": "resnet50"}
    for batch in (2,) if day.quick else (32, 256):
        day.step(f"training_memory_{batch}", training_memory, 60, **training | {"batch": batch})
    for channels, side, batch in BLOCKS[:quick]:
        arguments = ["compare", "--device", day.device, "--channels", str(channels), "--batch", str(batch)]
        arguments += ["--size", "14" if day.quick else str(side), "--dtype", dtype, "--seconds", seconds]
        name = f"blocks_{channels}_{side}_{batch}"
        day.command(name, [*arguments, "--format", "json"], 60, parse=compared_times)
    trace = ["profile", "resnet18", "--device", day.device, "--seconds", seconds, "--batch", "1"]
    day.command("trace", [*trace, "--trace", str(day.work / "trace.json"), "-o", str(day.work / "run_trace.json")], 90)
    if day.quick:
        return
    for name, cold in (("cold", True), ("warm", False)):
        more: Settings = {"batch": 1, "dtype": dtype, "mode": "isolated", "seconds": 6.0, "cold": cold}
        day.step(f"isolated_{name}", profile, 60, network="resnet50", **more)
    for batch in (1, 256):
        longer: Settings = {"batch": batch, "dtype": dtype, "memory_format": "channels_last", "seconds": 12.0}
        day.step(f"energy_{batch}", profile, 60, network="resnet50", **longer)


def phase_d(day: Day) -> None:
    """End to end against a hand-tuned baseline, repeatability, torch.compile, DRAM bytes."""
    if day.quick:
        small: Settings = {"network": "resnet18", "batch": 1, "dtype": "fp32"}
        day.step("ends_resnet18_1", profile, 60, mode="end-to-end", seconds=0.5, sweep=False, **small)
        day.step("baseline_resnet18_1", baseline, 60, seconds=0.5, layout="contiguous", **small)
        for number in range(2):
            day.step(f"again_{number}", profile, 60, seconds=0.3, **small)
        return
    dtype = "bf16" if day.on_card else "fp32"
    for network, batch in (("resnet50", 256), ("resnet50", 1), ("resnet50", 32), ("resnet18", 256), ("resnet152", 256)):
        same: Settings = {"network": network, "batch": batch, "dtype": dtype}
        ends: Settings = {"memory_format": "channels_last", "mode": "end-to-end", "seconds": 4.0, "sweep": False}
        day.step(f"ends_{network}_{batch}", profile, 60, autotune=True, **same, **ends)
        day.step(f"baseline_{network}_{batch}", baseline, 60, **same)
        day.step(f"baseline_graph_{network}_{batch}", baseline, 60, mode="graph", **same)
    for number in range(4):
        day.step(f"again_{number}", profile, 40, network="resnet50", batch=64, dtype=dtype, seconds=4.0)
    big: Settings = {"network": "resnet50", "batch": 256}
    day.step("baseline_autocast", baseline, 60, dtype="fp16" if day.on_card else "bf16", autocast=True, **big)
    if day.on_card:
        day.step("compile_switches_tf32", compiled_with_switches, 90, network="resnet18", dtype="tf32")
        more: Settings = {
            "batch": 32,
            "dtype": dtype,
            "memory_format": "channels_last",
            "mode": "end-to-end",
            "seconds": 8.0,
        }
        day.step("ends_compiled", profile, 150, network="resnet50", compiled=True, **more)
    if shutil.which("ncu"):
        metrics = "dram__bytes.sum,gpu__time_duration.sum"
        command = ["ncu", "--clock-control", "none", "--profile-from-start", "off", "--csv", "--metrics", metrics]
        code = f"from tests.gpu.steps.dram import one_pass; one_pass({day.device!r})"
        day.command("dram", [*command, sys.executable, "-c", code], 100, least=40)
    day.step("baseline_compiled", baseline, 300, least=90, mode="max-autotune", **big)


def selfcheck_outcomes(text: str) -> Result:
    """Return the lines of the selfcheck's output by the number of their check."""
    lines = [line for line in text.splitlines() if line[:2].strip().isdigit()]
    return {line.split()[0]: line for line in lines}


def compared_times(text: str) -> Result:
    """Return medians in µs, their ratio and its confidence interval from the output of `compare --format json`."""
    times = json.loads(text[text.index("{") : text.rindex("}") + 1])["times"]
    medians = {f"{side}_us": times[side]["spread"]["median_us"] for side in ("first", "second")}
    return {name: times[name] for name in ("ratio", "low", "high")} | medians


PHASES = {"A": phase_a, "B": phase_b, "C": phase_c, "D": phase_d}
