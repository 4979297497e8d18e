"""Runs the steps of one phase within its time budget, each in a process of its own, and keeps the summary."""

import json
import os
import shutil
import signal
import sys
import tarfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.gpu.clocks import ClockReader
from tests.gpu.figures import Result
from tests.gpu.steps import Skipped

PROJECT = Path(__file__).parents[2]
RESERVE_SECONDS = 8
"""What a phase keeps of its budget to end its steps and to pack its files."""
TAIL_CHARACTERS = 700
SKIPPED = 3
"""The exit status of a step that does not apply to the device."""


class Day:
    """The steps of a phase: each is noted in summary_X.json as soon as it has ended, whatever its end."""

    def __init__(self, phase: str, *, device: str, out: Path, budget: float, quick: bool) -> None:
        self.device, self.quick, self.on_card = device, quick, device.startswith("cuda")
        self._out, self._phase, self._budget = out.resolve(), phase, budget
        self.work = self._out / f"work_{phase}"
        self.work.mkdir(parents=True, exist_ok=True)
        self._begun = time.monotonic()
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.summary: Result = {"phase": phase, "device": device, "quick": quick, "made": made, "steps": {}}
        self._clocks = ClockReader(self.work / "clocks.csv") if self.on_card else None

    @property
    def seconds_left(self) -> float:
        """The seconds that are left of the budget."""
        return self._budget - (time.monotonic() - self._begun)

    def step(self, name: str, step: Callable[..., Result], limit: float, least: float = 5.0, **arguments: Any) -> None:
        """Run a step in a process forked from this one, which has loaded torch, for at most so many seconds.

        It is skipped where less than `least` seconds are left.
        """
        if self._fits(name, least):
            result = self.work / f"{name}.json"
            status, seconds = self._forked(name, lambda: _written(step, self.device, arguments, result), limit)
            self._note(name, status, seconds, json.loads(result.read_text()) if result.exists() else None)

    def command(
        self,
        name: str,
        arguments: list[str],
        limit: float,
        least: float = 5.0,
        parse: Callable[[str], Result] | None = None,
    ) -> None:
        """Run a command, by default one of this program's, and keep what `parse` makes of its output."""
        if not self._fits(name, least):
            return
        program = arguments if shutil.which(arguments[0]) else [sys.executable, "main.py", *arguments]
        status, seconds = self._forked(name, lambda: _replaced_by(program), limit)
        found = None
        if parse is not None and status == 0:
            with suppress(ValueError, KeyError):
                found = parse(self._log(name).read_text(errors="replace"))
        self._note(name, status, seconds, found)

    def end(self) -> None:
        """Stop reading the clocks, and pack every file of the phase beside its summary."""
        if self._clocks is not None:
            self._clocks.stop()
        self.summary["seconds"] = round(time.monotonic() - self._begun, 1)
        self._save()
        with tarfile.open(self._out / f"gpu_{self._phase}.tar.gz", "w:gz") as archive:
            archive.add(self.work, arcname=f"gpu_{self._phase}")
        shutil.rmtree(self.work, ignore_errors=True)

    def _fits(self, name: str, least: float) -> bool:
        if self.seconds_left > least + RESERVE_SECONDS:
            return True
        self.summary["steps"][name] = {"status": None, "skipped": f"{self.seconds_left:.0f} s left"}
        self._save()
        return False

    def _forked(self, name: str, run: Callable[[], int], limit: float) -> tuple[int | str, float]:
        """Run in a process and session of its own, which is ended after so many seconds; return status and seconds."""
        limit = max(1.0, min(limit, self.seconds_left - RESERVE_SECONDS))
        begun = time.monotonic()
        sys.stdout.flush()
        process = os.fork()
        if process == 0:
            _run_and_exit(run, self._log(name), self.work)
        status: int | str = "time limit"
        try:
            while time.monotonic() - begun < limit:
                ended, code = os.waitpid(process, os.WNOHANG)
                if ended:
                    status = os.waitstatus_to_exitcode(code)
                    break
                time.sleep(0.05)
        finally:  # however this ends, nothing of the step goes on using the card
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process, signal.SIGKILL)
            if status == "time limit":
                os.waitpid(process, 0)
        return status, time.monotonic() - begun

    def _note(self, name: str, status: int | str, seconds: float, found: Any) -> None:
        noted: Result = {"status": status, "seconds": round(seconds, 1)}
        if found is not None:
            noted["result"] = {key: value for key, value in found.items() if key != "layers"}
        if status not in (0, SKIPPED):
            noted["tail"] = self._log(name).read_text(errors="replace")[-TAIL_CHARACTERS:]
        if self._clocks is not None:
            noted["card"] = self._clocks.between(time.time() - seconds, time.time())
        self.summary["steps"][name] = noted
        self._save()
        sys.stdout.write(f"{time.monotonic() - self._begun:6.1f} s  {name}: status {status}, {seconds:.1f} s\n")
        sys.stdout.flush()

    def _log(self, name: str) -> Path:
        return self.work / f"{name}.log"

    def _save(self) -> None:
        target = self._out / f"summary_{self._phase}.json"
        partial = target.with_suffix(".part")
        partial.write_text(json.dumps(self.summary, indent=1, default=str) + "\n")
        partial.replace(target)


def _run_and_exit(run: Callable[[], int], log: Path, work: Path) -> None:
    """Run in this process, which has just been forked, with its output in the log; it does not return."""
    status = 1
    try:
        os.setsid()
        with log.open("wb") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        sys.stdout = sys.stderr = os.fdopen(1, "w", buffering=1, closefd=False)
        os.environ |= {"RESNET_VIZ_RUNS": str(work / "runs"), "TORCHINDUCTOR_CACHE_DIR": str(work / "inductor")}
        os.chdir(PROJECT)
        status = run()
    except BaseException:  # a forked process must never go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _written(step: Callable[..., Result], device: str, arguments: dict[str, Any], result: Path) -> int:
    """Run a step and write its result; return 0, SKIPPED where it does not apply, 1 where it failed."""
    status, found = 0, {}
    try:
        found = step(device, **arguments)
    except Skipped as reason:
        status, found = SKIPPED, {"skipped": str(reason)}
    except Exception as error:
        traceback.print_exc()
        status, found = 1, {"error": f"{type(error).__name__}: {str(error)[:400]}"}
    result.write_text(json.dumps(found, default=str))
    return status


def _replaced_by(program: list[str]) -> int:
    os.execvp(program[0], program)
