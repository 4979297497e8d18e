"""Gives every view what there is to show: in one order, one after the other, and only what is seen."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.shown import EVERYTHING, Changed, Shown

Display = Callable[[Shown, Changed], object]


class Views(QObject):
    """The views in the order in which they are brought up to date.

    A view is given the newest value, and which of the fields that it reads are others than in the value that it shows.
    The first view is drawn at once and each of the others in a turn of the event loop of its own, so that the window
    answers while runs stream in. A view that is not seen waits until it is. `settled` tells that every view that is
    seen is up to date.
    """

    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[_View] = []
        self._newest: Shown | None = None
        self._is_displaying = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._display_next)

    def add(self, widget: QWidget, display: Display, *fields: str) -> None:
        """Let `display` show the value wherever one of these fields of `Shown` has changed and the widget is seen."""
        self._views.append(_View(widget, display, frozenset(fields)))

    def show(self, shown: Shown) -> None:
        """Bring the views that are seen up to date."""
        changed, self._newest = _changes(shown, self._newest), shown
        for view in self._views:
            view.changed |= changed & view.fields
        if self._is_displaying:  # a view has asked for something while it was drawn
            self._next.start()
        else:
            self._display_next()

    def refresh(self) -> None:
        """Bring those up to date that have come into sight; the window calls it whenever tabs and panels change."""
        self._next.start()

    def bring(self, widget: QWidget) -> None:
        """Bring one view up to date even where it is not seen, because a command is about to read from it."""
        for view in self._views:
            if view.widget is widget and view.changed:
                self._display(view)

    @property
    def is_settled(self) -> bool:
        """Whether every view that is seen shows the newest value."""
        return not self._due()

    def stop(self) -> None:
        """Show nothing more."""
        self._next.stop()
        self._views.clear()

    def _display_next(self) -> None:
        due = self._due()
        if len(due) > 1:
            self._next.start()
        if due:
            self._display(due[0])
        if self.is_settled:
            self.settled.emit()

    def _display(self, view: "_View") -> None:
        if self._newest is not None:
            changed, view.changed = view.changed, frozenset()
            self._is_displaying = True
            try:
                view.display(self._newest, changed)
            finally:
                self._is_displaying = False

    def _due(self) -> list["_View"]:
        return [view for view in self._views if view.changed and view.widget.isVisible()]


def _changes(new: Shown, old: Shown | None) -> Changed:
    """The fields that are another object in the new value."""
    if old is None:
        return EVERYTHING
    return frozenset(name for name in EVERYTHING if getattr(new, name) is not getattr(old, name))


@dataclass
class _View:
    """A widget, what displays a value in it, the fields that it reads, and those that it shows as they were."""

    widget: QWidget
    display: Display
    fields: Changed
    changed: Changed = frozenset()
