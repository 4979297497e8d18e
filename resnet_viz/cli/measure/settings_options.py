"""The options of a measurement that `profile` and `compare` share, and the settings that they give."""

import argparse

from resnet_viz.cli.parser import Parser, add_choice, given, number, whole_number
from resnet_viz.spec.profiling import Dtype, MemoryFormat, ProfileSettings
from resnet_viz.texts import tr


def add_settings(parser: Parser, device: str) -> argparse._ArgumentGroup:
    """Add and return a group of options; `device` is the help of --device."""
    group = parser.add_argument_group(tr("how to measure"))
    group.add_argument("--device", metavar="cpu|cuda|cuda:N", help=device)
    text = tr("the number format of weights and activations (default: fp32)")
    add_choice(group, "--dtype", values=Dtype, help=text)
    text = tr("the order of tensors in memory: NCHW or NHWC (default: contiguous)")
    add_choice(group, "--memory-format", values=MemoryFormat, help=text)
    group.add_argument(
        "--seconds", type=number, metavar="S", help=tr("time budget of the measurement in seconds (default: 10)")
    )
    group.add_argument(
        "--threads", type=whole_number, metavar="N", help=tr("CPU threads (default: torch's own choice)")
    )
    return group


def settings_of(options: argparse.Namespace, *, without: tuple[str, ...] = ()) -> ProfileSettings:
    """Return the settings that the options give, except for the fields `without`; raises SpecError."""
    fields = (field for field in ProfileSettings.__struct_fields__ if field not in without)
    return ProfileSettings(**given(options, fields))
