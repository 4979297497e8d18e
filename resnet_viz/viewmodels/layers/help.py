"""The help pages that the inspector shows: the keys, and how the numbers are counted."""

from collections.abc import Sequence

from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.details import Details
from resnet_viz.viewmodels.layers.explanations import Reason
from resnet_viz.viewmodels.parts import Fact


def shortcuts(keys: Sequence[tuple[str, str]]) -> Details:
    """The actions and their keys."""
    facts = tuple(Fact(key, text) for text, key in keys)
    more = tr(
        "In the canvas the arrow keys walk along the graph, Enter opens and Esc folds; + and − zoom, 0 shows the whole "
        "network. The wheel zooms at the pointer, and with Shift it moves sideways."
    )
    subtitle = tr("This page stays until you choose a layer, whose details then take its place.")
    return Details(tr("Keyboard shortcuts"), subtitle, facts, (), more)


def conventions() -> Details:
    """What is counted, and how."""
    answers = (
        (tr("Parameters"), tr("Learned numbers: weights, biases, and the scale and shift of batch norms. Running "
                              "statistics are not learned and not counted.")),
        (tr("MACs"), tr("Multiply-adds of convolutions and linear layers alone, bias not counted: the convention of "
                        "the paper and of torchvision.")),
        (tr("FLOPs"), tr("2 × MACs, and for each output value 2 of a batch norm, 1 of a ReLU or addition, K² of a max "
                         "pool; 1 for each input value of an average pool.")),
        (tr("Depth"), tr("Layers with weights on the longest path: stem, convolutions of the blocks, classifier.")),
        (tr("Receptive field"), tr("How many image pixels across one output value sees, by the largest path; jump is "
                                   "how many pixels lie between neighbors.")),
        (tr("Peak activation"), tr("The most bytes of tensors alive at one layer of an inference pass, in fp32.")),
    )  # fmt: skip
    reasons = tuple(Reason(name, sentence, (), "", "") for name, sentence in answers)
    return Details(tr("How the numbers are counted"), tr("Unknown is shown as —, never as 0."), (), reasons, "")
