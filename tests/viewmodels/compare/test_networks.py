"""The sentences and rows of two networks, held against the figures that they are made from."""

import random
import re

import msgspec
import pytest

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse, compare_specs
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.records.run import Environment, Measurement, TimeSummary
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.layer_changes import change_rows
from resnet_viz.viewmodels.compare.networks import (
    change_sentence,
    network_names,
    network_sentences,
    total_rows,
)
from tests.spec.random_specs import random_specs
from tests.viewmodels.compare.test_conclusions import check_speed, claim

FOUND = [compare_specs(first, second) for first, second in
         zip(random_specs(60, seed=71), random_specs(60, seed=72), strict=True)]  # fmt: skip


def timed(compared: NetworkComparison, ratio: float) -> NetworkComparison:
    """The comparison with made-up times."""
    one = Measurement(TimeSummary(100.0, 90.0, 110.0, 80.0, 20), (100.0,))
    place = Environment(device="cpu", name="a processor")
    times = PairTimes(place, "fp32", one, one, ratio, 0.9 * ratio, 1.1 * ratio)
    return msgspec.structs.replace(compared, times=times)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_sentence_contradicts_the_figures(convention: Convention) -> None:
    for compared in FOUND:
        work, memory, last = network_sentences(compared, convention)
        names, noun = network_names(compared), "MACs" if convention == "macs" else "FLOPs"
        assert work.startswith(f"Against {names[0]}, {names[1]} has ")
        first, second = (costs(analyse(spec), convention).total for spec in (compared.first, compared.second))
        params = compared.total("params").ratio
        assert claim(work, noun) == pytest.approx(first / second, rel=0.006)
        assert claim(work, "parameters") == pytest.approx(params, rel=0.006)
        depths = re.search(r"at depth (\d+) instead of (\d+)", work)
        if depths is None:
            assert compared.first.depth == compared.second.depth
        else:
            assert [int(depth) for depth in depths.groups()] == [compared.second.depth, compared.first.depth]
        rows = {row.name: row for row in total_rows(compared, convention)}
        for name in ("kept_bytes", "peak_activation_bytes"):
            first_text, second_text = rows[name].first_text, rows[name].second_text
            same = first_text == second_text
            assert (f"{first_text} in both" if same else f"{second_text} against {first_text}") in memory
        assert last == "Measure both to see which is faster."


def test_no_sentence_contradicts_the_times() -> None:
    chance = random.Random(4)
    for compared in FOUND:
        convention = chance.choice(CONVENTIONS)
        found = timed(compared, chance.choice((0.3, 0.97, 1.0, 1.3, 8.0)))
        said, names = network_sentences(found, convention)[2], network_names(compared)
        assert found.times is not None
        noun = "MACs" if convention == "macs" else "FLOPs"
        plain = said.replace(names[1], "the Bottleneck").replace(names[0], "the Basic block")
        first, second = (costs(analyse(spec), convention).total for spec in (compared.first, compared.second))
        check_speed(plain, found.times, first / second, noun)


def test_rows_tell_operations_by_the_convention() -> None:
    compared = compare_specs(preset("resnet18"), preset("resnet50"))
    names: dict[Convention, str] = {"macs": "macs", "elementwise": "flops", "folded": "flops_norms_folded"}
    for convention, name in names.items():
        rows = {row.name: row for row in total_rows(compared, convention)}
        assert rows[name].second == costs(analyse(preset("resnet50")), convention).total
        labels = [row.label for row in total_rows(compared, convention)]
        assert len(labels) == len(set(labels))


def test_equal_networks_have_one_sentence_and_no_rows() -> None:
    compared = compare_specs(preset("resnet18"), preset("resnet18"))
    assert network_sentences(compared) == (change_sentence(compared),)
    assert change_rows(compared) == ()


def test_rows_of_blocks_that_differ_alike_are_said_once() -> None:
    """As many rows as different blocks, whatever the depth; each changed layer is in exactly one of them."""
    rows = change_rows(compare_specs(preset("resnet101"), preset("resnet101").but(block="basic")))
    third = [row.where for row in rows if row.where.startswith("layer3.1")]
    assert third
    assert all(where.startswith("layer3.1–22.") for where in third)
    for compared in FOUND:
        counted = sum(_layers(row.where, row.first + row.second) for row in change_rows(compared))
        assert counted == len(compared.layers) - compared.count("same")


def _layers(where: str, text: str) -> int:
    """How many layers a row stands for."""
    whole = re.search(r"· ([\d,]+) layers ·", text)
    if whole is not None:
        return int(whole[1].replace(",", ""))
    span = re.search(r"\.(\d+)–(\d+)\.", where)
    return 1 if span is None else int(span[2]) - int(span[1]) + 1
