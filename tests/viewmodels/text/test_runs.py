"""Runs in words: what a measurement is doing, and what to know of its outcome."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from resnet_viz.records.message import Message
from resnet_viz.records.run import BACKWARD, OPTIMIZER, Method, Phase, ProfileProgress
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import read_run
from resnet_viz.viewmodels.text import runs
from resnet_viz.viewmodels.text.runs import PHASES, phase_text
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (ProfileProgress("build", 0.0), "building the network with real weights"),
        (ProfileProgress("warm-up", 0.0), "warming up"),
        (ProfileProgress("warm-up", 0.0, layer="layer1.0.conv1"), "warming up layer1.0.conv1"),
        (ProfileProgress("passes", 0.5), "measuring passes"),
        (ProfileProgress("passes", 0.5, layer="conv1"), "measuring conv1"),
        (ProfileProgress("passes", 0.5, layer=BACKWARD), "measuring backward"),
        (ProfileProgress("passes", 0.5, layer=OPTIMIZER), "measuring the optimizer"),
        (ProfileProgress("end-to-end", 0.5, layer="conv1"), "measuring from end to end"),
        (ProfileProgress("pairs", 0.5, number=2, total=9), "measuring pair 2 of 9"),
        (ProfileProgress("widths", 0.5, number=1024), "trying width 1,024"),
    ],
)
def test_a_phase_is_described_with_its_layer_or_number(progress: ProfileProgress, sentence: str) -> None:
    assert phase_text(progress) == sentence


def test_every_phase_has_a_text() -> None:
    assert set(PHASES) == set(get_args(Phase))


def test_messages_are_translated_and_old_sentences_shown_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "tr_later", lambda text: f"<{text}>")
    run = small_run(preset("resnet18"))
    new = msgspec.structs.replace(run, messages=(Message("sweep out of memory", {"n": 8}),), fallbacks=("in English",))
    assert runs.run_sentences(new) == ("<The sweep ended at batch 8: the device ran out of memory.>",)
    old = msgspec.structs.replace(run, fallbacks=("It was so.",), warnings=("And so.",))
    assert runs.run_sentences(old) == ("It was so.", "And so.")


def test_the_reason_of_an_implausible_time_is_given_anew_unless_the_time_is_plausible_today() -> None:
    """The golden run's doubts were written by an older program, which gave them in microseconds."""
    run, _ = read_run(Path(__file__).parents[2] / "golden" / "run_2820ef4.json")
    doubted = [layer for layer in run.layers if layer.doubt]
    assert len(doubted) == 7
    assert doubted[0].doubt.startswith("1458.1 µs is faster than its arithmetic at the measured peak (2610.8 µs)")
    assert runs.implausible_text(run, doubted[0]).startswith("1.4581 ms is less than the layer's arithmetic takes")
    assert "2.6108 ms" in runs.implausible_text(run, doubted[0])
    assert {runs.implausible_text(run, layer) for layer in run.layers if not layer.doubt} == {""}
    plausible = next(layer for layer in run.layers if not layer.doubt)
    other = msgspec.structs.replace(plausible, doubt="It cannot be.")
    assert runs.implausible_text(run, other) == "It cannot be."
    assert runs.implausible_text(msgspec.structs.replace(run, ceilings=None), doubted[0]) == doubted[0].doubt


def test_a_title_has_network_batch_dtype_and_device() -> None:
    run = small_run(preset("resnet50").but(input=(8, 3, 224, 224)))
    assert runs.run_title(run) == "ResNet-50 · N=8 · fp32 · A processor"
    nameless = msgspec.structs.replace(run, place=msgspec.structs.replace(run.place, name=""))
    assert runs.run_title(nameless) == "ResNet-50 · N=8 · fp32"


def test_a_title_names_size_mode_and_passes_where_they_are_unusual() -> None:
    spec = preset("resnet50").but(input=(1, 3, 64, 32))
    training = ProfileSettings(passes="training-step", optimizer="adam")
    run = small_run(spec, training)
    assert runs.run_title(run) == "ResNet-50 · N=1 · 64×32 · fp32 · training step, adam · A processor"
    both = ProfileSettings(mode="end-to-end", passes="forward+backward")
    title = runs.run_title(small_run(preset("resnet50").but(input=(1, 1, 224, 224)), both))
    assert title == "ResNet-50 · N=1 · 1×224×224 · fp32 · end to end · forward and backward · A processor"
    assert runs.unusual_size(preset("resnet20_cifar")) == ""
    assert runs.unusual_size(preset("resnet20_cifar").but(input=(1, 3, 224, 224))) == "224×224"


def test_another_input_than_the_one_shown_is_told() -> None:
    spec = preset("resnet18")
    shown = small_analysis(spec)
    sentence = "Measured at 1×3×64×64, not at 1×3×224×224 as the network is shown."
    assert runs.other_input_note(small_run(spec.but(input=(1, 3, 64, 64))), shown) == sentence
    assert runs.other_input_note(small_run(spec), shown) == runs.other_input_note(None, shown) == ""


def test_quartiles_have_no_unit_and_shares_a_true_minus() -> None:
    run = small_run(preset("resnet18"))
    assert runs.quartiles_text(run.layers[0].spread) == "0.009–0.011"
    assert runs.quartiles_text(run.layers[0].spread, " to ") == "0.009 to 0.011"
    assert run.whole is not None
    assert runs.share_text(run, run.whole.spread.median_us / 4) == "25.0 %"
    assert runs.share_text(run, -run.whole.spread.median_us / 4) == "−25.0 %"
    assert runs.share_text(run, None) == ""


def test_every_method_has_a_name_and_a_description() -> None:
    assert set(runs.METHOD_NAMES) == set(runs.METHOD_DESCRIPTIONS) == set(get_args(Method))
