"""The command export: what it writes, and when it writes nothing."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from resnet_viz.__main__ import main
from resnet_viz.export.formats import EXPORTERS
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_run
from tests.cli.asking import Capture, answered, refused
from tests.gui.small_run import small_run


def test_a_saved_spec_is_an_architecture(capsys: Capture, tmp_path: Path) -> None:
    """`show` reads the spec that `export` has written, and options change it."""
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


def texts(path: Path) -> list[str]:
    """Return the texts of an SVG."""
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text("utf8"))]


@pytest.mark.parametrize(
    ("part", "level", "inside", "outside"),
    [
        (
            "layer3",
            "block",
            ["stage 3 · conv4_x", "6 × Bottleneck · 1024×14×14"],
            ["stem", "stage 2 · conv3_x", "stage 4 · conv5_x", "fc, 1000"],
        ),
        (
            "layer3.1",
            "layer",
            ["layer3.1", "1×1, 256", "3×3, 256", "1×1, 1024"],
            ["layer3.0", "layer3.2", "7×7, 64 /2"],
        ),
    ],
)
def test_a_figure_of_a_part_has_only_that_part(
    capsys: Capture, qapp: QApplication, tmp_path: Path, part: str, level: str, inside: list[str], outside: list[str]
) -> None:
    path = tmp_path / "part.svg"
    assert main(["export", "resnet50", "--part", part, "--level", level, "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"{path} written.\n"
    found = texts(path)
    assert set(inside) <= set(found)
    assert not set(outside) & set(found)


def test_a_picture_of_a_part_is_smaller_than_that_of_the_network(
    capsys: Capture, qapp: QApplication, tmp_path: Path
) -> None:
    for name, options in (("all", []), ("part", ["--part", "layer2"])):
        options = [*options, "--no-legend", "--scale", "1", "-o", str(tmp_path / f"{name}.png")]
        assert main(["export", "resnet18", *options]) == 0
    pictures = {name: QImage(str(tmp_path / f"{name}.png")) for name in ("all", "part")}
    assert 0 < pictures["part"].width() < pictures["all"].width() / 2


def test_an_unknown_part_is_refused_with_the_stages(capsys: Capture, qapp: QApplication, tmp_path: Path) -> None:
    sentence = refused(capsys, "export", "resnet18", "--part", "layer9", "-o", str(tmp_path / "x.svg"))
    assert sentence.startswith("--part: layer9 is not accepted; ")
    assert "layer1, layer2, layer3, layer4" in sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", EXPORTERS)
def test_a_part_is_refused_for_everything_but_figures(capsys: Capture, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"net{suffix}"
    sentence = refused(capsys, "export", "resnet18", "--part", "layer1", "-o", str(target))
    assert sentence == f"--part: layer1 is not accepted; it is for figures (.svg .pdf .png), which {target} is not."
    assert not target.exists()


def test_times_of_another_input_are_written_with_a_remark(capsys: Capture, tmp_path: Path) -> None:
    run = small_run(preset("resnet18").but(input=(1, 3, 64, 64)))
    save_run(run, tmp_path / "run.json")
    target = tmp_path / "net.csv"
    assert main(["export", "resnet18", "--run", str(tmp_path / "run.json"), "-o", str(target)]) == 0
    assert "Measured at 1×3×64×64, not at 1×3×224×224 as the network is shown." in capsys.readouterr().err
    assert (
        main(["export", "resnet18", "--input", "1x3x64x64", "--run", str(tmp_path / "run.json"), "-o", str(target)])
        == 0
    )
    assert capsys.readouterr().err == ""
