"""Errors of the user, each with one sentence to show."""

from reprlib import Repr

from resnet_viz.texts import tr, visible

LONGEST_VALUE = 60  # characters of a refused value that are shown
LONGEST_SENTENCE = 1_000
LARGEST_DIGITS = 400  # of an integer that is written out
_short = Repr()
_short.maxstring = _short.maxother = LONGEST_VALUE


class UserError(Exception):
    """An error that the user can correct; its `str()` is the sentence to show: one line of bounded length."""

    def __str__(self) -> str:
        return _bounded(visible(super().__str__()), LONGEST_SENTENCE)


class SpecError(UserError, ValueError):
    """An invalid value of a field of a spec or of settings; `accepted` tells what the field accepts."""

    def __init__(self, field: str, value: object, accepted: str) -> None:
        self.field = field
        self.value = value
        self.accepted = accepted
        super().__init__(field, value, accepted)

    def __str__(self) -> str:
        sentence = tr("{field}: {value} is not accepted; {accepted}.")
        field = _bounded(visible(self.field), LONGEST_VALUE)
        return sentence.format(field=field, value=shown_value(self.value), accepted=visible(self.accepted))


class UnknownName(SpecError):
    """A name that no network has; the sentence suggests a similar one."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__("preset", name, sentence)

    def __str__(self) -> str:
        return _bounded(visible(self.accepted), LONGEST_SENTENCE)


class FileProblem(UserError):
    """A file that cannot be read, parsed or written."""


def shown_value(value: object, separator: str = ",") -> str:
    """Return a value as a sentence shows it: on one line, of bounded length, a list with `separator` between items."""
    if isinstance(value, tuple | list):
        items = (int(item) if isinstance(item, bool) else item for item in value[:LONGEST_VALUE])
        text = separator.join(map(_text, items)) or tr("nothing")
    else:
        text = _text(value)
    return _bounded(text, LONGEST_VALUE)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, int) and abs(value) >= 10**LARGEST_DIGITS:  # Python itself refuses to write 4,300 digits
        return tr("an integer of more than {n} digits").format(n=LARGEST_DIGITS)
    if isinstance(value, str):
        return visible(value[: LONGEST_VALUE + 1])
    return str(value) if value is None or isinstance(value, int) else visible(_short.repr(value))


def _bounded(text: str, most: int) -> str:
    """Return the text, cut behind two thirds where it is too long: a sentence's end says what would be accepted."""
    if len(text) <= most:
        return text
    if most <= LONGEST_VALUE:
        return text[: most - 3] + "…"
    before = most * 2 // 3
    return f"{text[:before]}…{text[before + 1 - most :]}"
