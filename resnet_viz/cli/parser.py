"""What every command's options are made of: the parser, the types of options, and the output."""

import argparse
import re
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from resnet_viz.errors import UserError
from resnet_viz.texts import tr


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


Say = Callable[[str], None]


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


FORMATS = ("table", "json")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


LONGEST_SHOWN = 60


def choice(*accepted: str) -> Callable[[str], str]:
    """An argparse type that takes one of these words."""

    def parse(text: str) -> str:
        if text in accepted:
            return text
        raise _refused(text, tr("give one of {choices}").format(choices=", ".join(accepted)))

    return parse


def whole_number(text: str) -> int:
    """An argparse type for a whole number, whose range the spec checks."""
    try:
        return int(text)
    except ValueError:
        raise _refused(text, tr("give a whole number")) from None


def number(text: str) -> float:
    """An argparse type for a number, whose range is checked where it is used."""
    try:
        return float(text)
    except ValueError:
        raise _refused(text, tr("give a number")) from None


def whole_numbers(text: str) -> tuple[int, ...]:
    """An argparse type for whole numbers with commas between."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise _refused(text, tr("give whole numbers with commas between, such as 3,4,6,3")) from None


def flags(text: str) -> tuple[bool, ...]:
    """An argparse type for 0s and 1s with commas between."""
    parts = text.split(",")
    if any(part not in ("0", "1") for part in parts):
        raise _refused(text, tr("give a 0 or 1 for each stage from the second on, such as 0,0,1"))
    return tuple(part == "1" for part in parts)


def input_shape(text: str) -> tuple[int, ...]:
    """An argparse type for N×C×H×W."""
    try:
        batch, channels, height, width = (int(part) for part in re.split("[xX×,]", text))
    except ValueError:
        raise _refused(text, tr("give NxCxHxW, such as 1x3x224x224")) from None
    return batch, channels, height, width


def _refused(text: str, accepted: str) -> argparse.ArgumentTypeError:
    shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return argparse.ArgumentTypeError(
        tr("{value} is not accepted; {accepted}.").format(value=shown or tr("nothing"), accepted=accepted)
    )
