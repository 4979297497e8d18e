"""The most memory that the live tensors take in one pass, measured: by the card's allocator, or tensor by tensor."""

import weakref
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode  # torch's own FLOP counter is made of it
from torch.utils._pytree import tree_leaves

from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.timers.call_timers import do_nothing
from resnet_viz.profiling.timers.timer import Runnable
from resnet_viz.profiling.training_step import TrainingStep, TrainingWorkload
from resnet_viz.profiling.workload import Workload


def peak_of_pass(device: torch.device, work: Workload | TrainingWorkload) -> int | None:
    """Run passes and return the most bytes that live tensors took in it; None where that is not known.

    A card's allocator keeps count, also of what libraries take within an operation. A CPU's does not: there a training
    step's tensors are counted as operations return them until they are freed. Other passes are not counted there,
    because the counting loads parts of torch, which takes seconds; an optimizer has loaded them already.
    """
    if device.type != "cpu" or not isinstance(work, TrainingStep):
        return peak_bytes(device, work.run_whole, work.prepare_pass)
    work.prepare_pass()
    live = LiveTensors(work.held_tensors)
    with live:
        work.run_whole()
    return live.peak_bytes


def peak_bytes(device: torch.device, run_pass: Runnable, prepare: Runnable = do_nothing) -> int | None:
    """Return the peak memory of tensors and workspaces in a pass; None where the allocator does not report it.

    It is that of a second pass: in a first one libraries try their algorithms, and make what later passes keep. The
    memory of the CUDA context and of the libraries' code is not part of it.
    """
    if device.type != "cuda":
        return None
    cuda = Cuda(device)
    for start in (do_nothing, cuda.reset_peak):
        prepare()
        start()
        run_pass()
        cuda.synchronize()
    return cuda.peak_bytes()


class LiveTensors(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of the tensors that live while it is entered, each memory once however many tensors view it."""

    def __init__(self, held: Iterable[Tensor] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = self.peak_bytes = 0
        self._live: dict[int, weakref.ref[torch.UntypedStorage]] = {}
        self._held = [tensor.untyped_storage() for tensor in held]
        for storage in self._held:
            self._count(storage)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and count the tensors that it returns."""
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, Tensor):
                self._count(leaf.untyped_storage())
        # autograd adds two gradients of a tensor in place of the first, except while a mode such as this one is entered
        if func is not torch.ops.aten.add.Tensor or torch.is_grad_enabled():
            self.peak_bytes = max(self.peak_bytes, self.bytes)
        return result

    def _count(self, storage: torch.UntypedStorage) -> None:
        key = id(storage)
        if key in self._live:
            return
        size = storage.nbytes()

        def free(_: object) -> None:
            del self._live[key]
            self.bytes -= size

        self._live[key] = weakref.ref(storage, free)
        self.bytes += size
