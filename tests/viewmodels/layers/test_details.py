"""The pages of the inspector: facts, sums and subtitles of layers, blocks, stages and the whole network."""

import re

import pytest

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention
from resnet_viz.spec.network import BlockKind, Order, ResNetSpec, ShortcutKind
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.details import details, has_node, overview, with_facts
from resnet_viz.viewmodels.layers.help import conventions, shortcuts
from resnet_viz.viewmodels.parts import Fact, Reason
from tests.viewmodels.layers.worked_lines import SPECS, evaluate, result

RESNET50 = analyse(preset("resnet50"))


@pytest.fixture(scope="module", params=SPECS)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    """The analysis of each of the specs."""
    return analyse(SPECS[request.param])


def test_every_layer_block_and_stage_has_details(analysis: Analysis) -> None:
    for layer in analysis.layers:
        page = details(analysis, costs(analysis), layer.id)
        assert page is not None
        assert page.purpose
        assert "{" not in page.purpose + page.subtitle
    for group in (*groups(analysis, "block"), *groups(analysis, "stage")):
        page = details(analysis, costs(analysis), group.id)
        assert page is not None
        assert "{" not in page.purpose + page.subtitle
        assert [result(reason.worked[0]) for reason in page.reasons] == [group.params, group.macs]
        sums = [reason.worked[0] for reason in page.reasons if " = " in reason.worked[0]]
        assert all(evaluate(line) == result(line) for line in sums)
        assert all(re.search("[+·]", line) for line in sums)


def test_a_convolution_is_explained_by_its_own_numbers() -> None:
    page = details(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))), "layer3.2.conv2")
    assert page is not None
    assert page.subtitle == "Conv2d 3×3 · stage 3 · block 3 of 6"
    assert [reason.worked for reason in page.reasons] == [
        ("⌊(14 + 2·1 − 3) / 1⌋ + 1 = 14",),
        ("3 · 3 · 256 · 256 = 589,824",),
        ("589,824 · 14 · 14 = 115,605,504",),
    ]
    assert page.reasons[1].note == "no bias: batch norm follows"
    assert "256 instead of 1024" in page.purpose


def test_a_stage_sums_its_blocks() -> None:
    page = details(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))), "layer2")
    assert page is not None
    assert page.subtitle == "4 × Bottleneck"
    assert page.reasons[0].worked == ("379,392 + 3 · 280,064 = 1,219,584",)


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
def test_a_blocks_result_is_that_of_its_last_layer(
    block: BlockKind, order: Order, shortcut: ShortcutKind, first: str, second: str
) -> None:
    """A post-activation block puts the sum through the ReLU, a pre-activation block does not."""
    spec = ResNetSpec(block=block, blocks=(1, 2), order=order, shortcut=shortcut, input=(1, 3, 32, 32))
    analysis = analyse(spec)
    for node, term in (("layer2.0", first), ("layer2.1", second)):
        page = details(analysis, costs(analysis), node)
        assert page is not None
        ends_in_relu = [layer.kind for layer in analysis.layers if layer.id.startswith(f"{node}.")][-1] == "act"
        assert ends_in_relu == (order == "post")
        found = re.search(r"output = ([^.,]+)[.,]", page.purpose)
        assert found is not None
        assert found[1] == (f"ReLU({term})" if order == "post" else term.replace("W·x", "W·x̂"))


def test_a_single_term_names_its_layer() -> None:
    analysis = analyse(preset("resnet50").but(blocks=(1,)))
    for node, place, name in (("stem", 1, "conv1"), ("head", 0, "fc"), ("layer1", 0, "layer1.0")):
        page = details(analysis, costs(analysis), node)
        assert page is not None
        assert page.reasons[place].formula == f"All of it in {name}"
        assert "=" not in page.reasons[place].worked[0]
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
    page = overview(RESNET50, costs(RESNET50), "ResNet-50")
    assert (page.title, page.subtitle, page.reasons) == ("ResNet-50", "4 stages · Bottleneck", ())
    assert [(fact.name, fact.value, fact.note) for fact in page.facts] == [
        ("input", "1×3×224×224", ""), ("output", "1×1000", ""), ("layers", "175", ""), ("parameters", "25,557,032", ""),
        ("MACs", "4.089 G", ""), ("FLOPs", "8.218 G", ""), ("weights", "97.5 MiB", "fp32"),
        ("activations", "11.11 M", ""), ("receptive field", "427 px", ""),
    ]  # fmt: skip
    assert [fact.name for fact in page.facts if fact.strong] == ["output"]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_count_is_shown_twice(convention: Convention) -> None:
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
    ("node", "subtitle", "facts"),
    [
        ("conv1", "Conv2d 7×7 /2 · stem", [
            ("input", "1×3×224×224", ""), ("output", "1×64×112×112", ""), ("parameters", "9,408", "0.0 %"),
            ("MACs", "118.0 M", "2.9 %"), ("FLOPs", "236.0 M", "2.9 %"), ("output size", "3.1 MiB", "fp32"),
            ("receptive field", "7 px", "jump 2"), ("Caffe name", "conv1", ""),
        ]),
        ("layer2.0.add", "Add · stage 2 · block 1 of 4", [
            ("residual", "1×512×28×28", ""), ("shortcut", "1×512×28×28", ""), ("output", "1×512×28×28", ""),
            ("parameters", "0", ""), ("MACs", "0", ""), ("FLOPs", "401.4 k", "0.0 %"),
            ("output size", "1.5 MiB", "fp32"), ("receptive field", "43 px", "jump 8"), ("Caffe name", "res3a", ""),
        ]),
        ("layer2.0.downsample.0", "Conv2d 1×1 /2 · stage 2 · block 1 of 4 · shortcut", [
            ("input", "1×256×56×56", ""), ("output", "1×512×28×28", ""), ("parameters", "131,072", "0.5 %"),
            ("MACs", "102.8 M", "2.5 %"), ("FLOPs", "205.5 M", "2.5 %"), ("output size", "1.5 MiB", "fp32"),
            ("receptive field", "35 px", "jump 8"), ("Caffe name", "res3a_branch1", ""),
        ]),
        ("fc", "Linear · head", [
            ("input", "1×2048", ""), ("output", "1×1000", ""), ("parameters", "2,049,000", "8.0 %"),
            ("MACs", "2.048 M", "0.1 %"), ("FLOPs", "4.096 M", "0.0 %"), ("output size", "3.9 KiB", "fp32"),
            ("receptive field", "619 px", "jump 32"), ("Caffe name", "fc1000", ""),
        ]),
        ("layer2.0", "Bottleneck · stage 2 · block 1 of 4", [
            ("input", "1×256×56×56", ""), ("output", "1×512×28×28", ""), ("layers", "12", ""),
            ("parameters", "379,392", "1.5 %"), ("MACs", "372.5 M", "9.1 %"), ("FLOPs", "748.9 M", "9.1 %"),
            ("outputs", "14.9 MiB", "of all layers"), ("receptive field", "43 px", ""),
        ]),
        ("stem", "before the first stage", [
            ("input", "1×3×224×224", ""), ("output", "1×64×56×56", ""), ("layers", "4", ""),
            ("parameters", "9,536", "0.0 %"), ("MACs", "118.0 M", "2.9 %"), ("FLOPs", "240.2 M", "2.9 %"),
            ("outputs", "10.0 MiB", "of all layers"), ("receptive field", "11 px", ""),
        ]),
        ("layer3", "6 × Bottleneck", [
            ("input", "1×512×28×28", ""), ("output", "1×1024×14×14", ""), ("layers", "62", ""),
            ("parameters", "7,098,368", "27.8 %"), ("MACs", "1.464 G", "35.8 %"), ("FLOPs", "2.936 G", "35.7 %"),
            ("outputs", "28.5 MiB", "of all layers"), ("receptive field", "267 px", ""),
        ]),
    ],
)  # fmt: skip
def test_the_facts_on_a_node(node: str, subtitle: str, facts: list[tuple[str, str, str]]) -> None:
    page = details(RESNET50, costs(RESNET50), node)
    assert page is not None
    assert (page.title, page.subtitle) == (node, subtitle)
    assert [(fact.name, fact.value, fact.note) for fact in page.facts] == facts
    assert [fact.name for fact in page.facts if fact.strong] == ["output"]


@pytest.mark.parametrize(
    ("node", "reasons"),
    [
        ("layer2.0", [
            ("The sum over its layers", "32,768 + 256 + 147,456 + 256 + 65,536 + 1,024 + 131,072 + 1,024 = 379,392"),
            ("The sum over its layers", "102,760,448 + 115,605,504 + 51,380,224 + 102,760,448 = 372,506,624"),
        ]),
        ("layer3", [
            ("The sum over its blocks", "1,512,448 + 5 · 1,117,184 = 7,098,368"),
            ("The sum over its blocks", "372,506,624 + 5 · 218,365,952 = 1,464,336,384"),
        ]),
        ("stem", [("The sum over its layers", "9,408 + 128 = 9,536"), ("All of it in conv1", "118,013,952")]),
        ("head", [("All of it in fc", "2,049,000"), ("All of it in fc", "2,048,000")]),
    ],
)  # fmt: skip
def test_the_sums_of_a_group(node: str, reasons: list[tuple[str, str]]) -> None:
    page = details(RESNET50, costs(RESNET50), node)
    assert page is not None
    assert [reason.question for reason in page.reasons] == ["Why this many parameters?", "Why this many MACs?"]
    assert [(reason.formula, *reason.worked) for reason in page.reasons] == reasons


def test_the_head_comes_after_the_last_stage_and_a_basic_block_has_its_name() -> None:
    analysis = analyse(preset("resnet18"))
    for node, subtitle in (("head", "after the last stage"), ("layer1", "2 × Basic block"),
                           ("layer4.1", "Basic block · stage 4 · block 2 of 2")):  # fmt: skip
        page = details(analysis, costs(analysis), node)
        assert page is not None
        assert page.subtitle == subtitle


def test_the_feature_level_of_a_layer_is_a_fact() -> None:
    backbone = analyse(preset("maskrcnn_resnet50").but(input=(1, 3, 64, 64)))
    levels = {layer.id: layer.feature_level for layer in backbone.layers if layer.feature_level}
    assert levels
    for node, level in levels.items():
        page = details(backbone, costs(backbone), node)
        assert page is not None
        assert Fact("feature level", level) in page.facts


@pytest.mark.parametrize("node", ["conv1", "layer1.0", "layer1"])
def test_the_output_alone_is_emphasized_and_has_no_note(node: str) -> None:
    page = details(RESNET50, costs(RESNET50), node)
    assert page is not None
    assert [(fact.name, fact.note) for fact in page.facts if fact.strong] == [("output", "")]


@pytest.mark.parametrize(
    ("convention", "question"),
    [("macs", "Why this many MACs?"), ("twice", "Why this many FLOPs?"), ("elementwise", "Why this many FLOPs?"),
     ("folded", "Why this many FLOPs?")],
)  # fmt: skip
def test_the_reasons_follow_the_convention(convention: Convention, question: str) -> None:
    stage = details(RESNET50, costs(RESNET50, convention), "layer2")
    assert stage is not None
    assert [reason.question for reason in stage.reasons] == ["Why this many parameters?", question]
    assert stage.reasons[1].result == f"{costs(RESNET50, convention).by_id['layer2']:,}"


def test_more_facts_go_below_those_of_a_page() -> None:
    page = overview(RESNET50, costs(RESNET50), "ResNet-50")
    longer = with_facts(page, [Fact("latency", "1 ms")])
    assert longer.facts == (*page.facts, Fact("latency", "1 ms"))
    assert longer.title == page.title


def test_remarks_on_the_network_are_part_of_its_overview() -> None:
    assert overview(RESNET50, costs(RESNET50), "").purpose == ""
    tiny = analyse(preset("resnet18").but(input=(1, 3, 16, 16)))
    assert overview(tiny, costs(tiny), "").purpose == tiny.remarks[0]


def test_the_page_on_counting_explains_every_count() -> None:
    page = conventions()
    assert (page.title, page.subtitle) == ("How the numbers are counted", "Unknown is shown as —, never as 0.")
    assert [reason.question for reason in page.reasons] == [
        "Parameters", "MACs", "FLOPs", "Depth", "Receptive field", "Peak activation"
    ]  # fmt: skip
    for reason in page.reasons:
        assert reason == Reason(reason.question, reason.formula, (), "", "")
        assert reason.formula.endswith(".")
    assert (page.facts, page.purpose) == ((), "")
