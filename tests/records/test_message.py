"""The sentence of each kind of message, and none where the values are not those that it names."""

import pytest

from resnet_viz.records.message import Message


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (Message("graph backwards"), "The events inside the CUDA graph run backwards."),
        (Message("way refused", {"way": "compiled", "reason": "{0}"}), "compiled was refused: {0}"),
        (Message("sum misses whole", {"part": 5.06}), "The unaccounted time is +5.1 % of the whole network's time; it "
         "should be within 5 %."),
        (Message("of tomorrow", {"n": 1}), ""),
        (Message("sweep out of time"), ""),
        (Message("shared", {"part": "half"}), ""),
    ],
)  # fmt: skip
def test_the_sentence_in_english(message: Message, sentence: str) -> None:
    assert str(message) == sentence
