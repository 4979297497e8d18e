"""The talk with the engine that compares: the newest question of a kind counts, and a measurement yields at once."""

from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from resnet_viz.engine.protocol import Compared, ComparedNetworks, Failure, Pairs, Progress
from resnet_viz.gui.session.comparing import Comparing
from resnet_viz.pipeline import compare, compare_blocks, pairs
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

SETTING, SETTINGS = BlockSetting(), ProfileSettings()
OTHER = SETTING.but(channels=512)


class Engine(QObject):
    """Takes down what it is asked, and answers when the test says so."""

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def ask_comparison(self, kind: str, *about: Any) -> None:
        self.asked.append((kind, *about))

    def cancel(self) -> None:
        self.asked.append(("cancel",))

    def stop(self) -> None:
        self.asked.append(("stop",))


@pytest.fixture
def engine(qapp: QObject) -> Engine:
    return Engine()


@pytest.fixture
def comparer(engine: Engine) -> Comparing:
    return Comparing(engine)  # type: ignore[arg-type]


def test_one_question_after_the_other_and_the_newest_of_a_kind(engine: Engine, comparer: Comparing) -> None:
    comparer.compare(SETTING)
    comparer.pairs(preset("resnet50"))
    comparer.pairs(preset("resnet18"))
    assert engine.asked == [("blocks", SETTING, None)]
    engine.answered.emit(Compared(1, compare_blocks(SETTING)))
    assert engine.asked[1:] == [("pairs", preset("resnet18"), None)]


def test_a_newer_question_of_the_kind_that_is_asked_is_asked_at_once(engine: Engine, comparer: Comparing) -> None:
    comparer.compare(SETTING)
    comparer.compare(OTHER)
    assert engine.asked == [("blocks", SETTING, None), ("blocks", OTHER, None)]


def test_answers_go_where_they_belong(engine: Engine, comparer: Comparing) -> None:
    told: list[object] = []
    for signal in (comparer.blocks_compared, comparer.networks_compared, comparer.pairs_found):
        signal.connect(told.append)
    both = compare(preset("resnet18"), preset("resnet34"))
    series = pairs(preset("resnet18"))
    comparer.compare(SETTING)
    engine.answered.emit(Compared(1, compare_blocks(SETTING)))
    comparer.networks(preset("resnet18"), preset("resnet34"))
    engine.answered.emit(ComparedNetworks(2, both))
    comparer.pairs(preset("resnet18"))
    engine.answered.emit(Pairs(3, series))
    assert told == [compare_blocks(SETTING), both, series]


def test_a_measurement_tells_of_itself_and_is_stopped_at_once(engine: Engine, comparer: Comparing) -> None:
    measuring: list[str] = []
    said: list[str] = []
    comparer.measuring_changed.connect(measuring.append)
    comparer.progressed.connect(said.append)
    comparer.compare(SETTING, SETTINGS)
    engine.answered.emit(Progress(1, ProfileProgress("warming up", 0.1)))
    comparer.stop()
    assert measuring == ["blocks", ""]
    assert said == ["warming up"]
    assert engine.asked == [("blocks", SETTING, SETTINGS), ("cancel",)]


def test_whoever_changes_the_place_does_not_wait_for_times(engine: Engine, comparer: Comparing) -> None:
    comparer.pairs(preset("resnet50"), SETTINGS)
    comparer.compare(OTHER)
    assert engine.asked == [("pairs", preset("resnet50"), SETTINGS), ("cancel",), ("blocks", OTHER, None)]
    assert not comparer.measuring


def test_what_a_tab_asks_for_waits_until_the_measurement_has_ended(engine: Engine, comparer: Comparing) -> None:
    compared = compare_blocks(SETTING)
    comparer.compare(SETTING, SETTINGS)
    comparer.networks(preset("resnet18"), preset("resnet34"))
    assert engine.asked == [("blocks", SETTING, SETTINGS)]
    assert comparer.measuring == "blocks"
    engine.answered.emit(Compared(1, compared))
    assert engine.asked[1:] == [("networks", preset("resnet18"), preset("resnet34"), None)]
    assert not comparer.measuring


def test_a_measurement_that_an_edit_ends_is_told(engine: Engine, comparer: Comparing) -> None:
    noticed: list[Any] = []
    comparer.noticed.connect(noticed.append)
    comparer.pairs(preset("resnet50"), SETTINGS)
    comparer.compare(OTHER)
    assert ["stopped before its end" in notice.sentence for notice in noticed] == [True]


def test_a_refusal_goes_beside_the_fields_and_trouble_into_the_message_bar(engine: Engine, comparer: Comparing) -> None:
    refused: list[str] = []
    noticed: list[Any] = []
    comparer.refused.connect(refused.append)
    comparer.noticed.connect(noticed.append)
    comparer.compare(SETTING)
    engine.answered.emit(Failure(1, "no width matches", "match"))
    comparer.networks(preset("resnet18"), preset("resnet34"))
    engine.answered.emit(Failure(2, "the engine stopped"))
    assert refused == ["no width matches"]
    assert [notice.sentence for notice in noticed] == ["the engine stopped"]
    comparer.close()
    assert engine.asked[-1] == ("stop",)
