"""Sentences of errors: one line of bounded length, whatever value they show."""

import pytest

from resnet_viz.errors import (
    LONGEST_SENTENCE,
    LONGEST_VALUE,
    FileProblem,
    SpecError,
    UnknownName,
    UserError,
    shown_value,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (64, "64"), (0.1, "0.1"), ("basic", "basic"), ((3, 4, True), "3,4,1"), ([], "nothing"), (None, "None"),
        ({64}, "{64}"), ("a\nb\x1b[31m", r"a\u000ab\u001b[31m"), ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\udc80", r"\udc80"), (10**400, "an integer of more than 400 digits"), (-(10**9), "-1000000000"),
        (b"\n", r"b'\n'"),
    ],
)  # fmt: skip
def test_a_value_is_shown_on_one_line(value: object, shown: str) -> None:
    assert shown_value(value) == shown


@pytest.mark.parametrize(
    "value", ["1" * 10_000_000, [1] * 5_000_000, [[1] * 5_000_000], {"a": "b" * 5_000_000}, 10**399]
)
def test_a_long_value_is_cut(value: object) -> None:
    assert 10 < len(shown_value(value)) <= LONGEST_VALUE
    assert len(str(SpecError("width", value, "give less"))) < 120
    assert str(SpecError("width", value, "give less")).endswith("is not accepted; give less.")


def test_a_field_named_by_a_file_is_shown_like_a_value() -> None:
    sentence = str(SpecError("a\n" * 1_000, 1, "the fields are b"))
    assert sentence.isprintable()
    assert len(sentence) < 150


@pytest.mark.parametrize("kind", [UserError, FileProblem, lambda text: UnknownName("x", text)])
def test_a_sentence_keeps_its_beginning_and_its_end(kind: type[UserError]) -> None:
    sentence = str(kind(f"begin \x9b31m{'a' * 100_000}\nend."))
    assert sentence.startswith(r"begin \u009b31m")
    assert sentence.endswith(r"\u000aend.")
    assert len(sentence) == LONGEST_SENTENCE
    assert str(kind("a" * LONGEST_SENTENCE)) == "a" * LONGEST_SENTENCE
