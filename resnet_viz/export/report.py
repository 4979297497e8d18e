"""What `show` prints for a reader: the table, the sums, feature levels, remarks, and what other counters say."""

from collections.abc import Sequence

from resnet_viz.export.graphs import shape_text
from resnet_viz.export.tables import Level, table_of, text_table
from resnet_viz.records import Analysis, Opinion
from resnet_viz.texts import tr

_MEBIBYTE = 1024**2


def report(analysis: Analysis, level: Level, opinions: Sequence[Opinion]) -> str:
    """The whole page, its parts divided by empty lines."""
    table = table_of(analysis, level)
    parts = [table.title, text_table(table), _aligned(_sums(analysis)), _aligned(_features(analysis))]
    parts += ["\n".join(analysis.remarks), "\n".join(_said(opinion) for opinion in opinions)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sums(analysis: Analysis) -> list[tuple[str, ...]]:
    totals = analysis.totals
    return [
        (tr("layers"), f"{totals.layers:,}"),
        (tr("parameters"), f"{totals.params:,} ({_mebibytes(totals.params_bytes)})"),
        (tr("MACs"), f"{totals.macs:,}"),
        (tr("FLOPs"), f"{totals.flops:,}"),
        (tr("activations"), tr("{n} put out by conv and linear layers").format(n=f"{totals.activations:,}")),
        (tr("peak activation memory"), _mebibytes(totals.peak_activation_bytes)),
        (tr("receptive field"), f"{totals.receptive_field:,} px"),
    ]


def _features(analysis: Analysis) -> list[tuple[str, ...]]:
    return [
        (layer.feature_level, shape_text(layer.output, "×"), layer.id)
        for layer in analysis.layers
        if layer.feature_level is not None
    ]


def _said(opinion: Opinion) -> str:
    mark = {True: "✓", False: "✗", None: "·"}[opinion.agrees]
    return f"{mark} {opinion.sentence} ({opinion.tool} {opinion.version})"


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _mebibytes(count: int) -> str:
    return f"{count / _MEBIBYTE:,.1f} MiB"
