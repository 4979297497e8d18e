"""The sentence on the purpose of each kind of layer, block and stage, in networks of every kind."""

from functools import cache

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.details import find_group
from resnet_viz.viewmodels.layers.purpose import group_purpose, layer_purpose

SPECS = {
    "resnet50": preset("resnet50"),
    "resnet18": preset("resnet18"),
    "stride in the 1×1": preset("resnet50_v1"),
    "grouped": preset("resnext50_32x4d"),
    "padded": preset("resnet20_cifar"),
    "plain": preset("plain20_cifar"),
    "pre-activation": preset("preact_resnet110_cifar").but(blocks=(2, 2, 2)),
    "pre-activation bottleneck": preset("preact_resnet164_cifar").but(blocks=(2, 2, 2)),
    "dilated": preset("resnet50").but(dilate=(False, True, True), input=(1, 3, 64, 96)),
    "projections": ResNetSpec(block="basic", blocks=(1, 2), shortcut="C", input=(1, 1, 64, 64)),
    "stem pool without stride": preset("resnet50").but(stem_pool_stride=1, input=(1, 3, 64, 64)),
    "wide groups": preset("resnext50_32x4d").but(width_per_group=16, input=(1, 3, 64, 64)),
    "narrowing": ResNetSpec(block="bottleneck", blocks=(1, 1), stage_widths=(64, 8), input=(1, 3, 64, 64)),
}
RESIDUAL = "so the block learns only what to change."


@cache
def analysis_of(name: str) -> Analysis:
    """The analysis of one of the specs."""
    return analyse(SPECS[name])


@pytest.mark.parametrize(
    ("name", "layer", "sentence"),
    [
        ("resnet50", "conv1", "Turns the image's 3 channels into 64 maps of edges and colors; its stride of 2 lowers "
                              "the resolution."),
        ("padded", "conv1", "Turns the image's 3 channels into 16 maps of edges and colors."),
        ("resnet50", "bn1", "Gives each channel zero mean and unit variance over the batch, then a learned scale and "
                            "shift."),
        ("resnet50", "relu", "Lets the stem's positive responses through."),
        ("resnet50", "maxpool", "Keeps the strongest response of each neighborhood and lowers the resolution once "
                                "more."),
        ("stem pool without stride", "maxpool", "Keeps the strongest response of each neighborhood; with stride 1 the "
                                                "resolution stays."),
        ("resnet50", "layer1.0.conv1", "The 1×1 convolution mixes 64 channels and keeps their number."),
        ("resnet50", "layer1.1.conv1", "The 1×1 convolution reduces 256 channels to 64, so that the 3×3 is cheap."),
        ("grouped", "layer1.0.conv1", "The 1×1 convolution widens 64 channels to 128."),
        ("stride in the 1×1", "layer2.0.conv1", "The 1×1 convolution reduces 256 channels to 128, so that the 3×3 is "
                                                "cheap; its stride of 2 lowers the resolution."),
        ("resnet50", "layer2.0.conv2", "The 3×3 convolution works in the reduced width (128 instead of 512): that is "
                                       "the bottleneck; its stride of 2 lowers the resolution."),
        ("dilated", "layer3.1.conv2", "The 3×3 convolution works in the reduced width (256 instead of 1024): that is "
                                      "the bottleneck; its dilation of 2 enlarges the receptive field at the same "
                                      "cost."),
        ("resnet50", "layer1.0.conv3", "The 1×1 convolution expands 64 channels to 256, the width of the main path."),
        ("wide groups", "layer1.0.conv2", "The 3×3 convolution works in 512 channels, in groups of 16."),
        ("wide groups", "layer1.0.conv3", "The 1×1 convolution narrows 512 channels to the block's 256."),
        ("resnet18", "layer1.0.conv1", "The block's first 3×3 convolution: 64 channels become 64."),
        ("resnet18", "layer1.0.conv2", "The block's second 3×3 convolution: its output, normalized or not, is what the "
                                       "block adds."),
        ("plain", "layer1.0.conv2", "The block's second 3×3 convolution; the network is plain, so nothing is added to "
                                    "its output."),
        ("resnet50", "layer1.0.downsample.0", "The projection gives the shortcut the block's output shape (256×56×56), "
                                              "so that the two can be added."),
        ("projections", "layer1.0.downsample.0", "Shortcut C: a learned 1×1 projection on the shortcut although the "
                                                 "shapes already agree."),
        ("padded", "layer2.0.downsample", "Shortcut A: it reaches the block's output shape without any parameters."),
        ("resnet50", "layer1.0.downsample.1", "Brings the projection to the scale of the path to which it is added."),
        ("resnet50", "layer1.0.add", "Adds the projected input of the block to what its convolutions computed: the "
                                     "residual +."),
        ("padded", "layer2.0.add", "Adds the block's input, subsampled or padded with zeros, to what its convolutions "
                                   "computed."),
        ("resnet50", "layer1.1.add", "Adds the block's unchanged input to what its convolutions computed: they learn "
                                     "only the residual."),
        ("resnet50", "layer1.0.relu1", "Without a nonlinearity the convolutions before and after it could be merged "
                                       "into one."),
        ("resnet50", "layer1.0.relu3", "The activation after the addition: the input of the next block and of its "
                                       "shortcut."),
        ("pre-activation", "layer1.0.bn2", "Pre-activation: normalizes what the following ReLU and convolution read."),
        ("pre-activation", "layer1.0.relu2", "Pre-activation: it comes before the convolution, so that nothing changes "
                                             "the shortcut path."),
        ("pre-activation", "norm", "Normalizes the sum of all blocks before the classifier."),
        ("pre-activation", "relu_last", "The last activation, because pre-activation blocks end without one."),
        ("resnet50", "avgpool", "Averages each map to one number, so any image size ends in the same number of "
                                "features."),
        ("resnet50", "flatten", "Turns the pooled maps into one row of numbers for the classifier."),
        ("resnet50", "fc", "The classifier: one score for each class from the pooled features."),
    ],
)  # fmt: skip
def test_the_purpose_of_a_layer(name: str, layer: str, sentence: str) -> None:
    analysis = analysis_of(name)
    assert layer_purpose(analysis, analysis.layer_by_id[layer]) == sentence


@pytest.mark.parametrize(
    ("name", "group", "sentence"),
    [
        ("resnet50", "stem", "Takes the image to 64 channels and down to 56×56 before the first stage."),
        ("dilated", "stem", "Takes the image to 64 channels and down to 16×24 before the first stage."),
        ("padded", "stem", "Takes the image to 16 channels at its own resolution."),
        ("resnet50", "head", "Averages the last stage's output over the image, and scores the classes."),
        ("resnet50", "layer1", "The stage keeps the resolution at 56×56 and takes 64 channels to 256."),
        ("resnet50", "layer2", "The stage takes the resolution down to 28×28 and 256 channels to 512."),
        ("dilated", "layer2", "The stage takes the resolution down to 8×12 and 256 channels to 512."),
        ("resnet50", "layer1.0", "Its shortcut is a projection: output = ReLU(F(x) + W·x)."),
        ("resnet50", "layer1.1", f"Its shortcut is the identity: output = ReLU(F(x) + x), {RESIDUAL}"),
        ("padded", "layer2.0", "Its shortcut is the input padded with zeros: output = ReLU(F(x) + pad(x))."),
        ("plain", "layer1.0", "A plain block: its convolutions follow each other without a shortcut: output = "
                              "ReLU(F(x))."),
        ("pre-activation", "layer1.0", f"Its shortcut is the identity: output = F(x) + x, {RESIDUAL}"),
        ("pre-activation", "layer2.0", "Its shortcut is the input padded with zeros: output = F(x) + pad(x)."),
        ("pre-activation bottleneck", "layer1.0", "Its shortcut is a projection of the activated input x̂ = "
                                                  "ReLU(BN(x)): output = F(x) + W·x̂."),
    ],
)  # fmt: skip
def test_the_purpose_of_a_group(name: str, group: str, sentence: str) -> None:
    found = find_group(analysis_of(name), group)
    assert found is not None
    assert group_purpose(analysis_of(name), found) == sentence


def test_a_bottleneck_that_narrows_says_so() -> None:
    analysis = analysis_of("narrowing")
    sentence = layer_purpose(analysis, analysis.layer_by_id["layer2.0.conv1"])
    assert sentence == "The 1×1 convolution reduces 256 channels to 8, so that the 3×3 is cheap."
