"""Steps about the machine: versions, the precision of its dtypes, and captures that fail."""

import copy
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version

import msgspec
import torch

from resnet_viz.device import info
from resnet_viz.device.cuda import Cuda
from resnet_viz.device.precision import precisions
from resnet_viz.device.sensors import Sensors, driver_version
from resnet_viz.spec.profiling import ProfileSettings
from tests.gpu.figures import Result
from tests.gpu.steps import need_card, workload_on

PACKAGES = ("torchvision", "timm", "triton", "msgspec", "platformdirs", "psutil", "networkx", "nvidia-ml-py", "numpy")
GREATEST_FP32_ERROR = 2e-5


def environment(device: str) -> Result:
    """Return versions, tools, and for a card its properties and sensors; nvidia-smi's output goes to the log."""
    found: Result = {
        "python": platform.python_version(), "torch": torch.__version__, "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
 "cpus": os.cpu_count(), "kernel": platform.release(),
        "tools": {tool: shutil.which(tool) for tool in ("gcc", "nvcc", "ncu")},
        "packages": {name: _version(name) for name in PACKAGES}, "precisions": precisions(),
    }  # fmt: skip
    if not device.startswith("cuda"):
        return found
    properties = torch.cuda.get_device_properties(device)
    names = ("name", "multi_processor_count", "L2_cache_size", "total_memory", "major", "minor", "uuid")
    found["card"] = {name: str(getattr(properties, name, None)) for name in names}
    found["driver"] = driver_version()
    sensors = Sensors(str(properties.uuid))
    sample = sensors.read(0.0)
    found["sensors"] = None if sample is None else msgspec.structs.asdict(sample)
    found["clock_limits"], found["energy_mj"] = sensors.clock_limits(), sensors.energy_mj()
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(["nvidia-smi", "-q"], timeout=30, check=False)
    return found


def precision(device: str, network: str) -> Result:
    """Return each dtype's relative error against float64: fp32 has to be IEEE, and tf32 coarser than it."""
    settings = ProfileSettings(device=device, batch=2)
    found: Result = {}
    with workload_on(settings, network) as (workload, where):
        exact = copy.deepcopy(workload.network).cpu().double()(workload.x.cpu().double())
        offered = [dtype for dtype in info.DTYPES if not info.dtype_refusal(where, dtype)]
        for dtype in offered:
            kind = info.DTYPES[dtype]
            with info.prepared(where, settings.but(dtype=dtype)):
                output = copy.deepcopy(workload.network).to(kind)(workload.x.to(kind)).double().cpu()
            found[dtype] = float((output - exact).norm() / exact.norm())
    is_right = found["fp32"] < GREATEST_FP32_ERROR and found.get("tf32", 1.0) > 5 * found["fp32"]
    return found | {"fp32 and tf32 are what they should be": is_right}


def failed_capture(device: str) -> Result:
    """Return what still works after a capture that failed: memory, random numbers, other captures."""
    need_card(device)
    where = torch.device(device)
    cuda, x = Cuda(where), torch.randn(256, 256, device=where)
    calls = iter(range(1_000))

    def refused() -> torch.Tensor:
        product = x @ x
        if next(calls) >= 3:  # the passes that warm up are allowed
            torch.cuda.synchronize()
        return product

    empty_cache: Callable[[], object] = torch.cuda.empty_cache
    found: Result = {}
    for name, action in (
        ("capture", lambda: cuda.capture(refused)),
        ("eager", lambda: float((x @ x).sum())),
        ("empty_cache", empty_cache),
        ("random numbers", lambda: torch.randn(8, device=where).sum()),
        ("capture again", lambda: cuda.capture(lambda: x @ x).replay()),
    ):
        try:
            action()
            torch.cuda.synchronize()
            found[name] = "works"
        except Exception as error:  # whatever it is, it is what the step is to find out
            found[name] = f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0][:200]}"
    recovers = all(text == "works" for name, text in found.items() if name != "capture")
    return found | {"recovers": recovers and found["capture"] != "works"}


def _version(package: str) -> str | None:
    try:
        return package_version(package)
    except PackageNotFoundError:
        return None
