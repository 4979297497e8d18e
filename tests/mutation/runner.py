"""Runs mutants, each in a process of its own that has the libraries loaded already, in a copy of the checkout."""

import compileall
import contextlib
import importlib
import json
import os
import py_compile
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import coverage
import hypothesis
import pytest
import pytestqt.plugin

from tests.mutation.mutants import Mutant

Verdict = Literal["killed", "survived", "timed out"]
LIBRARIES = (
    "torch",
    "numpy",
    "networkx",
    "msgspec",
    "jinja2",
    "torchinfo",
    "fvcore.nn",
    "hypothesis",
    "pytestqt.plugin",
)
COPIED = ("resnet_viz", "resources", "tests", "pyproject.toml", "main.py")
MEMORY = 12 << 30
"""The address space of a test process in bytes, so that a mutant that allocates without end cannot take the machine."""
BROKEN, NO_TESTS = 70, 5
TIMEOUTS = (signal.SIGPROF, signal.SIGALRM)


@dataclass
class Baseline:
    """What the unchanged tests of a folder do: the seconds of each, and the tests that run each line of a file.

    The tests in `sharing` use a fixture that outlives a test, so they are kept together.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    sharing: list[str] = field(default_factory=list)
    touching: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run a line of the mutant's statement, fastest first; all of them if it runs at import."""
        found: set[str] = set()
        for line in mutant.lines:
            found.update(self.touching.get(mutant.file, {}).get(str(line), ()))
        chosen = self.seconds if "" in found else found & self.seconds.keys()
        sharing = set(self.sharing)
        order = list(self.seconds)
        return sorted(
            chosen, key=lambda test: (test in sharing, order.index(test) if test in sharing else self.seconds[test])
        )


class Recorder:
    """A pytest plugin that measures each test and notes the lines that it runs, those of its fixtures included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.baseline = Baseline()
        self.users: dict[str, list[str]] = defaultdict(list)
        self.shared: set[str] = set()
        self.current = ""
        self.coverage = coverage.Coverage(data_file=None, config_file=False, source=[str(folder / "resnet_viz")])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.clear_caches()
        for name in getattr(item, "fixturenames", ()):
            self.users[name].append(item.nodeid)
        start = time.perf_counter()
        with self.context(item.nodeid):
            result = yield
        self.baseline.seconds[item.nodeid] = time.perf_counter() - start
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        if fixturedef.scope != "session":
            self.shared.add(fixturedef.argname)
        with self.context(f"fixture {fixturedef.argname}"):
            return (yield)

    @contextlib.contextmanager
    def context(self, name: str) -> Iterator[None]:
        """Note the lines that run under a name."""
        outer, self.current = self.current, name
        self.coverage.switch_context(name)
        try:
            yield
        finally:
            self.current = outer
            self.coverage.switch_context(outer)

    def clear_caches(self) -> None:
        """Empty the caches of functions, so that each test runs, and is seen to run, what it depends on."""
        for name, module in list(sys.modules.items()):
            if name.startswith(("resnet_viz", "tests.")):
                for value in list(vars(module).values()):
                    if hasattr(value, "cache_clear") and hasattr(value, "__wrapped__"):
                        value.cache_clear()

    def result(self) -> Baseline:
        """The baseline; the lines of a fixture that outlives a test count for every test that uses it."""
        data = self.coverage.get_data()
        for file in data.measured_files():
            lines = self.baseline.touching.setdefault(str(Path(file).relative_to(self.folder)), {})
            for line, contexts in data.contexts_by_lineno(file).items():
                tests = [self.users.get(name.removeprefix("fixture "), [name]) for name in contexts]
                lines[str(line)] = sorted({test for group in tests for test in group})
        self.baseline.sharing = sorted({test for name in self.shared for test in self.users[name]})
        return self.baseline


class Selection:
    """A pytest plugin that runs the tests named, in their order, and ends the process where one takes too long."""

    def __init__(self, tests: Sequence[str], limits: dict[str, float]) -> None:
        self.places = {test: place for place, test in enumerate(tests)}
        self.limits = limits

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.places), key=lambda item: self.places[item.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        _limit(self.limits[item.nodeid])


class Runner:
    """Copies of a checkout, one for each job, and the processes that run tests in them.

    A test times out after ten times its usual time and `slack_s` seconds, of the processor's time.
    """

    def __init__(
        self, root: Path, scratch: Path, jobs: int, *, libraries: Sequence[str] = LIBRARIES, slack_s: float = 10
    ) -> None:
        os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is loaded
        for name in libraries:
            importlib.import_module(name)
        first = scratch / "0"
        first.mkdir()
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, first / name, ignore=shutil.ignore_patterns("__pycache__", "mutation"))
            elif (root / name).exists():
                shutil.copy2(root / name, first)
        mode = py_compile.PycInvalidationMode.CHECKED_HASH  # never takes a mutant for its original
        compileall.compile_dir(first / "resnet_viz", quiet=2, invalidation_mode=mode)
        self.first = first
        self.scratch = scratch
        self.jobs = jobs
        self.slack_s = slack_s
        self.quiet = True

    def baseline(self, folder: str) -> Baseline:
        """Run a folder's tests unchanged. Raises RuntimeError with pytest's output where they fail."""
        answer = self.scratch / "baseline.json"
        child = os.fork()
        if child == 0:
            self._enter(self.first, self.scratch / "baseline.log")
            recorder = Recorder(self.first)
            recorder.coverage.start()
            code = _pytest([f"tests/{folder}"], recorder)
            recorder.coverage.stop()
            answer.write_text(json.dumps(vars(recorder.result())))
            os._exit(code)
        if os.waitpid(child, 0)[1]:
            log = (self.scratch / "baseline.log").read_text("utf8", "replace")
            raise RuntimeError(f"tests/{folder} fails without any mutant:\n{log[-4000:]}")
        return Baseline(**json.loads(answer.read_text()))

    def run(self, mutants: Sequence[Mutant], baseline: Baseline) -> Iterator[tuple[Mutant, Verdict]]:
        """The verdict on each mutant, as they come; one that no test runs survives at once."""
        folders = [self.first, *(self.scratch / str(job) for job in range(1, self.jobs))]
        for folder in folders[1:]:
            if not folder.exists():
                shutil.copytree(self.first, folder)
        waiting = list(reversed(mutants))
        running: dict[int, tuple[Mutant, Path, bytes]] = {}
        try:
            while waiting or running:
                if waiting and folders:
                    mutant = waiting.pop()
                    if tests := baseline.tests(mutant):
                        folder = folders.pop()
                        source = (folder / mutant.file).read_bytes()
                        (folder / mutant.file).write_bytes(mutant.applied(source))
                        running[self._fork(folder, tests, baseline.seconds)] = mutant, folder, source
                    else:
                        yield mutant, "survived"
                    continue
                child, status = os.wait()
                _kill(child)
                mutant, folder, source = running.pop(child)
                (folder / mutant.file).write_bytes(source)
                folders.append(folder)
                yield mutant, _verdict(mutant, status)
        finally:
            for child in running:
                _kill(child)

    def _fork(self, folder: Path, tests: Sequence[str], seconds: dict[str, float]) -> int:
        child = os.fork()
        if child == 0:
            os.setsid()
            for name in (*TIMEOUTS, signal.SIGTERM):
                signal.signal(name, signal.SIG_DFL)
            _limit(60)
            self._enter(folder, Path(os.devnull) if self.quiet else None)
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            files = dict.fromkeys(test.partition("::")[0] for test in tests)
            limits = {test: self.slack_s + 10 * seconds[test] for test in tests}
            os._exit(_pytest(["-x", *files], Selection(tests, limits)))
        return child

    def _enter(self, folder: Path, log: Path | None) -> None:
        """Make a copy the place that this process, and those that it starts, import from."""
        os.chdir(folder)
        os.environ |= {"PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        sys.path.insert(0, str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "resnet_viz")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        if log:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
        profile = hypothesis.settings(database=None, derandomize=True, deadline=None)
        hypothesis.settings.register_profile("mutation", profile)
        hypothesis.settings.load_profile("mutation")


def _pytest(arguments: Sequence[str], plugin: object) -> int:
    """Run pytest in this process, which ends with a code of its own when pytest itself cannot run."""
    try:
        return int(pytest.main(["-q", "-p", "no:cacheprovider", *arguments], plugins=[pytestqt.plugin, plugin]))
    except BaseException:
        traceback.print_exc()
        return BROKEN


def _kill(child: int) -> None:
    """End a child and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def _limit(seconds: float) -> None:
    """End this process after so much processor time, or after five times as long asleep or on a busy machine."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 5 * seconds)


def _verdict(mutant: Mutant, status: int) -> Verdict:
    if os.WIFSIGNALED(status):
        return "timed out" if os.WTERMSIG(status) in TIMEOUTS else "killed"
    code = os.WEXITSTATUS(status)
    if code in (BROKEN, NO_TESTS):
        raise RuntimeError(f"pytest did not run for {mutant}")
    return "killed" if code else "survived"
