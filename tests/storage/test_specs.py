"""Saved networks: written and read back, and one sentence for every file that is not one."""

import json
import random
import re
from pathlib import Path

import pytest

from resnet_viz.errors import FileProblem, SpecError, UnknownName, UserError
from resnet_viz.export.formats import export_file
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import PRESETS, preset
from resnet_viz.storage.specs import find_spec, read_spec, save_spec

GOOD = '{"block": "basic", "blocks": [2, 2]'


@pytest.mark.parametrize("name", PRESETS)
def test_saved_and_read_back(tmp_path: Path, name: str) -> None:
    """Every preset survives."""
    path = tmp_path / "network.json"
    save_spec(PRESETS[name].spec, path)
    assert read_spec(path) == PRESETS[name].spec
    assert find_spec(str(path)) == PRESETS[name].spec


def test_an_old_spec_opens_and_is_saved_as_it_was(tmp_path: Path) -> None:
    """Written by commit 2820ef4, with fields that no preset sets."""
    old = Path(__file__).parents[1] / "golden" / "spec_2820ef4.json"
    spec = read_spec(old)
    assert spec == preset("resnext50_32x4d").but(
        strides=(1, 1, 2, 2), dilate=(False, False, True), classes=10, input=(2, 3, 160, 192), order="pre", shortcut="C"
    )
    save_spec(spec, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == old.read_bytes()


def test_an_exported_analysis_is_a_spec_too(tmp_path: Path) -> None:
    """The spec inside is found."""
    path = tmp_path / "network.json"
    spec = preset("resnet20_cifar").but(classes=7)
    export_file(analyse(spec), path)
    assert read_spec(path) == spec


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("\ud800", "is not JSON"),
        ("[]", "is not a network"),
        ("{}", "is not a network of resnet_viz: it needs an object with the fields block, blocks"),
        ('{"spec": 3}', "is not a network"),
        ('{"name": "left-pad", "version": "1.0"}', "is not a network"),
        ('{"block": "basic"}', "is not a network of resnet_viz: it needs"),
        ('{"blocks": [2, 2]}', "is not a network of resnet_viz: it needs"),
        (GOOD + ', "colour": 1}', 'unknown field: "colour" is not accepted; the fields are block, blocks'),
        (GOOD + ', "width": "wide"}', 'width: "wide" is not accepted; give a whole number\\.'),
        (
            '{"block": "basic", "blocks": [2, 2.5]}',
            r"blocks: \[2, 2\.5\] is not accepted; give a list of whole numbers\.",
        ),
        (GOOD + ', "order": "middle"}', 'order: "middle" is not accepted; give one of post, pre\\.'),
        (GOOD + ', "groups": 7}', "groups: 7 is not accepted; it must divide"),
        ('{"block": "basic", "blocks": []}', "blocks: nothing is not accepted"),
        (GOOD + ', "input": [1, 3]}', r"input: \[1, 3\] is not accepted; give a list of 4 whole numbers\."),
        (GOOD + ', "head": null}', r"head: null is not accepted; give true or false\."),
        (GOOD + ', "dilate": [1]}', r"dilate: \[1\] is not accepted; give a list of true and false, or null\."),
        (GOOD + ', "in\\nput": 1}', "unknown field"),
        (GOOD + ', "order": "mitté"}', 'order: "mitté" is not accepted'),
    ],
)
def test_a_broken_or_foreign_file_is_refused_with_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    """One sentence with the file and the field at fault."""
    path = tmp_path / "network.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(FileProblem, match=sentence) as caught:
        read_spec(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    """The whole sentence, without the parser's own words."""
    path = tmp_path / "m.py"
    path.write_text("import torch\n")
    with pytest.raises(FileProblem) as caught:
        read_spec(path)
    assert str(caught.value) == f"{path} is not a saved network: it is not JSON."


def test_any_mutation_is_opened_or_refused_with_one_sentence(tmp_path: Path) -> None:
    """300 changed files: a value of another type, a missing field, an item changed inside a list, a byte changed."""
    dice = random.Random(5)
    path = tmp_path / "network.json"
    save_spec(preset("resnet50").but(strides=(1, 1, 2, 2), dilate=(False, False, True)), path)
    saved = path.read_bytes()
    outcomes = []
    for _ in range(300):
        path.write_bytes(_mutated(saved, dice))
        try:
            outcomes.append(isinstance(read_spec(path), ResNetSpec))
        except FileProblem as problem:
            outcomes.append(False)
            sentence = str(problem)
            assert sentence.startswith(str(path))
            assert re.search(r"[^.]\.$", sentence)
            assert not re.search(r"\n|Expected|Invalid|enum|Object", sentence), sentence
    assert 10 < sum(outcomes) < 290


def _mutated(saved: bytes, dice: random.Random) -> bytes:
    content = json.loads(saved)
    field = dice.choice(list(content))
    strange = [None, True, -1, 0, 1, 2.5, 1e300, 10**30, "", "D", "none", [], [None], [1, "x"], {}, {"a": [None]}]
    match dice.randrange(4):
        case 0:
            content[field] = dice.choice(strange)
        case 1:
            del content[field]
        case 2 if isinstance(content[field], list):
            content[field][dice.randrange(len(content[field]))] = dice.choice(strange)
        case _:
            place = dice.randrange(len(saved))
            return saved[:place] + bytes([dice.randrange(256)]) + saved[place + 1 :]
    return json.dumps(content).encode()


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing file and a folder."""
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(FileProblem, match="cannot be read"):
            find_spec(str(path))


def test_names() -> None:
    """A text that is no path is a preset's name, which the block applies to."""
    assert find_spec("resnet50") == preset("resnet50")
    assert find_spec("resnet50", "basic").depth == 50
    with pytest.raises(UnknownName, match="resnet50"):
        find_spec("resnxt50")
    with pytest.raises(SpecError, match="50 and 53"):
        find_spec("resnet51", "bottleneck")


@pytest.mark.parametrize("path", ["folder/network", "folder\\network", "NETWORK.JSON", "network.json"])
def test_a_path_is_read_as_a_file_even_if_it_is_missing(path: str) -> None:
    with pytest.raises(FileProblem, match="cannot be read"):
        find_spec(path)


def test_an_existing_file_needs_no_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_spec(preset("resnet34"), tmp_path / "network")
    monkeypatch.chdir(tmp_path)
    assert find_spec("network") == preset("resnet34")
    assert find_spec("network", "bottleneck") == preset("resnet34").but(block="bottleneck")


@pytest.mark.parametrize("name", ["x" * 300, "nul\0", "\ud800"])
def test_a_name_that_no_file_can_have_is_that_of_no_network(name: str) -> None:
    with pytest.raises(UserError, match="There is no network called"):
        find_spec(name)
