"""Every name and argument of the phases is one of the program and of torch, so that no step fails on a card by it."""

import ast
import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from resnet_viz.cli.main import make_parser
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.campaigns.extent import IS_LONG
from tests.gpu.day import Day
from tests.gpu.phases import PHASES, compared_times, selfcheck_outcomes
from tests.gpu.steps import Skipped
from tests.gpu.steps.environment import failed_capture
from tests.gpu.steps.profiles import profile, timers

FOLDER = Path(__file__).parent
MODULES = sorted(path for path in FOLDER.rglob("*.py") if not path.name.startswith("test_"))
each_phase = pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)


def module_of(path: Path) -> ModuleType:
    parts = path.relative_to(FOLDER.parents[1]).with_suffix("").parts
    return import_module(".".join(parts).removesuffix(".__init__"))


def chains(tree: ast.AST) -> Iterator[list[str]]:
    """Yield every attribute chain that begins with a name: `torch.cuda.profiler.start` as its four names."""
    for node in ast.walk(tree):
        names: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        if names and isinstance(inner, ast.Name):
            yield [inner.id, *reversed(names)]


def unknown_names(module: ModuleType, tree: ast.AST) -> list[str]:
    """The attributes of imported modules and classes that do not exist; mypy knows those of other values."""
    missing = []
    for first, *rest in chains(tree):
        thing = getattr(module, first, None)
        for name in rest:
            if not isinstance(thing, ModuleType | type):
                break
            if not hasattr(thing, name):
                missing.append(f"{module.__name__}: {first}.{'.'.join(rest)}")
                break
            thing = getattr(thing, name)
    return missing


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_name_that_a_step_uses_exists(path: Path) -> None:
    assert unknown_names(module_of(path), ast.parse(path.read_text())) == []


def test_a_name_that_does_not_exist_is_found() -> None:
    tree = ast.parse("torch.cuda.no_such_call()\ninfo.check(x)\ntorch.cuda.CUDAGraph.replay")
    environment = import_module("tests.gpu.steps.environment")
    assert unknown_names(environment, tree) == ["tests.gpu.steps.environment: torch.cuda.no_such_call"]


class CheckedDay(Day):
    """Runs nothing, and checks that each step and each command takes its arguments."""

    def __init__(self, device: str, work: Path, *, quick: bool) -> None:
        self.device, self.on_card, self.quick, self.work = device, device.startswith("cuda"), quick, work
        self.names: list[str] = []

    def step(self, name: str, step: Callable[..., Any], limit: float, least: float = 5.0, **arguments: Any) -> None:
        """Bind the step's arguments, and make the settings that it would measure with."""
        bound = inspect.signature(step).bind(self.device, **arguments).arguments
        if "network" in bound:
            preset(bound["network"])
        fields = set(ProfileSettings.__struct_fields__)
        known = {key: value for key, value in {**bound, **bound.get("settings", {})}.items() if key in fields}
        if step in (profile, timers):
            assert bound.get("settings", {}).keys() <= fields, name
            ProfileSettings(**known)
        self.names.append(name)

    def command(self, name: str, arguments: list[str], limit: float, least: float = 5.0, parse: object = None) -> None:
        """Parse the command's options as the program does."""
        if Path(arguments[0]).name != "ncu" and "--help" not in arguments:
            _, unknown = make_parser()[0].parse_known_args(arguments)
            assert unknown == [], name
        self.names.append(name)


@each_phase
@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_the_steps_of_a_phase_take_their_arguments(
    phase: Callable[[Day], None], device: str, quick: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/ncu")
    day = CheckedDay(device, tmp_path, quick=quick)
    phase(day)
    assert len(set(day.names)) == len(day.names) > 3


@each_phase
def test_a_quick_phase_is_shorter(phase: Callable[[Day], None], tmp_path: Path) -> None:
    days = [CheckedDay("cuda:0", tmp_path, quick=quick) for quick in (True, False)]
    for day in days:
        phase(day)
    assert len(days[0].names) < len(days[1].names)


def test_the_matrix_of_profiles_begins_with_the_bars_networks(tmp_path: Path) -> None:
    """Where the budget ends early, the batches that the bars ask for have been measured."""
    day = CheckedDay("cuda:0", tmp_path, quick=False)
    PHASES["B"](day)
    assert day.names[:6] == [
        "default", "training_sgd", "training_adam",
        "resnet50_1_bf16_contiguous", "resnet50_32_bf16_contiguous", "resnet50_256_bf16_contiguous",
    ]  # fmt: skip
    assert len(day.names) == 3 + 4 * 2 * 3 * 3


def test_a_step_for_a_card_is_skipped_on_a_processor() -> None:
    with pytest.raises(Skipped, match="needs a card"):
        failed_capture("cpu")


def test_outcomes_of_a_selfcheck_are_found_in_its_output() -> None:
    text = " 4  pass  Sum: x\nsomething else\n10  FAIL  two runs\n"
    assert selfcheck_outcomes(text) == {"4": " 4  pass  Sum: x", "10": "10  FAIL  two runs"}


def test_times_of_compared_blocks_are_found_in_json() -> None:
    times: dict[str, object] = {"ratio": 0.5, "low": 0.4, "high": 0.6}
    times |= {side: {"spread": {"median_us": us}} for side, us in (("first", 1), ("second", 2))}
    text = f"progress {json.dumps({'times': times})}\n"
    assert compared_times(text) == {"ratio": 0.5, "low": 0.4, "high": 0.6, "first_us": 1, "second_us": 2}


@pytest.mark.skipif(not IS_LONG, reason="takes minutes; RESNET_VIZ_CAMPAIGN=long runs it")
def test_all_phases_run_through_on_this_processor(tmp_path: Path) -> None:
    """In a process of its own: the steps are forked from it, and this one may have run torch's threads."""
    options = ["--device", "cpu", "--quick", "--budget", "500", "--out", str(tmp_path)]
    found = subprocess.run([sys.executable, "-m", "tests.gpu", *"ABCD", *options], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    assert {path.name for path in tmp_path.glob("summary_?.json")} == {f"summary_{phase}.json" for phase in "ABCD"}
