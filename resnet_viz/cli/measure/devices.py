"""`devices`: list the devices of this machine that can be measured on."""

import argparse

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.export.tables import terminal_table
from resnet_viz.records.run import DeviceInfo
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import gigabytes


def add(commands: Commands) -> None:
    """Add the command and its options."""
    add_format(
        add_command(commands, "devices", tr("list the devices that can be measured on, with their dtypes"), _run)
    )


def _run(options: argparse.Namespace) -> None:
    from resnet_viz.device.info import device_infos  # torch

    devices = device_infos()
    names = (tr("device"), tr("name"), tr("memory"), tr("free"), tr("dtypes"))
    refused = (sentence for info in devices for sentence in info.refused)
    print_answer(options, devices, (terminal_table("lllll", names, map(_cells, devices)), "\n".join(refused)))


def _cells(info: DeviceInfo) -> tuple[str, ...]:
    return info.name, info.title, gigabytes(info.memory_bytes), gigabytes(info.free_bytes), " ".join(info.dtypes)
