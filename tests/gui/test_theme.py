"""Themes: both name the same colors, text can be read, and the style sheet has no name left over."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from resnet_viz.gui import theme
from resnet_viz.gui.theme import Theme, ThemeName, load_theme

PAIRS = [("text", "window"), ("text", "canvas"), ("text_muted", "window"), ("text_muted", "canvas"), ("text", "field"),
         ("error", "window"), ("ok", "window"), ("text_on_accent", "selection"), ("text", "warning_tint")]  # fmt: skip
READABLE = 4.5


@pytest.fixture(params=["light", "dark"])
def each(request: pytest.FixtureRequest) -> Theme:
    """Each theme."""
    name: ThemeName = request.param
    return load_theme(name)


def luminance(color: QColor) -> float:
    """WCAG's relative luminance."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


@pytest.mark.parametrize("pair", PAIRS)
def test_text_can_be_read(each: Theme, pair: tuple[str, str]) -> None:
    high, low = sorted((luminance(each.color(name)) for name in pair), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= READABLE


def test_both_themes_have_the_same_names() -> None:
    sheets = [load_theme(name).style_sheet() for name in ("light", "dark")]
    assert sheets[0] != sheets[1]
    assert all("$" not in sheet.replace("dollar sign", "") for sheet in sheets)


def test_an_unknown_color_is_an_error(each: Theme) -> None:
    with pytest.raises(KeyError):
        each.color("puce")
    assert each.color("shadow").alpha() < 255


def test_a_choice_is_taken_as_it_is(qtbot: QtBot) -> None:
    assert theme.resolve("dark") == "dark"
    assert theme.resolve("system") in ("light", "dark")


def test_no_color_literal_in_the_window_s_code() -> None:
    folder = Path(theme.__file__).parent
    literal = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']|Qt\.GlobalColor\.(?!transparent)|QColor\(\d""")
    found = [path.name for path in folder.glob("*.py") if literal.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_at_most_fifteen_connects_a_file() -> None:
    folder = Path(theme.__file__).parent
    counts = {path.name: path.read_text(encoding="utf-8").count(".connect(") for path in folder.glob("*.py")}
    assert max(counts.values()) <= 15, counts
