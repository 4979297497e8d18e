"""The options of compare, and what they ask for."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from resnet_viz.cli.measure.profile import settings_of
from resnet_viz.cli.parser import FORMATS, choice, number, whole_number
from resnet_viz.compare.channel_sweep import evenly
from resnet_viz.errors import SpecError
from resnet_viz.records.network_pair import NetworkPairs, NetworkPoint
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.network import EXPANSION, MAX_CHANNELS, BlockKind, Order, ResNetSpec, ShortcutKind, StrideIn
from resnet_viz.spec.profiling import Dtype, MemoryFormat, ProfileSettings
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli.parser import Parser


MEASURING = ("dtype", "memory_format", "seconds", "threads")
PLACE = ("batch", "size")  # of the block, which the settings would take for an input's


def add_command(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parser of compare."""
    text = tr("hold a Basic block beside a Bottleneck, or two networks side by side")
    parser = commands.add_parser("compare", help=text, description=text, allow_abbrev=False)
    parser.add_argument("archs", nargs="*", metavar="ARCH", help=tr("two networks; without them, two blocks"))
    _add_block(parser)
    _add_measuring(parser)
    _add_series(parser)
    text = tr("write the table too; the suffix names the form: .csv .md .tex")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=text)
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


def _add_block(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        tr("the place of the two blocks"),
        tr(
            "Of two networks, --groups, --order, --stride-in and --shortcut change the second, and --batch both; "
            "with --networks they change every network."
        ),
    )
    for flag, metavar, text in (
        ("--channels", "256", tr("channels that the block reads and writes")),
        ("--size", "56", tr("side of the map that it reads")),
        ("--stride", "1", tr("its stride, with the shortcut that it then needs")),
        ("--batch", "1", tr("images")),
        ("--groups", "1", tr("groups of the 3×3 convolutions")),
    ):
        group.add_argument(flag, type=whole_number, metavar=metavar, help=text)
    for field, kind, text in (
        ("order", Order, tr("ReLU after the addition, or before convolutions")),
        ("stride_in", StrideIn, tr("which convolution of a Bottleneck has the stride")),
        ("shortcut", ShortcutKind, tr("pad, project where needed, project, none")),
        ("match", Match, tr("the quantity in which the two agree; channels")),
        ("solve", BlockKind, tr("the block whose width follows from the match; bottleneck")),
    ):
        words = get_args(kind)
        flag = f"--{field.replace('_', '-')}"
        group.add_argument(flag, type=choice(*words), metavar="|".join(words), help=text)


def _add_measuring(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(tr("how to measure"))
    group.add_argument("--device", metavar="cpu|cuda|cuda:N", help=tr("measure both blocks in turn on this device"))
    for field, kind in (("dtype", Dtype), ("memory_format", MemoryFormat)):
        words = get_args(kind)
        group.add_argument(f"--{field.replace('_', '-')}", type=choice(*words), metavar="|".join(words))
    group.add_argument("--seconds", type=number, metavar="S", help=tr("time budget of the measuring; 10"))
    group.add_argument("--threads", type=whole_number, metavar="N", help=tr("CPU threads"))


def _add_series(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(tr("whole series"))
    text = tr("both blocks over a range of channels, and where one passes the other")
    group.add_argument("--sweep", type=channel_range, metavar="16-2048", help=text)
    text = tr("networks with either block: nearest in depth, in parameters, in MACs")
    group.add_argument("--networks", action="store_true", help=text)


def block_setting(options: argparse.Namespace) -> BlockSetting:
    """The place that the options ask for, in a sweep at its first channels; raises SpecError."""
    given = {field: getattr(options, field) for field in BlockSetting.__struct_fields__}
    if options.sweep:
        if options.channels is not None:
            raise SpecError("--channels", options.channels, tr("the sweep gives the channels; leave it out"))
        given["channels"] = max(EXPANSION.values()) * (options.groups or 1)
    return BlockSetting(**{field: value for field, value in given.items() if value is not None})


def measuring(options: argparse.Namespace) -> ProfileSettings | None:
    """How to measure; None where no device is named. Raises SpecError."""
    if options.device is not None:
        return settings_of(_without(options, *PLACE))
    for field in MEASURING:
        if getattr(options, field) is not None:
            raise SpecError(
                f"--{field.replace('_', '-')}", getattr(options, field), tr("it needs --device, such as cpu")
            )
    return None


def _without(options: argparse.Namespace, *names: str) -> argparse.Namespace:
    return argparse.Namespace(**{name: value for name, value in vars(options).items() if name not in names})


def network_specs(options: argparse.Namespace) -> tuple[ResNetSpec, ResNetSpec]:
    """The two networks, the second one changed by the options that a network has too; raises UserError."""
    _refuse_block_options(options)
    first, second = (find_spec(arch) for arch in options.archs)
    if options.batch is not None:
        first, second = (spec.but(input=(options.batch, *spec.input[1:])) for spec in (first, second))
    return first, second.but(**_network_changes(options))


def series_base(options: argparse.Namespace) -> ResNetSpec:
    """The network whose depth a series varies, with the options that a network has too; raises UserError."""
    _refuse_block_options(options)
    spec = ResNetSpec(**_network_changes(options))
    return spec if options.batch is None else spec.but(input=(options.batch, *spec.input[1:]))


def _refuse_block_options(options: argparse.Namespace) -> None:
    for field in ("channels", "size", "stride", "match", "solve"):
        if getattr(options, field) is not None:
            sentence = tr("it belongs to two blocks; leave it out, or leave out the networks")
            raise SpecError(f"--{field}", getattr(options, field), sentence)


def _network_changes(options: argparse.Namespace) -> dict[str, Any]:
    changes = {field: getattr(options, field) for field in ("groups", "order", "stride_in", "shortcut")}
    return {field: value for field, value in changes.items() if value is not None}


POINTS = 50


def channel_range(text: str) -> tuple[int, ...]:
    """An argparse type for `16-2048`: about fifty numbers of channels, each as many times the one before."""
    found = re.fullmatch(r"(\d+)[-–](\d+)", text)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= low <= high <= MAX_CHANNELS:
        raise argparse.ArgumentTypeError(
            tr("{value} is not accepted; give a range of channels such as 16-2048, at most {most}.").format(
                value=text[:60], most=MAX_CHANNELS
            )
        )
    return evenly(low, high, POINTS)


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
