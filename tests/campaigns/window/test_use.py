"""Random use of the window, held against a simple model of it; a failure prints its seed and its steps."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from resnet_viz.errors import SpecError
from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.saved_state import WindowState
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset, title_of
from resnet_viz.storage.runs import save_run
from resnet_viz.viewmodels.build.edits import edited_spec
from tests.campaigns.extent import extent, random_source
from tests.gui.small_run import small_run
from tests.gui.waiting import WAIT_MS, new_network, settle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform says so of every window

EDITS = (
    ("depth", 34), ("depth", 50), ("depth", 51), ("stages", 3), ("stages", 0), ("groups", 3), ("width", 32),
    ("bias", True), ("bias", False), ("head", False), ("stem", "cifar"), ("order", "pre"), ("shortcut", "A"),
    ("input", (1, 3, 64, 64)), ("input", (0, 3, 64, 64)), ("blocks", (1, 1, 1, 1)), ("classes", 12),
    ("attention", "se"), ("shortcut", "D"), ("stem_widths", "16, 16"), ("norm", "frn"), ("stage_blocks", (True, False)),
    ("block_widths", "60 / 120 / 240 / 500"), ("stage_outputs", "60, 130, 260, 500"), ("antialias", "average"),
)  # fmt: skip
UNTRIED = {"quit", "stop"}  # one ends the window, the other depends on how fast an engine answers
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Plus)

Make = Callable[[str], EngineClient]


class UsedWindow(RuleBasedStateMachine):
    """A window on ResNet-18, and the history of networks that its user expects; help would cover the inspector."""

    def __init__(self, qtbot: QtBot, make_client: Make, folder: Path) -> None:
        super().__init__()
        self.qtbot, self.folder = qtbot, folder
        self.history, self.index = [preset("resnet18")], 0
        self.session = Session(self.history[0], Engines(*(make_client("good") for _ in range(3))))
        self.window = MainWindow(self.session, load_theme("light"))
        with new_network(qtbot, self.window):
            self.session.start()
            self.window.show()
        self.actions = [row.name for row in self.window.actions_.rows if row.menu != "Help" and row.name not in UNTRIED]

    def teardown(self) -> None:
        """Close the window as its user would."""
        self.window.close()
        self.window.deleteLater()

    @property
    def question(self) -> ResNetSpec:
        """The network that the user expects to see."""
        return self.history[self.index]

    @rule(edit=st.sampled_from(EDITS))
    def edit_a_field(self, edit: tuple[str, object]) -> None:
        """Edit the network; what is refused changes nothing."""
        try:
            question = edited_spec(self.question, *edit)
        except SpecError:
            question = self.question
        if question != self.question:
            self._expect(question)
        self.window.build.edited.emit(*edit)

    @rule(number=st.integers(0, 10_000))
    def trigger_an_action(self, number: int) -> None:
        """Choose an action from a menu, where it is enabled."""
        name = self.actions[number % len(self.actions)]
        if name == "undo":
            self.index = max(0, self.index - 1)
        if name == "redo":
            self.index = min(len(self.history) - 1, self.index + 1)
        self.window.actions_[name].trigger()

    @rule(number=st.integers(0, 10_000))
    def select_a_node(self, number: int) -> None:
        """Select a layer that the canvas tells, or one that no network has."""
        analysis = self.session.analysis
        assert analysis is not None
        names = ["", "no such layer", *(layer.id for layer in analysis.layers)]
        name = names[number % len(names)]
        self.window.canvas.node_chosen.emit(name)
        assert self.session.shown.selection == (name if name in names[2:] else None)

    @rule(tab=st.integers(0, 2), page=st.integers(0, 7))
    def change_tabs(self, tab: int, page: int) -> None:
        """Look at another tab and another page."""
        self.window.tabs.setCurrentIndex(tab)
        self.window.pages.setCurrentIndex(page)

    @rule(key=st.sampled_from(KEYS), across=st.floats(0, 1), down=st.floats(0, 1))
    def use_the_canvas(self, key: Qt.Key, across: float, down: float) -> None:
        """Click somewhere on the canvas and press a key there."""
        canvas = self.window.canvas
        place = QPoint(round(across * (canvas.width() - 1)), round(down * (canvas.height() - 1)))
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
        QTest.keyClick(canvas, key)

    @rule(text=st.sampled_from(("", "conv", "layer2.0", "*", "no such layer")))
    def filter_the_layers(self, text: str) -> None:
        """Type into the filter of the table."""
        self.window.table.filter.setText(text)

    @rule(width=st.integers(600, 2_000), height=st.integers(400, 1_200))
    def resize(self, width: int, height: int) -> None:
        """Drag the corner of the window."""
        self.window.resize(width, height)

    @rule(arch=st.sampled_from(("resnet18", "resnet34")))
    def open_a_run(self, arch: str) -> None:
        """Open a measured run: its network is shown with it, unless it is the same but for the image."""
        path, spec = self.folder / f"{arch}.json", preset(arch)
        save_run(small_run(spec), path)
        if spec.but(input=self.question.input) != self.question:
            self._expect(spec)
        self.window.commands.open_file(path)

    def _expect(self, question: ResNetSpec) -> None:
        self.history[self.index + 1 :] = [question]
        self.index += 1

    @invariant()
    def the_window_shows_what_the_user_expects(self) -> None:
        """One network everywhere, a selection that it has, counts of its layers, and a state that can be saved."""
        window, session = self.window, self.session
        self.qtbot.waitUntil(lambda: session.analysis is not None and session.analysis.spec == session.question,
                             timeout=WAIT_MS)  # fmt: skip
        settle(window)
        assert session.question == self.question
        assert title_of(self.question) in window.windowTitle()
        assert window.actions_["undo"].isEnabled() == (self.index > 0)
        assert window.actions_["redo"].isEnabled() == (self.index + 1 < len(self.history))
        analysis = session.analysis
        assert analysis is not None
        selection = session.shown.selection
        ids = [f"{layer.id}." for layer in analysis.layers]
        assert selection in (None, "stem", "head") or any(name.startswith(f"{selection}.") for name in ids)
        if window.inspector.isVisible():
            assert (selection or title_of(self.question)) in window.inspector.accessibleDescription()
        if window.table.isVisible():
            assert [layer.id for layer in window.table.model.layers] == [layer.id for layer in analysis.layers]
        state = window.state()
        assert msgspec.json.decode(msgspec.json.encode(state), type=WindowState) == state


def test_random_use(qtbot: QtBot, make_client: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine(UsedWindow):
        def __init__(self) -> None:
            super().__init__(qtbot, make_client, tmp_path)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / Path(given[2]).name), ""))
    run_state_machine_as_test(
        seed(random_source().randrange(10**6))(Machine),
        settings=settings(
            max_examples=extent(daily=3, long=20),
            stateful_step_count=extent(daily=25, long=100),
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shrink a failure would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
