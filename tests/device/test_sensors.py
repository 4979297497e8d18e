"""The card's sensors, with a fake of NVIDIA's library; one that does not answer gives None."""

from types import ModuleType

import pytest

from resnet_viz.device.sensors import Sensors, driver_version
from tests.device.nvidia_library import UUID, Library, install


def test_a_sample_has_every_sensor(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library(reasons=0x4 | 0x40 | 0x1))
    reading = Sensors("GPU-" + UUID).read(3.14159)
    assert reading is not None
    assert (reading.second, reading.clock_mhz, reading.temperature_c, reading.power_w) == (3.14, 1_980, 61, 412.5)
    assert reading.throttled == "power cap, temperature (hardware)"
    assert (reading.memory_clock_mhz, reading.clock_is_set) == (2_619, False)


def test_an_idle_card_is_not_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library(reasons=0x1 | 0x10 | 0x100))
    reading = Sensors("GPU-" + UUID).read(0.0)
    assert reading is not None
    assert reading.throttled == ""


def test_a_clock_that_was_chosen_is_no_throttling_but_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library(reasons=0x2))
    reading = Sensors(UUID).read(0.0)
    assert reading is not None
    assert (reading.throttled, reading.clock_is_set) == ("", True)


@pytest.mark.parametrize(
    ("clock", "application", "default", "reasons", "is_set"),
    [
        (1_980, 1_980, 1_980, 0x2, False),
        (1_965, 1_980, 1_980, 0x2, False),
        (1_410, 1_410, 1_095, 0x2, True),
        (1_410, 1_410, 1_095, 0x0, False),
        (1_200, 1_980, 1_980, 0x2, True),
        (1_200, 1_980, 1_980, 0x2 | 0x4, False),
        (345, 1_980, 1_980, 0x2 | 0x1, False),
    ],
    ids=["default", "a step below", "chosen", "not held", "locked", "locked or slowed", "idle"],
)
def test_the_default_application_clock_was_chosen_by_nobody(
    monkeypatch: pytest.MonkeyPatch, clock: int, application: int, default: int, reasons: int, is_set: bool
) -> None:
    library = Library(reasons=reasons)
    library.clock_mhz, library.application_mhz, library.default_mhz = clock, application, default
    install(monkeypatch, library)
    reading = Sensors(UUID).read(0.0)
    assert reading is not None
    assert reading.clock_is_set is is_set


@pytest.mark.parametrize(("clock", "is_set"), [(2_010, False), (1_500, True)])
def test_a_card_without_application_clocks_is_compared_with_its_highest_clock(
    monkeypatch: pytest.MonkeyPatch, clock: int, is_set: bool
) -> None:
    library = Library("application clock", "default clock", reasons=0x2)
    library.clock_mhz = clock
    install(monkeypatch, library)
    reading = Sensors(UUID).read(0.0)
    assert reading is not None
    assert reading.clock_is_set is is_set


def test_an_older_library_has_another_name_for_the_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    class Older(Library):
        """nvidia-ml-py before 12.535."""

        nvmlDeviceGetCurrentClocksEventReasons = None  # type: ignore[assignment]

        def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle: object) -> object:
            return self._answer("reasons", self.reasons)

    install(monkeypatch, Older(reasons=0x8))
    reading = Sensors(UUID).read(0.0)
    assert reading is not None
    assert reading.throttled == "hardware slowdown"


def test_the_energy_counter_and_the_clocks_that_a_card_is_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Library())
    assert Sensors(UUID).energy_mj() == 7_654_321
    assert Sensors(UUID).clock_limits() == {"application_clock_mhz": 1_830, "max_clock_mhz": 2_010}
    install(monkeypatch, Library("energy", "application clock"))
    assert Sensors(UUID).energy_mj() is None
    assert Sensors(UUID).clock_limits() == {"application_clock_mhz": None, "max_clock_mhz": 2_010}


def test_the_uuid_that_torch_gives_finds_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, library := Library())
    assert Sensors(UUID).read(0.0) is not None
    assert Sensors("GPU-" + UUID).read(0.0) is not None
    assert library.asked == ["GPU-" + UUID] * 2


@pytest.mark.parametrize(
    ("sensor", "field", "empty"),
    [("power", "power_w", None), ("clock", "clock_mhz", None), ("temperature", "temperature_c", None),
     ("reasons", "throttled", ""), ("memory clock", "memory_clock_mhz", None)],
)  # fmt: skip
def test_a_sensor_that_does_not_answer_is_unknown_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, sensor: str, field: str, empty: object
) -> None:
    install(monkeypatch, Library(sensor, reasons=0x4))
    reading = Sensors("GPU-" + UUID).read(0.0)
    assert reading is not None
    assert getattr(reading, field) == empty
    others = {"power_w": 412.5, "clock_mhz": 1_980, "temperature_c": 61, "throttled": "power cap"}
    others |= {"memory_clock_mhz": 2_619}
    assert all(getattr(reading, name) == value for name, value in others.items() if name != field)


@pytest.mark.parametrize("library", [None, Library("init"), Library("handle")], ids=["none", "no driver", "no card"])
def test_without_the_library_or_the_card_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, library: ModuleType | None
) -> None:
    install(monkeypatch, library)
    sensors = Sensors("GPU-" + UUID)
    assert sensors.read(0.0) is None
    assert sensors.energy_mj() is None
    assert set(sensors.clock_limits().values()) == {None}


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
