"""Values that several panels show: choices, refusals, facts, reasons and number tiles."""

import msgspec

from resnet_viz.spec.presets import PRESETS


class Choice(msgspec.Struct, frozen=True):
    """One entry of a choice box: the value, its text, a longer text for its tooltip, and the text that is searched."""

    value: str
    text: str
    detail: str = ""
    search: str = ""


class ChoiceGroup(msgspec.Struct, frozen=True):
    """Choices under one heading."""

    title: str
    choices: tuple[Choice, ...]


def preset_groups() -> tuple[ChoiceGroup, ...]:
    """Return all presets, grouped by family, as choices."""
    groups: dict[str, list[Choice]] = {}
    for known in PRESETS.values():
        detail = f"{known.description}\n{known.source}"
        groups.setdefault(known.family, []).append(Choice(known.name, known.title, detail, known.search_text))
    return tuple(ChoiceGroup(title, tuple(choices)) for title, choices in groups.items())


class Refusal(msgspec.Struct, frozen=True):
    """A refused question: the invalid field, None where no single one is, and the sentence to show beside it."""

    field: str | None
    sentence: str


class Fact(msgspec.Struct, frozen=True):
    """A name and its value; `note` follows in gray."""

    name: str
    value: str
    note: str = ""
    strong: bool = False


class Reason(msgspec.Struct, frozen=True):
    """A question with its answer: the formula in letters, the lines with numbers, the result, and a remark."""

    question: str
    formula: str
    worked: tuple[str, ...]
    result: str
    note: str


class NumberTile(msgspec.Struct, frozen=True):
    """A large number, its name, a small note below, and the exact value for the tooltip."""

    value: str
    name: str
    note: str
    exact: str
