"""Updates the visible views in a fixed order, one per turn of the event loop."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.shown import EVERYTHING, Changed, Shown

Display = Callable[[Shown, Changed], object]


class Views(QObject):
    """The views in the order in which they are updated.

    A view receives the newest value and the names of the fields that changed since its last update. The first view is
    updated at once, each other one in its own turn of the event loop, so that the window stays responsive while runs
    stream in. A hidden view is updated when it becomes visible. `settled` is emitted when every visible view is up to
    date.
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
        """Call `display` when one of these fields of `Shown` has changed and the widget is visible.

        Raises ValueError for a name that is no field of `Shown`.
        """
        if not fields or not EVERYTHING.issuperset(fields):
            raise ValueError(f"{fields} are not fields of Shown")
        self._views.append(_View(widget, display, frozenset(fields)))

    def show(self, shown: Shown) -> None:
        """Update the visible views to a new value."""
        changed, self._newest = _changes(shown, self._newest), shown
        for view in self._views:
            view.changed |= changed & view.fields
        if self._is_displaying:  # a view has asked for something during its own update
            self._next.start()
        else:
            self._display_next()

    def refresh(self) -> None:
        """Update views that have become visible; called when tabs or panels change."""
        self._next.start()

    def update_now(self, widget: QWidget) -> None:
        """Update one view even while it is hidden, because a command is about to read from it."""
        for view in self._views:
            if view.widget is widget and view.changed:
                self._display(view)

    @property
    def is_settled(self) -> bool:
        """True if every visible view shows the newest value."""
        return not self._due()

    def stop(self) -> None:
        """Stop all updates."""
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
    """Return the names of the fields that hold another object in the new value."""
    if old is None:
        return EVERYTHING
    return frozenset(name for name in EVERYTHING if getattr(new, name) is not getattr(old, name))


@dataclass
class _View:
    """A widget, its display function, the fields that it reads, and those whose change it has not shown yet."""

    widget: QWidget
    display: Display
    fields: Changed
    changed: Changed = frozenset()
