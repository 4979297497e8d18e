"""The command line: what it prints, and one sentence for everything that a user can do wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from resnet_viz import __main__
from resnet_viz.__main__ import main
from resnet_viz.spec.presets import PRESETS

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


def shown(capsys: Capture, *arguments: str) -> dict[str, Any]:
    """What `show … --format json` says."""
    assert main(["show", *arguments, "--format", "json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def refused(capsys: Capture, *arguments: str) -> str:
    """The sentence on standard error; nothing else is printed, and the status says that the user can mend it."""
    assert main(list(arguments)) == __main__.MENDABLE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("\n")
    assert captured.err.count("\n") == 1
    return captured.err.strip()


def process(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """`python main.py …` as its users start it."""
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, text=True, stderr=subprocess.PIPE, check=False, timeout=120, **options)


# -- show


def test_show_json_has_the_published_numbers(capsys: Capture) -> None:
    """ResNet-50, layer by layer, in execution order."""
    content = shown(capsys, "resnet50")
    assert content["totals"]["params"] == 25_557_032
    assert content["totals"]["macs"] == 4_089_184_256
    assert [layer["id"] for layer in content["layers"][:5]] == ["conv1", "bn1", "relu", "maxpool", "layer1.0.conv1"]
    assert content["layers"][-1]["stage"] is None
    assert content["layers"][0]["stage"] == 0
    assert content["spec"]["blocks"] == [3, 4, 6, 3]


def test_show_json_with_groups(capsys: Capture) -> None:
    """Blocks beside the layers."""
    content = shown(capsys, "resnet18", "--level", "block")
    assert [group["id"] for group in content["groups"]][:2] == ["stem", "layer1.0"]
    assert sum(group["params"] for group in content["groups"]) == content["totals"]["params"]
    assert len(content["layers"]) == content["totals"]["layers"]


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
@pytest.mark.parametrize("form", ["csv", "markdown", "latex", "table"])
def test_show_every_level_in_every_form(capsys: Capture, level: str, form: str) -> None:
    """A row for each layer, block or stage."""
    assert main(["show", "resnet20_cifar", "--level", level, "--format", form, "--no-opinions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.lstrip("| ").startswith("layer1") for line in lines) == {"layer": 21, "block": 3, "stage": 1}[level]


def test_the_table_has_totals_and_second_opinions(capsys: Capture) -> None:
    """The sums, then what the other counters said, which were really run."""
    assert main(["show", "resnet18", "--level", "stage"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("ResNet-18 · 1×3×224×224\n")
    for text in ("11,689,512 (44.6 MiB)", "1,814,073,344", "435 px", "1,814,083,944", "1,819,065,856"):
        assert text in printed
    assert printed.count("✓") >= 3


def test_a_backbone_lists_its_feature_levels(capsys: Capture) -> None:
    """C1 to C5, or fewer without the last stage."""
    main(["show", "maskrcnn_resnet50", "--no-opinions"])
    printed = capsys.readouterr().out
    assert "C1  1×64×256×256" in printed
    assert "C5  1×2048×32×32" in printed
    assert "res2a_branch2a" in printed
    main(["show", "maskrcnn_resnet50", "--stages", "3", "--no-opinions"])
    printed = capsys.readouterr().out
    assert "C4  1×1024×64×64" in printed
    assert "C5" not in printed


# -- spec options


def test_every_spec_option(capsys: Capture) -> None:
    """Each lands in its field."""
    options = (
        "--block bottleneck --blocks 1,2,1 --width 32 --stage-widths 32,64,96 --strides 1,2,1 --stem imagenet"
        " --stem-pool-stride 1 --shortcut C --order pre --stride-in 1x1 --groups 4 --width-per-group 32"
        " --dilate 1,0 --bias --no-head --classes 7 --input 2x1x48x64"
    )
    assert shown(capsys, "resnet18", *options.split())["spec"] == {
        "block": "bottleneck", "blocks": [1, 2, 1], "width": 32, "stage_widths": [32, 64, 96], "strides": [1, 2, 1],
        "stem": "imagenet", "stem_pool_stride": 1, "shortcut": "C", "order": "pre", "stride_in": "1x1", "groups": 4,
        "width_per_group": 32, "dilate": [True, False], "bias": True, "head": False, "classes": 7,
        "input": [2, 1, 48, 64],
    }  # fmt: skip


def test_block_keeps_the_depth(capsys: Capture) -> None:
    """resnet50 of Basic blocks is 50 deep."""
    spec = shown(capsys, "resnet50", "--block", "basic")["spec"]
    assert spec["block"] == "basic"
    assert 2 + 2 * sum(spec["blocks"]) == 50


def test_another_number_of_stages_drops_what_no_longer_fits(capsys: Capture) -> None:
    """Widths of four stages mean nothing to two; given ones stay and are judged."""
    assert shown(capsys, "resnet34_cifar_wide", "--blocks", "2,2")["spec"]["stage_widths"] is None
    assert shown(capsys, "resnet34_cifar_wide", "--blocks", "1,1,1,1")["spec"]["stage_widths"] == [128, 256, 512, 512]
    assert "--stage-widths" in refused(capsys, "show", "resnet18", "--blocks", "2,2", "--stage-widths", "1,2,3")


def test_a_saved_spec_is_an_architecture(capsys: Capture, tmp_path: Path) -> None:
    """What `export` writes, `show` reads, and options change it."""
    path = str(tmp_path / "network.json")
    assert main(["export", "resnet20_cifar", "--classes", "3", "-o", path]) == 0
    assert capsys.readouterr().out == f"{path} written.\n"
    assert shown(capsys, path)["spec"]["classes"] == 3
    assert shown(capsys, path, "--head", "--classes", "4")["spec"]["classes"] == 4


# -- presets


def test_presets(capsys: Capture) -> None:
    """All of them, for readers and for programs."""
    assert main(["presets"]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{name} " in printed for name in PRESETS)
    assert max(len(line) for line in printed.splitlines()) < 140
    assert "arXiv" not in printed
    assert main(["presets", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in found] == list(PRESETS)
    assert set(found[0]) == {"name", "title", "description", "source", "spec"}


# -- what a user can do wrong


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("show resnet51 --block bottleneck", ["51", "50 and 53"]),
        ("show resnet51", ["51", "50 and 52"]),
        ("show resnet50 --blocks 0,4,6,3", ["--blocks", "0", "1 to 2,000"]),
        ("show resnet50 --blocks -1,4", ["--blocks", "-1", "1 to 2,000"]),
        ("show resnet50 --blocks 1000000000", ["--blocks", "1000000000", "1 to 2,000"]),
        ("show resnet50 --blocks 1,1,1,1,1,1,1", ["--blocks", "1 to 6 stages"]),
        ("show resnet50 --blocks 3,four", ["--blocks", "3,four", "3,4,6,3"]),
        ("show resnet50 --blocks=", ["--blocks", "nothing"]),
        ("show resnet50 --blocks", ["--blocks", "expected one argument"]),
        ("show resnet50 --width -64", ["--width", "-64", "1 to 65,536"]),
        ("show resnet50 --width 6.4", ["--width", "6.4", "whole number"]),
        ("show resnet50 --groups 3", ["--groups", "3", "divide the 64"]),
        ("show resnet50 --input 1x3x0x224", ["--input", "1x3x0x224", "smallest", "1x3x1x1"]),
        ("show resnet50 --input 3x224x224", ["--input", "3x224x224", "1x3x224x224"]),
        ("show resnet50 --dilate 0,1", ["--dilate", "0,1", "3 values"]),
        ("show resnet50 --dilate 0,1,2", ["--dilate", "0,1,2", "0 or 1"]),
        ("show resnet50 --stages 5", ["--stages", "5", "1 to 4"]),
        ("show resnet50 --shortcut D", ["--shortcut", "D", "A, B, C, none"]),
        ("show resnet50 --format xml", ["--format", "xml", "torchsummary"]),
        ("show resnet50 --level block --format torchsummary", ["--level", "block"]),
        ("show resnet50 --blcok basic", ["show", "--blcok", "--help"]),
        ("show resnet50 resnet18", ["'resnet18'"]),
        ("show", ["ARCH is missing"]),
        ("show resnxt50", ["resnxt50", "resnet50"]),
        ("resnxt50", ["resnxt50", "resnet50"]),
        ("resnet51 --block bottleneck", ["'resnet51' is not a command", "show, presets, export"]),
        ("compete", ["'compete' is not a command", "show, presets, export, counters, ledger, memory, compare"]),
        ("--verbose", ["'--verbose' is not a command"]),
        ("export resnet50", ["--output is missing"]),
        ("export resnet50 -o figure.gif", ["figure.gif", "'.gif'", ".svg .pdf .png .json .graphml .csv .md .tex .py"]),
        ("export resnet50 -o figure.svg --colour latency", ["--run", "profile makes one"]),
        ("export resnet50 -o net.csv --part layer3", ["--part", "layer3", "for figures"]),
        ("export resnet50 -o figure", ["figure", "suffix", "is missing", ".json .graphml .csv .md .tex .py"]),
        ("export resnet50 -o no-such-folder/x.csv", ["no-such-folder", "cannot be written"]),
        ("show no-such-file.json", ["no-such-file.json", "cannot be read"]),
    ],
)
def test_one_sentence(capsys: Capture, arguments: str, parts: list[str]) -> None:
    """The option, the value and what would be accepted."""
    sentence = refused(capsys, *arguments.split())
    assert all(part in sentence for part in parts), sentence
    assert "usage:" not in sentence


def test_broken_spec_files(capsys: Capture, tmp_path: Path) -> None:
    """The path of the wrong field; a foreign file is told from a broken one."""
    path = tmp_path / "network.json"
    path.write_text('{"block": "basic", "blocks": [2, "many"]}')
    assert 'blocks: [2, "many"] is not accepted; give a list of whole numbers.' in refused(capsys, "show", str(path))
    path.write_text('{"dependencies": {}}')
    assert "holds no network" in refused(capsys, str(path))


@pytest.mark.parametrize("suffix", [".py", ".svg", ".csv", ".netron.json"])
def test_a_metric_is_refused_where_nothing_shows_it(
    suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / f"net{suffix}"
    said = refused(capsys, "export", "resnet18", "-o", str(target), "--metric", "macs")
    assert "--metric: macs is not accepted; only a .nodedata.json" in said
    assert not target.exists()


def test_an_unwritable_target_stays_as_it_is(capsys: Capture, tmp_path: Path) -> None:
    """A folder with the file's name: refused before the network is built, nothing left behind."""
    (tmp_path / "x.csv").mkdir()
    assert "it is a folder" in refused(capsys, "export", "resnet50", "-o", str(tmp_path / "x.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


# -- the process


def test_help_names_the_commands_and_the_counting(capsys: Capture) -> None:
    """Status 0, on standard output."""
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("show", "export", "presets", "ARCH"))
    assert main(["show", "--help"]) == 0
    assert "FLOPs are 2 × MACs" in " ".join(capsys.readouterr().out.split())


def test_no_torch_or_qt_for_a_wrong_option() -> None:
    """A sentence is not worth a second of loading."""
    code = (
        "import sys; from resnet_viz.__main__ import main; status = main(['show', 'resnet50', '--width', '-1']);"
        "print(status, sorted({'torch', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "2 []\n"


def test_status_and_streams() -> None:
    """An error goes to standard error with status 2, an answer to standard output with 0."""
    wrong = process("show", "resnet51", "--block", "bottleneck", stdout=subprocess.PIPE)
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    right = process("presets", stdout=subprocess.PIPE)
    assert (right.returncode, right.stderr) == (0, "")
    assert "resnet50" in right.stdout


def test_a_reader_that_goes_away() -> None:
    """`… | head -1`: quiet."""
    reader, writer = os.pipe()
    os.close(reader)
    done = process("presets", "--format", "json", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output() -> None:
    """One sentence, no traceback."""
    with open("/dev/full", "w") as full:
        done = process("presets", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "The output cannot be written: No space left on device.\n"


def test_a_terminal_without_the_signs() -> None:
    """ASCII shows question marks in place of a traceback."""
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("presets", stdout=subprocess.PIPE, env=env)
    assert done.returncode == 0
    assert "32?4d" in done.stdout


def test_interrupted() -> None:
    """130, and no traceback."""
    code = "import resnet_viz.__main__ as entry, signal, time\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have ignored it
    code += "entry._dispatch = lambda arguments: print('ready', flush=True) or time.sleep(60)\n"
    code += "raise SystemExit(entry.main([]))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        _, complaint = child.communicate(timeout=30)
    assert (child.returncode, complaint) == (130, "")


@pytest.mark.parametrize(
    ("missing", "arguments"), [("PySide6", []), ("PySide6", ["resnet50"]), ("torch", ["show", "resnet50"])]
)
def test_a_missing_package(missing: str, arguments: list[str]) -> None:
    """One sentence that says what to install."""
    code = f"import sys; sys.modules['{missing}'] = None\n"
    code += f"from resnet_viz.__main__ import main; sys.exit(main({arguments}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"pip install {missing}" in done.stderr


def test_the_window_opens_on_the_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """No argument, or a network alone."""
    opened: list[str | None] = []

    def run(arch: str | None) -> int:
        opened.append(arch)
        return 0

    monkeypatch.setattr("resnet_viz.gui.app.run", run)
    assert main([]) == 0
    assert main(["resnet50"]) == 0
    assert opened == [None, "resnet50"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["resnet50"]) == 2
    assert "There is no display" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("show",), ("compare", "resnet50")])
def test_an_unknown_network_is_one_sentence(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "nosuch"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no network called 'nosuch'")
    assert said.count(".") == 1
