"""Writes an analysis to a file whose suffix names the form."""

from collections.abc import Callable
from pathlib import Path

from resnet_viz.errors import UserError
from resnet_viz.export.code import source_code
from resnet_viz.export.figures import FIGURES
from resnet_viz.export.graphs import as_graphml, as_json
from resnet_viz.export.tables import csv_table, latex_table, layer_table, markdown_table
from resnet_viz.export.writing import check_place, write_whole
from resnet_viz.records import Analysis
from resnet_viz.texts import tr

FORMS: dict[str, Callable[[Analysis], str]] = {
    ".json": as_json,
    ".graphml": as_graphml,
    ".csv": lambda analysis: csv_table(layer_table(analysis, full=True)),
    ".md": lambda analysis: markdown_table(layer_table(analysis)),
    ".tex": lambda analysis: latex_table(layer_table(analysis)),
    ".py": lambda analysis: source_code(analysis.spec),
}


def export_file(analysis: Analysis, path: Path) -> None:
    """Write the graph, table or source that the suffix asks for; raises UserError, and then nothing is written.

    Pictures are drawn by the window's code, not here.
    """
    check_target(path)
    write_whole(path, FORMS[path.suffix.lower()](analysis))


def suffixes() -> tuple[str, ...]:
    """Every suffix that names a form, pictures first."""
    return (*FIGURES, *FORMS)


def check_target(path: Path) -> None:
    """Raise UserError where nothing could be written under that name, before any work is done."""
    if not path.suffix:
        missing = tr("{path}: the suffix that names the form is missing; give one of {suffixes}.")
        raise UserError(missing.format(path=path, suffixes=" ".join(suffixes())))
    if path.suffix.lower() not in suffixes():
        accepted = tr("{path}: the suffix '{suffix}' is not accepted; give one of {suffixes}.")
        raise UserError(accepted.format(path=path, suffix=path.suffix, suffixes=" ".join(suffixes())))
    check_place(path)
