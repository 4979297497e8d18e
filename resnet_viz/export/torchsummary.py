"""The table that torchsummary 1.5.1 prints, for papers and teaching material written with it.

The forward/backward size has torchsummary's overflow: the published table of ResNet-50 at batch 64 says 15200.01 MB
for that reason; the outputs take 17567.99 MB, as `overflow_note` tells.
"""

from math import prod

from resnet_viz.counters.torchsummary import outputs_bytes, printed_bytes, summary_rows
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis
from resnet_viz.texts import tr

_MEGABYTE = 1024.0**2
_THIN = "-" * 64
_THICK = "=" * 64


def summary_table(analysis: Analysis) -> str:
    """The whole printed table, rows and totals; trainable parameters are all of them."""
    rows = summary_rows(analysis)
    params = sum(row.params for row in rows)
    lines = [_THIN, _line("Layer (type)", "Output Shape", "Param #"), _THICK]
    for number, row in enumerate(rows, start=1):
        lines.append(_line(f"{row.name}-{number}", str(list(row.shape)), f"{row.params:,}"))
    lines += [_THICK, f"Total params: {params:,}", f"Trainable params: {params:,}", "Non-trainable params: 0", _THIN]
    for title, size in summary_megabytes(analysis).items():
        lines.append(f"{title} (MB): {size:0.2f}")
    return "\n".join([*lines, _THIN, ""])


def summary_megabytes(analysis: Analysis) -> dict[str, float]:
    """The four sizes under the table; forward and backward together count each row's output twice."""
    sizes = {
        "Input size": prod(analysis.spec.input) * BYTES_PER_ELEMENT / _MEGABYTE,
        "Forward/backward pass size": printed_bytes(analysis) / _MEGABYTE,
        "Params size": sum(row.params for row in summary_rows(analysis)) * BYTES_PER_ELEMENT / _MEGABYTE,
    }
    return {**sizes, "Estimated Total Size": sum(sizes.values())}


def overflow_note(analysis: Analysis) -> str | None:
    """A sentence where the table's forward/backward size is not what the outputs take; None where it is."""
    outputs = outputs_bytes(analysis)
    real, shown = 2 * (outputs.layers + outputs.blocks), printed_bytes(analysis)
    if real == shown:
        return None
    sentence = tr(
        "Forward/backward pass size is {shown:.2f} MB in torchsummary's table because its sum overflows 32 bits; "
        "the outputs take {real:.2f} MB."
    )
    return sentence.format(shown=shown / _MEGABYTE, real=real / _MEGABYTE)


def _line(name: str, shape: str, params: str) -> str:
    return f"{name:>20}  {shape:>25} {params:>15}"
