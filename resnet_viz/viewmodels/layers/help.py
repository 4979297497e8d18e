"""The help pages that the inspector shows: keyboard shortcuts, and how the numbers are counted."""

from collections.abc import Sequence

from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.details import Details
from resnet_viz.viewmodels.parts import Fact, Reason


def shortcuts(keys: Sequence[tuple[str, str]]) -> Details:
    """Return the page of the actions and their keys."""
    facts = tuple(Fact(key, text) for text, key in keys)
    more = tr(
        "On the canvas the arrow keys move along the graph, Enter expands and Esc collapses; + and − zoom, 0 shows the "
        "whole network. The wheel zooms at the pointer, and with Shift it scrolls sideways."
    )
    subtitle = tr("This page stays until you choose a layer.")
    return Details(tr("Keyboard shortcuts"), subtitle, facts, (), more)


def conventions() -> Details:
    """Return the page on what is counted and how."""
    answers = (
        (tr("Parameters"), tr("Learned numbers: weights, biases, and the scale and shift of batch norms. Running "
                              "statistics are not learned and not counted.")),
        (tr("MACs"), tr("Multiply-adds of convolutions and linear layers only, without bias: the convention of the "
                        "paper and of torchvision.")),
        (tr("FLOPs"), tr("2 × MACs, and for each output value 2 of a batch norm, 1 of a ReLU or addition, K² of a max "
                         "pool; 1 for each input value of an average pool.")),
        (tr("Depth"), tr("Layers with weights on the longest path: stem, convolutions of the blocks, classifier.")),
        (tr("Receptive field"), tr("The side in image pixels of the area that one output value depends on, by the path "
                                   "that sees the most; the jump is the distance between neighboring outputs.")),
        (tr("Peak activation"), tr("The most bytes of live tensors at one layer of an inference pass, in fp32.")),
    )  # fmt: skip
    reasons = tuple(Reason(name, sentence, (), "", "") for name, sentence in answers)
    return Details(tr("How the numbers are counted"), tr("Unknown is shown as —, never as 0."), (), reasons, "")
