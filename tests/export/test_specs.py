"""Saved networks: written and read back, and one sentence for every file that is not one."""

from pathlib import Path

import pytest

from resnet_viz.errors import FileProblem, SpecError, UnknownName
from resnet_viz.export.files import export_file
from resnet_viz.export.specs import find_spec, read_spec, save_spec
from resnet_viz.pipeline import analyse
from resnet_viz.presets import PRESETS, preset

GOOD = '{"block": "basic", "blocks": [2, 2]'


@pytest.mark.parametrize("name", PRESETS)
def test_saved_and_read_back(tmp_path: Path, name: str) -> None:
    """Every preset survives."""
    path = tmp_path / "network.json"
    save_spec(PRESETS[name].spec, path)
    assert read_spec(path) == PRESETS[name].spec
    assert find_spec(str(path)) == PRESETS[name].spec


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
        ("[]", "holds no network"),
        ("{}", "holds no network"),
        ('{"spec": 3}', "holds no network"),
        ('{"name": "left-pad", "version": "1.0"}', "holds no network"),
        (GOOD + ', "colour": 1}', "unknown field `colour`"),
        (GOOD + ', "width": "wide"}', "width: Expected int, got str"),
        ('{"block": "basic", "blocks": [2, 2.5]}', r"blocks\[1\]: Expected int, got float"),
        (GOOD + ', "order": "middle"}', "order: Invalid enum value 'middle'"),
        (GOOD + ', "groups": 7}', "groups: 7 is not accepted; it must divide"),
        ('{"block": "basic", "blocks": []}', "blocks: nothing is not accepted"),
        (GOOD + ', "input": [1, 3]}', "input: "),
    ],
)
def test_broken_and_foreign_files(tmp_path: Path, content: str, sentence: str) -> None:
    """One sentence with the file and the field at fault."""
    path = tmp_path / "network.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(FileProblem, match=sentence.replace("`", "")) as caught:
        read_spec(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing file and a folder."""
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(FileProblem, match="cannot be read"):
            find_spec(str(path))


def test_names() -> None:
    """What is no path is a name; the block goes with it."""
    assert find_spec("resnet50") == preset("resnet50")
    assert find_spec("resnet50", "basic").depth == 50
    with pytest.raises(UnknownName, match="resnet50"):
        find_spec("resnxt50")
    with pytest.raises(SpecError, match="50 and 53"):
        find_spec("resnet51", "bottleneck")
