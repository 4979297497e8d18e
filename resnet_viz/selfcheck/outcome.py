"""The outcome of one check, and the report of all of them as a file."""

from datetime import UTC, datetime

import msgspec

from resnet_viz.records.run import Environment
from resnet_viz.texts import tr


class Outcome(msgspec.Struct, frozen=True):
    """A check's figure as text and as numbers; `passed` is None where the device has nothing to check.

    `others` is the share of the processor, 0 to 1, that other programs took meanwhile; None where unknown.
    """

    number: int
    title: str
    figure: str
    passed: bool | None
    numbers: dict[str, float] = {}
    others: float | None = None

    @property
    def line(self) -> str:
        """The outcome as a line: `4  pass  Σ of the layers against the whole network: ResNet-18 N=1 +0.9 %`."""
        verdict = {True: tr("pass"), False: tr("FAIL"), None: tr("n/a ")}[self.passed]
        return f"{self.number:>2}  {verdict}  {self.title}: {self.figure}"


class SelfcheckReport(msgspec.Struct, frozen=True):
    """Every check of one device, with the time and the environment in which they were made.

    `others` is the share of the processor, 0 to 1, that other programs took during all checks; None where unknown.
    """

    made: str
    place: Environment
    checks: tuple[Outcome, ...]
    others: float | None = None

    @property
    def others_line(self) -> str:
        """The share of the processor that other programs took, as a sentence; empty where it is unknown."""
        if self.others is None:
            return ""
        return tr("Other programs took {part:.0f} % of the processor.").format(part=100 * self.others)


def report(environment: Environment, checks: list[Outcome], others: float | None = None) -> SelfcheckReport:
    """Return the report of these checks, made now."""
    return SelfcheckReport(datetime.now(UTC).isoformat(timespec="seconds"), environment, tuple(checks), others)
