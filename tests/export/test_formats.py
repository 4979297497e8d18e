"""Files by suffix: complete, or not written and an error of one sentence."""

import csv
import json
from pathlib import Path

import networkx
import pytest

from resnet_viz.errors import FileProblem, UserError
from resnet_viz.export.formats import EXPORTERS, ExportOptions, check_target, export_file
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset
from tests.export.test_overlays import measured


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A small published network."""
    return analyse(preset("resnet20_cifar"))


@pytest.mark.parametrize("suffix", [*EXPORTERS, ".JSON"])
def test_every_suffix_writes(analysis: Analysis, tmp_path: Path, suffix: str) -> None:
    """One file, not empty, and no temporary file beside it."""
    path = tmp_path / f"network{suffix}"
    export_file(analysis, path, ExportOptions(measured(analysis)))
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


def test_the_files_have_the_layers_of_the_network(analysis: Analysis, tmp_path: Path) -> None:
    """Each format can be read by the program that it is for."""
    for suffix in EXPORTERS:
        export_file(analysis, tmp_path / f"n{suffix}", ExportOptions(measured(analysis)))
    layers = analysis.totals.layers
    assert len(json.loads((tmp_path / "n.json").read_text())["layers"]) == layers
    assert len(networkx.read_graphml(tmp_path / "n.graphml")) == layers
    with (tmp_path / "n.csv").open(newline="") as stream:
        assert len(list(csv.reader(stream))) == layers + 1
    compile((tmp_path / "n.py").read_text(encoding="utf-8"), "n.py", "exec")
    assert (tmp_path / "n.md").read_text("utf8").startswith("**ResNet-20 (CIFAR)")
    assert (tmp_path / "n.tex").read_text("utf8").startswith("% ResNet-20 (CIFAR)")
    assert json.loads((tmp_path / "n.netron.json").read_text())["signature"] == "netron:attachment"


def test_node_data_has_macs_or_the_times_of_a_run_unless_a_metric_is_given(analysis: Analysis, tmp_path: Path) -> None:
    run, path = measured(analysis), tmp_path / "n.NodeData.json"
    for options, name in (
        (None, "MACs"), (ExportOptions(run), "latency, µs"), (ExportOptions(run, "params"), "parameters"),
        (ExportOptions(metric="flops"), "FLOPs"),
    ):  # fmt: skip
        export_file(analysis, path, options)
        assert json.loads(path.read_text("utf8"))["graph"]["name"] == name


@pytest.mark.parametrize("suffix", [".graphml", ".netron.json"])
def test_the_times_of_a_run_are_in_the_file(analysis: Analysis, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"n{suffix}"
    export_file(analysis, path, ExportOptions(measured(analysis)))
    assert "latency_us" in path.read_text("utf8")
    export_file(analysis, path)
    assert "latency_us" not in path.read_text("utf8")


def test_unknown_suffix_lists_the_known(tmp_path: Path) -> None:
    """The error comes before any work is done."""
    with pytest.raises(
        UserError,
        match=r"'\.gif' is not accepted; give one of \.svg \.pdf \.png \.json \.graphml \.csv \.md \.tex \.py",
    ):
        check_target(tmp_path / "figure.gif")


@pytest.mark.parametrize("name", ["figure", ".json"])
def test_a_missing_suffix_is_called_missing(tmp_path: Path, name: str) -> None:
    """No empty quotes; a dot file's name is no suffix."""
    with pytest.raises(UserError, match=r"the suffix that names the format is missing; give one of \.svg"):
        check_target(tmp_path / name)


def test_places_that_cannot_be_written(analysis: Analysis, tmp_path: Path) -> None:
    """A missing folder, a folder in the place of the file, a file in the place of the folder."""
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("kept")
    for place in ("missing/n.csv", "folder.csv", "file/n.csv", f"{'n' * 300}.csv"):
        with pytest.raises(FileProblem, match=r"cannot be written: .+\.$"):
            export_file(analysis, tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]
    assert (tmp_path / "file").read_text() == "kept"
