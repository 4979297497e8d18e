"""The messages between window and engine as JSON."""

import json
from typing import Any, get_args

import msgspec
import pytest

from resnet_viz.engine.protocol import (
    Analyse,
    Answer,
    AnyRequest,
    Ask,
    CompareBlocks,
    CompareDepths,
    CompareNetworks,
    CrossCheck,
    CrossChecked,
    Failure,
    ListDevices,
    Measure,
    Message,
    Ready,
    Request,
    SweepChannels,
    answer,
    ask,
    decode_ask,
    decode_message,
    encode,
    request_in,
    value_for,
)
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

SMALL = preset("resnet20_cifar")


QUICK = ProfileSettings(seconds=0.1, warmup_seconds=0.0, batch=1)


COUNTING: tuple[Request[Any], ...] = (
    Analyse(SMALL), CrossCheck(SMALL, "fvcore"), ListDevices(), CompareBlocks(BlockSetting()),
    CompareDepths(SMALL), CompareNetworks(SMALL, SMALL),
)  # fmt: skip


MEASURING: tuple[Request[Any], ...] = (
    Measure(SMALL, QUICK), CompareBlocks(BlockSetting(), QUICK), CompareDepths(SMALL, QUICK),
    CompareNetworks(SMALL, SMALL, QUICK), SweepChannels(BlockSetting(), (16,), QUICK),
)  # fmt: skip


def test_messages_are_lines_of_json() -> None:
    messages: list[tuple[Message | Ask, dict[str, object]]] = [
        (Ready("2.0", "cpu"), {"say": "ready", "torch": "2.0", "device": "cpu"}),
        (Failure(3, "No.", "width"), {"say": "failure", "id": 3, "sentence": "No.", "field": "width"}),
        (Failure(None, "No."), {"say": "failure", "id": None, "sentence": "No.", "field": None}),
        (answer(4, (1, "two")), {"say": "answer", "id": 4, "value": [1, "two"]}),
        (ask(5, CrossCheck(SMALL, "fvcore")), {
            "id": 5,
            "request": {"ask": "cross_check", "question": json.loads(msgspec.json.encode(SMALL)), "tool": "fvcore"},
        }),
    ]  # fmt: skip
    for message, content in messages:
        line = encode(message)
        assert line.endswith(b"\n")
        assert b"\n" not in line[:-1]
        assert json.loads(line) == content
        if not isinstance(message, Ask):
            assert decode_message(line) == message


@pytest.mark.parametrize("request_", [*COUNTING, *MEASURING], ids=lambda request_: type(request_).__name__)
def test_a_request_is_decoded_as_it_was_sent(request_: Request[Any]) -> None:
    received = decode_ask(encode(ask(9, request_)))
    assert received.id == 9
    assert request_in(received) == request_


def test_the_result_of_a_cross_check_is_the_field_opinion() -> None:
    result = CrossCheckResult("fvcore", "0.1", 1, 2, 2, True, "The same.")
    content = msgspec.to_builtins(CrossChecked(result, ("DeepSpeed",)))
    assert content == {"opinion": msgspec.to_builtins(result), "others": ("DeepSpeed",)}


def test_an_answer_is_checked_when_it_is_read() -> None:
    unread = Answer(1, msgspec.Raw(b'[{"name":"cpu","title":"A processor","memory_bytes":"much"}]'))
    with pytest.raises(msgspec.ValidationError, match=r"\$\[0\]\.memory_bytes"):
        value_for(ListDevices(), unread)


def test_every_request_names_the_type_of_its_answer() -> None:
    """Without the type the window could not decode the answer."""
    empty = Answer(1, msgspec.Raw(b'"nothing that any answer could be"'))
    assert {type(request) for request in (*COUNTING, *MEASURING)} == set(get_args(AnyRequest))
    for request in (*COUNTING, *MEASURING):
        with pytest.raises(msgspec.ValidationError):
            value_for(request, empty)


def test_requests_with_settings_measure() -> None:
    assert not any(request.measures for request in COUNTING)
    assert all(request.measures for request in MEASURING)
