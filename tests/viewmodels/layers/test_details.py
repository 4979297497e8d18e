"""What the inspector says: every worked formula, computed again from its own text, gives the record's value."""

import math
import re

import pytest

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention, LayerRecord
from resnet_viz.spec.network import BlockKind, Order, ResNetSpec, ShortcutKind
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.details import details, has_node, overview
from resnet_viz.viewmodels.layers.explanations import Reason, layer_reasons
from resnet_viz.viewmodels.layers.help import shortcuts

SPECS = {
    "resnet50": preset("resnet50"),
    "resnet50 v1": preset("resnet50_v1"),
    "grouped": preset("resnext50_32x4d"),
    "wide": preset("wide_resnet50_2"),
    "padded": preset("resnet20_cifar"),
    "odd and padded": preset("resnet18_v1").but(input=(2, 3, 225, 127)),
    "plain": preset("plain20_cifar"),
    "pre-activation": preset("preact_resnet164_cifar").but(blocks=(2, 2, 2)),
    "biased backbone": preset("maskrcnn_resnet50").but(input=(1, 3, 256, 192)),
    "dilated batch": preset("resnet50").but(dilate=(False, True, True), input=(4, 3, 97, 160)),
    "projections": ResNetSpec(block="basic", blocks=(1, 2), shortcut="C", input=(1, 1, 64, 64)),
    "tutorial": preset("resnet34_cifar_wide"),
}


@pytest.fixture(scope="module", params=SPECS)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    """The analysis of each of the specs."""
    return analyse(SPECS[request.param])


def evaluate(text: str) -> int:
    """The value of the left side of a worked line, by Python."""
    left = text.rpartition(" = ")[0].replace(",", "")
    for sign, operator in {"·": "*", "−": "-", "⌊": "math.floor(", "⌋": ")", "×": "*"}.items():
        left = left.replace(sign, operator)
    return int(eval(left, {"math": math}))


def result(line: str) -> int:
    """The value that a worked line claims; a line without a sum is the value."""
    return int(line.rpartition(" = ")[2].replace(",", ""))


def by_question(reasons: tuple[Reason, ...], word: str) -> Reason | None:
    """The reason whose question has the word in it."""
    return next((reason for reason in reasons if word in reason.question), None)


def check_shape(layer: LayerRecord, reason: Reason) -> None:
    """The worked lines give the output's height and width; padding's last line its channels."""
    lines = [line for line in reason.worked if " = " in line]
    if layer.kind == "flatten":
        assert [evaluate(line) for line in lines] == [layer.output[-1]]
    elif layer.kind == "pad":
        assert evaluate(lines[-1]) == layer.output[1]
        assert {evaluate(line) for line in lines[:-1]} == set(layer.output[2:])
    elif lines:
        assert {evaluate(line) for line in lines} == set(layer.output[2:])


def test_every_formula_evaluates_to_the_records_value(analysis: Analysis) -> None:
    for layer in analysis.layers:
        reasons = layer_reasons(analysis, costs(analysis), layer)
        for reason in reasons:
            for line in reason.worked:
                if " = " in line:
                    assert evaluate(line) == result(line), (layer.id, line)
        shape = by_question(reasons, "shape")
        assert shape is not None
        check_shape(layer, shape)
        for word, value in (("parameters", layer.params), ("MACs", layer.macs), ("FLOPs", layer.flops)):
            found = by_question(reasons, word)
            if found is not None:
                assert result(found.worked[0]) == value, layer.id
            elif word != "FLOPs":
                assert value == 0, layer.id


def test_every_layer_block_and_stage_has_details(analysis: Analysis) -> None:
    for layer in analysis.layers:
        said = details(analysis, costs(analysis), layer.id)
        assert said is not None
        assert said.purpose
        assert "{" not in said.purpose + said.subtitle
    for group in (*groups(analysis, "block"), *groups(analysis, "stage")):
        said = details(analysis, costs(analysis), group.id)
        assert said is not None
        assert "{" not in said.purpose + said.subtitle
        assert [result(reason.worked[0]) for reason in said.reasons] == [group.params, group.macs]
        sums = [reason.worked[0] for reason in said.reasons if " = " in reason.worked[0]]
        assert all(evaluate(line) == result(line) for line in sums)
        assert all(re.search("[+·]", line) for line in sums)


def test_the_sketch_s_layer_reads_as_in_the_sketch() -> None:
    said = details(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))), "layer3.2.conv2")
    assert said is not None
    assert said.subtitle == "Conv2d 3×3 · stage 3 · block 3 of 6"
    assert [reason.worked for reason in said.reasons] == [
        ("⌊(14 + 2·1 − 3) / 1⌋ + 1 = 14",),
        ("3 · 3 · 256 · 256 = 589,824",),
        ("589,824 · 14 · 14 = 115,605,504",),
    ]
    assert said.reasons[1].note == "no bias: batch norm follows"
    assert "256 instead of 1024" in said.purpose


def test_a_stage_sums_its_blocks() -> None:
    said = details(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))), "layer2")
    assert said is not None
    assert said.subtitle == "4 × Bottleneck"
    assert said.reasons[0].worked == ("379,392 + 3 · 280,064 = 1,219,584",)


@pytest.mark.parametrize(
    ("name", "node", "part"),
    [
        ("resnet50", "layer1.0.conv1", "keeps their number"),
        ("resnet50", "layer1.0.conv3", "expands 64 channels to 256"),
        ("resnet50", "layer2.0.downsample.0", "projection"),
        ("resnet50", "layer1.1.add", "unchanged input"),
        ("resnet50", "layer1.0.add", "projected input"),
        ("resnet20_cifar", "layer2.0.downsample", "without any parameters"),
        ("resnet20_cifar", "layer2.0.add", "zeros"),
        ("plain20_cifar", "layer1.0.conv2", "nothing is added"),
        ("plain20_cifar", "layer1.0", "without a shortcut"),
        ("preact_resnet110_cifar", "layer1.1.bn1", "Pre-activation"),
    ],
)
def test_the_purpose_is_true_of_the_layer(name: str, node: str, part: str) -> None:
    said = details(analyse(preset(name)), costs(analyse(preset(name))), node)
    assert said is not None
    assert part in said.purpose


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize(
    ("shortcut", "first", "second"),
    [
        ("A", "F(x) + pad(x)", "F(x) + x"),
        ("B", "F(x) + W·x", "F(x) + x"),
        ("C", "F(x) + W·x", "F(x) + W·x"),
        ("none", "F(x)", "F(x)"),
    ],
)
def test_a_block_s_result_is_that_of_its_last_layer(
    block: BlockKind, order: Order, shortcut: ShortcutKind, first: str, second: str
) -> None:
    """A post-activation block puts the sum through the ReLU, a pre-activation block does not."""
    spec = ResNetSpec(block=block, blocks=(1, 2), order=order, shortcut=shortcut, input=(1, 3, 32, 32))
    analysis = analyse(spec)
    for node, term in (("layer2.0", first), ("layer2.1", second)):
        said = details(analysis, costs(analysis), node)
        assert said is not None
        ends_in_relu = [layer.kind for layer in analysis.layers if layer.id.startswith(f"{node}.")][-1] == "act"
        assert ends_in_relu == (order == "post")
        found = re.search(r"output = ([^.,]+)[.,]", said.purpose)
        assert found is not None
        assert found[1] == (f"ReLU({term})" if order == "post" else term.replace("W·x", "W·x̂"))


def test_a_single_term_names_its_layer() -> None:
    analysis = analyse(preset("resnet50").but(blocks=(1,)))
    for node, place, name in (("stem", 1, "conv1"), ("head", 0, "fc"), ("layer1", 0, "layer1.0")):
        said = details(analysis, costs(analysis), node)
        assert said is not None
        assert said.reasons[place].formula == f"All of it in {name}"
        assert "=" not in said.reasons[place].worked[0]
    assert overview(analysis, costs(analysis), "").subtitle == "1 stage · Bottleneck"


def test_the_shortcut_page_names_the_canvas_keys_and_the_wheel() -> None:
    page = shortcuts([("Undo", "Ctrl+Z")])
    assert page.facts[0].name == "Ctrl+Z"
    assert all(word in page.purpose for word in ("+ and −", " 0 ", "wheel", "Esc"))


def test_an_unknown_node_has_no_details() -> None:
    analysis = analyse(preset("resnet20_cifar"))
    assert details(analysis, costs(analysis), "layer9.9") is None
    assert not has_node(analysis, "nothing")
    assert has_node(analysis, "stem")


def test_the_overview_gives_the_totals() -> None:
    analysis = analyse(preset("resnet50"))
    facts = {fact.name: fact.value for fact in overview(analysis, costs(analysis), "ResNet-50").facts}
    assert facts["parameters"] == "25,557,032"
    assert facts["output"] == "1×1000"


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_count_is_said_twice(convention: Convention) -> None:
    """FLOPs have a line of their own unless the costs are counted so already."""
    analysis = analyse(preset("resnet18"))
    counted = costs(analysis, convention)
    shown = [overview(analysis, counted, "ResNet-18")]
    shown += [found for name in ("layer1", "layer1.0", "layer1.0.conv1") if (found := details(analysis, counted, name))]
    assert len(shown) == 4
    for page in shown:
        names = [fact.name for fact in page.facts]
        assert ("FLOPs" in names) == (convention != "elementwise")
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("convention", "question", "note"),
    [
        ("macs", "Why this many MACs?", "MACs are counted only for convolutions and linear layers"),
        ("twice", "Why this many FLOPs?", "MACs are counted only for convolutions and linear layers"),
        ("elementwise", "Why this many FLOPs?", ""),
        ("folded", "Why this many FLOPs?", "folded into the convolution before it, at no cost"),
    ],
)
def test_the_reasons_follow_the_way_of_counting(convention: Convention, question: str, note: str) -> None:
    analysis = analyse(preset("resnet18"))
    counted = costs(analysis, convention)
    asked = [reason.question for reason in layer_reasons(analysis, counted, analysis.layer_by_id["conv1"])]
    assert question in asked
    stage = details(analysis, counted, "layer2")
    assert stage is not None
    assert question in [reason.question for reason in stage.reasons]
    assert layer_reasons(analysis, counted, analysis.layer_by_id["bn1"])[-1].note == note
