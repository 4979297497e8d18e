"""The README and the documentation: what they name exists, their commands run, and their numbers are today's."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

import resnet_viz as rv
from resnet_viz.__main__ import main
from resnet_viz.cli.main import make_parser
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.axes import AXES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = (README, ROOT / ".github" / "CONTRIBUTING.md", *sorted((ROOT / "resources" / "docs").glob("*.md")))
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text("utf8") for page in PAGES}
ALL = "\n".join(TEXTS.values())
FOLDERS = ("resnet_viz/", "resources/", "tests/", ".github/", ".ci/")
LEFT_OUT = "…"
CONSOLE = re.findall(r"```console\n\$ python main\.py (.+)\n([\s\S]*?)```", TEXTS["README.md"])
LINES = sorted(set(re.findall(r"^ {4}python main\.py ([a-z]+ .*|[a-z]+)$", ALL, re.MULTILINE)))


@pytest.mark.parametrize("page", TEXTS)
def test_every_path_exists(page: str) -> None:
    """A file named without its folder stands in a folder that the same paragraph or list item names."""
    missing = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\d+\. |- )", TEXTS[page]):
        words = [word for quoted in re.findall(r"`([^`\n]+)`", paragraph) for word in quoted.split()]
        words += [word for line in paragraph.split("\n") if line.startswith("    ") for word in line.split()]
        words = [word.rstrip(",.;:") for word in words]
        paths = [word for word in words if word.startswith(FOLDERS) and "<" not in word]
        missing += [path for path in paths if not (ROOT / path).exists()]
        folders = [path if (path := ROOT / word).is_dir() else path.parent for word in paths]
        named = [word for word in words if re.fullmatch(r"[a-z_]+\.py", word) and word not in ("main.py", "net.py")]
        missing += [name for name in named if not any((folder / name).exists() for folder in folders)]
    assert missing == []


def test_every_name_of_the_code_is_one() -> None:
    """Classes, constants and functions that the page on extending the program names."""
    page = TEXTS["resources/docs/extending.md"]
    names = re.findall(r"`((?!None`)(?:[A-Z]\w+|_?[a-z]+_[a-z_]+|add|display)(?=[`(]))", page)
    sources = "\n".join(path.read_text("utf8") for path in ROOT.joinpath("resnet_viz").rglob("*.py"))
    assert len(set(names)) > 10
    assert [name for name in names if not re.search(rf"(class|def) {name}\b|^{name}\b", sources, re.MULTILINE)] == []


def test_the_tour_names_the_windows_tabs_and_menus() -> None:
    """Each page in bold, each entry of a menu in italics."""
    page = TEXTS["resources/docs/window.md"]
    sources = "\n".join(path.read_text("utf8") for path in ROOT.joinpath("resnet_viz", "gui").rglob("*.py"))
    texts = {text.rstrip("…") for text in re.findall(r"""tr\(["']([^"']+)["']\)""", sources)}
    tabs = re.findall(r"\*\*([\w ]+)\*\*", page)
    entries = [name for names in re.findall(r"(?<!\*)\*([A-Z][^*…]+)\*(?!\*)", page) for name in names.split(" → ")]
    assert len(tabs) == 8
    assert len(entries) >= 6
    assert {name for name in (*tabs, *entries) if name not in texts} - {"Layers"} == set()


def test_every_link_leads_to_a_file() -> None:
    links = [
        (page, *link) for page, text in TEXTS.items() for link in re.findall(r"\]\(([^)#]+)(?:#([\w-]+))?\)", text)
    ]
    links += [("README.md", link, "") for link in re.findall(r'(?:src|srcset)="([^"]+)"', TEXTS["README.md"])]
    assert len(links) > 20
    for page, link, heading in links:
        target = (ROOT / page).parent / link
        assert target.is_file(), f"{page}: {link}"
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf8"), re.MULTILINE) if heading else []
        assert not heading or heading in [found.lower().replace(" ", "-") for found in headings]


def test_every_module_that_is_run_exists() -> None:
    modules = set(re.findall(r"python -m (tests[\w.]+)", ALL))
    files = [ROOT.joinpath(*module.split(".")) for module in modules]
    assert len(files) >= 4
    assert [file for file in files if not (file.with_suffix(".py").exists() or (file / "__main__.py").exists())] == []


@pytest.mark.parametrize("line", LINES)
def test_every_command_is_one(line: str) -> None:
    """What stands two spaces behind a command explains it."""
    words = shlex.split(re.split(r" {2,}", line)[0])
    parser, commands = make_parser()
    if words[0] not in commands.choices:
        assert words in (["resnet50"], ["network.json"])
        return
    _, unknown = parser.parse_known_args(words)
    assert unknown == []


def test_every_option_of_a_network_is_in_the_table_and_on_the_page_of_its_part() -> None:
    _, commands = make_parser()
    groups = [group for group in commands.choices["show"]._action_groups if (group.title or "").startswith("network")]
    options = {option for group in groups for action in group._group_actions for option in action.option_strings}
    assert len(options) > len(ResNetSpec.__struct_fields__)
    assert options - set(re.findall(r"--[a-z-]+", TEXTS["resources/docs/commands.md"])) == set()
    positive = {option for option in options if not option.startswith("--no-")}
    assert positive - set(re.findall(r"--[a-z-]+", TEXTS["resources/docs/parts.md"])) == set()


def test_every_part_of_a_network_is_explained_with_its_papers() -> None:
    """By its title in the Build panel, and by every source that a tooltip there names."""
    page = " ".join(TEXTS["resources/docs/parts.md"].split())
    sources = {source for axis in AXES.values() for source in axis.source.split("; ") if source}
    papers = {line for axis in AXES.values() for choice in axis.choices for line in choice.detail.splitlines()[1:]}
    assert [axis.title for axis in AXES.values() if f"**{axis.title}**" not in page] == ["Preset"]
    assert [found for found in sources | papers if found not in page] == []


def test_every_command_is_in_the_list() -> None:
    _, commands = make_parser()
    page = TEXTS["resources/docs/commands.md"]
    assert [name for name in commands.choices if not re.search(rf"(python main\.py |`){name}\b", page)] == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("words", "shown"), CONSOLE, ids=[words for words, _ in CONSOLE])
def test_the_output_shown_is_what_the_command_prints(
    words: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line for line; between two `…` the lines follow each other without a gap."""
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(words)) == 0
    printed = capsys.readouterr().out.splitlines()
    place = 0
    pieces = [piece.strip("\n").split("\n") for piece in shown.split(f"{LEFT_OUT}\n") if piece.strip()]
    assert pieces
    for piece in pieces:
        places = [start for start in range(place, len(printed)) if printed[start : start + len(piece)] == piece]
        assert places, "\n".join([*piece, "is not in", *printed])
        place = places[0] + len(piece)
    if not shown.startswith(LEFT_OUT):
        assert printed[: len(pieces[0])] == pieces[0]
    if not shown.endswith(f"{LEFT_OUT}\n"):
        assert place == len(printed)


def test_there_are_six_commands_with_their_output() -> None:
    assert len(CONSOLE) == 6


@pytest.mark.usefixtures("qapp")
def test_the_exported_figure_is_the_one_that_is_shown(tmp_path: Path) -> None:
    """Its words, that is: fonts differ from machine to machine."""
    main(["export", "resnet50", "-o", str(tmp_path / "new.svg"), "--color", "macs"])
    shown, new = (
        re.findall(r">([^<>\n]+)</text>", path.read_text("utf8"))
        for path in (ROOT / "resources/pictures/resnet50.svg", tmp_path / "new.svg")
    )
    assert shown == new


def test_the_examples_of_numbers_are_right() -> None:
    """Each number of the examples, counted now."""
    totals = analyse(preset("resnet50")).totals
    conv1 = analyse(preset("resnet50")).layer_by_id["conv1"]
    numbers = {
        f"7 · 7 · 3 · 64 = {conv1.params:,}",
        f"{conv1.params:,} · 112 · 112 = {conv1.macs:,}",
        f"{totals.macs:,} MACs become {totals.flops:,} FLOPs",
        f"*{totals.receptive_field} pixels",
    }
    assert {number for number in numbers if number not in TEXTS["README.md"]} == set()
    page = " ".join(TEXTS["resources/docs/numbers.md"].split())
    first = analyse(preset("resnet50_v1")).totals
    numbers = {
        f"{totals.params:,} parameters, {totals.params_bytes / 2**20:.1f} MiB",
        f"{conv1.params:,} · 112 · 112 = {conv1.macs:,} MACs. ResNet-50 needs {totals.macs:,}.",
        f"{totals.flops:,} FLOPs, of which {2 * totals.macs:,} are 2 × MACs",
        f"{totals.activations:,} activations",
        f"sees {totals.receptive_field} pixels",
        f"`resnet50_v1`, sees {first.receptive_field}",
    }
    assert {number for number in numbers if number not in page} == set()


def test_the_examples_of_memory_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    main(["memory", "resnet50", "--batch", "32", "--dtype", "bf16", "--fits-gib", "16", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    mebi = {name: f"{found[name] / 2**20:,.2f} MiB" for name in ("peak_bytes", "kept_bytes")}
    page = " ".join(TEXTS["resources/docs/numbers.md"].split())
    assert f"peaks at {mebi['peak_bytes']} of live tensors in inference" in page
    assert f"saves {mebi['kept_bytes']} for the backward pass" in page
    fits = found["fits"]
    assert (
        f"a batch of {fits['inference_batch']:,} for inference, or of {fits['training_batch']:,} for training" in page
    )
    assert mebi["peak_bytes"] in TEXTS["README.md"]


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a small network and for a moment; the count is that of the network it names."""
    (example,) = re.findall(r"```python\n([\s\S]*?)```", TEXTS["README.md"])
    (macs,) = re.findall(r"analysis\.totals\.macs +# (\d+)", example)
    assert analyse(preset("resnet50")).totals.macs == int(macs)
    names: dict[str, object] = {}
    exec(example.replace("resnet50", "resnet20_cifar").replace("seconds=2", "seconds=0.2"), names)
    assert isinstance(names["step"], rv.ProfileRun)


def test_the_environment_variables_are_listed() -> None:
    """Every one that the code reads."""
    sources = "\n".join(path.read_text("utf8") for path in ROOT.joinpath("resnet_viz").rglob("*.py"))
    read = set(re.findall(r'"(RESNET_VIZ_\w+|DISPLAY|WAYLAND_DISPLAY|QT_QPA_PLATFORM)"', sources))
    listed = set(re.findall(r"`([A-Z_]+)`", TEXTS["resources/docs/commands.md"])) - {"ARCH"}
    assert read <= listed
    assert {name for name in listed if name.startswith("RESNET")} <= read


def test_the_folders_are_mapped() -> None:
    named = set(re.findall(r"^    resnet_viz/(\w+)/", TEXTS["README.md"], re.MULTILINE))
    folders = {path.parent.name for path in ROOT.glob("resnet_viz/*/__init__.py")}
    assert named == folders


def test_the_bounds_of_torch_are_those_of_the_build() -> None:
    requirement = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["dependencies"][0]
    assert requirement == "torch>=2.9,<2.14", "the README leaves out the first dependency and names these bounds"
    assert "2.9 or later, below 2.14" in TEXTS["README.md"]


def test_the_readme_is_short() -> None:
    assert len(TEXTS["README.md"].splitlines()) < 250
