"""An NVIDIA card's clock, temperature, power and throttling during a run, where nvidia-ml-py is installed."""

from typing import Any

from resnet_viz.records.sensors import CLOCK_TOLERANCE, SensorSample

IDLE = 0x1
APPLICATION_CLOCK = 0x2
THROTTLE_REASONS = {0x4: "power cap", 0x8: "hardware slowdown", 0x20: "temperature (software)",
             0x40: "temperature (hardware)", 0x80: "power brake"}  # fmt: skip
"""Bits of nvmlDeviceGetCurrentClocksEventReasons: an application clock holds the card, and what slows it down."""


class Sensors:
    """The sensors of one card, named by its UUID; a sensor that does not answer is unknown."""

    def __init__(self, uuid: str) -> None:
        self._library, self._handle = _open_card(uuid)
        clock = None if self._library is None else self._library.NVML_CLOCK_SM
        self._application_mhz = self._ask("nvmlDeviceGetApplicationsClock", clock)
        self._max_mhz = self._ask("nvmlDeviceGetMaxClockInfo", clock)
        self._usual_mhz = self._ask("nvmlDeviceGetDefaultApplicationsClock", clock) or self._max_mhz

    def read(self, second: float) -> SensorSample | None:
        """Return the card's state, `second` seconds after the run began; None without NVIDIA's library or the card."""
        library, handle = self._library, self._handle
        if library is None:
            return None
        power = _query(library, "nvmlDeviceGetPowerUsage", handle)
        reasons = _query(library, "nvmlDeviceGetCurrentClocksEventReasons", handle)
        if reasons is None:  # the name before version 12.535
            reasons = _query(library, "nvmlDeviceGetCurrentClocksThrottleReasons", handle) or 0
        clock_mhz = _query(library, "nvmlDeviceGetClockInfo", handle, library.NVML_CLOCK_SM)
        return SensorSample(
            second=round(second, 2),
            clock_mhz=clock_mhz,
            temperature_c=_query(library, "nvmlDeviceGetTemperature", handle, library.NVML_TEMPERATURE_GPU),
            power_w=None if power is None else power / 1000,
            throttled=", ".join(text for bit, text in THROTTLE_REASONS.items() if reasons & bit),
            memory_clock_mhz=_query(library, "nvmlDeviceGetClockInfo", handle, library.NVML_CLOCK_MEM),
            clock_is_set=self._is_set(reasons, clock_mhz),
        )

    def energy_mj(self) -> int | None:
        """Return the millijoules that the card has used since its driver was loaded; None where it does not count."""
        return self._ask("nvmlDeviceGetTotalEnergyConsumption")

    def clock_limits(self) -> dict[str, int | None]:
        """Return the clock that the card is set to under load and its highest one in MHz, as in an Environment.

        NVIDIA's library tells application clocks but no locked ones; either shows in `clock_is_set` of a sample.
        """
        return {"application_clock_mhz": self._application_mhz, "max_clock_mhz": self._max_mhz}

    def _is_set(self, reasons: int, clock_mhz: int | None) -> bool:
        """Return whether the card is held by a clock that somebody chose.

        The default application clock is given as the same reason: an application clock must differ from it, or the
        card must run at another clock, a locked one, although it has work and nothing slows it down.
        """
        if not reasons & APPLICATION_CLOCK:
            return False
        is_free = not reasons & (IDLE | sum(THROTTLE_REASONS))
        return self._is_unusual(self._application_mhz) or (is_free and self._is_unusual(clock_mhz))

    def _is_unusual(self, clock_mhz: int | None) -> bool:
        if clock_mhz is None or self._usual_mhz is None:
            return False
        return abs(clock_mhz - self._usual_mhz) > CLOCK_TOLERANCE * self._usual_mhz

    def _ask(self, function: str, *arguments: Any) -> int | None:
        """Call a function of the library with the card; None without the library, the card or an answer."""
        if self._library is None:
            return None
        answer: int | None = _query(self._library, function, self._handle, *arguments)
        return answer


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
    """Call a function of the library; return None where the card has no such sensor, or the library no such call."""
    call = getattr(library, function, None)
    try:
        return None if call is None else call(*arguments)
    except library.NVMLError:
        return None
