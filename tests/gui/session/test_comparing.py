"""Requests for comparisons: the newest of a kind counts, and a measurement gives way at once."""

from typing import Any

import pytest
from PySide6.QtCore import QObject

from resnet_viz.engine.protocol import CompareBlocks, CompareDepths, CompareNetworks, Failure, Request, Result
from resnet_viz.gui.session.comparing import Comparing
from resnet_viz.gui.session.engine_client import Job
from resnet_viz.gui.shown import CompareState
from resnet_viz.pipeline import compare_blocks, compare_depths, compare_specs
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

SETTING, SETTINGS = BlockSetting(), ProfileSettings()
OTHER = SETTING.but(channels=512)


class Engine(QObject):
    """Records its requests, and answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Request[Any] | str] = []
        self.jobs: list[Job[Any]] = []

    def ask(self, request: Request[Result]) -> Job[Result]:
        job = Job(len(self.jobs), request, self)
        self.asked.append(request)
        self.jobs.append(job)
        return job

    def cancel(self) -> None:
        self.asked.append("cancel")

    def stop(self) -> None:
        self.asked.append("stop")

    def answer(self, value: object) -> None:
        """End the newest job."""
        job = self.jobs[-1]
        (job.failed if isinstance(value, Failure) else job.succeeded).emit(value)


@pytest.fixture
def engine(qapp: QObject) -> Engine:
    return Engine()


@pytest.fixture
def comparing(engine: Engine) -> Comparing:
    return Comparing(engine)  # type: ignore[arg-type]


def test_requests_are_sent_one_by_one_and_only_the_newest_of_a_kind(engine: Engine, comparing: Comparing) -> None:
    comparing.compare(SETTING)
    comparing.pairs(preset("resnet50"))
    comparing.pairs(preset("resnet18"))
    assert engine.asked == [CompareBlocks(SETTING)]
    engine.answer(compare_blocks(SETTING))
    assert engine.asked[1:] == [CompareDepths(preset("resnet18"))]


def test_a_newer_request_replaces_a_running_one_of_its_kind(engine: Engine, comparing: Comparing) -> None:
    comparing.compare(SETTING)
    comparing.compare(OTHER)
    assert engine.asked == [CompareBlocks(SETTING), CompareBlocks(OTHER)]


def test_each_answer_is_the_state_of_its_kind(engine: Engine, comparing: Comparing) -> None:
    both = compare_specs(preset("resnet18"), preset("resnet34"))
    series = compare_depths(preset("resnet18"))
    comparing.compare(SETTING)
    engine.answer(compare_blocks(SETTING))
    comparing.networks(preset("resnet18"), preset("resnet34"))
    engine.answer(both)
    comparing.pairs(preset("resnet18"))
    engine.answer(series)
    assert comparing.state == CompareState(blocks=compare_blocks(SETTING), networks=both, pairs=series)


def test_a_measurement_reports_its_progress_and_is_stopped_at_once(engine: Engine, comparing: Comparing) -> None:
    comparing.compare(SETTING, SETTINGS)
    assert (comparing.state.measuring, comparing.state.progress) == ("blocks", "the engine is starting")
    engine.jobs[-1].progressed.emit(ProfileProgress("warm-up", 0.1))
    assert (comparing.state.measuring, comparing.state.progress) == ("blocks", "warming up")
    comparing.stop()
    assert comparing.state == CompareState()
    assert engine.asked == [CompareBlocks(SETTING, SETTINGS), "cancel"]


def test_an_edited_setting_does_not_wait_for_a_measurement(engine: Engine, comparing: Comparing) -> None:
    comparing.pairs(preset("resnet50"), SETTINGS)
    comparing.compare(OTHER)
    assert engine.asked == [CompareDepths(preset("resnet50"), SETTINGS), "cancel", CompareBlocks(OTHER)]
    assert not comparing.state.measuring


def test_the_counts_of_a_tab_wait_for_the_end_of_a_measurement(engine: Engine, comparing: Comparing) -> None:
    compared = compare_blocks(SETTING)
    comparing.compare(SETTING, SETTINGS)
    comparing.networks(preset("resnet18"), preset("resnet34"))
    assert engine.asked == [CompareBlocks(SETTING, SETTINGS)]
    assert comparing.state.measuring == "blocks"
    engine.answer(compared)
    assert engine.asked[1:] == [CompareNetworks(preset("resnet18"), preset("resnet34"))]
    assert not comparing.state.measuring


def test_a_measurement_that_an_edit_stops_is_reported(engine: Engine, comparing: Comparing) -> None:
    noticed: list[Any] = []
    comparing.noticed.connect(noticed.append)
    comparing.pairs(preset("resnet50"), SETTINGS)
    comparing.compare(OTHER)
    assert ["stopped before its end" in notice.sentence for notice in noticed] == [True]


def test_a_refused_setting_is_in_the_state_and_any_other_failure_is_a_message(
    engine: Engine, comparing: Comparing
) -> None:
    noticed: list[Any] = []
    comparing.noticed.connect(noticed.append)
    comparing.compare(SETTING)
    engine.answer(Failure(1, "no width matches", "match"))
    comparing.networks(preset("resnet18"), preset("resnet34"))
    engine.answer(Failure(2, "the engine stopped"))
    assert comparing.state.refusal == "no width matches"
    comparing.compare(OTHER)
    engine.answer(compare_blocks(OTHER))
    assert comparing.state.refusal == ""
    assert [notice.sentence for notice in noticed] == ["the engine stopped"]
    comparing.close()
    assert engine.asked[-1] == "stop"


def test_waiting_requests_are_sent_in_the_order_of_their_newest_versions(engine: Engine, comparing: Comparing) -> None:
    comparing.compare(SETTING)
    comparing.pairs(preset("resnet50"))
    comparing.networks(preset("resnet18"), preset("resnet34"))
    comparing.pairs(preset("resnet50"))
    engine.answer(compare_blocks(SETTING))
    assert engine.asked[-1] == CompareNetworks(preset("resnet18"), preset("resnet34"))


def test_a_measurement_replaces_another(engine: Engine, comparing: Comparing) -> None:
    """Only counts wait for a measurement."""
    noticed: list[Any] = []
    comparing.noticed.connect(noticed.append)
    comparing.compare(SETTING, SETTINGS)
    comparing.pairs(preset("resnet50"), SETTINGS)
    assert engine.asked[1:] == ["cancel", CompareDepths(preset("resnet50"), SETTINGS)]
    assert comparing.state.measuring == "pairs"
    assert noticed == []


def test_only_a_setting_of_two_blocks_is_refused_in_the_state(engine: Engine, comparing: Comparing) -> None:
    noticed: list[Any] = []
    comparing.noticed.connect(noticed.append)
    comparing.pairs(preset("resnet50"), SETTINGS)
    engine.answer(Failure(1, "no such device", "device"))
    assert comparing.state.refusal == ""
    assert [notice.sentence for notice in noticed] == ["no such device"]
