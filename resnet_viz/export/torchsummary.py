"""The table that torchsummary 1.5.1 prints, for papers and teaching material written with it.

Its rows are module calls in order of completion, so a block's own row follows its layers. What torchvision
writes as a plain function has no row: the residual addition, the flattening, and the zero padding of shortcut A.

The forward/backward size has torchsummary's overflow: it adds the outputs in NumPy's default integer, which is 32 bits
wide on Windows, and prints the magnitude of what comes out. The published table of ResNet-50 at batch 64 says 15200.01
MB for that reason; the outputs take 17567.99 MB, as `overflow_note` tells.
"""

from collections.abc import Iterator
from itertools import groupby
from math import prod

from resnet_viz.records import BYTES_PER_ELEMENT, Analysis, Kind, LayerRecord, Shape
from resnet_viz.texts import tr

ROWLESS: tuple[Kind, ...] = ("add", "flatten", "pad")
BLOCK_CLASSES = {
    ("basic", "post"): "BasicBlock",
    ("bottleneck", "post"): "Bottleneck",
    ("basic", "pre"): "PreActBasicBlock",
    ("bottleneck", "pre"): "PreActBottleneck",
}
_MEGABYTE = 1024.0**2
_THIN = "-" * 64
_THICK = "=" * 64

Row = tuple[str, Shape, int]


def summary_rows(analysis: Analysis) -> list[Row]:
    """Class name, output shape and parameters of each row, the blocks' own rows included."""
    block_class = BLOCK_CLASSES[analysis.spec.block, analysis.spec.order]
    return list(_rows(analysis, block_class))


def summary_table(analysis: Analysis) -> str:
    """The whole printed table, rows and totals; trainable parameters are all of them."""
    rows = summary_rows(analysis)
    params = sum(row[2] for row in rows)
    lines = [_THIN, _line("Layer (type)", "Output Shape", "Param #"), _THICK]
    for number, (name, shape, count) in enumerate(rows, start=1):
        lines.append(_line(f"{name}-{number}", str(list(shape)), f"{count:,}"))
    lines += [_THICK, f"Total params: {params:,}", f"Trainable params: {params:,}", "Non-trainable params: 0", _THIN]
    for title, size in summary_megabytes(analysis).items():
        lines.append(f"{title} (MB): {size:0.2f}")
    return "\n".join([*lines, _THIN, ""])


def summary_megabytes(analysis: Analysis) -> dict[str, float]:
    """The four sizes under the table; forward and backward together count each row's output twice."""
    rows = summary_rows(analysis)
    sizes = {
        "Input size": prod(analysis.spec.input) * BYTES_PER_ELEMENT / _MEGABYTE,
        "Forward/backward pass size": _both_ways(abs(_in_32_bits(_outputs(rows)))),
        "Params size": sum(row[2] for row in rows) * BYTES_PER_ELEMENT / _MEGABYTE,
    }
    return {**sizes, "Estimated Total Size": sum(sizes.values())}


def overflow_note(analysis: Analysis) -> str | None:
    """A sentence where the table's forward/backward size is not what the outputs take; None where it is."""
    outputs = _outputs(summary_rows(analysis))
    if _in_32_bits(outputs) == outputs:
        return None
    sentence = tr(
        "Forward/backward pass size is {shown:.2f} MB in torchsummary's table because its sum overflows 32 bits; "
        "the outputs take {real:.2f} MB."
    )
    return sentence.format(shown=_both_ways(abs(_in_32_bits(outputs))), real=_both_ways(outputs))


def _outputs(rows: list[Row]) -> int:
    return sum(prod(shape) for _, shape, _ in rows)


def _in_32_bits(count: int) -> int:
    return (count + 2**31) % 2**32 - 2**31


def _both_ways(count: int) -> float:
    return 2 * count * BYTES_PER_ELEMENT / _MEGABYTE


def _rows(analysis: Analysis, block_class: str) -> Iterator[Row]:
    for (_, block), layers in groupby(analysis.layers, key=_place):
        last: LayerRecord | None = None
        for last in layers:
            if last.kind not in ROWLESS:
                yield last.type, last.output, last.params
        if block is not None and last is not None:
            yield block_class, last.output, 0


def _place(layer: LayerRecord) -> tuple[int | None, int | None]:
    return layer.stage, layer.block


def _line(name: str, shape: str, params: str) -> str:
    return f"{name:>20}  {shape:>25} {params:>15}"
