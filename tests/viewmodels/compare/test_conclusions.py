"""The sentences under a comparison, held against the figures that they are made from."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, BlockCost, PairTimes
from resnet_viz.records.run import Ceilings, Environment, Measurement, TimeSummary
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.viewmodels.compare.conclusions import conclusions, noise_warning
from tests.spec.block_settings import random_settings

WORK: dict[Convention, Callable[[BlockCost], float]] = {
    "macs": lambda found: found.macs,
    "twice": lambda found: 2 * found.macs,
    "elementwise": lambda found: 2 * found.macs + found.elementwise,
    "folded": lambda found: 2 * found.macs + found.folded,
}
NUMBER = r"([\d,]+\.?\d*)"


def comparisons(count: int, seed: int) -> list[BlockComparison]:
    """Traced comparisons of random places."""
    found = []
    for setting in random_settings(4 * count, seed):
        try:
            found.append(compare_blocks(setting))
        except SpecError:
            continue
    return found[:count]


def figures(chance: random.Random) -> BlockCost:
    """Figures that no block has, so that every rule is met in every direction."""
    macs, moved = chance.choice((1_000, 5_000, 20_000)), chance.choice((900, 1_000, 4_000))
    params, kept = chance.choice((100, 1_000, 1_001)), chance.choice((50, 500, 501))
    layers = chance.choice((2, 3))
    elementwise = chance.choice((10, 3_000))
    return BlockCost(
        params, params, macs, elementwise, elementwise // 3, kept, 4 * kept, moved, (2 * macs + 10) / moved, layers, 2
    )


def times(chance: random.Random) -> PairTimes:
    """Some measured times with their interval."""
    ratio = chance.choice((0.4, 0.97, 1.0, 1.05, 3.0, 20.0))
    spread = TimeSummary(100.0, 90.0, 110.0, 80.0, 20)
    timed = Measurement(spread, (100.0,))
    low, high = ratio * chance.uniform(0.8, 0.99), ratio * chance.uniform(1.01, 1.2)
    ends = (None, None) if chance.random() < 0.1 else (low, high)
    return PairTimes(Environment(device="cpu", name="a processor"), "fp32", timed, timed, ratio, *ends)


def claim(text: str, thing: str) -> float:
    """What the text says of Basic ÷ Bottleneck: `2.00 times fewer THING` is 2, `as many THING` is 1."""
    found = re.search(rf"{NUMBER} times (fewer|as many) {thing}", text)
    if found is None:
        assert re.search(rf"as many {thing}", text), text
        return 1.0
    factor = float(found[1].replace(",", ""))
    return factor if found[2] == "fewer" else 1 / factor


def check(compared: BlockComparison, convention: Convention = "macs") -> None:
    """Every number and every comparative of the sentences, against the figures."""
    sentences = conclusions(compared, convention)
    assert len(sentences) == 3
    first, second = compared.basic.figures, compared.bottleneck.figures
    costs, moved, last = sentences
    assert claim(costs, "parameters") == pytest.approx(first.params / second.params, rel=0.006)
    assert re.findall(r"(\d) layers against (\d)", costs) == [(str(second.layers), str(first.layers))]
    noun, work = "MACs" if convention == "macs" else "FLOPs", WORK[convention](first) / WORK[convention](second)
    assert claim(moved, noun) == pytest.approx(work, rel=0.006)
    assert claim(moved, "bytes") == pytest.approx(first.moved_bytes / second.moved_bytes, rel=0.006)
    on_bytes = re.search(rf"{NUMBER} operations per byte against {NUMBER}", moved)
    if on_bytes:
        said = [float(part.replace(",", "")) for part in on_bytes.groups()]
        assert said == pytest.approx([second.intensity, first.intensity], abs=0.051)
        bound = "Bottleneck" if second.intensity < first.intensity else "Basic block"
        measured = compared.times is not None and compared.times.ceilings is not None
        assert (f"so the {bound} is nearer to where memory is the limit" in moved) == (not measured)
    else:
        assert first.intensity == pytest.approx(second.intensity, rel=0.006, abs=0.1)
    if compared.times is None:
        assert claim(last, "activations") == pytest.approx(first.kept / second.kept, rel=0.006)
        assert "measure both" in last
    else:
        check_speed(last, compared.times, work, noun)


def check_speed(text: str, found: PairTimes, fewer: float, noun: str) -> None:
    """Who is said to be faster, by how much, and what is said of its arithmetic."""
    if found.interval is None:
        assert "too few rounds" in text
        assert "measure longer" in text
        return
    if found.interval[0] <= 1 <= found.interval[1]:
        assert "neither" in text
        assert f"{found.ratio:.2f}" in text
        return
    wins = found.ratio > 1
    factor = found.ratio if wins else 1 / found.ratio
    assert f"the {'Bottleneck' if wins else 'Basic block'} is {factor:.2f} times faster" in text
    low, high = re.findall(rf"95 % confidence interval {NUMBER} to {NUMBER}", text)[0]
    assert float(low) <= round(factor, 2) <= float(high)
    of_winner = claim(text, noun)
    assert of_winner == pytest.approx(fewer if wins else 1 / fewer, rel=0.006)
    assert ("although" in text) == (of_winner < 1)
    if "less than" in text:
        assert of_winner > float(high)


def test_no_sentence_contradicts_the_traced_figures() -> None:
    found = comparisons(150, seed=12)
    for compared in found:
        for convention in CONVENTIONS:
            check(compared, convention)
    assert len({compared.bottleneck.figures.params > compared.basic.figures.params for compared in found}) == 2


def test_no_sentence_contradicts_figures_of_any_kind() -> None:
    chance = random.Random(3)
    base = compare_blocks(BlockSetting(size=7))
    for _ in range(600):
        sides = [msgspec.structs.replace(side, figures=figures(chance)) for side in (base.basic, base.bottleneck)]
        measured = times(chance) if chance.random() < 0.7 else None
        made = msgspec.structs.replace(base, basic=sides[0], bottleneck=sides[1], times=measured)
        check(made, chance.choice(CONVENTIONS))


def test_the_sentences_differ_where_the_figures_do() -> None:
    said = [conclusions(compare_blocks(BlockSetting(channels=channels, match=match)))
            for channels in (16, 256) for match in ("channels", "params")]  # fmt: skip
    assert all(first != second for first, second in pairwise(said))
    assert said[2][0] == "The Bottleneck has 16.77 times fewer parameters, but 3 layers against 2."


def test_times_that_vary_are_doubted() -> None:
    calm, wild = TimeSummary(100.0, 98.0, 102.0, 97.0, 20), TimeSummary(100.0, 80.0, 106.0, 70.0, 20)
    place = Environment(device="cpu", name="a processor")
    steady = PairTimes(place, "fp32", Measurement(calm, (100.0,)), Measurement(calm, (100.0,)), 1.0, 0.9, 1.1)
    assert noise_warning(steady) == ""
    assert "vary by 26 %" in noise_warning(msgspec.structs.replace(steady, second=Measurement(wild, (100.0,))))


def test_a_doubted_ratio_names_no_winner() -> None:
    wild = Measurement(TimeSummary(100.0, 80.0, 110.0, 70.0, 20), (100.0,))
    times = PairTimes(Environment(device="cpu", name="a processor"), "fp32", wild, wild, 1.5, 1.4, 1.6)
    compared = msgspec.structs.replace(compare_blocks(BlockSetting(size=7)), times=times)
    assert conclusions(compared)[2] == "On cpu the Basic block takes 1.50 times as long as the Bottleneck."
    assert noise_warning(times)


@pytest.mark.parametrize(
    ("bytes_per_second", "said"),
    [(1e15, "on cpu both are bound by compute"), (1e6, "on cpu both are bound by memory"),
     (1e10, "on cpu the Basic block is bound by compute, the Bottleneck by memory")],
)  # fmt: skip
def test_where_the_device_is_known_its_limit_is_said(bytes_per_second: float, said: str) -> None:
    calm = Measurement(TimeSummary(100.0, 98.0, 102.0, 97.0, 20), (100.0,))
    limits = Ceilings(bytes_per_second, 1e12, 0.001, 0)
    times = PairTimes(Environment(device="cpu", name="a processor"), "fp32", calm, calm, 1.5, 1.4, 1.6, limits)
    compared = msgspec.structs.replace(compare_blocks(BlockSetting()), times=times)
    assert said in conclusions(compared)[1]
    assert "nearer to where memory" not in conclusions(compared)[1]
