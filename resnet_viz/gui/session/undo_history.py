"""Undo and redo over frozen values."""

from typing import Generic, TypeVar

Value = TypeVar("Value")
MOST_STEPS = 500


class History(Generic[Value]):
    """The values so far with a place among them."""

    def __init__(self, first: Value) -> None:
        self._values = [first]
        self._place = 0

    @property
    def current(self) -> Value:
        """The value at the present place."""
        return self._values[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is a value before."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a value after."""
        return self._place + 1 < len(self._values)

    def push(self, value: Value) -> None:
        """Put a value behind the present one in place of what was undone."""
        self._values[self._place + 1 :] = [value]
        del self._values[: max(0, len(self._values) - MOST_STEPS)]
        self._place = len(self._values) - 1

    def move(self, steps: int) -> None:
        """Go forward, or back where negative, as far as there are values."""
        self._place = max(0, min(len(self._values) - 1, self._place + steps))

    def forget(self, value: Value, *, instead: Value) -> None:
        """Take out a value that turned out not to work; the present place goes to the nearest `instead` before it."""
        kept = [(index, found) for index, found in enumerate(self._values) if found != value]
        before = sum(1 for index, _ in kept if index <= self._place)
        self._values = [found for _, found in kept] or [instead]
        self._place = max(0, before - 1)
        if self.current != instead:
            self.push(instead)
