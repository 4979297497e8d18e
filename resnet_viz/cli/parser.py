"""The parsers of commands, and the types of their options."""

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeAlias, TypeVar, get_args

from resnet_viz.errors import UserError
from resnet_viz.texts import tr

Value = TypeVar("Value")
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
Run = Callable[[argparse.Namespace], None]
LONGEST_SHOWN = 60  # characters of a refused value


class Parser(argparse.ArgumentParser):
    """An argparse parser that raises UserError with one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise UserError in place of printing the usage and exiting."""
        missing = re.fullmatch("the following arguments are required: (.*)", message)
        if missing:
            message = tr("{names} is missing").format(names=missing[1])
        sentence = message.removeprefix("argument ").removesuffix(".")
        if "not accepted" in sentence:
            raise UserError(f"{sentence}.")
        raise UserError(tr("{problem}; see {program} --help.").format(problem=sentence, program=self.prog))


def add_command(commands: Commands, name: str, text: str, run: Run, **more: Any) -> Parser:
    """Add a command: `text` describes it in its help, `run` is called with the parsed options."""
    parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False, **more)
    parser.set_defaults(run=run)
    return parser


def add_choice(options: argparse._ActionsContainer, *flags: str, values: Any, **more: Any) -> None:
    """Add an option that takes one of the values of a Literal type."""
    accepted = get_args(values)
    options.add_argument(*flags, type=choice(*accepted), metavar="|".join(accepted), **more)


def add_format(parser: Parser, *more: str) -> None:
    """Add `--format`: a table for readers, JSON for programs, and the `more` formats of the command."""
    formats = ("table", "json", *more)
    text = tr("a table for readers, or fields for programs (default: table)")
    parser.add_argument("--format", type=choice(*formats), default="table", metavar="|".join(formats), help=text)


def option(field: str) -> str:
    """Return the option that sets a field: `--stride-in` for `stride_in`."""
    return f"--{field.replace('_', '-')}"


def given(options: argparse.Namespace, fields: Iterable[str]) -> dict[str, Any]:
    """Return the fields that were given as options, with their values."""
    values = {field: getattr(options, field, None) for field in fields}
    return {field: value for field, value in values.items() if value is not None}


def choice(*accepted: str) -> Callable[[str], str]:
    """Return an argparse type that takes one of these words."""

    def parse(text: str) -> str:
        if text in accepted:
            return text
        raise refused(text, tr("give one of {choices}").format(choices=", ".join(accepted)))

    return parse


def whole_number(text: str) -> int:
    """Parse a whole number, whose range the spec checks; an argparse type."""
    return _converted(int, text, tr("give a whole number"))


def number(text: str) -> float:
    """Parse a number, whose range is checked where it is used; an argparse type."""
    return _converted(float, text, tr("give a number"))


def whole_numbers(text: str) -> tuple[int, ...]:
    """Parse whole numbers separated by commas; an argparse type."""
    accepted = tr("give whole numbers separated by commas, such as 3,4,6,3")
    return _converted(lambda value: tuple(int(part) for part in value.split(",")), text, accepted)


def flags(text: str) -> tuple[bool, ...]:
    """Parse 0s and 1s separated by commas; an argparse type."""
    parts = text.split(",")
    if any(part not in ("0", "1") for part in parts):
        raise refused(text, tr("give a 0 or 1 for each stage from the second on, such as 0,0,1"))
    return tuple(part == "1" for part in parts)


def input_shape(text: str) -> tuple[int, ...]:
    """Parse a shape such as `1x3x224x224`; an argparse type."""
    accepted = tr("give NxCxHxW, such as 1x3x224x224")
    sizes = _converted(lambda value: tuple(int(part) for part in re.split("[xX×,]", value)), text, accepted)
    if len(sizes) != 4:
        raise refused(text, accepted)
    return sizes


def refused(text: str, accepted: str) -> argparse.ArgumentTypeError:
    """Return the error of an argparse type, with the refused text and what is accepted in its place."""
    shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return argparse.ArgumentTypeError(
        tr("{value} is not accepted; {accepted}.").format(value=shown or tr("nothing"), accepted=accepted)
    )


def _converted(convert: Callable[[str], Value], text: str, accepted: str) -> Value:
    try:
        return convert(text)
    except ValueError:
        raise refused(text, accepted) from None
