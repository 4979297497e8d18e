"""The sentences and totals of two networks, against the figures that they are made from."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse, compare_specs
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.records.run import Environment, Measurement
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.networks import (
    change_sentence,
    field_sentence,
    network_names,
    network_sentences,
    total_rows,
)
from tests.spec.random_specs import random_specs
from tests.viewmodels.compare.made_up import pair_times, summary
from tests.viewmodels.compare.test_conclusions import check_speed, claim

FOUND = [compare_specs(first, second) for first, second in
         zip(random_specs(30, seed=71), random_specs(30, seed=72), strict=True)]  # fmt: skip
TWO = compare_specs(preset("resnet34"), preset("resnet50"))
EQUAL = compare_specs(preset("resnet18"), preset("resnet18"))


def timed(compared: NetworkComparison, ratio: float) -> NetworkComparison:
    """The comparison with made-up times."""
    return msgspec.structs.replace(compared, times=pair_times(100.0 * ratio, 100.0))


def test_two_networks_are_compared_in_three_sentences() -> None:
    assert network_sentences(TWO) == (
        "Against ResNet-34, ResNet-50 has 1.17 times as many parameters and 1.12 times as many MACs, at depth 50 "
        "instead of 34.",
        "Saved for backward: 82.1 MiB against 30.8 MiB. Peak activation memory: 9.2 MiB against 6.1 MiB.",
        "Measure both to see which is faster.",
    )
    same_depth = compare_specs(preset("resnet50"), preset("resnet50").but(order="pre"))
    assert network_sentences(same_depth)[0].endswith("at the same depth of 50.")
    assert "Peak activation memory: 9.2 MiB in both." in network_sentences(same_depth)[1]


def test_measured_networks_are_called_by_their_names() -> None:
    assert network_sentences(timed(TWO, 2.0))[2] == (
        "On cpu ResNet-50 is 2.00 times faster (95 % confidence interval 1.80 to 2.20), although it does 1.12 times as "
        "many MACs."
    )
    times = pair_times()
    noisy = msgspec.structs.replace(times, first=Measurement(summary(200.0, quartiles=0.2), (200.0,)))
    last = network_sentences(msgspec.structs.replace(TWO, times=noisy))[2]
    assert last.startswith("On cpu ResNet-34 takes 2.00 times as long as ResNet-50. The times vary by 40 %")


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_sentence_contradicts_the_figures(convention: Convention) -> None:
    for compared in FOUND:
        work, memory, last = network_sentences(compared, convention)
        names, noun = network_names(compared), "MACs" if convention == "macs" else "FLOPs"
        assert work.startswith(f"Against {names[0]}, {names[1]} has ")
        first, second = (costs(analyse(spec), convention).total for spec in (compared.first, compared.second))
        assert claim(work, noun) == pytest.approx(first / second, rel=0.006)
        assert claim(work, "parameters") == pytest.approx(compared.total("params").ratio, rel=0.006)
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


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FOUND), st.floats(0.2, 9), st.sampled_from(CONVENTIONS))
def test_no_sentence_contradicts_the_times(compared: NetworkComparison, ratio: float, convention: Convention) -> None:
    found = timed(compared, ratio)
    sentence, names = network_sentences(found, convention)[2], network_names(compared)
    assert found.times is not None
    plain = sentence.replace(names[1], "the Bottleneck").replace(names[0], "the Basic block")
    work = compared.operations(convention)
    assert work.first is not None
    assert work.second is not None
    check_speed(plain, found.times, work.first / work.second, "MACs" if convention == "macs" else "FLOPs")


def test_the_totals_of_two_networks_have_a_row_each() -> None:
    assert [row.cells("?") for row in total_rows(TWO)] == [
        ("depth", "34", "50", "0.68 ×"),
        ("parameters", "21,797,672", "25,557,032", "0.85 ×"),
        ("MACs", "3,663,761,408", "4,089,184,256", "0.90 ×"),
        ("All FLOPs", "7,341,772,800", "8,217,631,232", "0.89 ×"),
        ("activations", "3,739,112", "11,114,984", "0.34 ×"),
        ("peak activation memory", "6.1 MiB", "9.2 MiB", "0.67 ×"),
        ("receptive field", "899 px", "427 px", "2.11 ×"),
        ("layers", "125", "175", "0.71 ×"),
        ("saved for backward", "30.8 MiB", "82.1 MiB", "0.37 ×"),
        ("latency", "?", "?", ""),
    ]


def test_rows_have_the_operations_of_the_convention_once() -> None:
    names: dict[Convention, str] = {"macs": "macs", "elementwise": "flops", "folded": "flops_norms_folded"}
    for convention, name in names.items():
        rows = {row.name: row for row in total_rows(TWO, convention)}
        assert rows[name].second == costs(analyse(preset("resnet50")), convention).total
        labels = [row.label for row in total_rows(TWO, convention)]
        assert len(labels) == len(set(labels))
    assert TWO.operations("twice").second == 2 * 4_089_184_256


def test_equal_networks_have_one_sentence_and_are_marked() -> None:
    assert network_sentences(EQUAL) == (change_sentence(EQUAL),)
    assert change_sentence(EQUAL) == "The two networks are the same: no difference in 69 layers."
    assert network_names(EQUAL) == ("A · ResNet-18", "B · ResNet-18")
    assert network_names(TWO) == ("ResNet-34", "ResNet-50")
    assert field_sentence(EQUAL) == "A · ResNet-18 against B · ResNet-18"


def test_fields_and_changes_are_counted_in_a_sentence_each() -> None:
    changed = compare_specs(preset("resnet50"), preset("resnet50").but(width_per_group=128, classes=10))
    names = network_names(changed)
    assert field_sentence(changed) == (
        f"{names[0]} against {names[1]} · width per group: — against 128; classes: 1000 against 10"
    )
    deeper = compare_specs(preset("resnet50"), preset("resnet101"))
    assert change_sentence(deeper) == "From the first to the second: 170 added, 175 the same."
    strides = compare_specs(preset("resnet50_v1"), preset("resnet50"))
    assert change_sentence(strides) == "From the first to the second: 12 layers changed, 163 the same."
    plain = compare_specs(preset("resnet18"), preset("resnet18").but(shortcut="none"))
    assert change_sentence(plain) == "From the first to the second: 14 removed, 55 the same."


def test_a_comparison_on_another_device_names_it() -> None:
    times = msgspec.structs.replace(pair_times(interval=False), place=Environment(device="cuda:0", name="a card"))
    found: PairTimes = times
    assert network_sentences(msgspec.structs.replace(TWO, times=found))[2].startswith("On cuda:0 too few rounds (20)")
