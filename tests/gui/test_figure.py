"""Figures: texts are selectable, sizes are as requested, and a file is written whole or not at all."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import Figure, FigureLevel, FigureOptions
from resnet_viz.gui.figure import save_figure
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.quantities import Coloring
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
RESNET = analyse(preset("resnet50"))


@pytest.fixture
def drawn(qapp: QApplication, tmp_path: Path) -> "Drawn":
    return Drawn(tmp_path)


class Drawn:
    """Draws figures into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, **options: object) -> Path:
        path = self.folder / name
        save_figure(Figure(RESNET, costs(RESNET), FigureOptions(**options), path))  # type: ignore[arg-type]
        return path


def texts(path: Path) -> list[str]:
    """Return the texts of an SVG file."""
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text("utf8"))]


@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_an_svg_has_its_texts_as_texts(drawn: Drawn, level: FigureLevel) -> None:
    found = texts(drawn("figure.svg", level=level))
    for title in ("stem", "stage 2 · conv3_x", "4 × Bottleneck · 512×28×28", "head", "projection shortcut"):
        assert title in found
    assert found.count("Bottleneck") == {"stage": 4, "block": 16, "layer": 16}[level]


def test_the_width_on_paper_is_what_was_asked_for(drawn: Drawn) -> None:
    svg = drawn("figure.svg", width_mm=85.0).read_text("utf8")
    width = re.search(r'width="([\d.]+)mm"', svg)
    assert width is not None
    assert float(width[1]) == pytest.approx(85, rel=0.01)
    pdf = drawn("figure.pdf", width_mm=85.0).read_bytes()
    box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert float(box[1]) == pytest.approx(85 / 25.4 * 72, rel=0.01)
    assert pdf.startswith(b"%PDF")


def test_a_png_has_the_scale_and_the_background_asked_for(drawn: Drawn) -> None:
    one, two = (QImage(str(drawn(f"{scale:g}.png", scale=scale))) for scale in (1.0, 2.0))
    assert two.width() == pytest.approx(2 * one.width(), abs=1)
    assert one.pixelColor(1, 1).alpha() == 255
    clear = QImage(str(drawn("clear.png", transparent=True)))
    assert clear.pixelColor(1, 1).alpha() == 0


def test_the_legend_can_be_left_out(drawn: Drawn) -> None:
    assert "projection shortcut" not in texts(drawn("figure.svg", legend=False))


@pytest.mark.parametrize(
    ("color", "title"), [("macs", "MACs"), ("params", "Parameters"), ("bytes", "Activation bytes")]
)
def test_a_quantity_has_its_scale(drawn: Drawn, color: Coloring, title: str) -> None:
    plain, colored = drawn("plain.svg"), drawn("colored.svg", color=color)
    assert title in texts(colored)
    assert title not in texts(plain)
    assert plain.read_text("utf8") != colored.read_text("utf8")


def test_the_same_request_writes_the_same_bytes(drawn: Drawn) -> None:
    assert drawn("one.svg").read_bytes() == drawn("two.svg").read_bytes()


def test_a_picture_that_is_too_large_is_refused_and_nothing_is_written(drawn: Drawn) -> None:
    deep = analyse(preset("resnet152"))
    path = drawn.folder / "large.png"
    with pytest.raises(UserError, match="give at most"):
        save_figure(Figure(deep, costs(deep), FigureOptions(level="layer", scale=20.0), path))
    assert list(drawn.folder.iterdir()) == []


def test_measured_times_color_a_figure(qapp: QApplication, tmp_path: Path) -> None:
    spec = preset("resnet18")
    options = FigureOptions(color="latency")
    save_figure(Figure(analyse(spec), costs(analyse(spec)), options, tmp_path / "figure.svg", small_run(spec)))
    assert "Latency" in texts(tmp_path / "figure.svg")


def test_a_part_is_drawn_alone(drawn: Drawn) -> None:
    block = texts(drawn("block.svg", part="layer3.0", level="layer"))
    assert "layer3.0" in block
    assert "1×1, 1024 /2" in block
    assert "layer3.1" not in block
    stage = texts(drawn("stage.svg", part="layer3"))
    assert stage.count("Bottleneck") == 6
    assert "stem" not in stage
    with pytest.raises(SpecError, match="layer9 is not accepted"):
        drawn("none.svg", part="layer9")


def test_a_long_figure_is_broken_into_rows(drawn: Drawn) -> None:
    """Three rows are a third as wide and three times as high, and hold every block's title."""
    one, three = drawn("one.png", level="layer", scale=1.0), drawn("three.png", level="layer", scale=1.0, rows=3)
    wide, narrow = QImage(str(one)), QImage(str(three))
    assert narrow.width() == pytest.approx(wide.width() / 3, rel=0.06)
    assert narrow.height() > 2.5 * wide.height()
    whole, broken = texts(drawn("one.svg", level="layer")), texts(drawn("three.svg", level="layer", rows=3))
    assert {text for text in whole if text.startswith("layer")} <= set(broken)


@pytest.mark.parametrize("level", ["stage", "block"])
def test_a_figure_for_a_column_of_a_paper_has_readable_texts(drawn: Drawn, level: FigureLevel) -> None:
    """The smallest texts are eleven units high, which must be 4.5 points on paper."""
    svg = drawn("column.svg", level=level, width_mm=85.0).read_text("utf8")
    box = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    assert box is not None
    assert 11 * 85 / float(box[1]) >= 0.95 * 4.5 * 25.4 / 72


def test_texts_too_small_to_read_are_reported(tmp_path: Path) -> None:
    command = [sys.executable, "main.py", "export", "resnet50", "-o", str(tmp_path / "x.svg"), "--width-mm", "85"]
    done = subprocess.run([*command, "--level", "layer"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "points high on paper" in done.stderr
    done = subprocess.run([*command, "--level", "block"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_vertical_figure_is_higher_than_wide(drawn: Drawn) -> None:
    picture = QImage(str(drawn("down.png", direction="down", level="stage", scale=1.0)))
    assert picture.height() > 1.3 * picture.width()
    assert "stage 2 · conv3_x" in texts(drawn("down.svg", direction="down", level="stage"))


def test_the_command_line_draws_without_a_display(tmp_path: Path) -> None:
    """A display that is named and does not answer matters no more than none."""
    target = tmp_path / "figure.svg"
    command = [
        sys.executable,
        "main.py",
        "export",
        "resnet18",
        "-o",
        str(target),
        "--level",
        "stage",
        "--colour",
        "macs",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": "/usr/bin", "DISPLAY": ":4711"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 × Basic" in " ".join(texts(target))
    again = subprocess.run([*command, "--width-mm", "1"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr == "--width-mm: 1 is not accepted; give 10 to 5000 millimeters.\n"
