"""Damages JSON files at random, in the ways of disks, editors, other programs and people who mean harm."""

import copy
import json
import random
from typing import Any

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2, -0.0, 0.5, 5e-324, 1e-300, 1e-9, 1e15, 1e300, 1.7e308, -1.7e308, 2**31, 2**63,
    -(2**63), 10**24, 10**30,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, False, "", "conv1", "0", "-5", [], {}, [[]], [None], {"": 0}, ["x"], [1.5, -2])
TEXTS = (
    "<img src='{pipe}'>",
    '<img src="//server/share/x.png">',
    "<b>bold</b> & <script>alert(1)</script>",
    "\u202eright to left\u202c",
    "\x00\x01\x1b[31mred\x1b]0;title\x07",
    "\r\n\t\u2028 lines \n" * 20,
    "x" * 1_999,
    "x" * 100_000,
    "ﷺ" * 500,
    "{field} {0} %s %n",
    "e\u0301\u0302\u0303" * 300,
    "\ud83d\ude00 😀",
    "../../../etc/passwd",
    "&nbsp;&#x41;&amp;",
    " ",
)
RAW = (
    "1" + "0" * 400,
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "[" * 50_000,
    '{"a":' * 50_000,
    '"\\ud800"',
    "0x10",
    "1.",
    "'a'",
)
"""Written into the text of a file, because no value gives them."""
_HERE = "@here@"
SLIGHT = (3, 4, 7, 8)
"""The faults with which a file may open: a text, the numbers or all texts of one field, or numbers a little."""


def damaged(fields: dict[str, Any], chance: random.Random, pipe: str) -> bytes:
    """Return a file of these fields with one to four faults; `pipe` is a named pipe that nothing may open."""
    fields = copy.deepcopy(fields)
    raw = ""
    kinds = SLIGHT if chance.random() < 0.5 else range(10)  # files that open are shown with their faults
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        raw = _damage(fields, chance.choice(kinds), chance, pipe) or raw
    text = json.dumps(fields, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1)))
    content = text.replace(f'"{_HERE}"', raw or "0").encode("utf-8", "surrogatepass")
    return _broken(content, chance) if chance.random() < 0.15 else content


def _damage(fields: dict[str, Any], kind: int, chance: random.Random, pipe: str) -> str:
    """Change the fields; return the text that stands for the mark `_HERE` in them, where there is one."""
    match kind:
        case 0 | 1:
            _replace(fields, chance, chance.choice(NUMBERS), only=(int, float))
        case 2:
            _replace(fields, chance, chance.choice(OTHERS))
        case 3:
            _replace(fields, chance, chance.choice(TEXTS).replace("{pipe}", pipe), only=(str,))
        case 4:
            _scale(fields, chance)
        case 8:
            _nudge(fields, chance)
        case 5:
            _restructure(fields, chance)
        case 6 | 7:
            _each_text(fields, chance.choice(TEXTS).replace("{pipe}", pipe), chance)
        case _:
            _replace(fields, chance, _HERE)
            return chance.choice(RAW)
    return ""


def _replace(fields: Any, chance: random.Random, value: Any, only: tuple[type, ...] = (object,)) -> None:
    """Replace a value somewhere, each place at the top as likely as all that is within another."""
    places = _places(fields)
    by_top: dict[Any, list[Any]] = {}
    for path, container, key in places:
        if isinstance(container[key], only) and not isinstance(container[key], bool | dict):
            by_top.setdefault(path, []).append((container, key))
    if by_top:
        container, key = chance.choice(by_top[chance.choice(sorted(by_top))])
        container[key] = value


def _scale(fields: Any, chance: random.Random) -> None:
    """Multiply every number of one field's name, which keeps their order; or of all that end with _us."""
    places = [place for place in _places(fields) if type(place[1][place[2]]) in (int, float)]
    if not places:
        return
    names = sorted({path for path, _, _ in places})
    name, factor = chance.choice(names), chance.choice((1e-300, 1e-12, 1e-6, 0, 1e6, 1e9, 1e14, 1e300, -1))
    everything = name.endswith("_us")
    for path, container, key in places:
        if path == name or (everything and path.endswith("_us")):
            container[key] = type(container[key])(min(1e300, container[key] * factor))


def _nudge(fields: Any, chance: random.Random) -> None:
    """Change a few numbers a little, which may make them inconsistent, or a file of another network."""
    places = [place for place in _places(fields) if type(place[1][place[2]]) in (int, float)]
    for _, container, key in chance.sample(places, min(len(places), chance.choice((1, 3)))):
        container[key] = type(container[key])(
            container[key] * chance.choice((0.5, 0.99, 2)) + chance.choice((-1, 0, 1))
        )


def _restructure(fields: Any, chance: random.Random) -> None:
    """Remove, repeat, empty or shuffle a list, or remove a field."""
    lists = [container[key] for _, container, key in _places(fields) if isinstance(container[key], list)]
    match chance.randrange(4):
        case 0:
            fields.pop(chance.choice(sorted(fields)))
        case 1 if lists:
            chance.choice(lists).clear()
        case 2 if lists:
            chosen = chance.choice(lists)
            chosen.extend(copy.deepcopy(chosen) * chance.choice((1, 3)))
        case _ if lists:
            chance.shuffle(chance.choice(lists))


def _each_text(fields: Any, text: str, chance: random.Random) -> None:
    """Replace every text of one field's name, so that the fields that refer to each other still do."""
    places = [place for place in _places(fields) if isinstance(place[1][place[2]], str) and place[0] != "kind"]
    name = chance.choice(sorted({path for path, _, _ in places}))
    for number, (path, container, key) in enumerate(places):
        if path == name:
            container[key] = f"{text}{number}" if name == "id" else text


def _places(value: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    """Return the name of the field, the container and the key of every value within a value."""
    found = []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        inner = key if isinstance(key, str) else name
        found.append((inner, value, key))
        found += _places(item, inner)
    return found


def _broken(content: bytes, chance: random.Random) -> bytes:
    """Return the bytes cut off, flipped, with a piece missing or doubled, or as something else altogether."""
    start, length = chance.randrange(len(content)), chance.randrange(1, 200)
    match chance.randrange(6):
        case 0:
            return content[:start]
        case 1:
            flipped = bytearray(content)
            for _ in range(chance.choice((1, 5, 100))):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            return bytes(flipped)
        case 2:
            return content[:start] + content[start + length :]
        case 3:
            return content[: start + length] + content[start:]
        case 4:
            return chance.choice((b"", b"\xff\xfe", b"\x00" * 1_000, b"PK\x03\x04", b"[" * 100_000, content + content))
        case _:
            return b"\xef\xbb\xbf" + content
