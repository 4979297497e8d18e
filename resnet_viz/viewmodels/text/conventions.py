"""Names and descriptions of the conventions of counting operations."""

from typing import NamedTuple

from resnet_viz.records.analysis import Convention
from resnet_viz.texts import tr


class CountLabel(NamedTuple):
    """The heading of a count, a sentence on what it counts, and the name of its unit."""

    heading: str
    sentence: str
    noun: str


def count_label(convention: Convention) -> CountLabel:
    """Return the names of the operations that a convention counts."""
    return {
        "macs": CountLabel(tr("MACs"), tr("multiply-adds of convolutions and linear layers, bias not counted"),
                      tr("MACs")),
        "twice": CountLabel(tr("2 × MACs"), tr("a multiplication and an addition for each multiply-add, nothing else"),
                       tr("FLOPs")),
        "elementwise": CountLabel(tr("All FLOPs"), tr(
            "2 × MACs plus, per output element, 2 for batch norm, 1 for ReLU and addition and k² for max pool, and "
            "1 per input element for average pool"), tr("FLOPs")),
        "folded": CountLabel(tr("FLOPs, norms folded"), tr(
            "FLOPs of the network as it is deployed: a batch norm behind a convolution is folded into its weights and "
            "costs nothing; the bias that is left is not counted, as none is"), tr("FLOPs")),
    }[convention]  # fmt: skip
