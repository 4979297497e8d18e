"""Named colors: read from a theme file, given to widgets as a palette and a style sheet."""

from string import Template
from typing import Literal, get_args

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from resnet_viz.resources import resource_folder

ThemeName = Literal["light", "dark"]
ThemeChoice = Literal["light", "dark", "system"]
CHOICES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)

_Role = QPalette.ColorRole
_ROLES = {
    "window": (_Role.Window, _Role.Button),
    "text": (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.ToolTipText),
    "field": (_Role.Base, _Role.ToolTipBase, _Role.Light),
    "alternate_row": (_Role.AlternateBase,),
    "text_muted": (_Role.PlaceholderText,),
    "selection": (_Role.Highlight,),
    "text_on_accent": (_Role.HighlightedText,),
    "accent": (_Role.Link, _Role.Accent),
    "border_strong": (_Role.Mid, _Role.Dark),
    "hover": (_Role.Midlight,),
    "error": (_Role.BrightText,),
}


class Theme:
    """The named colors of one theme."""

    def __init__(self, name: ThemeName, colors: dict[str, str]) -> None:
        self.name: ThemeName = name
        self._colors = {key: _color(value) for key, value in colors.items()}

    def color(self, name: str) -> QColor:
        """The color called `name`; a copy that the caller may change. Raises KeyError for an unknown name."""
        return QColor(self._colors[name])

    def blend(self, name: str, ground: str, part: float) -> QColor:
        """Return the named color blended over `ground` with opacity `part`, from 0 to 1."""
        over, under = self.color(name), self.color(ground)
        return QColor.fromRgbF(
            over.redF() * part + under.redF() * (1 - part),
            over.greenF() * part + under.greenF() * (1 - part),
            over.blueF() * part + under.blueF() * (1 - part),
        )

    def palette(self) -> QPalette:
        """Return the colors as a Qt palette."""
        palette = QPalette()
        for name, roles in _ROLES.items():
            for role in roles:
                palette.setColor(role, self.color(name))
        for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("text_muted"))
        return palette

    def style_sheet(self) -> str:
        """Return `app.qss` with every `$name` replaced by that color."""
        template = Template((resource_folder() / "styles" / "app.qss").read_text(encoding="utf-8"))
        names = {name: _css(color) for name, color in self._colors.items()}
        return template.substitute(names, styles=(resource_folder() / "styles").as_posix())


def load_theme(name: ThemeName) -> Theme:
    """Read the theme file of that name."""
    content = (resource_folder() / "themes" / f"{name}.json").read_bytes()
    return Theme(name, msgspec.json.decode(content, type=dict[str, str]))


def resolve(choice: ThemeChoice) -> ThemeName:
    """Return the theme to use for a choice; "system" follows the system's color scheme."""
    if choice != "system":
        return choice
    dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def apply(theme: Theme, application: QApplication) -> None:
    """Apply the palette and the style sheet of the theme to the application."""
    application.setPalette(theme.palette())
    application.setStyleSheet(theme.style_sheet())


def _color(text: str) -> QColor:
    """Parse `#rrggbb`, or `#rrggbbaa` with the opacity last."""
    return QColor(f"#{text[7:]}{text[1:7]}")  # Qt expects the opacity first


def _css(color: QColor) -> str:
    return f"rgba({color.red()}, {color.green()}, {color.blue()}, {color.alpha()})"
