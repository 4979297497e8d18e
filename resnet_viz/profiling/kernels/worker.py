"""The process that records the kernels of a network: the profiler's traces and slowness end with it.

`python -m resnet_viz.profiling.kernels.worker` reads a KernelRequest as one line of JSON and prints KernelFindings. It
ends at once when its standard input ends, because then nobody waits for it.
"""

import os
import sys
import threading
from typing import BinaryIO

import msgspec
import torch

from resnet_viz.device import info as device_info
from resnet_viz.device.cuda import Cuda
from resnet_viz.errors import UserError
from resnet_viz.profiling.kernels.attribution import KernelsUnavailable
from resnet_viz.profiling.kernels.recording import kernels_on_card, kernels_on_processor
from resnet_viz.profiling.workload import prepare
from resnet_viz.records.kernels import KernelFindings, KernelRequest
from resnet_viz.records.message import Message


def main() -> None:
    """Answer the request on standard input."""
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=KernelRequest)
    threading.Thread(target=_end_with, args=[sys.stdin.buffer], daemon=True).start()
    sys.stdout.write(msgspec.json.encode(findings(request)).decode() + "\n")
    sys.stdout.flush()
    os._exit(0)  # the thread may hold standard input, for which the interpreter would wait


def findings(request: KernelRequest) -> KernelFindings:
    """Record the kernels of the network; where that fails, return the reason as a message."""
    settings = request.settings
    try:
        device = device_info.check(settings)
        with device_info.prepared(device, settings), torch.inference_mode():
            workload = prepare(request.spec, settings, device)
            if device.type != "cuda":
                return KernelFindings(kernels_on_processor(workload))
            return KernelFindings(*kernels_on_card(workload, Cuda(device)))
    except KernelsUnavailable as unavailable:
        return KernelFindings(None, (unavailable.message,))
    except (RuntimeError, MemoryError, UserError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        return KernelFindings(None, (Message("kernels failed", {"reason": reason}),))


def _end_with(stream: BinaryIO) -> None:
    """Wait for the end of the stream, and end this process."""
    stream.read()
    os._exit(1)


if __name__ == "__main__":
    main()
