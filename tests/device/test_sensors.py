"""The card's sensors, with a fake of NVIDIA's library; one that does not answer gives None."""

import sys
from types import ModuleType

import pytest

from resnet_viz.device.sensors import Sensors, driver_version

UUID = "ffc79498-8ff3-c2dc-3b0d-fafd804516ae"
"""As `str(torch.cuda.get_device_properties(0).uuid)` gives it: without the prefix that NVIDIA's library wants."""


class Library(ModuleType):
    """pynvml as far as it is asked; a name in `broken` raises its error."""

    NVML_CLOCK_SM, NVML_TEMPERATURE_GPU = 1, 0
    NVMLError = type("NVMLError", (Exception,), {"__module__": "pynvml"})

    def __init__(self, *broken: str, reasons: int = 0, driver: object = "580.82") -> None:
        super().__init__("pynvml")
        self.broken, self.reasons, self.driver = broken, reasons, driver
        self.asked: list[object] = []

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
        assert kind == self.NVML_CLOCK_SM
        return self._answer("clock", 1_980)

    def nvmlDeviceGetTemperature(self, handle: object, kind: int) -> object:
        return self._answer("temperature", 61)

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle: object) -> object:
        return self._answer("reasons", self.reasons)

    def nvmlSystemGetDriverVersion(self) -> object:
        return self._answer("driver", self.driver)


def install(monkeypatch: pytest.MonkeyPatch, library: ModuleType | None) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", library)


def test_a_sample_has_every_sensor(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library(reasons=0x4 | 0x40 | 0x1))
    reading = Sensors("GPU-" + UUID).read(3.14159)
    assert reading is not None
    assert (reading.second, reading.clock_mhz, reading.temperature_c, reading.power_w) == (3.14, 1_980, 61, 412.5)
    assert reading.throttled == "power cap, temperature (hardware)"


def test_an_idle_card_is_not_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library(reasons=0x1 | 0x10 | 0x100))
    reading = Sensors("GPU-" + UUID).read(0.0)
    assert reading is not None
    assert reading.throttled == ""


def test_the_uuid_that_torch_gives_finds_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, library := Library())
    assert Sensors(UUID).read(0.0) is not None
    assert Sensors("GPU-" + UUID).read(0.0) is not None
    assert library.asked == ["GPU-" + UUID] * 2


@pytest.mark.parametrize(
    ("sensor", "field", "empty"),
    [("power", "power_w", None), ("clock", "clock_mhz", None), ("temperature", "temperature_c", None),
     ("reasons", "throttled", "")],
)  # fmt: skip
def test_a_sensor_that_does_not_answer_is_unknown_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, sensor: str, field: str, empty: object
) -> None:
    install(monkeypatch, Library(sensor, reasons=0x4))
    reading = Sensors("GPU-" + UUID).read(0.0)
    assert reading is not None
    assert getattr(reading, field) == empty
    others = {"power_w": 412.5, "clock_mhz": 1_980, "temperature_c": 61, "throttled": "power cap"}
    assert all(getattr(reading, name) == value for name, value in others.items() if name != field)


@pytest.mark.parametrize("library", [None, Library("init"), Library("handle")], ids=["none", "no driver", "no card"])
def test_without_the_library_or_the_card_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, library: ModuleType | None
) -> None:
    install(monkeypatch, library)
    assert Sensors("GPU-" + UUID).read(0.0) is None


def test_an_error_that_is_not_the_librarys_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(library, "nvmlInit", lambda: 1 // 0, raising=False)
    install(monkeypatch, library)
    with pytest.raises(ZeroDivisionError):
        Sensors(UUID)


@pytest.mark.parametrize(
    ("library", "driver"),
    [(Library(), "580.82"), (Library(driver=b"470.1"), "470.1"), (Library("driver"), ""), (None, "")],
)
def test_the_drivers_version(monkeypatch: pytest.MonkeyPatch, library: ModuleType | None, driver: str) -> None:
    install(monkeypatch, library)
    assert driver_version() == driver
