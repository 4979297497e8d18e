"""The rows of torchsummary 1.5.1 and the sizes that it adds up from them.

Its rows are module calls in order of completion, so a block's own row follows its layers. Operations that torchvision
or timm writes as plain functions have no row: the residual addition, the flattening, the zero padding of shortcut A,
and the multiplication of a gate, which has a row of its own after its layers. In the first stage a shortcut D, where it
lowers no resolution, has an identity in place of its pool, which is no layer but has a row.
"""

from collections.abc import Iterator
from itertools import groupby
from math import prod
from typing import NamedTuple

from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, Kind, LayerRecord, Shape

KINDS_WITHOUT_ROW: tuple[Kind, ...] = ("add", "flatten", "pad", "multiply")
BLOCK_CLASSES = {
    ("basic", "post"): "BasicBlock",
    ("bottleneck", "post"): "Bottleneck",
    ("basic", "pre"): "PreActBasicBlock",
    ("bottleneck", "pre"): "PreActBottleneck",
}


ACTIVATING_NORMS = ("evonorm", "frn")
GATE_CLASSES = {"se": "SqueezeExcite", "eca": "EfficientChannelAttention"}


class SummaryRow(NamedTuple):
    """Class name, output shape and parameters of a module, which is a layer, a gate or a block.

    A row with `is_block` is that of a block or gate.
    """

    name: str
    shape: Shape
    params: int
    is_block: bool = False


class OutputsBytes(NamedTuple):
    """Output bytes in fp32: of the rows of layers, of those of blocks and gates, and by kind of layers without one."""

    layers: int
    blocks: int
    without_row: dict[Kind, int]


def summary_rows(analysis: Analysis) -> list[SummaryRow]:
    """Return the rows in torchsummary's order, the blocks' and gates' own rows included."""
    return list(_rows(analysis))


def outputs_bytes(analysis: Analysis) -> OutputsBytes:
    """Sum the output bytes of the rows, and of the layers that torchsummary does not see."""
    rows = summary_rows(analysis)
    without_row = dict.fromkeys(KINDS_WITHOUT_ROW, 0)
    for layer in analysis.layers:
        if layer.kind in without_row:
            without_row[layer.kind] += layer.output_bytes
    layers, blocks = (sum(prod(row.shape) for row in rows if row.is_block is block) for block in (False, True))
    return OutputsBytes(layers * BYTES_PER_ELEMENT, blocks * BYTES_PER_ELEMENT, without_row)


def parameters_bytes(analysis: Analysis) -> int:
    """Return the bytes in fp32 of the parameters that torchsummary knows."""
    return sum(row.params for row in summary_rows(analysis)) * BYTES_PER_ELEMENT


def printed_bytes(analysis: Analysis) -> int:
    """Return the forward/backward size that torchsummary prints: each row's output twice, summed in 32 bits.

    torchsummary adds the outputs in NumPy's default integer, which had 32 bits on Windows, and prints the magnitude of
    the sum.
    """
    outputs = outputs_bytes(analysis)
    elements = (outputs.layers + outputs.blocks) // BYTES_PER_ELEMENT
    return 2 * BYTES_PER_ELEMENT * abs((elements + 2**31) % 2**32 - 2**31)


def _rows(analysis: Analysis) -> Iterator[SummaryRow]:
    spec = analysis.spec
    for (stage, block), layers in groupby(analysis.layers, key=_stage_and_block):
        last: LayerRecord | None = None
        for last in layers:
            if last.id.endswith(".downsample.1") and f"{last.id[:-1]}0" not in analysis.layer_by_id:
                yield SummaryRow("Identity", last.inputs[0], 0)
            if last.kind == "multiply":
                yield SummaryRow(GATE_CLASSES[spec.attention], last.output, 0, True)
            elif last.kind not in KINDS_WITHOUT_ROW:
                yield SummaryRow(last.type, last.output, known_params(last))
        if stage and block is not None and last is not None:
            yield SummaryRow(BLOCK_CLASSES[spec.stage_kinds[stage - 1], spec.order], last.output, 0, True)


def known_params(layer: LayerRecord) -> int:
    """Return the parameters that counters know by their names, `weight` and `bias`: two of three for some norms."""
    return layer.params * 2 // 3 if layer.variant in ACTIVATING_NORMS else layer.params


def _stage_and_block(layer: LayerRecord) -> tuple[int | None, int | None]:
    return layer.stage, layer.block
