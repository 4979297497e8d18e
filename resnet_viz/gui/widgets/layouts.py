"""Rows and columns of widgets, and the labels and small buttons in them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resnet_viz.gui.widgets.labels import Label, tooltip
from resnet_viz.texts import visible

Part = QWidget | QLayout | tuple[QWidget | QLayout, int]
"""A widget or layout, optionally with its stretch factor."""
Margins = tuple[int, int, int, int]
NONE: Margins = (0, 0, 0, 0)


def column(*parts: Part, owner: QWidget | None = None, margins: Margins = NONE, spacing: int = 0) -> QVBoxLayout:
    """Lay out the parts in a column, as the layout of `owner` if one is given."""
    made = QVBoxLayout(owner) if owner is not None else QVBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def row(*parts: Part, owner: QWidget | None = None, margins: Margins = NONE, spacing: int = 0) -> QHBoxLayout:
    """Lay out the parts in a row, as the layout of `owner` if one is given."""
    made = QHBoxLayout(owner) if owner is not None else QHBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def named(name: str, text: str = "", *, wraps: bool = False, margins: Margins = NONE) -> Label:
    """Return a label that the style sheet knows by this name."""
    label = Label(text)
    label.setObjectName(name)
    label.setWordWrap(wraps)
    label.setContentsMargins(*margins)
    return label


def muted(text: str = "", *, wraps: bool = False, margins: Margins = NONE) -> Label:
    """Return a label in the muted text color."""
    return named("muted", text, wraps=wraps, margins=margins)


def sentences(margins: Margins = NONE) -> Label:
    """Return a wrapping label whose text can be selected and copied."""
    label = named("", wraps=True, margins=margins)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class Paragraphs(QWidget):
    """Texts below each other, each a paragraph of its own: what one of them contains cannot disturb the others."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._labels: list[Label] = []
        self._box = column(owner=self, spacing=4)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these texts, in which a line break is an escape too; without any, hide."""
        while len(self._labels) < len(texts):
            label = named(self._name, wraps=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._labels.append(label)
            self._box.addWidget(label)
        for index, label in enumerate(self._labels):
            label.setText(visible(texts[index]) if index < len(texts) else "")
            label.setVisible(index < len(texts))
        self.setVisible(bool(texts))

    def texts(self) -> tuple[str, ...]:
        """Return the texts on display."""
        return tuple(label.text() for label in self._labels if label.text())


def tool_button(text: str, tip: str, action: Callable[[], object], *, is_flat: bool = True) -> QToolButton:
    """Return a small button with a tool tip."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tooltip(tip))
    button.setAutoRaise(is_flat)
    button.clicked.connect(lambda: action())
    return button


def scroll_down_only(area: QScrollArea) -> None:
    """Make an area without a frame that scrolls its widget vertically only."""
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and restyle the widget."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _fill(box: QBoxLayout, parts: tuple[Part, ...], margins: Margins, spacing: int) -> None:
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for part in parts:
        what, stretch = part if isinstance(part, tuple) else (part, 0)
        if isinstance(what, QLayout):
            box.addLayout(what, stretch)
        else:
            box.addWidget(what, stretch)
