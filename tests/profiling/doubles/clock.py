"""A clock that only the test advances."""


class FakeClock:
    """A clock in nanoseconds that advances by `spend`, and by `reading_ns` at each reading."""

    def __init__(self, reading_ns: int = 0) -> None:
        self.now = 0
        self.reading_ns = reading_ns

    def __call__(self) -> int:
        self.now += self.reading_ns
        return self.now

    def spend(self, us: float) -> None:
        """Let so many microseconds pass on the host."""
        self.now += round(1000 * us)
