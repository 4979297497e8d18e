"""The engine's answers to requests, within this process and from a process of its own."""

import io
import time
from typing import Any

import msgspec
import pytest
import torch

from resnet_viz import measurement, pipeline
from resnet_viz.counters.crosscheck import installed_optional_tools
from resnet_viz.engine import server
from resnet_viz.engine.protocol import (
    Analyse,
    Answer,
    CompareBlocks,
    CompareDepths,
    CompareNetworks,
    CrossCheck,
    Failure,
    ListDevices,
    Measure,
    Progress,
    Ready,
    Request,
    Result,
    SweepChannels,
    answer,
    ask,
    decode_message,
    encode,
    value_for,
)
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_run import small_run

SMALL = preset("resnet20_cifar")
QUICK = ProfileSettings(seconds=0.1, warmup_seconds=0.0, batch=1)


def _message(line: bytes) -> object:
    (message,) = server.answers_to(line)
    return message


def _value(request: Request[Result]) -> Result:
    """Send a request through JSON, answer it, and decode the answer's value from JSON."""
    (message,) = (decode_message(encode(found)) for found in server.answers_to(encode(ask(7, request))))
    assert isinstance(message, Answer)
    assert message.id == 7
    return value_for(request, message)


def test_an_analysis_is_the_same_after_encoding_and_decoding() -> None:
    found = _value(Analyse(preset("resnet18")))
    assert found.analysis == pipeline.analyse(preset("resnet18"))
    assert next(iter(found.analysis.graph)) == "conv1"
    assert found.seconds > 0


def test_a_cross_check_has_the_result_and_the_optional_counters() -> None:
    found = _value(CrossCheck(SMALL, "torchinfo"))
    assert found.result.tool == "torchinfo"
    assert found.result.agrees
    assert found.others == installed_optional_tools()


@pytest.mark.parametrize(
    ("line", "number", "field", "part"),
    [
        (b'{"id":4,"request":{"ask":"analyse","question":{"width":-1}}}\n', 4, "width", "from 1 to"),
        (b'{"id":5,"request":{"ask":"analyse","question":{"colour":1}}}\n', 5, None, "colour"),
        (b'{"id":8,"request":{"ask":"analyse","question":{"width":"wide"}}}\n', 8, None, "$.question.width"),
        (b'{"id":6,"request":{"ask":"dance"}}\n', 6, None, "dance"),
        (b'{"id":"one","request":{"ask":"list_devices"}}\n', None, None, "$.id"),
        (b"not json\n", None, None, ""),
    ],
)
def test_a_bad_request_is_a_failure(line: bytes, number: int | None, field: str | None, part: str) -> None:
    message = _message(line)
    assert isinstance(message, Failure)
    assert (message.id, message.field) == (number, field)
    assert part in message.sentence


@pytest.mark.parametrize(("error", "part"), [(MemoryError(), "not enough memory"), (RuntimeError("odd"), "odd")])
def test_the_engine_survives_errors(error: Exception, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_spec: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "analyse", fail)
    message = _message(encode(ask(1, Analyse(SMALL))))
    assert isinstance(message, Failure)
    assert part in message.sentence


def test_two_blocks_and_two_networks_are_compared() -> None:
    assert _value(CompareBlocks(BlockSetting(channels=64, size=14))).basic.figures.weights == 2 * 9 * 64 * 64
    assert _value(CompareNetworks(preset("resnet18"), preset("resnet34"))).count("removed") == 0
    refused = _message(encode(ask(5, CompareBlocks(BlockSetting(channels=32, groups=32, match="params")))))
    assert isinstance(refused, Failure)
    assert (refused.id, refused.field) == (5, "match")


def test_the_depths_of_a_network_are_compared() -> None:
    assert "resnet152" in {point.name for point in _value(CompareDepths(preset("resnet50"))).bottleneck}


@pytest.mark.parametrize(
    ("request_", "measured"),
    [
        (CompareBlocks(BlockSetting(channels=16, size=8), QUICK), lambda found: found.times.first.spread.n),
        (CompareNetworks(SMALL, SMALL, QUICK), lambda found: found.times.second.spread.n),
        (SweepChannels(BlockSetting(size=8), (16, 32), QUICK), lambda found: found.points[1].bottleneck_us),
        (Measure(SMALL, QUICK), lambda found: found.whole.spread.n),
    ],
)
def test_with_settings_it_is_measured_with_progress(request_: Request[Any], measured: Any) -> None:
    *before, last = server.answers_to(encode(ask(7, request_)))
    assert before
    assert all(isinstance(message, Progress) and message.id == 7 for message in before)
    assert isinstance(last, Answer)
    assert measured(value_for(request_, last)) > 0


def test_progress_is_throttled_except_for_new_phases_and_incomplete_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 7.0)
    monkeypatch.setattr(time, "sleep", pauses.append)
    run = small_run(SMALL)
    steps = [
        ProfileProgress("warm-up", 0.0),
        *3 * [ProfileProgress("passes", 0.1)],
        ProfileProgress("passes", 0.2, run=run),
    ]
    monkeypatch.setattr(measurement, "profile", lambda _question, _settings: iter([*steps, run]))
    *progress, last = server.answers_to(encode(ask(3, Measure(SMALL, QUICK))))
    assert progress == [Progress(3, steps[0]), Progress(3, steps[1]), Progress(3, steps[4])]
    assert last == answer(3, run)
    assert pauses == [0.3]


def test_progress_of_the_same_phase_is_sent_after_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((5.0, 5.1, 5.15, 5.2, 5.31))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    steps = [ProfileProgress("passes", done / 10) for done in range(5)]
    monkeypatch.setattr(measurement, "profile", lambda _question, _settings: iter(steps))
    found = list(server.answers_to(encode(ask(3, Measure(SMALL, QUICK)))))
    assert found == [Progress(3, steps[0]), Progress(3, steps[2]), Progress(3, steps[4])]


def test_the_window_gets_no_time_to_draw_while_another_device_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    run = small_run(SMALL)
    elsewhere = msgspec.structs.replace(run, settings=run.settings.but(device="cuda:0"))
    monkeypatch.setattr(measurement, "profile", lambda *_: iter([ProfileProgress("passes", 0.5, run=elsewhere)]))
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("a pause"))
    assert len(list(server.answers_to(encode(ask(3, Measure(SMALL, QUICK)))))) == 1


@pytest.mark.parametrize(("available", "device"), [(False, "cpu"), (True, "A card")])
def test_ready_names_the_card_or_the_processor(available: bool, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A card")
    answers = io.BytesIO()
    server.answer_all(io.BytesIO(), answers)
    assert decode_message(answers.getvalue()) == Ready(str(torch.__version__), device)


def test_the_engine_is_ready_and_then_answers_line_by_line() -> None:
    answers = io.BytesIO()
    server.answer_all(io.BytesIO(encode(ask(1, ListDevices())) + b"{}\n"), answers)
    ready, devices, failure = map(decode_message, answers.getvalue().splitlines())
    assert isinstance(ready, Ready)
    assert ready.torch == torch.__version__
    assert isinstance(devices, Answer)
    assert value_for(ListDevices(), devices)[-1].name == "cpu"
    assert isinstance(failure, Failure)
    assert failure.id is None
