"""The rows of torchsummary 1.5.1 and the sizes that it adds up from them.

Its rows are module calls in order of completion, so a block's own row follows its layers. What torchvision
writes as a plain function has no row: the residual addition, the flattening, and the zero padding of shortcut A.
"""

from collections.abc import Iterator
from itertools import groupby
from math import prod
from typing import NamedTuple

from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, Kind, LayerRecord, Shape

ROWLESS: tuple[Kind, ...] = ("add", "flatten", "pad")
BLOCK_CLASSES = {
    ("basic", "post"): "BasicBlock",
    ("bottleneck", "post"): "Bottleneck",
    ("basic", "pre"): "PreActBasicBlock",
    ("bottleneck", "pre"): "PreActBottleneck",
}


class Row(NamedTuple):
    """Class name, output shape and parameters of a module; `block` where it is a block and not a layer."""

    name: str
    shape: Shape
    params: int
    block: bool = False


class OutputsBytes(NamedTuple):
    """Bytes in fp32 that the layers' rows and the blocks' rows put out, and by kind what has no row."""

    layers: int
    blocks: int
    rowless: dict[Kind, int]


def summary_rows(analysis: Analysis) -> list[Row]:
    """The rows in torchsummary's order, the blocks' own rows included."""
    block_class = BLOCK_CLASSES[analysis.spec.block, analysis.spec.order]
    return list(_rows(analysis, block_class))


def outputs_bytes(analysis: Analysis) -> OutputsBytes:
    """What the rows put out, and what torchsummary does not see."""
    rows = summary_rows(analysis)
    rowless = dict.fromkeys(ROWLESS, 0)
    for layer in analysis.layers:
        if layer.kind in rowless:
            rowless[layer.kind] += layer.output_bytes
    layers, blocks = (sum(prod(row.shape) for row in rows if row.block is block) for block in (False, True))
    return OutputsBytes(layers * BYTES_PER_ELEMENT, blocks * BYTES_PER_ELEMENT, rowless)


def shown_bytes(analysis: Analysis) -> int:
    """Forward and backward together as torchsummary shows them: each row's output twice, in 32 bits.

    It adds the outputs in NumPy's default integer, which is 32 bits wide on Windows, and prints the magnitude of what
    comes out.
    """
    outputs = outputs_bytes(analysis)
    elements = (outputs.layers + outputs.blocks) // BYTES_PER_ELEMENT
    return 2 * BYTES_PER_ELEMENT * abs((elements + 2**31) % 2**32 - 2**31)


def _rows(analysis: Analysis, block_class: str) -> Iterator[Row]:
    for (_, block), layers in groupby(analysis.layers, key=_place):
        last: LayerRecord | None = None
        for last in layers:
            if last.kind not in ROWLESS:
                yield Row(last.type, last.output, last.params)
        if block is not None and last is not None:
            yield Row(block_class, last.output, 0, True)


def _place(layer: LayerRecord) -> tuple[int | None, int | None]:
    return layer.stage, layer.block
