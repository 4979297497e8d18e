"""The card's clock, power, temperature and reasons for a lower clock, read twenty times a second by another process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.gpu.figures import Result, spread

PAUSE_SECONDS = 0.05
IDLE_WATTS = 150
"""Below it a card is taken to have been idle."""
COLUMNS = 5


class ClockReader:
    """Reads the sensors into a file until it is stopped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        command = [sys.executable, "-m", "tests.gpu.clocks", str(path)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)

    def between(self, start: float, stop: float) -> Result | None:
        """Return what was read between two moments in seconds since the epoch; None where nothing was."""
        with suppress(OSError, ValueError):
            rows = [line.split(",") for line in self._path.read_text().splitlines()]
            values = [[float(value) for value in row] for row in rows if len(row) == COLUMNS]
            return summarized([row for row in values if start <= row[0] <= stop])
        return None

    def stop(self) -> None:
        """End the process."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def summarized(rows: list[list[float]]) -> Result | None:
    """Return clocks under load, and the extremes, of rows of time, MHz, W, °C and a bit for each reason."""
    if not rows:
        return None
    reasons = 0
    for row in rows:
        reasons |= int(row[4])
    busy = [row for row in rows if row[2] > IDLE_WATTS] or rows
    return {
        "sm_mhz": spread([row[1] for row in busy]), "watts_max": max(row[2] for row in rows),
        "celsius_max": max(row[3] for row in rows), "reasons": hex(reasons), "samples": len(rows),
    }  # fmt: skip


def read_forever(path: Path) -> None:
    """Append a row of sensors to the file again and again; 0 stands for what the card does not say."""
    import pynvml

    pynvml.nvmlInit()
    card = pynvml.nvmlDeviceGetHandleByIndex(0)
    questions: tuple[Callable[[], Any], ...] = (
        lambda: pynvml.nvmlDeviceGetClockInfo(card, pynvml.NVML_CLOCK_SM),
        lambda: pynvml.nvmlDeviceGetPowerUsage(card) / 1000,
        lambda: pynvml.nvmlDeviceGetTemperature(card, pynvml.NVML_TEMPERATURE_GPU),
        lambda: pynvml.nvmlDeviceGetCurrentClocksEventReasons(card),
    )
    with path.open("w") as file:
        while True:
            values: list[object] = [f"{time.time():.3f}"]
            for question in questions:
                try:
                    values.append(question())
                except pynvml.NVMLError:
                    values.append(0)
            file.write(",".join(map(str, values)) + "\n")
            file.flush()
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    read_forever(Path(sys.argv[1]))
