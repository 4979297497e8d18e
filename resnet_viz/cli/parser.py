"""What every command is made of: its parser, its options and their types."""

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeAlias, TypeVar, get_args

from resnet_viz.errors import UserError
from resnet_viz.texts import tr

Value = TypeVar("Value")
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
Run = Callable[[argparse.Namespace], None]
LONGEST_SHOWN = 60


class Parser(argparse.ArgumentParser):
    """argparse with its complaints as one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise the sentence in place of printing the usage and leaving."""
        missing = re.fullmatch("the following arguments are required: (.*)", message)
        if missing:
            message = tr("{names} is missing").format(names=missing[1])
        sentence = message.removeprefix("argument ").removesuffix(".")
        if "not accepted" in sentence:
            raise UserError(f"{sentence}.")
        raise UserError(tr("{problem}; see {program} --help.").format(problem=sentence, program=self.prog))


def add_command(commands: Commands, name: str, text: str, run: Run, **more: Any) -> Parser:
    """A command's own parser: what it does in a sentence, and the function that does it."""
    parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False, **more)
    parser.set_defaults(run=run)
    return parser


def add_choice(options: argparse._ActionsContainer, *flags: str, words: Any, **more: Any) -> None:
    """An option that takes one of the words of a Literal type."""
    accepted = get_args(words)
    options.add_argument(*flags, type=choice(*accepted), metavar="|".join(accepted), **more)


def add_format(parser: Parser, *more: str) -> None:
    """`--format`: a table for readers, JSON for programs, and what else the command can print."""
    forms = ("table", "json", *more)
    parser.add_argument("--format", type=choice(*forms), default="table", metavar="|".join(forms))


def option(field: str) -> str:
    """The option that sets a field: `--stride-in`."""
    return f"--{field.replace('_', '-')}"


def given(options: argparse.Namespace, fields: Iterable[str]) -> dict[str, Any]:
    """Those of the fields that were given, with their values."""
    values = {field: getattr(options, field, None) for field in fields}
    return {field: value for field, value in values.items() if value is not None}


def choice(*accepted: str) -> Callable[[str], str]:
    """An argparse type that takes one of these words."""

    def parse(text: str) -> str:
        if text in accepted:
            return text
        raise refused(text, tr("give one of {choices}").format(choices=", ".join(accepted)))

    return parse


def whole_number(text: str) -> int:
    """An argparse type for a whole number, whose range the spec checks."""
    return _converted(int, text, tr("give a whole number"))


def number(text: str) -> float:
    """An argparse type for a number, whose range is checked where it is used."""
    return _converted(float, text, tr("give a number"))


def whole_numbers(text: str) -> tuple[int, ...]:
    """An argparse type for whole numbers with commas between."""
    accepted = tr("give whole numbers with commas between, such as 3,4,6,3")
    return _converted(lambda whole: tuple(int(part) for part in whole.split(",")), text, accepted)


def flags(text: str) -> tuple[bool, ...]:
    """An argparse type for 0s and 1s with commas between."""
    parts = text.split(",")
    if any(part not in ("0", "1") for part in parts):
        raise refused(text, tr("give a 0 or 1 for each stage from the second on, such as 0,0,1"))
    return tuple(part == "1" for part in parts)


def input_shape(text: str) -> tuple[int, ...]:
    """An argparse type for N×C×H×W."""
    accepted = tr("give NxCxHxW, such as 1x3x224x224")
    sizes = _converted(lambda whole: tuple(int(part) for part in re.split("[xX×,]", whole)), text, accepted)
    if len(sizes) != 4:
        raise refused(text, accepted)
    return sizes


def refused(text: str, accepted: str) -> argparse.ArgumentTypeError:
    """The complaint of an argparse type: what is not accepted, and what would be."""
    shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return argparse.ArgumentTypeError(
        tr("{value} is not accepted; {accepted}.").format(value=shown or tr("nothing"), accepted=accepted)
    )


def _converted(convert: Callable[[str], Value], text: str, accepted: str) -> Value:
    try:
        return convert(text)
    except ValueError:
        raise refused(text, accepted) from None
