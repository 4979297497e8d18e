"""The command export: what it writes, and where it writes nothing."""

from pathlib import Path

import pytest

from resnet_viz.__main__ import main
from tests.cli.asking import Capture, answered, refused


def test_a_saved_spec_is_an_architecture(capsys: Capture, tmp_path: Path) -> None:
    """What `export` writes, `show` reads, and options change it."""
    path = str(tmp_path / "network.json")
    assert main(["export", "resnet20_cifar", "--classes", "3", "-o", path]) == 0
    assert capsys.readouterr().out == f"{path} written.\n"
    assert answered(capsys, "show", path)["spec"]["classes"] == 3
    assert answered(capsys, "show", path, "--head", "--classes", "4")["spec"]["classes"] == 4


@pytest.mark.parametrize("suffix", [".py", ".svg", ".csv", ".netron.json"])
def test_a_metric_is_refused_where_nothing_shows_it(
    suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / f"net{suffix}"
    said = refused(capsys, "export", "resnet18", "-o", str(target), "--metric", "macs")
    assert "--metric: macs is not accepted; only a .nodedata.json" in said
    assert not target.exists()


def test_an_unwritable_target_stays_as_it_is(capsys: Capture, tmp_path: Path) -> None:
    """A folder with the file's name: refused before the network is built, nothing left behind."""
    (tmp_path / "x.csv").mkdir()
    assert "it is a folder" in refused(capsys, "export", "resnet50", "-o", str(tmp_path / "x.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
