"""What is changed in a module, what is left alone, and the ids by which a mutant is found again."""

import textwrap

import pytest

from tests.mutation.mutants import mutants


def _changes(source: str) -> set[str]:
    """What each mutant puts in place of the one or more lines that it changes."""
    return {mutant.new for mutant in mutants(textwrap.dedent(source).encode(), "file.py")}


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = (a) not in (b)", {"x = (a) in (b)"}),
        ("x = a + b * c", {"x = a - b * c", "x = a + b / c"}),
        ("x = a or not b", {"x = a and not b", "x = a or b"}),
        ("x = -a // 2", {"x = a // 2", "x = -a * 2", "x = -a // 3"}),
        ("x = a if b else c", {"x = a if True else c", "x = a if False else c"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if True]", "x = [a for a in b if False]"}),
        ("x = '-' * a", {"x = 'XX-' * a"}),
        ("x = min(a)", {"x = max(a)"}),
        ("x = f(a, b=c)", {"x = f(a, )"}),
        ("x = 0.5, True, 'é'", {"x = 1.0, True, 'é'", "x = 0.5, False, 'é'", "x = 0.5, True, 'XXé'"}),
        ("x = f'{a + b}'", {'x = ""', "x = f'{a - b}'"}),
        ("a.b = c", {"pass"}),
        ("a += b", {"pass", "a -= b"}),
        ("f(a)", {"pass"}),
        ("while (a := b): pass", {"while (((a := b), True)[1]): pass", "while (((a := b), False)[1]): pass"}),
    ],
)
def test_a_line_is_changed(line: str, changes: set[str]) -> None:
    assert _changes(line) == changes


def test_a_result_is_taken_away() -> None:
    assert _changes("def f(a):\n    return a") == {"return None"}


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring 1."""',
        "x: int | None",
        "import a.b",
        "__all__ = ['a']",
        "x = tr('a text')",
        "x = 'a' + b",
        "X = Literal['a']",
        "raise ValueError(f'{a + 1}')",
        "if TYPE_CHECKING:\n    a.b = 1",
        "@f(1)\ndef g(a: 'int') -> 'str': ...",
        "class A(B, frozen=True): ...",
    ],
)
def test_what_nobody_could_notice_or_would_only_break_the_import_stays(source: str) -> None:
    assert _changes(source) == set()


def test_an_argument_that_must_be_given_is_not_dropped() -> None:
    source = b"f(a=b, c=d)"
    assert {mutant.new for mutant in mutants(source, "file.py", {("f", "a")})} == {"pass", "f(a=b, )"}


def test_ids_differ_and_outlast_edits_of_other_lines() -> None:
    source = b"x = a < b\nx = a < b\nx = c\n"
    first, second = mutants(source, "file.py")
    assert first.id != second.id
    moved = mutants(b"# moved\n" + source.replace(b"x = c", b"x = 1 + d"), "file.py")
    assert [(mutant.id, mutant.line) for mutant in moved[:2]] == [(first.id, 2), (second.id, 3)]


def test_a_change_is_made_in_its_place() -> None:
    source = "x = 'é'; y = a < (\n    b)\n".encode()
    found = {mutant.applied(source).decode() for mutant in mutants(source, "file.py")}
    assert found == {"x = 'XXé'; y = a < (\n    b)\n", "x = 'é'; y = a <= (\n    b)\n"}


def test_the_lines_of_a_mutant_are_its_statement_without_the_block_below() -> None:
    source = b"if (\n    a\n    < b\n):\n    f(\n        1\n    )\n"
    lines = {(mutant.line, mutant.lines) for mutant in mutants(source, "file.py")}
    assert lines == {(2, range(1, 5)), (3, range(1, 5)), (5, range(5, 8)), (6, range(5, 8))}
