"""Two windows and four `profile` commands measure at once and share one folder: nothing is lost, nothing is half."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.gui.session.saved_state import load_state
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import list_runs, read_run
from tests.campaigns.extent import IS_LONG

RUNS_OF_A_WINDOW, RUNS_OF_A_COMMAND, COMMANDS = 5, 3, 4
WINDOW_NETWORKS, COMMAND_NETWORK = ("resnet32_cifar", "resnet44_cifar"), "resnet20_cifar"
WINDOW = """
import sys, time
from PySide6.QtWidgets import QApplication
from resnet_viz.gui import app
from resnet_viz.spec.profiling import ProfileSettings

def run(application):
    window = next(widget for widget in application.topLevelWidgets() if widget.windowTitle())
    session = window.session

    def until(condition):
        while not condition():
            application.processEvents()
            time.sleep(0.01)

    until(lambda: session.analysis is not None)
    session.measuring.set_settings(ProfileSettings(device="cpu", batch=1, seconds=0.3, warmup_seconds=0.0))
    session.noticed.connect(lambda message: message.tone == "error" and print(message.sentence, file=sys.stderr))
    for _ in range(int(sys.argv[2])):
        session.measure()
        until(lambda: not session.measuring.state.is_running)
    window.close()
    return 0

QApplication.exec = run
sys.exit(app.run(sys.argv[1]))
"""


@pytest.mark.skipif(not IS_LONG, reason="loads torch in a dozen processes")
def test_every_run_of_every_program_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("RESNET_VIZ_STATE", str(tmp_path / "window.json"))
    profile = module_command(
        "resnet_viz", "profile", COMMAND_NETWORK, "--device", "cpu", "--batch", "1", "--seconds", "0.3",
        "--warmup-seconds", "0",
    )  # fmt: skip
    windows = [[sys.executable, "-P", "-c", WINDOW, name, str(RUNS_OF_A_WINDOW)] for name in WINDOW_NETWORKS]
    repeated = [["sh", "-ec", RUNS_OF_A_COMMAND * '"$@"\n', "sh", *profile] for _ in range(COMMANDS)]
    processes = [
        subprocess.Popen(
            command, env=module_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for command in [*windows, *repeated]
    ]
    errors = [process.communicate(timeout=600)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), errors
    assert not any("Traceback" in text or "cannot be" in text for text in errors), errors

    runs = [read_run(Path(entry.path)) for entry in list_runs()]
    assert {warning for _, warning in runs} == {""}
    assert all(run.complete for run, _ in runs)
    expected = dict.fromkeys(WINDOW_NETWORKS, RUNS_OF_A_WINDOW)
    expected[COMMAND_NETWORK] = RUNS_OF_A_COMMAND * COMMANDS
    blocks = {name: preset(name).blocks for name in expected}
    found = Counter(run.spec.blocks for run, _ in runs)
    assert {name: found[blocks[name]] for name in expected} == expected
    assert len(list((tmp_path / "runs").iterdir())) == len(runs), "nothing else is left in the folder"
    state, problem = load_state(tmp_path / "window.json")
    assert problem == ""
    assert state.spec in [preset(name) for name in WINDOW_NETWORKS]
