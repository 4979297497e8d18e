"""The options of the command line that describe a network, and the spec and analysis made from them."""

import argparse
from collections.abc import Callable
from typing import Any, get_args

from resnet_viz.cli.parser import choice, flags, given, input_shape, option, whole_number, whole_numbers
from resnet_viz.errors import SpecError
from resnet_viz.export.figure_request import FigureOptions
from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import BlockKind, Order, ResNetSpec, ShortcutKind, StemKind, StrideIn
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr

PER_STAGE = {"stage_widths": 0, "strides": 0, "dilate": 1}
"""The fields with a value for each stage, and the number of first stages without one."""


def add_spec_options(parser: argparse.ArgumentParser) -> None:
    """Add ARCH and the options that change a field of its spec; the ones not given are None."""
    parser.add_argument("arch", metavar="ARCH", help=tr("a preset's name, resnetN for any depth N, or a saved spec"))
    group = parser.add_argument_group(tr("network options"))
    add_parts(group)
    group.add_argument("--bias", action=argparse.BooleanOptionalAction, help=tr("convolutions with a bias"))
    group.add_argument("--head", action=argparse.BooleanOptionalAction, help=tr("pooling and classifier at the end"))
    group.add_argument("--stages", type=whole_number, metavar="N", help=tr("only the first N stages"))


def add_parts(group: argparse._ActionsContainer, *fields: str) -> None:
    """Add the options of these fields of a spec; without fields, of all that take a value."""
    for field, kind, metavar, text in _value_options():
        if not fields or field in fields:
            group.add_argument(option(field), type=kind, metavar=metavar, help=text)


def spec_of(options: argparse.Namespace) -> ResNetSpec:
    """Return the spec of ARCH with the given options applied; raises UserError, for example SpecError."""
    spec = find_spec(options.arch, None if options.blocks else options.block)
    changes = given(options, ResNetSpec.__struct_fields__)
    spec = spec.but(**_resets(spec, changes), **changes)
    return spec if options.stages is None else spec.with_stages(options.stages)


def analysis_of(options: argparse.Namespace) -> Analysis:
    """Analyze the network of the options; raises UserError."""
    spec = spec_of(options)
    from resnet_viz.pipeline import analyse  # loads torch, which takes a second; an invalid option is reported before

    return analyse(spec)


def crosschecks_of(options: argparse.Namespace, analysis: Analysis) -> tuple[CrossCheckResult, ...]:
    """Run every other counter that is installed on the network; none with --no-crosschecks."""
    if options.no_crosschecks:
        return ()
    from resnet_viz.counters import crosscheck  # loads torch, as above

    return tuple(crosscheck.crosscheck(analysis, tool) for tool in crosscheck.installed_tools())


def with_option_name(error: SpecError) -> SpecError:
    """Return the error with the option instead of the field, if the field has an option."""
    structs = (ResNetSpec, ProfileSettings, FigureOptions, BlockSetting)
    known = error.field in ("stages", "fits_gib") or any(error.field in struct.__struct_fields__ for struct in structs)
    return SpecError(option(error.field), error.value, error.accepted) if known else error


def _value_options() -> list[tuple[str, Callable[[str], Any], str, str]]:
    return [
        ("block", choice(*get_args(BlockKind)), "basic|bottleneck", tr("the block; resnetN keeps its depth")),
        ("blocks", whole_numbers, "3,4,6,3", tr("blocks of each stage, 1 to 6 stages")),
        ("width", whole_number, "64", tr("channels of the stem; each stage doubles them")),
        ("stage_widths", whole_numbers, "128,256,512,512", tr("width of each stage before expansion")),
        ("strides", whole_numbers, "1,2,2,2", tr("stride of each stage's first block")),
        ("stem", choice(*get_args(StemKind)), "imagenet|cifar", tr("7×7 and max pool, or a single 3×3")),
        ("stem_pool_stride", whole_number, "1|2", tr("stride of the stem's max pool")),
        ("shortcut", choice(*get_args(ShortcutKind)), "A|B|C|none", tr("A pads, B projects if needed, C projects")),
        ("order", choice(*get_args(Order)), "post|pre", tr("ReLU after the addition, or before convolutions")),
        ("stride_in", choice(*get_args(StrideIn)), "3x3|1x1", tr("which convolution of a Bottleneck has the stride")),
        ("groups", whole_number, "N", tr("groups of the 3×3 convolutions")),
        ("width_per_group", whole_number, "N", tr("channels of a group at a stage width of 64")),
        ("dilate", flags, "0,0,1", tr("dilation in place of stride, for stages 2 to the last")),
        ("classes", whole_number, "N", tr("classes of the classifier")),
        ("input", input_shape, "NxCxHxW", tr("the input, such as 1x3x224x224")),
    ]  # fmt: skip


def _resets(spec: ResNetSpec, changes: dict[str, Any]) -> dict[str, None]:
    """Return None for each per-stage field that is not changed itself and no longer fits the number of stages."""
    stages = len(changes.get("blocks", spec.blocks))
    unchanged = {field: getattr(spec, field) for field in PER_STAGE if field not in changes}
    return {field: None for field, value in unchanged.items() if value and len(value) != stages - PER_STAGE[field]}
