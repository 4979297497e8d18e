"""A combo box that shows texts and holds a value for each."""

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox

from resnet_viz.gui.widgets.labels import tooltip

MIN_WIDTH_PX = (
    64  # Qt's own minimum shows the longest text, and a row of boxes would push other panels out of the window
)


def choice_box(entries: Iterable[tuple[str, str]], name: str) -> QComboBox:
    """Return a combo box of (value, text) pairs; `name` is its tool tip and accessible name."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tooltip(name))
    box.setMinimumWidth(MIN_WIDTH_PX)
    for value, text in entries:
        box.addItem(text, value)
    return box
