"""The parsers of commands: option types, refusals in one sentence, and options that several commands have."""

import argparse
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from resnet_viz.cli import parser
from resnet_viz.errors import UserError


def command_parser() -> parser.Parser:
    """A parser with one command, `draw`, which takes a shape and a format."""
    root = parser.Parser(prog="lab", allow_abbrev=False)
    commands = root.add_subparsers(dest="command", required=True, prog="lab")
    draw = parser.add_command(commands, "draw", "draw a shape", print, aliases=["paint"])
    parser.add_choice(draw, "--side", values=Literal["left", "right"], default="left")
    draw.add_argument("--rows", type=parser.whole_number)
    parser.add_format(draw, "csv")
    return root


def test_the_options_of_a_command_have_their_defaults() -> None:
    for name in ("draw", "paint"):
        options = command_parser().parse_args([name])
        assert (options.command, options.side, options.format, options.rows) == (name, "left", "table", None)
        assert options.run is print


def test_the_options_of_a_command_take_their_values() -> None:
    options = command_parser().parse_args(["draw", "--side", "right", "--format", "csv", "--rows", "3"])
    assert (options.side, options.format, options.rows) == ("right", "csv", 3)


def test_the_help_of_a_command_lists_the_accepted_values(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        command_parser().parse_args(["draw", "--help"])
    assert exited.value.code == 0
    text = capsys.readouterr().out
    assert all(part in text for part in ("--side left|right", "--format table|json|csv", "draw a shape"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["draw", "--side", "up"], "--side: up is not accepted; give one of left, right."),
        (["draw", "--format", "xml"], "--format: xml is not accepted; give one of table, json, csv."),
        (["draw", "--rows", "many"], "--rows: many is not accepted; give a whole number."),
        (["draw", "--rows="], "--rows: nothing is not accepted; give a whole number."),
        (["draw", "--rows"], "--rows: expected one argument; see lab draw --help."),
        ([], "command is missing; see lab --help."),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        command_parser().parse_args(arguments)
    assert str(refused.value) == sentence


def test_an_option_is_not_abbreviated() -> None:
    assert command_parser().parse_known_args(["draw", "--row", "3"])[1] == ["--row", "3"]


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parser.whole_number, "-7", -7),
        (parser.number, "2.5", 2.5),
        (parser.whole_numbers, "3,4,-6", (3, 4, -6)),
        (parser.flags, "0,1,1", (False, True, True)),
        (parser.input_shape, "1x3x224x225", (1, 3, 224, 225)),
        (parser.input_shape, "1X3×2,4", (1, 3, 2, 4)),
        (parser.choice("a", "b"), "b", "b"),
    ],
)
def test_an_option_type_parses_its_text(parse: Callable[[str], Any], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "accepted"),
    [
        (parser.whole_number, "2.5", "give a whole number"),
        (parser.number, "two", "give a number"),
        (parser.whole_numbers, "3,,4", "give whole numbers separated by commas, such as 3,4,6,3"),
        (parser.flags, "0,2", "give a 0 or 1 for each stage from the second on, such as 0,0,1"),
        (parser.input_shape, "1x3x224", "give NxCxHxW, such as 1x3x224x224"),
        (parser.input_shape, "1x3x2x2x4", "give NxCxHxW, such as 1x3x224x224"),
        (parser.input_shape, "1x3x2xy", "give NxCxHxW, such as 1x3x224x224"),
        (parser.choice("a", "b"), "ab", "give one of a, b"),
    ],
)
def test_an_option_type_refuses_other_text(parse: Callable[[str], Any], text: str, accepted: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        parse(text)
    assert str(refused.value) == f"{text} is not accepted; {accepted}."


@examples(st.lists(st.integers(), min_size=1))
def test_whole_numbers_are_read_back_from_their_text(numbers: list[int]) -> None:
    assert parser.whole_numbers(",".join(map(str, numbers))) == tuple(numbers)


@examples(st.text(min_size=1, max_size=200))
def test_a_long_refused_value_is_cut_to_sixty_characters(text: str) -> None:
    shown = str(parser.refused(text, "give less")).removesuffix(" is not accepted; give less.")
    assert len(shown) == min(len(text), 60)
    assert shown == text if len(text) <= 60 else (shown[:-1], shown[-1]) == (text[:59], "…")


def test_given_fields_are_those_with_a_value() -> None:
    options = argparse.Namespace(width=0, bias=False, depth=None, format="json")
    assert parser.given(options, ["width", "bias", "depth", "absent"]) == {"width": 0, "bias": False}
    assert parser.option("stage_widths") == "--stage-widths"
