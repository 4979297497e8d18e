"""`presets`: the networks that have a name."""

import argparse

import msgspec

from resnet_viz.export.tables import text_table
from resnet_viz.records.table import Column, Table
from resnet_viz.spec.presets import PRESETS
from resnet_viz.texts import tr


def _presets(options: argparse.Namespace) -> None:
    if options.format == "json":
        print(msgspec.json.format(msgspec.json.encode(list(PRESETS.values())), indent=1).decode())
        return
    columns = tuple(Column(name, name) for name in ("name", "title", "description"))
    rows = tuple((found.name, found.title, found.description) for found in PRESETS.values())
    print(text_table(Table(tr("Presets"), columns, rows, {})))
