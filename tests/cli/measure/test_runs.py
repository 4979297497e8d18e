"""The command runs: the list, one run, two side by side."""

from pathlib import Path

import pytest

from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_run
from tests.cli.asking import printed, refused
from tests.gui.small_run import small_run


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
