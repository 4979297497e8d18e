"""Writes an analysis to a file whose suffix names the form."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import FIGURE_SUFFIXES
from resnet_viz.export.graph import as_graphml, as_json
from resnet_viz.export.overlays import explorer_node_data, latencies, netron_attachment
from resnet_viz.export.pytorch_source import source_code
from resnet_viz.export.tables import csv_table, latex_table, markdown_table, table_of
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.quantities import Metric
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.atomic import check_place, write_whole
from resnet_viz.texts import tr


class ExportOptions(NamedTuple):
    """What an export may add to a network: the times of a run, and which number an overlay of one number shows."""

    run: ProfileRun | None = None
    metric: Metric | None = None


EXPORTERS: dict[str, Callable[[Analysis, ExportOptions], str]] = {
    ".json": lambda analysis, _: as_json(analysis),
    ".graphml": lambda analysis, wanted: as_graphml(analysis, latencies(analysis, wanted.run)),
    ".csv": lambda analysis, _: csv_table(table_of(analysis, full=True)),
    ".md": lambda analysis, _: markdown_table(table_of(analysis)),
    ".tex": lambda analysis, _: latex_table(table_of(analysis)),
    ".py": lambda analysis, _: source_code(analysis.spec),
    ".netron.json": lambda analysis, wanted: netron_attachment(analysis, wanted.run),
    ".nodedata.json": lambda analysis, wanted: explorer_node_data(analysis, _metric(wanted), wanted.run),
}


def export_file(analysis: Analysis, path: Path, wanted: ExportOptions | None = None) -> None:
    """Write the graph, table, source or overlay that the suffix asks for; raises UserError, and then nothing is
    written.

    Pictures are drawn by the window's code, not here.
    """
    check_target(path)
    write_whole(path, EXPORTERS[_form(path)](analysis, wanted or ExportOptions()))


def suffixes() -> tuple[str, ...]:
    """Every suffix that names a form, pictures first."""
    return (*FIGURE_SUFFIXES, *EXPORTERS)


def check_target(path: Path) -> None:
    """Raise UserError where nothing could be written under that name, before any work is done."""
    if not path.suffix:
        missing = tr("{path}: the suffix that names the form is missing; give one of {suffixes}.")
        raise UserError(missing.format(path=path, suffixes=" ".join(suffixes())))
    if _form(path) not in suffixes():
        accepted = tr("{path}: the suffix '{suffix}' is not accepted; give one of {suffixes}.")
        raise UserError(accepted.format(path=path, suffix=path.suffix, suffixes=" ".join(suffixes())))
    check_place(path)


def _form(path: Path) -> str:
    """The suffix that names the form; of two, such as `.netron.json`, both where they name one together."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if both in EXPORTERS else path.suffix.lower()


def _metric(wanted: ExportOptions) -> Metric:
    return wanted.metric or ("macs" if wanted.run is None else "latency")
