"""Steps run in processes of their own, end in time, and leave their result or the reason why there is none."""

import json
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.gpu.clocks import summarized
from tests.gpu.day import Day
from tests.gpu.figures import Result, line_through, spread
from tests.gpu.steps import need_card


def works(device: str, number: int) -> Result:
    sys.stdout.write("in the log\n")
    return {"device": device, "number": number, "layers": {"conv1": 1}}


def fails(device: str) -> Result:
    raise ValueError(f"no such thing on {device}")


def hangs(device: str) -> Result:
    time.sleep(600)
    return {}


def card_only(device: str) -> Result:
    need_card(device)
    return {}


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return Day("A", device="cpu", out=tmp_path, budget=500.0, quick=True)


def summary_in(folder: Path) -> Result:
    found: Result = json.loads((folder / "summary_A.json").read_text())["steps"]
    return found


def test_a_result_is_in_the_summary_without_its_layers_and_in_the_archive_with_them(day: Day, tmp_path: Path) -> None:
    day.step("one", works, 60, number=3)
    assert summary_in(tmp_path)["one"]["result"] == {"device": "cpu", "number": 3}, "noted before the phase ends"
    day.end()
    with tarfile.open(tmp_path / "gpu_A.tar.gz") as archive:
        member = archive.extractfile("gpu_A/one.json")
        assert member is not None
        assert json.loads(member.read())["layers"] == {"conv1": 1}
        log = archive.extractfile("gpu_A/one.log")
        assert log is not None
        assert log.read() == b"in the log\n"
    assert not day.work.exists()


def test_a_step_that_fails_leaves_its_reason_and_the_end_of_its_log(day: Day, tmp_path: Path) -> None:
    day.step("bad", fails, 60)
    day.step("good", works, 60, number=1)
    noted = summary_in(tmp_path)
    assert noted["bad"]["status"] == 1
    assert noted["bad"]["result"] == {"error": "ValueError: no such thing on cpu"}
    assert "Traceback" in noted["bad"]["tail"]
    assert noted["good"]["status"] == 0


def test_a_step_that_hangs_is_ended(day: Day, tmp_path: Path) -> None:
    day.step("slow", hangs, 1)
    assert summary_in(tmp_path)["slow"]["status"] == "time limit"


def test_a_step_that_does_not_apply_is_no_failure(day: Day, tmp_path: Path) -> None:
    day.step("card", card_only, 60)
    noted = summary_in(tmp_path)["card"]
    assert (noted["status"], noted["result"]) == (3, {"skipped": "needs a card"})
    assert "tail" not in noted


def test_what_does_not_fit_into_the_budget_is_skipped_by_name(tmp_path: Path) -> None:
    day = Day("A", device="cpu", out=tmp_path, budget=10.0, quick=True)
    day.step("late", works, 60, least=5.0, number=1)
    assert summary_in(tmp_path)["late"] == {"status": None, "skipped": "10 s left"}


def test_a_command_is_parsed_and_its_failure_noted(day: Day, tmp_path: Path) -> None:
    day.command("echo", ["echo", "12"], 60, parse=lambda text: {"number": int(text)})
    day.command("unknown", ["echo", "no number"], 60, parse=lambda text: {"number": int(text)})
    day.command("refused", ["false"], 60)
    noted = summary_in(tmp_path)
    assert noted["echo"]["result"] == {"number": 12}
    assert (noted["unknown"]["status"], "result" in noted["unknown"]) == (0, False)
    assert noted["refused"]["status"] == 1


def test_the_clock_of_a_busy_card_is_summarized_apart_from_its_idle_readings() -> None:
    rows = [[1.0, 300.0, 60.0, 30.0, 1.0], [2.0, 1700.0, 500.0, 60.0, 4.0], [3.0, 1600.0, 450.0, 61.0, 4.0]]
    found = summarized(rows)
    assert found is not None
    assert (found["sm_mhz"]["min"], found["sm_mhz"]["max"], found["sm_mhz"]["n"]) == (1600.0, 1700.0, 2)
    assert (found["watts_max"], found["celsius_max"], found["reasons"], found["samples"]) == (500.0, 61.0, "0x5", 3)
    assert summarized([]) is None


def test_what_a_timestamp_costs_is_the_slope() -> None:
    fit = line_through([(0, 100.0), (10, 112.0), (20, 124.0)])
    assert fit["us_per_timestamp"] == pytest.approx(1.2)
    assert fit["us_without"] == pytest.approx(100.0)
    assert spread([]) == {}
    assert spread([3.0, 1.0, 2.0])["median"] == 2.0
