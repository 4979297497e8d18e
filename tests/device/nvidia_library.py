"""A fake of NVIDIA's library, which answers for one card."""

import sys
from types import ModuleType

import pytest

UUID = "ffc79498-8ff3-c2dc-3b0d-fafd804516ae"
"""As `str(torch.cuda.get_device_properties(0).uuid)` gives it: without the prefix that NVIDIA's library wants."""


class Library(ModuleType):
    """pynvml as far as it is asked; a name in `broken` raises its error."""

    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU = 1, 2, 0
    NVMLError = type("NVMLError", (Exception,), {"__module__": "pynvml"})

    def __init__(self, *broken: str, reasons: int = 0, driver: object = "580.82") -> None:
        super().__init__("pynvml")
        self.broken, self.reasons, self.driver = broken, reasons, driver
        self.asked: list[object] = []
        self.millijoules = 7_654_321
        self.clock_mhz, self.application_mhz, self.default_mhz = 1_980, 1_830, 1_980

    def _answer(self, name: str, answer: object) -> object:
        if name in self.broken:
            raise self.NVMLError(name)
        return answer

    def nvmlInit(self) -> None:
        self._answer("init", None)

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> object:
        self.asked.append(uuid)
        if not uuid.startswith(("GPU-", "MIG-")):
            raise self.NVMLError("Not Found")
        return self._answer("handle", "card")

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:
        return self._answer("handle", f"card {index}")

    def nvmlDeviceGetPowerUsage(self, handle: object) -> object:
        return self._answer("power", 412_500)

    def nvmlDeviceGetClockInfo(self, handle: object, kind: int) -> object:
        assert kind in (self.NVML_CLOCK_SM, self.NVML_CLOCK_MEM)
        return (
            self._answer("clock", self.clock_mhz) if kind == self.NVML_CLOCK_SM else self._answer("memory clock", 2_619)
        )

    def nvmlDeviceGetApplicationsClock(self, handle: object, kind: int) -> object:
        assert kind == self.NVML_CLOCK_SM
        return self._answer("application clock", self.application_mhz)

    def nvmlDeviceGetDefaultApplicationsClock(self, handle: object, kind: int) -> object:
        assert kind == self.NVML_CLOCK_SM
        return self._answer("default clock", self.default_mhz)

    def nvmlDeviceGetMaxClockInfo(self, handle: object, kind: int) -> object:
        assert kind == self.NVML_CLOCK_SM
        return self._answer("max clock", 2_010)

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: object) -> object:
        return self._answer("energy", self.millijoules)

    def nvmlDeviceGetTemperature(self, handle: object, kind: int) -> object:
        return self._answer("temperature", 61)

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: object) -> object:
        return self._answer("reasons", self.reasons)

    def nvmlSystemGetDriverVersion(self) -> object:
        return self._answer("driver", self.driver)


def install(monkeypatch: pytest.MonkeyPatch, library: ModuleType | None) -> None:
    """Replace the library, or take it away."""
    monkeypatch.setitem(sys.modules, "pynvml", library)
