"""The engine as a process: requests in, messages out."""

import subprocess
import sys

import msgspec
import pytest

from resnet_viz.counters.crosscheck import others
from resnet_viz.engine import server
from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    AskOpinion,
    AskPairs,
    Compare,
    Compared,
    ComparedNetworks,
    CompareNetworks,
    Failure,
    OpinionResult,
    Pairs,
    Progress,
    Ready,
    decode_message,
    decode_request,
    encode,
)
from resnet_viz.pipeline import analyse
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings


def _answer(line: bytes) -> object:
    (message,) = server.answers_to(line)
    return message


def test_an_analysis_survives_the_wire() -> None:
    message = decode_message(encode(next(server.answers_to(encode(Analyse(7, preset("resnet18")))))))
    assert isinstance(message, AnalysisResult)
    assert message.id == 7
    assert message.analysis == analyse(preset("resnet18"))
    assert next(iter(message.analysis.graph)) == "conv1"


def test_an_opinion_is_given() -> None:
    message = _answer(encode(AskOpinion(3, preset("resnet20_cifar"), "torchinfo")))
    assert isinstance(message, OpinionResult)
    assert message.opinion.agrees
    assert message.others == others()


@pytest.mark.parametrize(
    ("line", "number", "field", "part"),
    [
        (b'{"ask":"analyse","id":4,"spec":{"width":-1}}\n', 4, "width", "from 1 to"),
        (b'{"ask":"analyse","id":5,"spec":{"colour":1}}\n', 5, None, "colour"),
        (b'{"ask":"dance","id":6}\n', 6, None, "dance"),
        (b"not json\n", None, None, ""),
    ],
)
def test_a_bad_request_is_a_failure(line: bytes, number: int | None, field: str | None, part: str) -> None:
    message = _answer(line)
    assert isinstance(message, Failure)
    assert (message.id, message.field) == (number, field)
    assert part in message.sentence


@pytest.mark.parametrize(("error", "part"), [(MemoryError(), "not enough memory"), (RuntimeError("odd"), "odd")])
def test_the_engine_outlives_what_goes_wrong(error: Exception, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_spec: object) -> None:
        raise error

    monkeypatch.setattr(server, "analyse", fail)
    message = _answer(encode(Analyse(1, preset("resnet18"))))
    assert isinstance(message, Failure)
    assert part in message.sentence


def test_the_process_answers_and_ends_with_its_input() -> None:
    requests = encode(Analyse(1, preset("resnet20_cifar"))) + b"{}\n"
    done = subprocess.run(
        [sys.executable, "-m", "resnet_viz", "engine"], input=requests, capture_output=True, timeout=120, check=True
    )
    ready, analysis, failure = (decode_message(line) for line in done.stdout.splitlines())
    assert isinstance(ready, Ready)
    assert isinstance(analysis, AnalysisResult)
    assert analysis.analysis.totals.params == 269_722
    assert isinstance(failure, Failure)


def test_requests_are_checked_when_they_are_read() -> None:
    with pytest.raises(msgspec.ValidationError, match="id"):
        decode_request(b'{"ask":"analyse","id":"one","spec":{}}')


def test_two_blocks_and_two_networks_are_compared() -> None:
    message = _answer(encode(Compare(3, BlockSetting(channels=64, size=14))))
    assert isinstance(message, Compared)
    assert (message.id, message.comparison.basic.figures.weights) == (3, 2 * 9 * 64 * 64)
    networks = _answer(encode(CompareNetworks(4, preset("resnet18"), preset("resnet34"))))
    assert isinstance(networks, ComparedNetworks)
    assert networks.comparison.count("removed") == 0
    refused = _answer(encode(Compare(5, BlockSetting(channels=32, groups=32, match="params"))))
    assert isinstance(refused, Failure)
    assert refused.field == "match"


def test_the_pairs_of_a_network_are_made() -> None:
    message = _answer(encode(AskPairs(6, preset("resnet50"))))
    assert isinstance(message, Pairs)
    assert "resnet152" in {point.name for point in message.pairs.bottleneck}


def test_blocks_are_measured_with_progress() -> None:
    request = Compare(7, BlockSetting(channels=16, size=8), ProfileSettings(seconds=0.1, warmup_seconds=0.0))
    messages = list(server.answers_to(encode(request)))
    assert isinstance(messages[0], Progress)
    last = messages[-1]
    assert isinstance(last, Compared)
    assert last.comparison.times is not None
    assert decode_message(encode(last)) == last
