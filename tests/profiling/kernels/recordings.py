"""Event lists as torch's profiler emits them on a CUDA device, made of torch's own events without a device."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from torch.autograd import profiler_util

HOST_GAP_US, DEVICE_DELAY_US, DEVICE_GAP_US = 2.0, 50.0, 1.0
RUNTIME_THREAD = 7
FunctionEvent: Any = profiler_util.FunctionEvent
EventList: Any = profiler_util.EventList
DeviceType: Any = profiler_util.DeviceType  # type: ignore[attr-defined]

Kernels = Sequence[tuple[str, float]]
"""Names of kernels with their microseconds."""


class CudaRecording:
    """Writes down what torch's profiler would have recorded of passes with named ranges, or of replays of a graph.

    For each range there is an event of the host and one of the device under the same name; for each kernel there is one
    of the device, the call of the driver that launched it, and an entry in the operator that made the call.
    """

    def __init__(self) -> None:
        self._events: list[Any] = []
        self._operator_ids, self._driver_ids = count(1), count(1_000)
        self._host_us, self._device_us = 0.0, DEVICE_DELAY_US

    def event_list(self) -> list[Any]:
        """Return the events in the order of their starts, with parents and children, as `profile.events()` does."""
        self._events.sort(key=lambda event: (event.time_range.start, -event.time_range.end))
        events = EventList(self._events, use_device="cuda")
        events._build_tree()
        return list(events)

    def range_of(self, name: str, kernels: Kernels, *, operator: str = "aten::work", driver_id: int = 0) -> None:
        """Add a named range whose operator launches the kernels one after another.

        With `driver_id` the driver's first call has this number, which may also be that of an operator.
        """
        range_id, start = next(self._operator_ids), self._host_us
        operator_id = next(self._operator_ids)
        first_on_device = self._device_us
        launched = []
        self._host_us += HOST_GAP_US
        operator_start = self._host_us
        for number, (kernel, us) in enumerate(kernels):
            call_id = driver_id if driver_id and number == 0 else next(self._driver_ids)
            self._add("cudaLaunchKernel", call_id, self._host_us, HOST_GAP_US)
            self._host_us += 2 * HOST_GAP_US
            launched.append((kernel, us))
            self._on_device(kernel, call_id, us)
        inner = self._add(operator, operator_id, operator_start, self._host_us - operator_start + HOST_GAP_US)
        for kernel, us in launched:
            inner.append_kernel(kernel, 0, us)
        self._host_us += 3 * HOST_GAP_US
        self._add(name, range_id, start, self._host_us - start, is_user_annotation=True)
        self._host_us += HOST_GAP_US
        self._add(
            name, range_id, first_on_device, self._device_us - first_on_device - DEVICE_GAP_US,
            is_user_annotation=True, on_device=True,
        )  # fmt: skip

    def replay(self, kernels: Kernels) -> None:
        """Add one launch of a graph: the kernels have its number, and no operator knows them."""
        call_id = next(self._driver_ids)
        self._add("cudaGraphLaunch", call_id, self._host_us, HOST_GAP_US)
        for kernel, us in kernels:
            self._on_device(kernel, call_id, us)
        self._host_us = max(self._host_us, self._device_us) + HOST_GAP_US
        self._add("cudaDeviceSynchronize", next(self._driver_ids), self._host_us, HOST_GAP_US)
        self._add("Context Sync", call_id, self._device_us, HOST_GAP_US, on_device=True)
        self._host_us += 2 * HOST_GAP_US
        self._device_us = self._host_us + DEVICE_DELAY_US

    def _on_device(self, name: str, call_id: int, us: float) -> None:
        self._add(name, call_id, self._device_us, us, on_device=True)
        self._device_us += us + DEVICE_GAP_US

    def _add(
        self,
        name: str,
        number: int,
        start_us: float,
        us: float,
        *,
        on_device: bool = False,
        is_user_annotation: bool = False,
    ) -> Any:
        event = FunctionEvent(
            number, name, RUNTIME_THREAD, start_us, start_us + us, use_device="cuda",
            device_type=DeviceType.CUDA if on_device else DeviceType.CPU, is_user_annotation=is_user_annotation,
        )  # fmt: skip
        self._events.append(event)
        return event
