"""The tabs of comparisons: what they request when they are shown, and every format in which they are exported."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.shown import EVERYTHING, CompareState, Shown
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.gui.window import compare_controller
from resnet_viz.gui.window.compare_controller import CompareController
from resnet_viz.gui.window.views import Views
from resnet_viz.pipeline import compare_blocks, compare_specs
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_analysis import small_analysis

FIRST = preset("resnet18")
FORWARD = ProfileSettings(passes="forward", mode="in-network")


class Comparisons:
    """Records what is requested."""

    def __init__(self) -> None:
        self.requests: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.requests.append((name, *arguments))


class FakeSession(QObject):
    """The part of a session that the tabs use."""

    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.comparing = Comparisons()
        self.question = FIRST
        self.analysis = small_analysis(FIRST)
        state = CompareState(
            blocks=compare_blocks(BlockSetting()), networks=compare_specs(FIRST, preset("resnet50"))
        )  # fmt: skip
        self.shown = Shown(FIRST, analysis=self.analysis, comparison=state)
        self.replaced: list[object] = []

    def replace(self, question: object) -> None:
        """Record the network that is opened."""
        self.replaced.append(question)


class Tabs:
    """The controller with its tabs beside an architecture, and the messages that it sends."""

    def __init__(self, qtbot: QtBot) -> None:
        self.session = FakeSession()
        self.widget = QTabWidget()
        self.widget.resize(1_000, 700)
        qtbot.addWidget(self.widget)
        self.widget.addTab(QWidget(), "Architecture")
        theme, loader = load_theme("light"), PlotLibraryLoader()
        self.controller = CompareController(self.session, self.widget, loader, theme)  # type: ignore[arg-type]
        self.views = Views()
        self.controller.add_views(self.views)
        self.messages: list[Message] = []
        self.session.noticed.connect(self.messages.append)

    @property
    def requests(self) -> list[tuple[Any, ...]]:
        """The requests so far."""
        return self.session.comparing.requests

    def fill(self) -> None:
        """Show both comparisons."""
        self.controller.blocks.display(self.session.shown, EVERYTHING)
        self.controller.networks.display(self.session.shown, EVERYTHING)

    def see(self, tab: int) -> None:
        """Turn to a tab."""
        self.widget.setCurrentIndex(tab)
        self.views.show(self.session.shown)
        self.views.refresh()


@pytest.fixture
def tabs(qtbot: QtBot) -> Tabs:
    """The tabs, on the architecture."""
    return Tabs(qtbot)


@pytest.mark.parametrize(
    ("suffix", "part"),
    [
        (".csv", "weights,1179648,69632,"),
        (".md", "| 1,179,648 |"),
        (".tex", "1,179,648 & "),
        (".svg", "589,824 params"),
    ],
)
def test_two_blocks_are_exported_in_each_text_format(suffix: str, part: str, tabs: Tabs, tmp_path: Path) -> None:
    tabs.fill()
    target = tmp_path / f"blocks{suffix}"
    tabs.controller.export_to(target)
    assert part in target.read_text("utf8")
    assert tabs.messages == [Message(f"Exported blocks{suffix}.")]


@pytest.mark.parametrize(
    ("suffix", "part"),
    [(".csv", "total,params,,11689512,25557032,"), (".md", "| 25,557,032 |"), (".tex", "25,557,032")],
)
def test_two_networks_are_exported_where_their_tab_is_seen(suffix: str, part: str, tabs: Tabs, tmp_path: Path) -> None:
    tabs.fill()
    tabs.widget.setCurrentIndex(2)
    target = tmp_path / f"networks{suffix}"
    tabs.controller.export_to(target)
    assert part in target.read_text("utf8")
    assert tabs.messages == [Message(f"Exported networks{suffix}.")]


@pytest.mark.parametrize("tab", [1, 2])
def test_a_picture_has_the_size_of_its_view(tab: int, tabs: Tabs, tmp_path: Path) -> None:
    tabs.fill()
    tabs.widget.show()
    tabs.widget.setCurrentIndex(tab)
    tabs.controller.export_to(tmp_path / "view.PNG")
    view = tabs.controller.blocks if tab == 1 else tabs.controller.networks
    assert QImage(str(tmp_path / "view.PNG")).size() == view.size()


@pytest.mark.parametrize(
    ("name", "tab", "part"),
    [
        ("blocks.xlsx", 1, "give a name that ends in .csv, .md, .tex, .svg, .png"),
        ("networks.svg", 2, ".svg"),
        ("nowhere/blocks.csv", 1, "nowhere"),
    ],
)
def test_an_export_that_fails_is_reported(name: str, tab: int, part: str, tabs: Tabs, tmp_path: Path) -> None:
    tabs.fill()
    tabs.widget.setCurrentIndex(tab)
    tabs.controller.export_to(tmp_path / name)
    (message,) = tabs.messages
    assert message.tone == "error"
    assert part in message.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tab", [1, 2])
def test_nothing_is_exported_before_the_first_comparison(tab: int, tabs: Tabs, tmp_path: Path) -> None:
    tabs.widget.setCurrentIndex(tab)
    tabs.controller.export_to(tmp_path / "empty.csv")
    assert ["not been counted yet" in message.sentence for message in tabs.messages] == [True]


@pytest.mark.parametrize(("tab", "suggested"), [(0, "blocks.csv"), (1, "blocks.csv"), (2, "networks.csv")])
def test_the_name_that_is_suggested_is_that_of_the_tab(
    tab: int, suggested: str, tabs: Tabs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(_parent: QWidget, *arguments: Any) -> Path | None:
        asked.append(arguments)
        return None if len(asked) == 1 else tmp_path / "chosen.csv"

    monkeypatch.setattr(compare_controller, "ask_where", ask)
    tabs.fill()
    tabs.widget.setCurrentIndex(tab)
    tabs.controller.export()
    assert asked == [("Export the comparison", suggested, (".csv", ".md", ".tex", ".svg", ".png"))]
    assert tabs.messages == []
    tabs.controller.export()
    assert (tmp_path / "chosen.csv").exists()


def test_each_comparison_is_requested_once_when_its_tab_is_seen(tabs: Tabs) -> None:
    tabs.widget.show()
    tabs.see(0)
    assert tabs.requests == []
    tabs.see(2)
    assert tabs.requests == [("networks", FIRST, FIRST.but(block="bottleneck"), None)]
    tabs.see(2)
    assert len(tabs.requests) == 1


def test_the_tab_of_blocks_requests_blocks_and_pairs_once(tabs: Tabs) -> None:
    for _ in range(2):
        tabs.controller.blocks.hide()
        tabs.widget.show()
        tabs.see(1)
    assert tabs.requests == [("compare", BlockSetting()), ("pairs", FIRST)]


def test_an_edited_setting_is_counted_unless_it_has_to_be_measured(tabs: Tabs) -> None:
    setting = BlockSetting(stride=2)
    tabs.controller.blocks.setting_edited.emit(setting)
    tabs.controller.blocks.setting_edited.emit(setting.but(match="latency"))
    assert tabs.requests == [("compare", setting, None), ("compare", setting.but(match="latency"), FORWARD)]


def test_each_button_measures_its_comparison(tabs: Tabs) -> None:
    tabs.fill()
    for kind in ("blocks", "pairs", "sweep"):
        tabs.controller.blocks.measure_asked.emit(kind)
    tabs.controller.networks.measure_asked.emit("networks")
    assert tabs.requests == [
        ("compare", BlockSetting(), FORWARD),
        ("pairs", FIRST, FORWARD),
        ("sweep", BlockSetting(), (16, 27, 45, 76, 128, 215, 362, 609, 1_024), FORWARD),
        ("networks", FIRST, FIRST.but(block="bottleneck"), FORWARD),
    ]


def test_a_second_press_stops_only_that_measurement(tabs: Tabs) -> None:
    tabs.session.shown = Shown(FIRST, analysis=tabs.session.analysis, comparison=CompareState(measuring="pairs"))
    tabs.controller.blocks.measure_asked.emit("pairs")
    assert tabs.requests == [("stop",)]
    tabs.controller.blocks.measure_asked.emit("blocks")
    assert tabs.requests[1][0] == "compare"


def test_a_chosen_network_is_opened_in_the_first_tab(tabs: Tabs) -> None:
    tabs.widget.setCurrentIndex(1)
    tabs.controller.blocks.spec_chosen.emit(preset("resnet34"))
    assert tabs.session.replaced == [preset("resnet34")]
    assert tabs.widget.currentIndex() == 0


def test_another_second_network_is_requested(tabs: Tabs) -> None:
    tabs.fill()
    tabs.controller.networks.other.edited.emit("order=pre")
    assert tabs.requests == [("networks", FIRST, FIRST.but(order="pre"), None)]
