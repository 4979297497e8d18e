"""Texts are translated if a catalog has them, and all of them can be extracted."""

import ast
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from resnet_viz.texts import tr, trn, visible

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "resnet_viz").rglob("*.py"))


def test_without_a_catalog_texts_are_unchanged() -> None:
    assert tr("no such text") == "no such text"
    assert (trn("one", "many", 1), trn("one", "many", 2)) == ("one", "many")


def test_every_character_that_is_obeyed_or_reorders_a_line_is_an_escape() -> None:
    """They are Unicode's control characters, the ends of lines, surrogates, and the marks of bidirectional text."""
    reordering = {*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    for character in map(chr, range(0x10000)):
        is_obeyed = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in reordering
        shown = f"\\u{ord(character):04x}" if is_obeyed else character
        assert visible(f"a{character}b") == f"a{shown}b", hex(ord(character))
    assert visible("a\nb\tc", keep="\n") == "a\nb\\u0009c"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_a_literal_that_can_be_extracted(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("tr", "trn", "translatable")
        ):
            texts = node.args[: 2 if node.func.id == "trn" else 1]
            assert all(isinstance(text, ast.Constant) for text in texts), f"{path.name}:{node.lineno}"


def test_a_catalog_is_found_beside_the_package(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "resnet_viz", tmp_path / "resnet_viz", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "resources" / "presets", tmp_path / "resources" / "presets")
    folder = tmp_path / "resources" / "translations" / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "resnet_viz.mo").write_bytes(_compiled({"": "Content-Type: text/plain; charset=UTF-8\n", "head": "tête"}))
    code = "from resnet_viz.texts import tr; print(tr('head'))"
    environment = {"LANGUAGE": "xx", "PYTHONIOENCODING": "utf8"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True, encoding="utf8"
    )
    assert done.stdout == "tête\n"


def _compiled(texts: dict[str, str]) -> bytes:
    """Return the bytes of a gettext .mo file: header, two tables of lengths and offsets, then the texts."""
    originals, translations = ([text.encode() for text in side] for side in (texts.keys(), texts.values()))
    start = 28 + 16 * len(texts)
    tables, body = b"", b""
    for side in (originals, translations):
        for text in side:
            tables += len(text).to_bytes(4, "little") + (start + len(body)).to_bytes(4, "little")
            body += text + b"\0"
    head = [0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, start]
    return b"".join(number.to_bytes(4, "little") for number in head) + tables + body
