"""An NVIDIA card's clock, temperature, power and throttling, read while a run goes on, where nvidia-ml-py is there."""

from typing import Any

from resnet_viz.records.run import SensorSample

THROTTLES = {0x4: "power cap", 0x8: "hardware slowdown", 0x20: "temperature (software)",
             0x40: "temperature (hardware)", 0x80: "power brake"}  # fmt: skip
"""The bits of nvmlDeviceGetCurrentClocksThrottleReasons that slow a card down; idle or chosen clocks do not count."""


class Sensors:
    """Reads one card; every reading is empty where NVIDIA's library or the card does not answer."""

    def __init__(self, uuid: str) -> None:
        self._library, self._handle = _open(uuid)

    def read(self, second: float) -> SensorSample | None:
        """The card's state now, `second` after the run began; None where nothing can be read."""
        library, handle = self._library, self._handle
        if library is None:
            return None
        power = _asked(library, "nvmlDeviceGetPowerUsage", handle)
        reasons = _asked(library, "nvmlDeviceGetCurrentClocksThrottleReasons", handle) or 0
        return SensorSample(
            second=round(second, 2),
            clock_mhz=_asked(library, "nvmlDeviceGetClockInfo", handle, library.NVML_CLOCK_SM),
            temperature_c=_asked(library, "nvmlDeviceGetTemperature", handle, library.NVML_TEMPERATURE_GPU),
            power_w=None if power is None else power / 1000,
            throttled=", ".join(text for bit, text in THROTTLES.items() if reasons & bit),
        )


def driver_version() -> str:
    """The driver's version; empty where NVIDIA's library is not there."""
    library, _ = _open("")
    found = None if library is None else _asked(library, "nvmlSystemGetDriverVersion")
    return found.decode() if isinstance(found, bytes) else str(found or "")


def _open(uuid: str) -> tuple[Any, Any]:
    """The library and the card of that UUID, which numbers of visible devices do not change; the first for none."""
    try:
        import pynvml  # optional: the package nvidia-ml-py

        pynvml.nvmlInit()
        full = uuid if uuid.startswith("GPU-") else f"GPU-{uuid}"  # torch leaves the prefix out
        return pynvml, pynvml.nvmlDeviceGetHandleByUUID(full) if uuid else pynvml.nvmlDeviceGetHandleByIndex(0)
    except ImportError:
        return None, None
    except Exception as error:  # the library's own error type exists only once it is imported
        if type(error).__module__.partition(".")[0] != "pynvml":
            raise
        return None, None


def _asked(library: Any, question: str, *about: Any) -> Any:
    """The library's answer, or None where the card has no such sensor."""
    try:
        return getattr(library, question)(*about)
    except library.NVMLError:
        return None
