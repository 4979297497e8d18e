"""Writes an analysis to a file in the format that the suffix names."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resnet_viz.errors import UserError
from resnet_viz.export.chrome_trace import chrome_trace
from resnet_viz.export.figure_request import FIGURE_SUFFIXES
from resnet_viz.export.graph import as_graphml, as_json
from resnet_viz.export.overlays import explorer_node_data, latencies, netron_attachment
from resnet_viz.export.pytorch_source import source_code
from resnet_viz.export.tables import csv_table, latex_table, markdown_table, table_of
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.quantities import Metric
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.atomic import check_writable, write_text_atomic
from resnet_viz.texts import tr


class ExportOptions(NamedTuple):
    """Options of an export: a run whose times are added, and the metric of an overlay with one number per node."""

    run: ProfileRun | None = None
    metric: Metric | None = None


EXPORTERS: dict[str, Callable[[Analysis, ExportOptions], str]] = {
    ".json": lambda analysis, _: as_json(analysis),
    ".graphml": lambda analysis, options: as_graphml(analysis, latencies(analysis, options.run)),
    ".csv": lambda analysis, _: csv_table(table_of(analysis, full=True)),
    ".md": lambda analysis, _: markdown_table(table_of(analysis)),
    ".tex": lambda analysis, _: latex_table(table_of(analysis)),
    ".py": lambda analysis, _: source_code(analysis.spec),
    ".netron.json": lambda analysis, options: netron_attachment(analysis, options.run),
    ".nodedata.json": lambda analysis, options: explorer_node_data(analysis, _metric(options), options.run),
    ".trace.json": lambda analysis, options: _trace(analysis, options.run),
}


def export_file(analysis: Analysis, path: Path, options: ExportOptions | None = None) -> None:
    """Write the graph, table, source or overlay that the suffix names.

    Raises UserError, and then nothing is written. Pictures are drawn by `resnet_viz.gui`.
    """
    check_target(path)
    write_text_atomic(path, EXPORTERS[_suffix(path)](analysis, options or ExportOptions()))


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of all formats, pictures first."""
    return (*FIGURE_SUFFIXES, *EXPORTERS)


def check_target(path: Path) -> None:
    """Raise UserError if no file of that name can be written, before any work is done."""
    if not path.suffix:
        missing = tr("{path}: the suffix that names the format is missing; give one of {suffixes}.")
        raise UserError(missing.format(path=path, suffixes=" ".join(suffixes())))
    if _suffix(path) not in suffixes():
        unknown = tr("{path}: the suffix '{suffix}' is not accepted; give one of {suffixes}.")
        raise UserError(unknown.format(path=path, suffix=path.suffix, suffixes=" ".join(suffixes())))
    check_writable(path)


def _suffix(path: Path) -> str:
    """Return the suffix that names the format; the last two together, such as `.netron.json`, if they name one."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if both in EXPORTERS else path.suffix.lower()


def _trace(analysis: Analysis, run: ProfileRun | None) -> str:
    if run is None:
        raise UserError(tr("A trace needs a run of the same network; profile makes one."))
    latencies(analysis, run)  # raises for a run of another network
    return chrome_trace(run)


def _metric(options: ExportOptions) -> Metric:
    return options.metric or ("macs" if options.run is None else "latency")
