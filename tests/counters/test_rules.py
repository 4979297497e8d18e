"""The rules of every counter: published counts to the digit, and parts that sum to the total."""

import pytest

from resnet_viz.counters.crosscheck import COUNTERS
from resnet_viz.counters.rules import NEVER_RUN, counter_report, expected_count, rules
from resnet_viz.errors import SpecError
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.records.counters import CounterReport, CounterRow
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

NETWORKS = ("resnet18", "resnet50", "resnet152")
PUBLISHED = {
    "torchinfo": (1_814_083_944, 4_089_238_376, 11_513_779_048),
    "fvcore": (1_819_065_856, 4_111_512_576, 11_558_835_200),
    "ptflops aten": (1_814_074_344, 4_089_185_256, 11_513_627_624),
    "ptflops pytorch": (1_825_313_768, 4_132_436_968, 11_602_639_848),
    "flop_counter": (3_628_146_688, 8_178_368_512, 23_027_253_248),
}
ROUNDED = {
    "torchvision": ("1.814", "4.089", "11.514"),
    "paper": ("1.795", "3.858", "11.282"),
}
RESNET50 = {
    "paper": "3.858", "torchvision": "4.089", "torchinfo": "4.089", "fvcore": "4.112",
    "ptflops pytorch, count_functional=False": "4.122", "ptflops pytorch": "4.132", "flop_counter": "8.178",
    "DeepSpeed": "8.211",
}  # fmt: skip
"""The costs of ResNet-50 by each counter's rules, in G and rounded."""
COSTS = ("3.8", "3.858", "4.089", "4.0892", "4.11", "4.12", "4.13", "8.178", "8.211")
"""The published costs of ResNet-50, as their sources print them."""


def row_of(report: CounterReport, tool: str, quantity: str = "") -> CounterRow:
    """The row of a tool and of the quantity that begins so, where the tool has several."""
    return next(row for row in report.rows if row.tool == tool and row.quantity.startswith(quantity))


@pytest.mark.parametrize("index", range(3))
def test_published_counts_are_reproduced(index: int) -> None:
    report = counter_report(analyse(preset(NETWORKS[index])))
    assert {tool: row_of(report, tool).count for tool in PUBLISHED} == {t: n[index] for t, n in PUBLISHED.items()}
    for tool, figures in ROUNDED.items():
        assert f"{row_of(report, tool).count / 1e9:.3f}" == figures[index]


def test_resnet50_has_all_its_published_costs() -> None:
    report = counter_report(analyse(preset("resnet50")))
    assert {tool: f"{row_of(report, tool).count / 1e9:.3f}" for tool in RESNET50} == RESNET50
    printed = {figure for row in report.rows for figure in row.published.split(", ") if figure}
    assert printed >= {f"{n} G" for n in COSTS}


@pytest.mark.parametrize(("name", "shown"), [("resnet18", "4018.74"), ("resnet50_v1", "15200.01")])
def test_torchsummary_sizes(name: str, shown: str) -> None:
    report = counter_report(analyse(preset(name).but(input=(64, 3, 224, 224))))
    size = row_of(report, "torchsummary", "Forward")
    assert f"{size.count / 1024**2:.2f}" == shown
    assert any(part.kind == "overflow" for part in size.parts) == (name == "resnet50_v1")


def test_rows_are_in_the_order_of_their_totals() -> None:
    counts = [row.count for row in counter_report(analyse(preset("resnet50"))).rows if row.unit == "operations"]
    assert counts == sorted(counts)


def test_every_program_with_a_rule_can_be_run() -> None:
    assert {rule.tool for rule in rules()} == {*COUNTERS, *NEVER_RUN}
    assert not {*COUNTERS} & {*NEVER_RUN}


def test_torchsummary_doubles_the_rows_and_overflows() -> None:
    """The published size of ResNet-50 at batch 64 is 15200.01 MB; without the overflow it is 17567.99 MB."""
    report = counter_report(analyse(preset("resnet50_v1").but(input=(64, 3, 224, 224))))
    size, total = (row for row in report.rows if row.tool == "torchsummary")
    blocks = 4 * 64 * (3 * 256 * 56**2 + 4 * 512 * 28**2 + 6 * 1024 * 14**2 + 3 * 2048 * 7**2)
    parts = {part.kind: part.count for part in size.parts}
    overflow = parts.pop("overflow")
    assert parts == {
        "block": blocks, "backward": size.base - 4 * 64 * 2048,
        "add": -blocks, "flatten": -4 * 64 * 2048,
    }  # fmt: skip
    assert (size.count - overflow) / 2**20 == pytest.approx(17567.99, abs=0.005)
    assert "with 64 bits torchsummary prints 17567.99 MB" in size.sentence
    assert total.count - size.count == 4 * (64 * 3 * 224 * 224 + 25_557_032)
    assert (size.quantity, total.quantity) == ("Forward/backward pass size", "Estimated Total Size")


def test_torchsummary_does_not_overflow_below_2_to_the_31_elements() -> None:
    report = counter_report(analyse(preset("resnet18")))
    size = row_of(report, "torchsummary", "Forward")
    assert "overflow" not in size.sentence
    assert {part.kind for part in size.parts} == {"block", "backward", "add", "flatten"}


def test_base_and_parts_sum_to_the_total_of_every_counter() -> None:
    for spec in (*random_specs(40, seed=11), *FAMILIES.values()):
        analysis = analyse(spec)
        report = counter_report(analysis)
        assert {row.tool for row in report.rows} == {*(rule.tool for rule in rules()), "torchsummary"} - {"paper"}
        for row in report.rows:
            assert row.base + sum(part.count for part in row.parts) == row.count, (spec, row)
            assert row.difference == sum(part.count for part in row.parts)
            if row.unit == "operations":
                assert row.base == analysis.totals.macs
                assert row.count == expected_count(analysis, row.tool)


def test_fvcores_extra_operations_are_batch_norm_and_average_pool() -> None:
    analysis = analyse(preset("resnet50"))
    parts = {part.kind: part.count for part in row_of(counter_report(analysis), "fvcore").parts}
    assert parts == {"norm": 2 * 11_113_984, "average pool": 2048 * 7 * 7}


def test_the_papers_rule_counts_the_papers_version() -> None:
    """The rule's count from our records is the MACs of the network as the paper builds it."""
    compared = 0
    for spec in random_specs(60, seed=12):
        shortcut = "A" if spec.block == "basic" and spec.shortcut == "B" else spec.shortcut
        try:
            first = spec.but(stride_in="1x1", shortcut=shortcut)
        except SpecError:  # zero padding cannot narrow
            continue
        assert expected_count(analyse(spec), "paper") == analyse(first).totals.macs, spec
        compared += 1
    assert compared >= 40


def test_a_cross_check_joins_the_row_of_its_tool() -> None:
    result = CrossCheckResult("fvcore", "0.1.5", 1, 2, 2, True, "fvcore agrees")
    report = counter_report(analyse(preset("resnet20_cifar")), (result,))
    assert [(row.tool, row.crosscheck) for row in report.rows if row.crosscheck] == [("fvcore", result)]


@pytest.mark.parametrize(
    ("family", "tool", "sentence"),
    [
        ("group norm", "fvcore", "It counts 5 for an element of a group norm."),
        ("Big Transfer", "DeepSpeed", "It counts 4 for every weight that is standardized."),
        ("blur in place of strides", "torchinfo", "It does not count blur pools, which have no parameters."),
        ("EvoNorm", "ptflops pytorch", "It does not know the norms that are activations too."),
        ("efficient channel attention", "torchinfo", "over the channels as if it had one output."),
    ],
)
def test_a_rule_says_more_of_a_family_and_nothing_of_others(family: str, tool: str, sentence: str) -> None:
    assert row_of(counter_report(analyse(FAMILIES[family])), tool).sentence.endswith(sentence)
    assert sentence not in row_of(counter_report(analyse(preset("resnet50"))), tool).sentence


def test_an_identity_in_place_of_a_pool_has_an_output_that_no_layer_has() -> None:
    analysis = analyse(FAMILIES["deep stem and shortcut D"])
    parts = {part.kind: part.count for part in row_of(counter_report(analysis), "torchsummary").parts}
    assert parts["identity"] == 4 * 2 * 8 * 9 * 12
