"""The reasons for a layer's numbers: every worked formula, computed again from its text, gives the layer's value."""

import msgspec
import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention, LayerRecord
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.explanations import layer_reasons
from resnet_viz.viewmodels.parts import Reason
from tests.viewmodels.layers.worked_lines import SPECS, evaluate, result

OBLONG = analyse(preset("resnet50").but(input=(2, 3, 224, 160)))
BIASED = analyse(preset("resnext50_32x4d").but(bias=True, dilate=(False, False, True)))
PADDED = analyse(preset("resnet20_cifar"))
ONLY_MACS = "MACs are counted only for convolutions and linear layers"


@pytest.fixture(scope="module", params=SPECS)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    """The analysis of each of the specs."""
    return analyse(SPECS[request.param])


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


@pytest.mark.parametrize(
    ("analysis", "layer", "expected"),
    [
        (OBLONG, "conv1", Reason("Why this shape?", "⌊(H + 2P − K) / S⌋ + 1",
                                 ("⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112", "⌊(160 + 2·3 − 7) / 2⌋ + 1 = 80"), "64×112×80",
                                 "channels: one for each of the 64 filters")),
        (BIASED, "layer4.1.conv2", Reason("Why this shape?", "⌊(H + 2P − D·(K − 1) − 1) / S⌋ + 1",
                                          ("⌊(14 + 2·2 − 2·(3 − 1) − 1) / 1⌋ + 1 = 14",), "1024×14×14",
                                          "channels: one for each of the 1024 filters")),
        (OBLONG, "maxpool", Reason("Why this shape?", "⌊(H + 2P − K) / S⌋ + 1",
                                   ("⌊(112 + 2·1 − 3) / 2⌋ + 1 = 56", "⌊(80 + 2·1 − 3) / 2⌋ + 1 = 40"), "64×56×40",
                                   "channels stay 64")),
        (PADDED, "layer2.0.downsample", Reason("Why this shape?", "⌊(H − 1) / S⌋ + 1, every S-th pixel is kept",
                                               ("⌊(32 − 1) / 2⌋ + 1 = 16", "16 + 16 = 32"), "32×16×16",
                                               "16 channels of zeros are appended")),
        (OBLONG, "bn1", Reason("Why this shape?", "Element by element: the output has the input's shape",
                               ("64×112×80",), "64×112×80", "")),
        (OBLONG, "layer1.0.add",
         Reason("Why this shape?", "Element by element: both inputs and the output have the same shape",
                ("256×56×40",), "256×56×40", "")),
        (OBLONG, "avgpool", Reason("Why this shape?", "Each H×W map is averaged to one number, whatever its size",
                                   ("2048×7×5 → 2048×1×1",), "2048×1×1", "")),
        (OBLONG, "flatten", Reason("Why this shape?", "The values of one image in a row: C · H · W",
                                   ("2048 · 1 · 1 = 2048",), "2048", "")),
        (OBLONG, "fc", Reason("Why this shape?", "One output value for each class", ("1000",), "1000", "")),
    ],
)  # fmt: skip
def test_the_reason_for_a_shape(analysis: Analysis, layer: str, expected: Reason) -> None:
    assert layer_reasons(analysis, costs(analysis), analysis.layer_by_id[layer])[0] == expected


@pytest.mark.parametrize(
    ("analysis", "layer", "formula", "worked", "note"),
    [
        (OBLONG, "conv1", "K · K · C_in · C_out", "7 · 7 · 3 · 64 = 9,408", "no bias: batch norm follows"),
        (BIASED, "layer4.1.conv2", "K · K · (C_in / groups) · C_out + C_out",
         "3 · 3 · (1024 / 32) · 1024 + 1024 = 295,936", "the last term is the bias"),
        (OBLONG, "bn1", "2 · C", "2 · 64 = 128",
         "a scale γ and a shift β for each channel; the running statistics are not learned"),
        (OBLONG, "fc", "inputs · outputs + outputs", "2048 · 1000 + 1000 = 2,049,000", "the last term is the bias"),
    ],
)  # fmt: skip
def test_the_reason_for_the_parameters(analysis: Analysis, layer: str, formula: str, worked: str, note: str) -> None:
    reason = layer_reasons(analysis, costs(analysis), analysis.layer_by_id[layer])[1]
    value = worked.rpartition(" = ")[2]
    assert reason == Reason("Why this many parameters?", formula, (worked,), value, note)


def test_a_convolution_before_an_addition_has_no_batch_norm_to_take_the_place_of_its_bias() -> None:
    analysis = analyse(preset("preact_resnet110_cifar").but(blocks=(1, 1, 1)))
    reason = layer_reasons(analysis, costs(analysis), analysis.layer_by_id["layer1.0.conv2"])[1]
    assert reason.note == "no bias"
    linear = msgspec.structs.replace(OBLONG.layer_by_id["fc"], params=2_048_000)
    assert layer_reasons(OBLONG, costs(OBLONG), linear)[1].formula == "inputs · outputs"


@pytest.mark.parametrize(
    ("layer", "convention", "noun", "formula", "worked", "note"),
    [
        ("conv1", "macs", "MACs", "weights · H_out · W_out · N", "9,408 · 112 · 80 · 2 = 168,591,360",
         "each weight is used at every output position"),
        ("conv1", "twice", "FLOPs", "2 · weights · H_out · W_out · N", "2 · 9,408 · 112 · 80 · 2 = 337,182,720",
         "each weight is used at every output position, for a multiplication and an addition"),
        ("fc", "twice", "FLOPs", "2 · weights · N", "2 · 2,048,000 · 2 = 8,192,000",
         "each weight is used once, for a multiplication and an addition"),
        ("bn1", "macs", "FLOPs", "2 for each output value", "2 · 2 · 64 · 112 · 80 = 2,293,760", ONLY_MACS),
        ("bn1", "folded", "FLOPs", "2 for each output value", "2 · 2 · 64 · 112 · 80 = 2,293,760",
         "folded into the convolution before it, at no cost"),
        ("layer1.0.add", "macs", "FLOPs", "1 for each output value", "2 · 256 · 56 · 40 = 1,146,880", ONLY_MACS),
        ("maxpool", "elementwise", "FLOPs", "K · K for each output value", "3 · 3 · 2 · 64 · 56 · 40 = 2,580,480", ""),
        ("avgpool", "elementwise", "FLOPs", "1 for each input value", "2 · 2048 · 7 · 5 = 143,360", ""),
    ],
)  # fmt: skip
def test_the_reason_for_the_operations(
    layer: str, convention: Convention, noun: str, formula: str, worked: str, note: str
) -> None:
    reason = layer_reasons(OBLONG, costs(OBLONG, convention), OBLONG.layer_by_id[layer])[-1]
    value = worked.rpartition(" = ")[2]
    assert reason == Reason(f"Why this many {noun}?", formula, (worked,), value, note)


def test_a_layer_without_operations_has_a_reason_for_its_shape_alone() -> None:
    assert len(layer_reasons(OBLONG, costs(OBLONG), OBLONG.layer_by_id["flatten"])) == 1


def test_the_stride_of_padding_without_a_window_is_found_from_its_sizes() -> None:
    layer = msgspec.structs.replace(
        PADDED.layer_by_id["layer2.0.downsample"], geometry=None, inputs=((1, 16, 32, 20),), output=(1, 32, 16, 10)
    )
    worked = layer_reasons(PADDED, costs(PADDED), layer)[0].worked
    assert worked == ("⌊(32 − 1) / 2⌋ + 1 = 16", "⌊(20 − 1) / 2⌋ + 1 = 10", "16 + 16 = 32")


def test_a_single_pixel_is_padded_with_the_stride_of_its_window() -> None:
    layer = msgspec.structs.replace(
        PADDED.layer_by_id["layer2.0.downsample"], inputs=((1, 16, 1, 1),), output=(1, 32, 1, 1)
    )
    assert layer_reasons(PADDED, costs(PADDED), layer)[0].worked[0] == "⌊(1 − 1) / 2⌋ + 1 = 1"
