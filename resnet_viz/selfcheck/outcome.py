"""What one check found, and all of them together as a file."""

from datetime import UTC, datetime

import msgspec

from resnet_viz.records.run import Environment
from resnet_viz.texts import tr


class Outcome(msgspec.Struct, frozen=True):
    """A check's figure in words and as numbers; `passed` is None where the device has nothing to check."""

    number: int
    title: str
    figure: str
    passed: bool | None
    numbers: dict[str, float] = {}

    @property
    def line(self) -> str:
        """`4  pass  Σ of the layers against the whole: ResNet-18 N=1 +0.9 %`."""
        word = {True: tr("pass"), False: tr("FAIL"), None: tr("n/a ")}[self.passed]
        return f"{self.number:>2}  {word}  {self.title}: {self.figure}"


class SelfcheckReport(msgspec.Struct, frozen=True):
    """Every check of one device, when and where it was made."""

    made: str
    place: Environment
    checks: tuple[Outcome, ...]


def report(place: Environment, checks: list[Outcome]) -> SelfcheckReport:
    """The checks with the place and the present time."""
    return SelfcheckReport(datetime.now(UTC).isoformat(timespec="seconds"), place, tuple(checks))
