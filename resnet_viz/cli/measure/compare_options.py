"""The options of the command `compare`, and the settings and networks that they specify."""

import argparse
import re
from pathlib import Path

from resnet_viz.cli.measure.settings_options import add_settings, settings_of
from resnet_viz.cli.parser import Parser, add_choice, add_format, given, option, refused, whole_number
from resnet_viz.cli.spec_options import add_parts
from resnet_viz.compare.channel_sweep import geometric_range
from resnet_viz.errors import SpecError
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.limits import MAX_CHANNELS
from resnet_viz.spec.network import EXPANSION, BlockKind, ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr

BLOCK_OPTIONS = ("channels", "size", "stride", "match", "solve")
NETWORK_OPTIONS = ("groups", "order", "stride_in", "shortcut")
MEASURING_OPTIONS = ("dtype", "memory_format", "seconds", "threads")
INPUT_OPTIONS = ("batch", "size")  # they describe the block here, not the input that is measured
SWEEP_POINTS = 50


def add_options(parser: Parser) -> None:
    """Add every option of `compare`."""
    parser.add_argument("archs", nargs="*", metavar="ARCH", help=tr("two networks; without them, two blocks"))
    _add_block(parser)
    add_settings(parser, tr("measure both on this device, interleaved"))
    group = parser.add_argument_group(tr("series"))
    text = tr("both blocks over a range of channel counts, and where their costs cross")
    group.add_argument("--sweep", type=channel_range, metavar="16-2048", help=text)
    text = tr("pairs of a network of Basic blocks and one of Bottlenecks, nearest in depth, parameters or MACs")
    group.add_argument("--networks", action="store_true", help=text)
    text = tr("also write the table; the suffix selects the format: .csv .md .tex")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=text)
    add_format(parser)


def _add_block(parser: Parser) -> None:
    group = parser.add_argument_group(
        tr("options of the two blocks"),
        tr(
            "Of two networks, --groups, --order, --stride-in and --shortcut change the second, and --batch both; "
            "with --networks they change every network."
        ),
    )
    for flag, metavar, text in (
        ("--channels", "256", tr("channels that the block reads and writes")),
        ("--size", "56", tr("side of the map that the block reads, in pixels")),
        ("--stride", "1", tr("stride of the block")),
        ("--batch", "1", tr("batch size")),
    ):
        group.add_argument(flag, type=whole_number, metavar=metavar, help=text)
    add_parts(group, *NETWORK_OPTIONS)
    for field, kind, text in (
        ("match", Match, tr("the quantity in which both blocks agree (default: channels)")),
        ("solve", BlockKind, tr("the block whose width follows from the match (default: bottleneck)")),
    ):
        add_choice(group, option(field), values=kind, help=text)


def block_setting(options: argparse.Namespace) -> BlockSetting:
    """Return the setting of both blocks, for a sweep with the least channels that are possible; raises SpecError."""
    asked = given(options, BlockSetting.__struct_fields__)
    if options.sweep:
        if options.channels is not None:
            raise SpecError("--channels", options.channels, tr("the sweep gives the channels; leave it out"))
        asked["channels"] = max(EXPANSION.values()) * (options.groups or 1)
    return BlockSetting(**asked)


def measuring(options: argparse.Namespace) -> ProfileSettings | None:
    """Return the settings of the measurement, None if no device is named; raises SpecError."""
    if options.device is not None:
        return settings_of(options, without=(*INPUT_OPTIONS, "sweep"))  # here a range of channels, not of batches
    _refuse(options, MEASURING_OPTIONS, tr("it needs --device, such as cpu"))
    return None


def network_specs(options: argparse.Namespace) -> tuple[ResNetSpec, ResNetSpec]:
    """Return the two networks, the second one changed by the options of a network; raises UserError."""
    _refuse_block_options(options)
    first, second = (_in_batches(find_spec(arch), options.batch) for arch in options.archs)
    return first, second.but(**given(options, NETWORK_OPTIONS))


def series_base(options: argparse.Namespace) -> ResNetSpec:
    """Return the network whose depth a series varies, changed by the options of a network; raises UserError."""
    _refuse_block_options(options)
    return _in_batches(ResNetSpec(**given(options, NETWORK_OPTIONS)), options.batch)


def _in_batches(spec: ResNetSpec, batch: int | None) -> ResNetSpec:
    return spec if batch is None else spec.but(input=(batch, *spec.input[1:]))


def _refuse_block_options(options: argparse.Namespace) -> None:
    _refuse(options, BLOCK_OPTIONS, tr("it belongs to two blocks; leave it out, or leave out the networks"))


def _refuse(options: argparse.Namespace, fields: tuple[str, ...], accepted: str) -> None:
    for field, value in given(options, fields).items():
        raise SpecError(option(field), value, accepted)


def channel_range(text: str) -> tuple[int, ...]:
    """Parse a range such as `16-2048`, for argparse, into about 50 numbers of channels in geometric progression."""
    found = re.fullmatch(r"(\d+)[-–](\d+)", text)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= low <= high <= MAX_CHANNELS:
        accepted = tr("give a range of channels such as 16-2048, at most {most}").format(most=MAX_CHANNELS)
        raise refused(text, accepted)
    return geometric_range(low, high, SWEEP_POINTS)
