"""The options of the command line that describe a network, and the spec and analysis made from them."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any, get_args

from resnet_viz.cli.parser import choice, flags, given, input_shape, option, refused, whole_number, whole_numbers
from resnet_viz.errors import SpecError
from resnet_viz.export.figure_request import FigureOptions
from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.fitting import fitted
from resnet_viz.spec.network import (
    Antialias,
    Attention,
    BlockKind,
    FirstActivation,
    NormKind,
    Order,
    ResNetSpec,
    ShortcutKind,
    StemKind,
    StemPool,
    StemPoolPadding,
    StrideIn,
)
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build.lists import block_widths_of

PER_STAGE = {
    "stage_widths": 0, "strides": 0, "stage_blocks": 0, "stage_outputs": 0, "block_widths": 0, "dilate": 1,
}  # fmt: skip
"""The fields with a value for each stage, and the number of first stages without one."""
NONE = "none"  # the word for the default of a field that has no list by default
Type = Callable[[str], Any]
Option = tuple[str, Type | None, str, str]
"""A field, the type of its option (None for --name and --no-name), its metavariable and its help."""


def add_spec_options(parser: argparse.ArgumentParser) -> None:
    """Add ARCH and the options that change a field of its spec; the ones not given are None."""
    parser.add_argument("arch", metavar="ARCH", help=tr("a preset's name, resnetN for any depth N, or a saved spec"))
    for title, options in _option_groups():
        group = parser.add_argument_group(title)
        for field, kind, metavar, text in options:
            _add_option(group, field, kind, metavar, text)


def add_parts(group: argparse._ActionsContainer, *fields: str) -> None:
    """Add the options of these fields of a spec."""
    options = {found[0]: found for _, of_group in _option_groups() for found in of_group}
    for field in fields:
        _add_option(group, *options[field])


def spec_of(options: argparse.Namespace) -> ResNetSpec:
    """Return the spec of ARCH with the given options applied; raises UserError, for example SpecError."""
    spec = find_spec(options.arch, None if options.blocks else options.block)
    changes = given(options, ResNetSpec.__struct_fields__)
    changes = {field: None if value == () else value for field, value in changes.items()}
    spec = fitted(spec, **_resets(spec, changes), **changes)
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


def _add_option(group: argparse._ActionsContainer, field: str, kind: Type | None, metavar: str, text: str) -> None:
    if kind is None:
        group.add_argument(option(field), action=argparse.BooleanOptionalAction, help=text)
    else:
        group.add_argument(option(field), type=kind, metavar=metavar, help=text)


def _option_groups() -> Iterator[tuple[str, tuple[Option, ...]]]:
    """Yield the groups of the help: a title and its options."""
    yield tr("network: stages and widths"), (
        ("blocks", whole_numbers, "3,4,6,3", tr("blocks of each stage, 1 to 6 stages")),
        ("stages", whole_number, "N", tr("only the first N stages")),
        ("width", whole_number, "64", tr("channels of the stem; each stage doubles them")),
        ("stage_widths", whole_numbers, "128,256,512,512", tr("width of each stage before expansion")),
        ("stage_outputs", _or_none(whole_numbers), "256,512,1024,2048|none", tr("output channels of each stage")),
        ("block_widths", _or_none(_block_widths), "64x64,48x64/…|none",
         tr("channels inside each block; a slash parts stages, and one block stands for a stage of equal ones")),
    )  # fmt: skip
    yield (
        tr("network: blocks"),
        (
            ("block", *_choice(BlockKind), tr("the block; resnetN keeps its depth")),
            ("stage_blocks", _stage_blocks, "basic,bottleneck,…", tr("the block of each stage")),
            ("groups", whole_number, "N", tr("groups of the 3×3 convolutions")),
            ("width_per_group", whole_number, "N", tr("channels of a group at a stage width of 64")),
            ("reduce_first", whole_number, "1|2", tr("2: the first convolution of a block is half as wide")),
            ("bias", None, "", tr("convolutions with a bias")),
        ),
    )
    yield tr("network: shortcut"), (
        ("shortcut", *_choice(ShortcutKind),
         tr("A pads, B projects if needed, C projects, D pools before it projects")),
        ("projection_kernel", whole_number, "1|3", tr("kernel of the projections with a stride")),
    )  # fmt: skip
    yield (
        tr("network: order and norm"),
        (
            ("order", *_choice(Order), tr("ReLU after the addition, or before convolutions")),
            ("first_activation", *_choice(FirstActivation), tr("order pre: the first norm and ReLU in stem or block")),
            ("norm", *_choice(NormKind), tr("the norm; evonorm and frn are activations too, and need --order pre")),
            ("weight_standardization", None, "", tr("weights of mean 0 and variance 1 for each output channel")),
        ),
    )
    yield (
        tr("network: attention"),
        (
            ("attention", *_choice(Attention), tr("a gate for each channel: squeeze and excitation, or efficient")),
            ("attention_reduction", whole_number, "16", tr("channels of a block to one of the narrow layer of se")),
        ),
    )
    yield (
        tr("network: stem"),
        (
            ("stem", *_choice(StemKind), tr("7×7 and max pool, or a single 3×3")),
            (
                "stem_widths",
                _or_none(whole_numbers),
                "32,32|none",
                tr("three 3×3 for the 7×7: channels of the first two"),
            ),
            ("stem_pool", *_choice(StemPool), tr("what lowers the resolution at the end of the stem")),
            ("stem_pool_stride", whole_number, "1|2", tr("stride of the stem's pool")),
            (
                "stem_pool_padding",
                *_choice(StemPoolPadding),
                tr("max pool: −∞ all around, zeros, or −∞ right and below"),
            ),
        ),
    )
    yield (
        tr("network: resolution"),
        (
            ("strides", whole_numbers, "1,2,2,2", tr("stride of each stage's first block")),
            ("stride_in", *_choice(StrideIn), tr("which convolution of a Bottleneck has the stride")),
            ("antialias", *_choice(Antialias), tr("a pool behind the activation in place of a block's stride")),
            ("dilate", flags, "0,0,1", tr("dilation in place of stride, for stages 2 to the last")),
        ),
    )
    yield (
        tr("network: input and head"),
        (
            ("input", input_shape, "NxCxHxW", tr("the input, such as 1x3x224x224")),
            ("head", None, "", tr("pooling and classifier at the end")),
            ("classes", whole_number, "N", tr("classes of the classifier")),
        ),
    )


def _choice(values: Any) -> tuple[Type, str]:
    """Return the type and the metavariable of an option that takes one of the values of a Literal type."""
    accepted = get_args(values)
    return choice(*accepted), "|".join(accepted)


def _or_none(parse: Type) -> Type:
    """Return an argparse type that also takes the word none, and returns () for it."""
    return lambda text: () if text == NONE else parse(text)


def _stage_blocks(text: str) -> tuple[str, ...]:
    return tuple(choice(*get_args(BlockKind))(word) for word in text.split(","))


def _block_widths(text: str) -> object:
    try:
        return block_widths_of(text)
    except SpecError as error:
        raise refused(text, error.accepted) from None


def _resets(spec: ResNetSpec, changes: dict[str, Any]) -> dict[str, None]:
    """Return None for each per-stage field that is not changed itself and no longer fits the number of stages."""
    stages = len(changes.get("blocks", spec.blocks))
    unchanged = {field: getattr(spec, field) for field in PER_STAGE if field not in changes}
    return {field: None for field, value in unchanged.items() if value and len(value) != stages - PER_STAGE[field]}
