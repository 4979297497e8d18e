"""The command `presets`: lists the named networks."""

import argparse

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.export.tables import terminal_table
from resnet_viz.spec.presets import PRESETS
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """Add the command and its options."""
    add_format(add_command(commands, "presets", tr("list the named networks"), _run))


def _run(options: argparse.Namespace) -> None:
    found, names = list(PRESETS.values()), (tr("name"), tr("title"), tr("description"))
    rows = [(preset.name, preset.title, preset.description) for preset in found]
    print_answer(options, found, (terminal_table("lll", names, rows),))
