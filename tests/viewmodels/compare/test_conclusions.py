"""The sentences under a comparison: each wording once, and no number or comparative that the figures contradict."""

import re
from collections.abc import Callable
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import compare_blocks
from resnet_viz.profiling.statistics import whole_noise_warning
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import Agreement, BlockComparison, BlockCost, PairTimes
from resnet_viz.records.message import Message
from resnet_viz.records.run import Ceilings, Environment, Measurement, TimeSummary
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.viewmodels.compare.conclusions import (
    OperationRatio,
    block_sentences,
    conclusions,
    count_phrase,
    match_sentence,
    noise_warning,
    speed_sentence,
    timing_sentences,
)
from tests.spec.block_settings import compared_blocks

WORK: dict[Convention, Callable[[BlockCost], float]] = {
    "macs": lambda cost: cost.macs,
    "twice": lambda cost: 2 * cost.macs,
    "elementwise": lambda cost: 2 * cost.macs + cost.elementwise,
    "folded": lambda cost: 2 * cost.macs + cost.folded,
}
NUMBER = r"([\d,]+\.?\d*)"
NAMES = "the Basic block", "the Bottleneck"
STEADY = TimeSummary(100.0, 95.0, 105.0, 90.0, 20)


@cache
def blocks(match: Match = "channels", channels: int = 256, groups: int = 1) -> BlockComparison:
    """A comparison of small maps."""
    return compare_blocks(BlockSetting(channels=channels, size=7, match=match, groups=groups))


def times(
    ratio: float, interval: tuple[float, float] | None, spread: TimeSummary = STEADY, ceilings: Ceilings | None = None
) -> PairTimes:
    """Made-up times with this ratio."""
    measured = Measurement(spread, (spread.median_us,))
    low, high = interval or (None, None)
    place = Environment(device="cpu", name="a processor")
    return PairTimes(place, "fp32", measured, measured, ratio, low, high, ceilings)


def with_costs(basic: BlockCost, bottleneck: BlockCost, measured: PairTimes | None = None) -> BlockComparison:
    """A comparison with made-up costs."""
    base = blocks()
    sides = [msgspec.structs.replace(side, figures=cost)
             for side, cost in ((base.basic, basic), (base.bottleneck, bottleneck))]  # fmt: skip
    return msgspec.structs.replace(base, basic=sides[0], bottleneck=sides[1], times=measured)


def cost(*, params: int = 100, macs: int = 1_000, kept: int = 50, moved: int = 1_000, layers: int = 2) -> BlockCost:
    """A cost without elementwise operations."""
    return BlockCost(params, params, macs, 0, 0, kept, 4 * kept, moved, 2 * macs / moved, layers, 2)


def test_a_matched_block_that_agrees_exactly_is_named_with_its_width() -> None:
    sentence = "Matched by channels: Bottleneck at width 64, 256 channels; an exact match."
    assert match_sentence(blocks()) == sentence
    solved = compare_blocks(BlockSetting(channels=1_024, size=7, solve="basic"))
    assert match_sentence(solved) == "Matched by channels: Basic at 1,024 channels; an exact match."


@pytest.mark.parametrize(
    ("match", "reached", "groups", "sentence"),
    [
        ("channels", 250.0, 1, "6 channels fewer than Basic (2.3 %). Channels in multiples of 4 agree exactly."),
        ("channels", 258.0, 3, "2 channels more than Basic (0.78 %). Channels in multiples of 12 agree exactly."),
        ("params", 300.0, 1, "44 parameters more than Basic (17 %)."),
        ("macs", 255.0, 2, "1 MACs fewer than Basic (0.39 %). With 2 groups, widths go in steps of 2."),
        ("latency", 257.26, 1, "1.3 µs more than Basic (0.49 %)."),
        ("latency", 200.0, 1, "56.0 µs less than Basic (22 %)."),
    ],
)
def test_the_difference_that_a_match_leaves_is_stated(match: Match, reached: float, groups: int, sentence: str) -> None:
    base = blocks(channels=264, groups=groups)
    compared = msgspec.structs.replace(base, agreement=Agreement(match, 256.0, reached))
    assert match_sentence(compared).partition("; ")[2] == sentence


@pytest.mark.parametrize(
    ("ratio", "phrase"),
    [
        (2.0, "2.00 times fewer MACs"), (0.5, "2.00 times as many MACs"), (1.0, "just as many MACs"),
        (1.004, "about as many MACs"), (0.996, "about as many MACs"), (1_234.5, "1,234.50 times fewer MACs"),
        (0.99, "1.01 times as many MACs"),
    ],
)  # fmt: skip
def test_a_count_is_put_in_words(ratio: float, phrase: str) -> None:
    assert count_phrase(ratio, "MACs") == phrase


@pytest.mark.parametrize(
    ("basic", "bottleneck", "sentence"),
    [
        (100, 100, "Both have about as many parameters, the Bottleneck in 3 weight layers instead of 2."),
        (1_677, 100, "The Bottleneck has 16.77 times fewer parameters, but 3 weight layers instead of 2."),
        (100, 150, "The Bottleneck has 1.50 times as many parameters, and 3 weight layers instead of 2."),
    ],
)
def test_parameters_and_layers_are_compared(basic: int, bottleneck: int, sentence: str) -> None:
    assert conclusions(with_costs(cost(params=basic), cost(params=bottleneck, layers=3)))[0] == sentence


@pytest.mark.parametrize(
    ("macs", "moved", "groups", "end"),
    [
        (1_000, 1_000, 1, "just as many MACs and moves just as many bytes: about as many operations per byte."),
        (1_000, 1_010, 1, "just as many MACs and moves 1.01 times as many bytes: about as many operations per byte."),
        (500, 1_000, 1, "2.00 times fewer MACs and moves just as many bytes: 1.0 operations per byte against 2.0, so "
         "the Bottleneck is more likely to be limited by memory: a 1×1 convolution does little arithmetic per byte."),
        (500, 1_000, 2, "2.00 times fewer MACs and moves just as many bytes: 1.0 operations per byte against 2.0, so "
         "the Bottleneck is more likely to be limited by memory."),
        (1_000, 500, 1, "just as many MACs and moves 2.00 times fewer bytes: 4.0 operations per byte against 2.0, so "
         "the Basic block is more likely to be limited by memory."),
    ],
)  # fmt: skip
def test_the_block_with_fewer_operations_per_byte_is_nearer_to_the_memory_limit(
    macs: int, moved: int, groups: int, end: str
) -> None:
    compared = with_costs(cost(), cost(macs=macs, moved=moved))
    compared = msgspec.structs.replace(compared, setting=compared.setting.but(groups=groups))
    assert conclusions(compared)[1] == f"The Bottleneck does {end}"


@pytest.mark.parametrize(
    ("bytes_per_second", "clause"),
    [
        (1e15, "on cpu both are bound by compute."),
        (1e6, "on cpu both are bound by memory."),
        (1e10, "on cpu the Basic block is bound by compute, the Bottleneck by memory."),
    ],
)
def test_a_device_with_known_ceilings_is_named_with_its_limit(bytes_per_second: float, clause: str) -> None:
    compared = compare_blocks(BlockSetting())
    measured = times(1.5, (1.4, 1.6), ceilings=Ceilings(bytes_per_second, 1e12, 0.001, 0))
    sentence = conclusions(msgspec.structs.replace(compared, times=measured))[1]
    assert sentence.endswith(f"operations per byte against 140.0; {clause}")


def test_before_measuring_the_saved_activations_are_compared() -> None:
    sentence = (
        "Training keeps 2.00 times as many activations for the backward pass; measure both to see which is faster."
    )
    assert conclusions(with_costs(cost(), cost(kept=100)))[2] == sentence
    nothing = conclusions(with_costs(cost(kept=0), cost(kept=0)))[2]
    assert nothing.startswith("Training keeps just as many activations for the backward pass; ")


@pytest.mark.parametrize(
    ("ratio", "interval", "work", "sentence"),
    [
        (1.5, None, 2.0, "too few rounds (20) were measured to decide which is faster; measure longer."),
        (1.02, (0.9, 1.1), 2.0, "neither is shown to be faster: the Basic block takes 1.02 times as long as the "
         "Bottleneck (95 % confidence interval 0.90 to 1.10)."),
        (1.1, (1.0, 1.2), 2.0, "neither is shown to be faster: the Basic block takes 1.10 times as long as the "
         "Bottleneck (95 % confidence interval 1.00 to 1.20)."),
        (0.9, (0.8, 1.0), 2.0, "neither is shown to be faster: the Basic block takes 0.90 times as long as the "
         "Bottleneck (95 % confidence interval 0.80 to 1.00)."),
        (1.5, (1.25, 1.75), 1.0, "the Bottleneck is 1.50 times faster (95 % confidence interval 1.25 to 1.75) for "
         "about as many MACs."),
        (1.5, (1.25, 1.75), 0.5, "the Bottleneck is 1.50 times faster (95 % confidence interval 1.25 to 1.75), "
         "although it does 2.00 times as many MACs."),
        (1.5, (1.25, 1.75), 1.76, "the Bottleneck is 1.50 times faster (95 % confidence interval 1.25 to 1.75), less "
         "than its 1.76 times fewer MACs would allow."),
        (1.5, (1.25, 1.75), 1.75, "the Bottleneck is 1.50 times faster (95 % confidence interval 1.25 to 1.75), with "
         "1.75 times fewer MACs."),
        (0.5, (0.4, 0.8), 0.25, "the Basic block is 2.00 times faster (95 % confidence interval 1.25 to 2.50), less "
         "than its 4.00 times fewer MACs would allow."),
        (0.5, (0.4, 0.8), 4.0, "the Basic block is 2.00 times faster (95 % confidence interval 1.25 to 2.50), although "
         "it does 4.00 times as many MACs."),
    ],
)  # fmt: skip
def test_a_winner_is_named_only_outside_the_confidence_interval(
    ratio: float, interval: tuple[float, float] | None, work: float, sentence: str
) -> None:
    assert speed_sentence(times(ratio, interval), OperationRatio(work, "MACs"), NAMES) == f"On cpu {sentence}"


@pytest.mark.parametrize("ratio", [0.5, 1.5])
def test_noisy_times_name_no_winner(ratio: float) -> None:
    noisy = times(ratio, (0.9 * ratio, 1.1 * ratio), TimeSummary(100.0, 80.0, 110.0, 70.0, 20))
    sentence = speed_sentence(noisy, OperationRatio(2.0, "MACs"), NAMES)
    assert sentence == f"On cpu the Basic block takes {ratio:.2f} times as long as the Bottleneck."


@pytest.mark.parametrize(("q3_us", "percent"), [(104.9, None), (105.0, 25), (106.0, 26)])
def test_times_that_vary_by_a_quarter_are_not_to_be_relied_on(q3_us: float, percent: int | None) -> None:
    steady, noisy = times(1.0, (0.9, 1.1)), Measurement(TimeSummary(100.0, 80.0, q3_us, 70.0, 20), (100.0,))
    for side in ("first", "second"):
        warning = noise_warning(msgspec.structs.replace(steady, **{side: noisy}))
        assert warning.startswith(f"The times vary by {percent} % between") if percent else warning == ""
    assert noise_warning(steady) == noise_warning(None) == ""


def test_noise_is_worded_as_in_a_run() -> None:
    noisy = Measurement(TimeSummary(100.0, 80.0, 110.0, 70.0, 20), (100.0,))
    (of_run,) = whole_noise_warning(noisy.spread)
    assert noise_warning(msgspec.structs.replace(times(1.0, (0.9, 1.1)), first=noisy)) == str(of_run)


def test_the_share_that_other_programs_took_is_told_once() -> None:
    measured = msgspec.structs.replace(times(1.0, (0.9, 1.1)), others_share=0.034)
    assert timing_sentences(measured)[-1] == "Other programs took 3.4 % of the processor."
    warned = msgspec.structs.replace(measured, messages=(Message("shared", {"part": 34.0}),))
    assert [sentence for sentence in timing_sentences(warned) if sentence] == [str(warned.messages[0])]
    assert "".join(timing_sentences(times(1.0, (0.9, 1.1)))) == "", "an older file does not know it"


def test_all_sentences_begin_with_the_match_and_end_with_the_warning() -> None:
    compared = blocks()
    assert block_sentences(compared) == (match_sentence(compared), *conclusions(compared))
    noisy = times(1.5, (1.4, 1.6), TimeSummary(100.0, 80.0, 110.0, 70.0, 20))
    measured = msgspec.structs.replace(compared, times=noisy)
    assert block_sentences(measured)[-1] == noise_warning(noisy)
    refused = msgspec.structs.replace(noisy, messages=(Message("graph refused", {"reason": "no graphs"}),))
    assert block_sentences(msgspec.structs.replace(compared, times=refused))[-2:] == (
        "The CUDA graph was refused (no graphs).",
        noise_warning(noisy),
    )
    assert block_sentences(compared, "twice")[2] == conclusions(compared, "twice")[1] != conclusions(compared)[1]


def claim(text: str, thing: str) -> float:
    """Return Basic ÷ Bottleneck as the text claims it: 2 for `2.00 times fewer THING`, 1 for `as many THING`."""
    found = re.search(rf"{NUMBER} times (fewer|as many) {thing}", text)
    if found is None:
        assert re.search(rf"as many {thing}", text), text
        return 1.0
    factor = float(found[1].replace(",", ""))
    return factor if found[2] == "fewer" else 1 / factor


def check(compared: BlockComparison, convention: Convention = "macs") -> None:
    """Compare every number and every comparative of the sentences with the figures."""
    parameters, moved, last = conclusions(compared, convention)
    first, second = compared.basic.figures, compared.bottleneck.figures
    assert claim(parameters, "parameters") == pytest.approx(first.params / second.params, rel=0.006)
    assert re.findall(r"(\d) weight layers instead of (\d)", parameters) == [(str(second.layers), str(first.layers))]
    noun, work = "MACs" if convention == "macs" else "FLOPs", WORK[convention](first) / WORK[convention](second)
    assert claim(moved, noun) == pytest.approx(work, rel=0.006)
    assert claim(moved, "bytes") == pytest.approx(first.moved_bytes / second.moved_bytes, rel=0.006)
    on_bytes = re.search(rf"{NUMBER} operations per byte against {NUMBER}", moved)
    if on_bytes:
        stated = [float(part.replace(",", "")) for part in on_bytes.groups()]
        assert stated == pytest.approx([second.intensity, first.intensity], abs=0.051)
        bound = "Bottleneck" if second.intensity < first.intensity else "Basic block"
        assert f"so the {bound} is more likely to be limited by memory" in moved
    else:
        assert first.intensity == pytest.approx(second.intensity, rel=0.006, abs=0.1)
    if compared.times is None:
        assert claim(last, "activations") == pytest.approx(first.kept / second.kept, rel=0.006)
    else:
        check_speed(last, compared.times, work, noun)


def check_speed(text: str, measured: PairTimes, fewer: float, noun: str) -> None:
    """Compare the winner, its factor and the clause on its arithmetic with the measured times."""
    if measured.interval is None:
        assert "too few rounds" in text
        return
    if measured.interval[0] <= 1 <= measured.interval[1]:
        assert "neither" in text
        assert f"{measured.ratio:.2f}" in text
        return
    wins = measured.ratio > 1
    factor = measured.ratio if wins else 1 / measured.ratio
    assert f"the {'Bottleneck' if wins else 'Basic block'} is {factor:.2f} times faster" in text
    low, high = re.findall(rf"95 % confidence interval {NUMBER} to {NUMBER}", text)[0]
    assert float(low) <= round(factor, 2) <= float(high)
    of_winner = claim(text, noun)
    assert of_winner == pytest.approx(fewer if wins else 1 / fewer, rel=0.006)
    assert ("although" in text) == (of_winner < 1)
    if "less than" in text:
        assert of_winner > float(high)


def test_no_sentence_contradicts_the_figures_of_real_blocks() -> None:
    for compared in compared_blocks():
        for convention in CONVENTIONS:
            check(compared, convention)


COUNTS = st.integers(1, 100_000)
COSTS = st.builds(cost, params=COUNTS, macs=COUNTS, kept=COUNTS, moved=COUNTS, layers=st.integers(1, 9))
TIMES = st.builds(
    lambda ratio, below, above, is_known: times(ratio, (ratio * below, ratio * above) if is_known else None),
    st.floats(0.01, 100), st.floats(0.5, 0.995), st.floats(1.005, 2), st.booleans(),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(COSTS, COSTS, st.none() | TIMES, st.sampled_from(CONVENTIONS))
def test_no_sentence_contradicts_figures_of_any_kind(
    basic: BlockCost, bottleneck: BlockCost, measured: PairTimes | None, convention: Convention
) -> None:
    check(with_costs(basic, bottleneck, measured), convention)
