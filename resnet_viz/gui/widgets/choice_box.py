"""A combo box of words, each with the value that it stands for."""

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox


def choice_box(entries: Iterable[tuple[str, str]], name: str) -> QComboBox:
    """Pairs of value and text; `name` is its tip, and what a screen reader says."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    for value, text in entries:
        made.addItem(text, value)
    return made
