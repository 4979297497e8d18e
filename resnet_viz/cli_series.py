"""What compare prints of whole series: blocks over a range of channels, and pairs of networks."""

import argparse
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from resnet_viz.comparisons import Sweep
from resnet_viz.export.tables import Column, Table
from resnet_viz.metrics.crossover import evenly
from resnet_viz.network_comparisons import NetworkPairs, NetworkPoint
from resnet_viz.texts import tr
from resnet_viz.viewmodels.series import pair_rows, sweep_cells, sweep_headings

POINTS = 50


def channel_range(text: str) -> tuple[int, ...]:
    """An argparse type for `16-2048`: about fifty numbers of channels, each as many times the one before."""
    found = re.fullmatch(r"(\d+)[-–](\d+)", text)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= low <= high:
        raise argparse.ArgumentTypeError(
            tr("{value} is not accepted; give a range of channels such as 16-2048.").format(value=text[:60])
        )
    return evenly(low, high, POINTS)


def sweep_table(sweep: Sweep) -> Table:
    """A row for each number of channels, as text."""
    return _texts(tr("Basic and Bottleneck over their channels"), sweep_headings(), [*map(sweep_cells, sweep.points)])


def sweep_numbers(sweep: Sweep) -> Table:
    """The same as plain numbers, for a program."""
    names = ("channels", "params", "macs", "kept")
    columns = tuple(Column(f"{name}_{side}", "") for name in (*names, "us") for side in ("basic", "bottleneck"))
    rows = []
    for point in sweep.points:
        counted = (getattr(side, name) for name in names for side in (point.basic, point.bottleneck))
        times = (None if time is None else f"{time:.4f}" for time in (point.basic_us, point.bottleneck_us))
        rows.append((*counted, *times))
    return Table("", columns, tuple(rows), {})


def pairs_table(pairs: NetworkPairs) -> Table:
    """A row for each pair, as text."""
    headings = [tr("agree in")]
    for figure in (tr("network"), tr("parameters"), tr("MACs"), tr("kept")):
        headings += [f"{figure} {side}" for side in (tr("Basic"), tr("Bottleneck"))]
    rows = [(row.match, *row.names, *row.params, *row.macs, *row.kept) for row in pair_rows(pairs)]
    return _texts(tr("Networks with either block"), headings, rows)


def pairs_numbers(pairs: NetworkPairs) -> Table:
    """The same as plain numbers, for a program."""
    names = ("depth", "params", "macs", "kept_bytes")
    columns = (
        Column("match", ""),
        *(Column(f"{name}_{side}", "") for name in names for side in ("basic", "bottleneck")),
    )
    rows = tuple(
        (pair.match, *(getattr(side, name) for name in names for side in (pair.basic, pair.bottleneck)))
        for pair in pairs.pairs
    )
    return Table("", columns, rows, {})


def pairs_fields(pairs: NetworkPairs) -> dict[str, Any]:
    """The series and the pairs for JSON, depths said."""
    return {
        "basic": [_point(point) for point in pairs.basic],
        "bottleneck": [_point(point) for point in pairs.bottleneck],
        "pairs": [
            {"match": pair.match, "basic": _point(pair.basic), "bottleneck": _point(pair.bottleneck)}
            for pair in pairs.pairs
        ],
    }


def _point(point: NetworkPoint) -> dict[str, Any]:
    return {"depth": point.depth} | msgspec.structs.asdict(point)


def _texts(title: str, headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(title, tuple(Column(name, name, True) for name in headings), tuple(rows), {})
