"""The devices of this machine: their names and abilities, and how torch is configured for a run on one of them."""

import contextlib
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import psutil
import torch
from torch import nn

from resnet_viz.device.host_memory import freed_memory_kept
from resnet_viz.device.precision import fp32_precision, precisions
from resnet_viz.device.sensors import driver_version
from resnet_viz.errors import SpecError
from resnet_viz.records.run import DeviceInfo, Environment
from resnet_viz.spec.profiling import Dtype, ProfileSettings
from resnet_viz.texts import tr
from resnet_viz.version import __version__

DTYPES: dict[Dtype, torch.dtype] = {
    "fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16,
}  # fmt: skip
DENORMAL_COUNT = 1 << 20  # enough for every thread to get some
ASSUMED_CACHE_BYTES = 32 << 20


def names() -> tuple[str, ...]:
    """Return the names of this machine's devices as `--device` takes them, the fastest kind first."""
    cards = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count())) if torch.cuda.is_available() else ()
    apple = ("mps",) if torch.backends.mps.is_available() else ()
    intel = tuple(f"xpu:{index}" for index in range(torch.xpu.device_count())) if torch.xpu.is_available() else ()
    return (*cards, *apple, *intel, "cpu")


def find(name: str) -> torch.device:
    """Return the device of that name, where "cuda" is "cuda:0"; raises SpecError, which lists the known devices."""
    available = names()
    full_name = f"{name}:0" if name in ("cuda", "xpu") else name
    if full_name not in available:
        raise SpecError("device", name, tr("this machine has {devices}").format(devices=", ".join(available)))
    return torch.device(full_name)


def device_infos() -> tuple[DeviceInfo, ...]:
    """Return this machine's devices with their memory and dtypes."""
    return tuple(info(torch.device(name)) for name in names())


def info(device: torch.device) -> DeviceInfo:
    """Return a device's title, memory and dtypes, with a sentence for each dtype that it cannot compute in."""
    refusals = {dtype: dtype_refusal(device, dtype) for dtype in get_args(Dtype)}
    dtypes = tuple(dtype for dtype in refusals if not refusals[dtype])
    refused = tuple(filter(None, refusals.values()))
    return DeviceInfo(str(device), title(device), total_bytes(device), free_bytes(device), dtypes, refused)


def dtype_refusal(device: torch.device, dtype: Dtype) -> str:
    """Try the dtype on the device; return the reason why it cannot compute in it, empty where it can."""
    on_cuda = device.type == "cuda"
    needs_ampere = dtype == "tf32" or (dtype == "bf16" and on_cuda)
    if needs_ampere and not (on_cuda and torch.cuda.get_device_capability(device) >= (8, 0)):
        return tr("{dtype} needs an NVIDIA card of compute capability 8.0 or later").format(dtype=dtype)
    try:
        with torch.inference_mode():
            layer = nn.Conv2d(4, 4, 3).to(device, DTYPES[dtype])
            layer(torch.ones(1, 4, 4, 4, device=device, dtype=DTYPES[dtype]))
    except (RuntimeError, TypeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        return tr("{dtype} does not run on {device}: {reason}").format(dtype=dtype, device=device, reason=reason)
    return ""


def check(settings: ProfileSettings) -> torch.device:
    """Return the device of these settings; raises SpecError where it does not exist or cannot compute in the dtype."""
    device = find(settings.device)
    refusal = dtype_refusal(device, settings.dtype)
    if refusal:
        raise SpecError("dtype", settings.dtype, refusal)
    return device


def title(device: torch.device) -> str:
    """Return the product name of a device: `NVIDIA H200`, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "xpu":
        return torch.xpu.get_device_name(device)
    return _processor() if device.type == "cpu" else platform.machine()


def total_bytes(device: torch.device) -> int | None:
    """Return the device's memory; None where it is unknown."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return psutil.virtual_memory().total if device.type in ("cpu", "mps") else None


def free_bytes(device: torch.device) -> int | None:
    """Return the memory that a run could use now; None where it is unknown."""
    if device.type == "cuda":
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # torch will reuse it
        return torch.cuda.mem_get_info(device)[0] + cached
    return psutil.virtual_memory().available if device.type in ("cpu", "mps") else None


def cache_bytes(device: torch.device) -> int:
    """Return the size of the last-level cache; 0 where it is unknown."""
    if device.type == "cuda":
        return int(getattr(torch.cuda.get_device_properties(device), "L2_cache_size", 0))
    sizes = [read_cache_size(path) for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")]
    return max(sizes, default=0)


def environment(device: torch.device, settings: ProfileSettings) -> Environment:
    """Return what a reader needs to judge a time measured here: device, versions, threads and flags."""
    on_cuda = device.type == "cuda"
    cudnn: Any = torch.backends.cudnn
    return Environment(
        device=str(device),
        name=title(device),
        memory_bytes=total_bytes(device),
        threads=torch.get_num_threads(),
        driver=driver_version() if on_cuda else "",
        cuda=(torch.version.cuda or "") if on_cuda else "",
        cudnn=str(cudnn.version() or "") if on_cuda else "",
        torch=str(torch.__version__),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        program=__version__,
        flags={
            **(precisions() if on_cuda else dict.fromkeys(precisions(), "ieee")),
            "cudnn.benchmark": str(settings.autotune) if on_cuda else "",
            "flush denormals": str(_denormals_flushed()),
        },
    )


@contextlib.contextmanager
def prepared(device: torch.device, settings: ProfileSettings) -> Iterator[None]:
    """Set torch's flags, threads and current device as the settings ask, and restore them afterwards.

    On a processor, freed memory is kept meanwhile: see `freed_memory_kept`.
    tf32 and fp32 differ in nothing but these flags: NVIDIA cards convolve fp32 data in TF32 by default.
    """
    threads, cudnn_benchmark = torch.get_num_threads(), torch.backends.cudnn.benchmark
    with contextlib.ExitStack() as restored:
        restored.callback(torch.set_num_threads, threads)
        restored.callback(torch.set_flush_denormal, False)
        if device.type == "cuda":
            restored.enter_context(torch.cuda.device(device))  # events, sleeps and graphs go to the current card
            restored.enter_context(fp32_precision("tf32" if settings.dtype == "tf32" else "ieee"))
            restored.callback(setattr, torch.backends.cudnn, "benchmark", cudnn_benchmark)
            torch.backends.cudnn.benchmark = settings.autotune
        if device.type == "cpu":
            restored.enter_context(freed_memory_kept())
        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        torch.set_flush_denormal(True)  # denormals are slow on a CPU, and no trained network depends on them
        yield


def _denormals_flushed() -> bool:
    """Return whether every thread flushes denormals: torch sets the calling thread's flag, new threads inherit it."""
    numbers = torch.full((DENORMAL_COUNT,), 71_362, dtype=torch.int32).view(torch.float32)  # 1e-40, by its bits
    return not bool((numbers * 1.0).view(torch.int32).ne(0).any())  # as integers: a flushing thread sees zeros


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "cpu"


def read_cache_size(path: Path) -> int:
    """Read a cache size as Linux writes it, such as `260M`; 0 for an empty file."""
    text = path.read_text().strip()
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(text[:-1]) * units[text[-1]] if text[-1:] in units else int(text or 0)
