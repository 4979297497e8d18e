"""Second opinions: our count by another tool's rules is that tool's count."""

import pytest

from resnet_viz.metrics import ledger
from resnet_viz.pipeline import analyse
from resnet_viz.presets import preset
from tests.random_specs import random_specs

TORCHINFO = {"resnet18": 1_814_083_944, "resnet50": 4_089_238_376, "resnet152": 11_513_779_048}
FVCORE = {"resnet18": 1_819_065_856, "resnet50": 4_111_512_576, "resnet152": 11_558_835_200}


@pytest.mark.parametrize("name", TORCHINFO)
def test_published_counts_are_reproduced(name: str) -> None:
    analysis = analyse(preset(name))
    assert ledger.torchinfo_count(analysis) == TORCHINFO[name]
    assert ledger.fvcore_count(analysis) == FVCORE[name]


@pytest.mark.parametrize("tool", ledger.tools())
def test_the_tools_agree_when_they_are_run(tool: str) -> None:
    for spec in random_specs(12, seed=2):
        opinion = ledger.opinion(analyse(spec), tool)
        assert opinion.agrees is True, (spec, opinion)
        assert opinion.count == opinion.expected_count
        assert f"{opinion.count:,}" in opinion.sentence


def test_a_network_too_large_for_fvcore_is_not_run() -> None:
    opinion = ledger.opinion(analyse(preset("resnet152").but(input=(512, 3, 512, 512))), "fvcore")
    assert (opinion.count, opinion.agrees) == (None, None)
    assert "not run: needs about" in opinion.sentence


def test_torchinfo_takes_no_memory_for_the_image() -> None:
    opinion = ledger.opinion(analyse(preset("resnet18").but(input=(1_000_000, 3, 65_536, 65_536))), "torchinfo")
    assert opinion.agrees is True


def test_a_tool_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_analysis: object) -> None:
        raise RuntimeError("no memory\nand more")

    monkeypatch.setattr(ledger, "_fvcore", fail)
    opinion = ledger.opinion(analyse(preset("resnet20_cifar")), "fvcore")
    assert (opinion.count, opinion.agrees) == (None, None)
    assert opinion.sentence == "fvcore: could not be run (no memory)"


def test_a_difference_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "torchinfo_count", lambda _analysis: 1)
    opinion = ledger.opinion(analyse(preset("resnet20_cifar")), "torchinfo")
    assert opinion.agrees is False
    assert "differs" in opinion.sentence
