"""A hand-tuned throughput to compare with, and torch.compile beside the program's switches."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec

import torch
from torch import nn

from resnet_viz.device.info import DTYPES
from resnet_viz.model.resnet import build
from resnet_viz.profiling.workload import LAYOUTS
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import Dtype, MemoryFormat, ProfileSettings
from tests.gpu.figures import Result, spread
from tests.gpu.steps import workload_on

SINGLE_PASSES, CHUNK = 50, 10


def baseline(
    device: str,
    network: str,
    batch: int,
    dtype: Dtype = "bf16",
    layout: MemoryFormat = "channels_last",
    *,
    autocast: bool = False,
    mode: str = "eager",
    own: bool = False,
    seconds: float = 2.0,
) -> Result:
    """Return images per second as timm's benchmark measures them: many passes queued, one wait at the end.

    The network is timm's where that is installed, else torchvision's, else (or with `own`) this program's. `mode` is
    "eager", "graph", or a mode of torch.compile.
    """
    where = torch.device(device)
    on_card = where.type == "cuda"
    source, module = _network(network, own=own)
    kind = torch.float32 if autocast else DTYPES[dtype]
    form = LAYOUTS[layout]
    module = module.eval().to(where, kind).to(memory_format=form)  # type: ignore[call-overload]
    x = torch.randn(batch, 3, 224, 224, device=where).to(kind).contiguous(memory_format=form)
    torch.backends.cudnn.benchmark = True
    if on_card:
        torch.set_float32_matmul_precision("high")  # as timm does
    wait: Callable[[], object] = torch.cuda.synchronize if on_card else lambda: None
    is_compiled = mode not in ("eager", "graph")
    run = torch.compile(module, mode=mode) if is_compiled else module
    with torch.inference_mode(), torch.autocast(where.type, DTYPES[dtype]) if autocast else nullcontext():
        begun = time.monotonic()
        run(x)
        wait()
        first_seconds = time.monotonic() - begun
        run_pass = _captured(run, x) if mode == "graph" and on_card else lambda: run(x)
        chunk = CHUNK if on_card else 1
        for _ in range(chunk):
            run_pass()
        wait()
        passes, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            for _ in range(chunk):
                run_pass()
            wait()
            passes += chunk
        spent = time.perf_counter() - start
        singles = []
        for _ in range(SINGLE_PASSES if on_card else 2):
            begun_ns = time.perf_counter_ns()
            run_pass()
            wait()
            singles.append((time.perf_counter_ns() - begun_ns) / 1000)
    return {
        "source": source, "img_s": batch * passes / spent, "single_us": spread(singles),
        "first_call_seconds": first_seconds, "peak_bytes": torch.cuda.max_memory_allocated() if on_card else None,
    }  # fmt: skip


def compiled_with_switches(device: str, network: str, dtype: Dtype, mode: str = "max-autotune") -> Result:
    """Compile a network under the switches that this program sets for a dtype; the step fails where torch refuses."""
    settings = ProfileSettings(device=device, batch=4, dtype=dtype)
    begun = time.monotonic()
    with workload_on(settings, network) as (workload, _):
        torch.compile(workload.network, mode=mode)(workload.x)
    return {"seconds": time.monotonic() - begun}


def _network(name: str, *, own: bool) -> tuple[str, nn.Module]:
    if not own and find_spec("timm") is not None:
        module: nn.Module = import_module("timm").create_model(name)
        return "timm", module
    if not own and find_spec("torchvision") is not None:
        module = getattr(import_module("torchvision.models"), name)()
        return "torchvision", module
    return "resnet_viz", build(preset(name), "cpu")


def _captured(run: Callable[[torch.Tensor], object], x: torch.Tensor) -> Callable[[], object]:
    """Capture a pass as torch's manual shows it, without this program's code."""
    make_stream: Callable[[], torch.cuda.Stream] = torch.cuda.Stream
    side = make_stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run(x)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = run(x)

    def replay() -> object:
        graph.replay()
        return output  # which keeps its memory

    return replay
