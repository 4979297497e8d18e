"""Runs in words: what a measurement is doing."""

from typing import get_args

import pytest

from resnet_viz.records.run import BACKWARD, Phase, ProfileProgress
from resnet_viz.viewmodels.text.runs import PHASES, doing


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (ProfileProgress("build", 0.0), "building the network with real weights"),
        (ProfileProgress("warm-up", 0.0), "warming up"),
        (ProfileProgress("warm-up", 0.0, layer="layer1.0.conv1"), "warming up layer1.0.conv1"),
        (ProfileProgress("passes", 0.5), "measuring passes"),
        (ProfileProgress("passes", 0.5, layer="conv1"), "measuring conv1"),
        (ProfileProgress("passes", 0.5, layer=BACKWARD), "measuring backward"),
        (ProfileProgress("end-to-end", 0.5, layer="conv1"), "measuring from end to end"),
        (ProfileProgress("pairs", 0.5, number=2, total=9), "measuring pair 2 of 9"),
        (ProfileProgress("widths", 0.5, number=1024), "trying width 1,024"),
    ],
)
def test_what_is_being_done(progress: ProfileProgress, sentence: str) -> None:
    assert doing(progress) == sentence


def test_every_phase_has_its_words() -> None:
    assert set(PHASES) == set(get_args(Phase))
