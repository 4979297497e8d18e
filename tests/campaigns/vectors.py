"""Random arguments: every command with every option that its parser has, and right and wrong values."""

import argparse
import random

from resnet_viz.cli.main import make_parser

ARCHITECTURES = ("resnet18", "resnet20_cifar", "resnext50_32x4d", "fcn_resnet50", "resnet34", "resnet77", "run.json")
NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "8",
    "64",
    "65536",
    "-1",
    "1e3",
    "2.5",
    "nan",
    "-inf",
    "1e999",
    "9" * 5_000,
    "１２",
    "0x10",
)
LISTS = (
    "1,1",
    "1,1,1,1",
    "2,1,1,1",
    "64,128",
    "0,1,1",
    "1,,2",
    ",",
    "1x3x32x32",
    "1x3x0x8",
    "2x1x40x40",
    "16-64",
    "9-1",
)
WORDS = ("basic", "pre", "A", "cifar", "json", "csv", "block", "cpu", "cuda:9", "mps", "fp32", "isolated", "latency")
PATHS = (
    "net.json",
    "net.csv",
    "net.svg",
    "net.py",
    "net.gif",
    "no/such/folder/x.csv",
    "run.json",
    "empty.json",
    ".",
    "x",
)
STRANGE = (
    "", " ", "-", "--", "---", "=", "--=", "-o", "--help", "-h", "--version", "@file", "%s", "{}", "{0}", "%(prog)s",
    "\x1b[2J", "\u202egpj", "\udcff", "\udc80.json", "a\nb", "a\0b", "\0.json", "é", "网络", "a" * 300 + ".json",
    "/" * 5_000, "x" * 1_000_000, "~", "*", "$HOME", "..", "CON",
)  # fmt: skip
FLAG, VALUE, OTHER = 0.85, 0.12, 0.08  # chances: that an option gets its value, of a strange one, of a word too many


def random_vector(chance: random.Random) -> list[str]:
    """Return the arguments of one call, most of them right but for one or two."""
    _, commands = make_parser()
    if chance.random() < 0.05:
        return [chance.choice(STRANGE + ARCHITECTURES) for _ in range(chance.randint(0, 3))]
    name = chance.choice(sorted(commands.choices))
    parts = [[chance.choice(ARCHITECTURES)] for action in commands.choices[name]._actions if not action.option_strings]
    if name == "compare":
        parts = chance.choice(([], parts * 2))
    options = [action for action in commands.choices[name]._actions if action.option_strings]
    parts += [_option(action, chance) for action in chance.sample(options, min(len(options), chance.randint(0, 3)))]
    if chance.random() < OTHER:
        parts.append([chance.choice(STRANGE + WORDS)])
    chance.shuffle(parts)
    return [name, *(argument for part in parts for argument in part)]


def _option(action: argparse.Action, chance: random.Random) -> list[str]:
    flag = chance.choice(action.option_strings)
    if chance.random() > FLAG:
        return [flag + chance.choice(("", "=", "=--", "--", "x"))]
    if action.nargs == 0:
        return [flag]
    named = str(action.metavar or "").split("|")
    right = tuple(word for word in named if word.islower()) or NUMBERS + LISTS + PATHS + ARCHITECTURES
    value = chance.choice(STRANGE + NUMBERS if chance.random() < VALUE else right)
    return chance.choice(([flag, value], [f"{flag}={value}"]))
