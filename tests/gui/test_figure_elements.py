"""The elements of the SVG figures of published networks, counted and located."""

import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from resnet_viz.export.figure_request import Figure, FigureOptions, FigureTheme
from resnet_viz.gui.figure import save_figure
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, Level
from resnet_viz.spec.presets import preset
from tests.drawings import LEVELS
from tests.golden.draw_pictures import FOLDER, NAMES

TEXT = re.compile(
    r'transform="matrix\(([^)]+)\)"[^>]*>\s*<text[^>]* x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</text>', re.S
)
SMALL = [name for name in NAMES if name != "preact_resnet1001_cifar"]


class Svg:
    """The texts and strokes of a figure."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text("utf8")
        box = re.search(r'viewBox="([^"]+)"', self.source)
        assert box is not None
        _, _, self.width, self.height = (float(number) for number in box[1].split())

    @property
    def texts(self) -> list[tuple[str, float, float]]:
        """Every text with the point where it begins."""
        found = []
        for matrix, x, y, text in TEXT.findall(self.source):
            a, b, c, d, e, f = (float(number) for number in matrix.split(","))
            found.append((text.strip(), a * float(x) + c * float(y) + e, b * float(x) + d * float(y) + f))
        return found

    def strokes(self, color: str) -> int:
        """Return the number of lines in this color."""
        return len(re.findall(rf'fill="none"[^>]* stroke="{color}"[^>]*>\s*<path', self.source))


def drawn(analysis: Analysis, level: Level, theme: FigureTheme, folder: Path) -> Svg:
    """Return the network's figure in one row, without a legend."""
    path = folder / "figure.svg"
    save_figure(Figure(analysis, costs(analysis), FigureOptions(level=level, theme=theme, legend=False), path))
    return Svg(path)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", SMALL)
def test_a_figure_holds_what_the_network_has(
    qapp: QApplication, name: str, level: Level, theme: FigureTheme, tmp_path: Path
) -> None:
    analysis = analyse(preset(name))
    svg = drawn(analysis, level, theme, tmp_path)
    texts = Counter(text for text, _, _ in svg.texts)
    assert texts["stem"] == 1
    for text, x, y in svg.texts:
        assert 0 <= x <= svg.width, text
        assert 0 <= y <= svg.height, text
    shortcuts = [edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS]
    if level == "layer":
        assert texts["BN"] == sum(layer.kind == "norm" for layer in analysis.layers)
        assert texts["ReLU"] == sum(layer.kind == "act" for layer in analysis.layers)
        blocks = {f"layer{layer.stage}.{layer.block}" for layer in analysis.layers if layer.block is not None}
        assert {text for text in texts if re.fullmatch(r"layer\d\.\d+", text)} == blocks
        assert svg.strokes(load_theme(theme).color("shortcut").name()) == len(shortcuts)
    if level == "stage":
        written = [
            int(text.split()[0])
            for text in texts.elements()
            if re.fullmatch(r"\d+ (projection|identity|zero padding)", text)
        ]
        assert sum(written) == len(shortcuts)


def test_stages_stand_from_left_to_right(qapp: QApplication, tmp_path: Path) -> None:
    svg = drawn(analyse(preset("resnet50")), "block", "light", tmp_path)
    titles = [(x, text) for text, x, _ in svg.texts if text in ("stem", "head") or text.startswith("stage ")]
    assert [text.partition(" ·")[0] for _, text in sorted(titles)] == [
        "stem", "stage 1", "stage 2", "stage 3", "stage 4", "head",
    ]  # fmt: skip


def test_a_backbone_has_its_feature_levels(qapp: QApplication, tmp_path: Path) -> None:
    svg = drawn(analyse(preset("maskrcnn_resnet50")), "stage", "light", tmp_path)
    levels = [(x, text) for text, x, _ in svg.texts if re.fullmatch(r"C\d", text)]
    assert [text for _, text in sorted(levels)] == ["C1", "C2", "C3", "C4", "C5"]


def test_every_network_has_its_pictures_to_look_at() -> None:
    names = {f"{name}-{level}-{theme}.png" for name in NAMES for level in LEVELS for theme in ("light", "dark")}
    assert {path.name for path in FOLDER.glob("*.png")} == names
