"""Errors of the user, each with one sentence to show."""

from resnet_viz.texts import tr


class UserError(Exception):
    """An error that the user can correct; its `str()` is the sentence to show."""


class SpecError(UserError, ValueError):
    """An invalid value of a field of a spec or of settings; `accepted` tells what the field accepts."""

    def __init__(self, field: str, value: object, accepted: str) -> None:
        self.field = field
        self.value = value
        self.accepted = accepted
        super().__init__(field, value, accepted)

    def __str__(self) -> str:
        return tr("{field}: {value} is not accepted; {accepted}.").format(
            field=self.field, value=_shown(self.value), accepted=self.accepted
        )


class UnknownName(SpecError):
    """A name that no network has; the sentence suggests a similar one."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__("preset", name, sentence)

    def __str__(self) -> str:
        return self.accepted


class FileProblem(UserError):
    """A file that cannot be read, parsed or written."""


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return ",".join(str(int(item) if isinstance(item, bool) else item) for item in value) or tr("nothing")
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
