"""Conventions of counting operations in words."""

from typing import NamedTuple

from resnet_viz.records.analysis import Convention
from resnet_viz.texts import tr


class Label(NamedTuple):
    """What a count is called in a heading, in one sentence what it counts, and what its units are called."""

    heading: str
    sentence: str
    noun: str


def label(convention: Convention) -> Label:
    """The name of what the convention counts."""
    return {
        "macs": Label(tr("MACs"), tr("multiply-adds of convolutions and linear layers, bias not counted"),
                      tr("MACs")),
        "twice": Label(tr("2 × MACs"), tr("a multiplication and an addition for each multiply-add, nothing else"),
                       tr("FLOPs")),
        "elementwise": Label(tr("All FLOPs"), tr(
            "2 × MACs, and norm 2, act 1, add 1 an output element, max pool k² an output element, average pool 1 an "
            "input element"), tr("FLOPs")),
        "folded": Label(tr("FLOPs, norms folded"), tr(
            "FLOPs of the network as it is deployed: a batch norm behind a convolution is folded into its weights and "
            "costs nothing; the bias that is left is not counted, as none is"), tr("FLOPs")),
    }[convention]  # fmt: skip
