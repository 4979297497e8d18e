"""The devices of this machine: what they are called, what they can do, and how they are set up for a run."""

import contextlib
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import psutil
import torch
from torch import nn

from resnet_viz.device.sensors import driver_version
from resnet_viz.errors import SpecError
from resnet_viz.records.run import DeviceInfo, Environment
from resnet_viz.spec.profiling import Dtype, ProfileSettings
from resnet_viz.texts import tr
from resnet_viz.version import __version__

DTYPES: dict[Dtype, torch.dtype] = {
    "fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16,
}  # fmt: skip
DENORMALS = 1 << 20  # enough for every thread to get some
UNKNOWN_CACHE = 32 << 20


def names() -> tuple[str, ...]:
    """Every device there is, by the name that `--device` takes; the best first."""
    cards = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count())) if torch.cuda.is_available() else ()
    apple = ("mps",) if torch.backends.mps.is_available() else ()
    intel = tuple(f"xpu:{index}" for index in range(torch.xpu.device_count())) if torch.xpu.is_available() else ()
    return (*cards, *apple, *intel, "cpu")


def find(name: str) -> torch.device:
    """The device of that name; "cuda" is "cuda:0". Raises SpecError, which lists the devices there are."""
    there = names()
    full = f"{name}:0" if name in ("cuda", "xpu") else name
    if full not in there:
        raise SpecError("device", name, tr("this machine has {devices}").format(devices=", ".join(there)))
    return torch.device(full)


def infos() -> tuple[DeviceInfo, ...]:
    """All devices with what each can do."""
    return tuple(info(torch.device(name)) for name in names())


def info(device: torch.device) -> DeviceInfo:
    """What one device is and can do; a dtype that it cannot is refused with a sentence."""
    why = {dtype: refusal(device, dtype) for dtype in get_args(Dtype)}
    dtypes, refused = tuple(dtype for dtype in why if not why[dtype]), tuple(filter(None, why.values()))
    return DeviceInfo(str(device), title(device), total_bytes(device), free_bytes(device), dtypes, refused)


def refusal(device: torch.device, dtype: Dtype) -> str:
    """Why the device cannot compute in this dtype, or nothing; settled by trying."""
    on_cuda = device.type == "cuda"
    asks_for_more = dtype == "tf32" or (dtype == "bf16" and on_cuda)
    if asks_for_more and not (on_cuda and torch.cuda.get_device_capability(device) >= (8, 0)):
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
    """The device of these settings; raises SpecError where it is not there or cannot do what is asked."""
    device = find(settings.device)
    why = refusal(device, settings.dtype)
    if why:
        raise SpecError("dtype", settings.dtype, why)
    return device


def title(device: torch.device) -> str:
    """`NVIDIA H200`, or the processor's own name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "xpu":
        return torch.xpu.get_device_name(device)
    return _processor() if device.type == "cpu" else platform.machine()


def total_bytes(device: torch.device) -> int | None:
    """The device's memory; None where it does not tell."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return psutil.virtual_memory().total if device.type in ("cpu", "mps") else None


def free_bytes(device: torch.device) -> int | None:
    """The memory that a run could have now; None where the device does not tell."""
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # torch's own, to use again
        return torch.cuda.mem_get_info(device)[0] + kept
    return psutil.virtual_memory().available if device.type in ("cpu", "mps") else None


def cache_bytes(device: torch.device) -> int:
    """The size of the last cache; 0 where it is unknown."""
    if device.type == "cuda":
        return int(getattr(torch.cuda.get_device_properties(device), "L2_cache_size", 0))
    found = [_cache_size(path) for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")]
    return max(found, default=0)


def environment(device: torch.device, settings: ProfileSettings) -> Environment:
    """All that a reader needs to judge a time measured here."""
    on_cuda = device.type == "cuda"
    matmul, conv, cudnn = _precisions()
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
            "conv fp32 precision": str(conv.fp32_precision) if on_cuda else "ieee",
            "matmul fp32 precision": str(matmul.fp32_precision) if on_cuda else "ieee",
            "cudnn.benchmark": str(settings.autotune) if on_cuda else "",
            "flush denormals": str(_denormals_flushed()),
        },
    )


@contextlib.contextmanager
def prepared(device: torch.device, settings: ProfileSettings) -> Iterator[None]:
    """torch's flags as the settings ask, and as they were afterwards.

    tf32 and fp32 differ in nothing but these flags: NVIDIA cards convolve fp32 data in TF32 by default.
    """
    matmul, conv, cudnn = _precisions()
    before = (matmul.fp32_precision, conv.fp32_precision, cudnn.benchmark, torch.get_num_threads())
    held = contextlib.ExitStack()
    try:
        if device.type == "cuda":
            held.enter_context(torch.cuda.device(device))  # events, sleeps and graphs go to the current card
            matmul.fp32_precision = conv.fp32_precision = "tf32" if settings.dtype == "tf32" else "ieee"
            cudnn.benchmark = settings.autotune
        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        torch.set_flush_denormal(True)  # denormals are slow on a CPU, and no trained network lives on them
        yield
    finally:
        matmul.fp32_precision, conv.fp32_precision, cudnn.benchmark = before[:3]
        torch.set_num_threads(before[3])
        torch.set_flush_denormal(False)
        held.close()


def _denormals_flushed() -> bool:
    """Whether every thread flushes them: torch sets the calling thread's flag, and new threads take it over."""
    numbers = torch.full((DENORMALS,), 71_362, dtype=torch.int32).view(torch.float32)  # 1e-40, by its bits
    return not bool((numbers * 1.0).view(torch.int32).ne(0).any())  # as integers: a flushing thread sees zeros


def _precisions() -> tuple[Any, Any, Any]:
    """torch's switches for matrix products and convolutions in fp32, and cuDNN's own; torch gives them no types."""
    backends: Any = torch.backends
    return backends.cuda.matmul, backends.cudnn.conv, backends.cudnn


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "cpu"


def _cache_size(path: Path) -> int:
    text = path.read_text().strip()
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(text[:-1]) * units[text[-1]] if text[-1:] in units else int(text or 0)
