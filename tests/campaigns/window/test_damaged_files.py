"""Damaged files of every kind, opened in the window with every page shown: each is shown or refused in a sentence."""

import os
import random
import sys
import warnings
from collections import Counter
from functools import partial
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.lazy_chart import LazyChart
from resnet_viz.gui.session.saved_state import load_state
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.records.kernels import Kernel, KernelAgreement, KernelTimes, LayerKernels
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import (
    BatchPoint,
    EndToEndTime,
    GroupTime,
)
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.json_text import json_text
from resnet_viz.storage.runs import run_json
from tests.campaigns.damage import damaged
from tests.campaigns.extent import extent, random_source
from tests.gui.small_run import around, small_run
from tests.gui.waiting import settle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

SHOWN_MS = 60_000
MAX_SENTENCE = 1_200
GOLDEN = Path(__file__).parents[2] / "golden" / "run_2820ef4.json"


def test_damaged_files_are_shown_or_refused_in_a_sentence(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    chance, outcomes = random_source(), Counter[str]()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    originals = {kind: msgspec.json.decode(text) for kind, text in _originals(window).items()}
    runs = tmp_path / "runs"
    runs.mkdir()
    _show_all(qtbot, window, chance)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(extent(daily=12, long=1_000)):
            kind = ("run", "spec", "run", "state", "run", "old")[number % 6]
            path = runs / f"{kind} {number}.json"
            path.write_bytes(damaged(originals[kind], chance, str(pipe)))
            sys.stdout.write(f"{path}\n")
            outcome = _restore(window, path) if kind == "state" else _open(window, path)
            outcomes[f"{kind} {outcome}"] += 1
            window.session.measuring.compare_with(path if kind == "run" else None)
            window.session.measuring.prepare()  # lists the runs
            if outcome == "shown":
                _show_all(qtbot, window, chance)
                _save_all(window, tmp_path, chance)
    sys.stdout.write(f"{dict(sorted(outcomes.items()))}\n")
    assert min(outcomes["run shown"], outcomes["run refused"]) > 0


def _originals(window: MainWindow) -> dict[str, str]:
    """A run with something in every field, the run of an old version, a network, and a state of the window."""
    run = small_run(preset("resnet18"))
    assert run.whole is not None
    full = msgspec.structs.replace(
        run,
        settings=ProfileSettings(passes="training-step"),
        instrumented=run.whole,
        backward=(GroupTime("layer1.0", "block", around(9.0)), GroupTime("layer1", "stage", around(9.0))),
        ends=(EndToEndTime("eager", run.whole, 1.0, 2.0, 3.0, 900.0),),
        sweep=tuple(BatchPoint(batch, around(5.0 * batch), 100.0, 1 << 20) for batch in (1, 2, 4)),
        readings=(SensorSample(0.5, 1_980, 60, 310.5, "hot"),),
        mark_us=0.1,
        peak_bytes=1 << 30,
        launch_bound_factor=1.3,
        warnings=("Something to know.", "And another."),
        fallbacks=("Something was refused.",),
        loss=run.whole,
        optimizer=(GroupTime("layer1.0", "block", around(2.0)), GroupTime("layer1", "stage", around(2.0))),
        kernels=KernelTimes(
            "graph",
            5,
            tuple(LayerKernels(layer.id, 9.0, (Kernel("gemm", 9.0, 0.5, 8.5),)) for layer in run.layers),
            KernelAgreement(19, 0.01, 0.04, "conv1"),
        ),
    )
    return {
        "run": run_json(full),
        "old": GOLDEN.read_text(),
        "spec": json_text(preset("resnet50")),
        "state": json_text(window.state()),
    }


def _open(window: MainWindow, path: Path) -> str:
    """Open the file and return whether it is shown; else nothing else is changed and a sentence says why."""
    before, run = window.session.question, window.session.measuring.state.run
    window.messages.hide()
    window.commands.open_file(path)
    sentence = window.messages.sentence.text()
    assert window.messages.isVisible()
    assert 0 < len(sentence) < MAX_SENTENCE, len(sentence)
    if window.messages.property("tone") != "error":
        return "shown"
    assert window.session.question == before
    assert window.session.measuring.state.run is run
    assert path.name in sentence
    assert sentence.endswith(".")
    return "refused"


def _restore(window: MainWindow, path: Path) -> str:
    """Start the window's session with the saved state in the file, as far as it can be read."""
    state, sentence = load_state(path)
    window.restore(state)
    if state.spec is not None:
        window.session.replace(state.spec)
    window.session.select(state.selection)
    assert len(sentence) < MAX_SENTENCE
    return "refused" if sentence else "shown"


def _show_all(qtbot: QtBot, window: MainWindow, chance: random.Random) -> None:
    """Show and draw every tab, every page with one of its choices, a layer in the inspector, and the Measure panel."""
    session = window.session
    qtbot.waitUntil(
        lambda: session.analysis is not None and session.analysis.spec == session.question, timeout=SHOWN_MS
    )
    analysis = session.analysis
    assert analysis is not None
    session.select(chance.choice([layer.id for layer in analysis.layers]))
    session.color_by(chance.choice(get_args(Coloring)))
    window.commands.show_panel(chance.choice(("measure", "build")))
    for index in range(window.tabs.count() - 1, -1, -1):  # the first tab has the pages
        window.tabs.setCurrentIndex(index)
        settle(window)
    for index in range(window.pages.count()):
        window.pages.setCurrentIndex(index)
        page = window.pages.widget(index)
        if isinstance(page, LazyChart):
            qtbot.waitUntil(partial(_has_chart, page), timeout=SHOWN_MS)
            assert page.chart is not None
            for choice in page.chart.findChildren(QComboBox):
                choice.setCurrentIndex(chance.randrange(choice.count()))
                choice.activated.emit(choice.currentIndex())
        settle(window)
        window.pages.grab()
    window.grab()


def _has_chart(page: LazyChart) -> bool:
    return page.chart is not None


def _save_all(window: MainWindow, folder: Path, chance: random.Random) -> None:
    """Save what a chart shows as numbers and as a picture."""
    page = chance.choice((window.pages.charts, window.pages.latency, window.pages.roofline, window.pages.memory))
    assert page.chart is not None
    for name, save in (("chart.csv", page.chart.save_csv), ("chart.svg", page.chart.save_picture)):
        save(folder / name)
