"""The command runs: the list, one run, two side by side."""

from pathlib import Path

import msgspec
import pytest

from resnet_viz.records.run import Environment
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_in_runs_folder, save_run
from tests.cli.asking import answered, printed, refused
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))


def test_a_runs_folder_that_is_a_file_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file", "utf8")
    said = refused(capsys, "runs")
    assert said == f"{tmp_path / 'runs'} is not a folder; RESNET_VIZ_RUNS names the folder of runs."


def test_files_that_are_no_runs_are_counted_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = save_in_runs_folder(RUN)
    assert "no run" not in printed(capsys, "runs")
    (path.parent / "b.json").write_text("{}", "utf8")
    assert printed(capsys, "runs").splitlines()[-1] == "1 file in this folder is not a run: b.json"
    (path.parent / "a\n.json").write_bytes(path.read_bytes()[:-40])
    assert printed(capsys, "runs").splitlines()[-1] == "2 files in this folder are not runs: a\\u000a.json, b.json"
    for place in range(3):
        (path.parent / f"c{place}.json").write_text("", "utf8")
    assert printed(capsys, "runs").splitlines()[-1].endswith(": a\\u000a.json, b.json, c0.json, …")
    path.unlink()
    said = printed(capsys, "runs")
    assert said.startswith("There are no runs in")
    assert "5 files in this folder are not runs" in said
    assert len(answered(capsys, "runs")) == 0


def test_a_long_device_name_is_cut_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    save_in_runs_folder(msgspec.structs.replace(RUN, place=Environment(device="cpu", name="A" * 300)))
    said = printed(capsys, "runs")
    assert f" {'A' * 39}…  " in said
    assert answered(capsys, "runs")[0]["device"] == "A" * 300


def test_runs_lists_shows_and_compares(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "There are no runs in" in printed(capsys, "runs")
    first, second = tmp_path / "fast.json", tmp_path / "slow.json"
    save_run(small_run(preset("resnet18")), first)
    save_run(small_run(preset("resnet34"), slower=2.0), second)
    said = printed(capsys, "runs", str(first), str(second))
    assert "The networks differ; 19 layers have the same name in both." in said
    assert next(line for line in said.splitlines() if line.startswith("relu ")).split() == [
        "relu", "0.020", "ms", "0.040", "ms", "0.50"]  # fmt: skip
    assert "3 were given" in refused(capsys, "runs", str(first), str(second), str(first))
    assert "cannot be read" in refused(capsys, "runs", str(tmp_path / "no.json"))
