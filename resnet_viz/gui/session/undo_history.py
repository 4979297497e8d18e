"""Undo and redo of immutable values."""

from typing import Generic, TypeVar

Value = TypeVar("Value")
MAX_VALUES = 500


class History(Generic[Value]):
    """A list of values and the index of the current one."""

    def __init__(self, first: Value) -> None:
        self._values = [first]
        self._index = 0

    @property
    def current(self) -> Value:
        """The current value."""
        return self._values[self._index]

    @property
    def can_undo(self) -> bool:
        """True if there is an earlier value."""
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        """True if there is a later value."""
        return self._index + 1 < len(self._values)

    def push(self, value: Value) -> None:
        """Append a value after the current one, discarding what was undone."""
        self._values[self._index + 1 :] = [value]
        del self._values[: max(0, len(self._values) - MAX_VALUES)]
        self._index = len(self._values) - 1

    def move(self, steps: int) -> None:
        """Move by so many values, backward if negative, stopping at either end."""
        self._index = max(0, min(len(self._values) - 1, self._index + steps))

    def forget(self, value: Value, *, instead: Value) -> None:
        """Remove every occurrence of a value that failed; the nearest `instead` before it becomes the current value."""
        remaining = [(index, each) for index, each in enumerate(self._values) if each != value]
        before = sum(1 for index, _ in remaining if index <= self._index)
        self._values = [each for _, each in remaining] or [instead]
        self._index = max(0, before - 1)
        if self.current != instead:
            self.push(instead)
