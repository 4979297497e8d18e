"""An NVIDIA card's clock, temperature, power and throttling during a run, where nvidia-ml-py is installed."""

from typing import Any

from resnet_viz.records.run import SensorSample

THROTTLE_REASONS = {0x4: "power cap", 0x8: "hardware slowdown", 0x20: "temperature (software)",
             0x40: "temperature (hardware)", 0x80: "power brake"}  # fmt: skip
"""Bits of nvmlDeviceGetCurrentClocksThrottleReasons that slow a card down, without idle or chosen clocks."""


class Sensors:
    """The sensors of one card, named by its UUID; a sensor that does not answer is unknown."""

    def __init__(self, uuid: str) -> None:
        self._library, self._handle = _open_card(uuid)

    def read(self, second: float) -> SensorSample | None:
        """Return the card's state, `second` seconds after the run began; None without NVIDIA's library or the card."""
        library, handle = self._library, self._handle
        if library is None:
            return None
        power = _query(library, "nvmlDeviceGetPowerUsage", handle)
        reasons = _query(library, "nvmlDeviceGetCurrentClocksThrottleReasons", handle) or 0
        return SensorSample(
            second=round(second, 2),
            clock_mhz=_query(library, "nvmlDeviceGetClockInfo", handle, library.NVML_CLOCK_SM),
            temperature_c=_query(library, "nvmlDeviceGetTemperature", handle, library.NVML_TEMPERATURE_GPU),
            power_w=None if power is None else power / 1000,
            throttled=", ".join(text for bit, text in THROTTLE_REASONS.items() if reasons & bit),
        )


def driver_version() -> str:
    """Return the driver's version; empty without NVIDIA's library."""
    library, _ = _open_card("")
    version = None if library is None else _query(library, "nvmlSystemGetDriverVersion")
    return version.decode() if isinstance(version, bytes) else str(version or "")


def _open_card(uuid: str) -> tuple[Any, Any]:
    """Return the library and the handle of the card, or None for both.

    An index would count other cards where only some are visible, so the UUID decides; an empty one is the first card.
    """
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


def _query(library: Any, function: str, *arguments: Any) -> Any:
    """Call a function of the library; return None where the card has no such sensor."""
    try:
        return getattr(library, function)(*arguments)
    except library.NVMLError:
        return None
