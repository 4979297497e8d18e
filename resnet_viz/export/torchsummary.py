"""The table of torchsummary 1.5.1, for papers and teaching material that use it.

Its forward/backward size overflows 32 bits as in torchsummary: the published table of ResNet-50 at batch 64 has
15200.01 MB, although the outputs take 17567.99 MB; `overflow_note` explains the difference.
"""

from math import prod

from resnet_viz.counters.torchsummary import outputs_bytes, parameters_bytes, printed_bytes, summary_rows
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis
from resnet_viz.texts import tr

_MEGABYTE = 1024.0**2
_THIN_RULE = "-" * 64
_THICK_RULE = "=" * 64


def summary_table(analysis: Analysis) -> str:
    """Return the printed table, rows and totals; all parameters are trainable."""
    rows = summary_rows(analysis)
    params = sum(row.params for row in rows)
    lines = [_THIN_RULE, _line("Layer (type)", "Output Shape", "Param #"), _THICK_RULE]
    for number, row in enumerate(rows, start=1):
        lines.append(_line(f"{row.name}-{number}", str(list(row.shape)), f"{row.params:,}"))
    lines += [
        _THICK_RULE,
        f"Total params: {params:,}",
        f"Trainable params: {params:,}",
        "Non-trainable params: 0",
        _THIN_RULE,
    ]
    for title, size in summary_megabytes(analysis).items():
        lines.append(f"{title} (MB): {size:0.2f}")
    return "\n".join([*lines, _THIN_RULE, ""])


def summary_megabytes(analysis: Analysis) -> dict[str, float]:
    """Return the four sizes under the table in MiB; forward and backward pass together count each output twice."""
    sizes = {
        "Input size": prod(analysis.spec.input) * BYTES_PER_ELEMENT / _MEGABYTE,
        "Forward/backward pass size": printed_bytes(analysis) / _MEGABYTE,
        "Params size": parameters_bytes(analysis) / _MEGABYTE,
    }
    return {**sizes, "Estimated Total Size": sum(sizes.values())}


def overflow_note(analysis: Analysis) -> str | None:
    """Return a sentence if the table's forward/backward size is not the real size of the outputs; None otherwise."""
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
