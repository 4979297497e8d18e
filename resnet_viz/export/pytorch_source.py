"""The network of a spec as self-contained PyTorch source, with only the code that this network needs.

Its parameters have the names, order and shapes of `resnet_viz.model`, so that weights can be exchanged. The template is
`resources/sources/resnet.py.jinja`.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from resnet_viz.counters.torchsummary import BLOCK_CLASSES
from resnet_viz.resources import resource_folder
from resnet_viz.spec.gate_sizes import eca_kernel
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of

_LINE_LENGTH = 100  # the longest line of the exported source
_BETWEEN_ARGUMENTS = re.compile(r", (?![^(\[]*[)\]])")
"""The comma between two arguments, not one in brackets within an argument."""


class Parameter(NamedTuple):
    """A parameter of a block, and its arguments for the first and for the later blocks of a stage, as source text."""

    declared: str
    first: str
    later: str


def source_code(spec: ResNetSpec) -> str:
    """Return a Python file with a function `build`; as a script it runs a forward pass and prints its parameters."""
    text = _template()(
        spec=spec,
        title=title_of(spec),
        classes={kind: BLOCK_CLASSES[kind, spec.order] for kind in dict.fromkeys(spec.stage_kinds)},
        parameters=tuple(_block_parameters(spec)),
        stage_parameters=tuple(_stage_parameters(spec)),
        stages=tuple(_stages(spec)),
        stage_widths=tuple(map(_shown_widths, spec.block_widths or ())),
        dilated=any(spec.dilated),
        two_dilations=_has_two_dilations(spec),
        wide_projection=_has_wide_projection(spec),
        norm_activates=spec.norm in ("evonorm", "frn"),
        stem_activates=_stem_activates(spec),
        activated=_is_told_of_activation(spec),
    )
    return "\n".join(map(_wrapped, text.split("\n")))


@cache
def _template() -> Callable[..., str]:
    """Return the function that fills in the template."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # only an export of source needs it

    loader = FileSystemLoader(resource_folder() / "sources")
    environment = Environment(
        loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return environment.get_template("resnet.py.jinja").render


def _stem_activates(spec: ResNetSpec) -> bool:
    return spec.order == "post" or spec.first_activation == "stem"


def _is_told_of_activation(spec: ResNetSpec) -> bool:
    """Return True if a block has to be told that the stem has activated its input."""
    return spec.order == "pre" and spec.first_activation == "stem"


def _has_wide_projection(spec: ResNetSpec) -> bool:
    return spec.projection_kernel == 3 and spec.shortcut in ("B", "C")


def _has_two_dilations(spec: ResNetSpec) -> bool:
    """Return True if a block needs the dilation of its input and that of its output."""
    in_shortcut = spec.shortcut == "D" or _has_wide_projection(spec)
    return any(spec.dilated) and (in_shortcut or "basic" in spec.stage_kinds)


def _block_parameters(spec: ResNetSpec) -> Iterator[Parameter]:
    """Yield the parameters of a block in order."""
    yield Parameter("channels_in: int", "channels_in", "channels_out")
    if spec.block_widths:
        yield Parameter("widths: tuple[int, ...]", "widths[0]", "later")
    else:
        yield Parameter("inner: int", "inner", "inner")
    yield Parameter("channels_out: int", "channels_out", "channels_out")
    yield Parameter("stride: int", "stride", "1")
    if _has_two_dilations(spec):
        yield Parameter("first_dilation: int", "first_dilation", "dilation")
        yield Parameter("dilation: int", "dilation", "dilation")
    elif any(spec.dilated):
        yield Parameter("dilation: int", "dilation" if spec.stride_in == "1x1" else "first_dilation", "dilation")
    if spec.attention == "eca":
        yield Parameter("eca_kernel: int", "eca_kernel", "eca_kernel")
    if _is_told_of_activation(spec):
        yield Parameter("activated: bool", "activated", "False")


def _stage_parameters(spec: ResNetSpec) -> Iterator[str]:
    """Yield the parameters of `make_stage` in order."""
    classes = [BLOCK_CLASSES[kind, spec.order] for kind in dict.fromkeys(spec.stage_kinds)]
    if len(classes) > 1:
        yield f"block: type[{' | '.join(classes)}]"
    yield "channels_in: int"
    yield "widths: list[tuple[int, ...]]" if spec.block_widths else "inner: int"
    yield "channels_out: int"
    if not spec.block_widths:
        yield "blocks: int"
    yield "stride: int"
    if any(spec.dilated):
        yield from ("first_dilation: int", "dilation: int")
    if spec.attention == "eca":
        yield "eca_kernel: int"
    if _is_told_of_activation(spec):
        yield "activated: bool = False"


def _stages(spec: ResNetSpec) -> Iterator[str]:
    """Yield the arguments of `make_stage` for each stage, as source text."""
    channels, dilation = spec.width, 1
    stages = zip(spec.blocks, spec.inner_widths, spec.outputs, spec.stage_strides, spec.dilated, strict=True)
    for number, (blocks, inner, after, stride, dilated) in enumerate(stages):
        first, dilation = dilation, dilation * stride if dilated else dilation
        block = f"{BLOCK_CLASSES[spec.stage_kinds[number], spec.order]}, " if len(set(spec.stage_kinds)) > 1 else ""
        widths = f"WIDTHS[{number}], {after}" if spec.block_widths else f"{inner}, {after}, blocks={blocks}"
        arguments = f"{block}{channels}, {widths}, stride={1 if dilated else stride}"
        if any(spec.dilated):
            arguments += f", first_dilation={first}, dilation={dilation}"
        if spec.attention == "eca":
            arguments += f", eca_kernel={eca_kernel(spec.unpruned_outputs[number])}"
        yield arguments + (", activated=True" if _is_told_of_activation(spec) and number == 0 else "")
        channels = after


def _shown_widths(widths: tuple[tuple[int, ...], ...]) -> str:
    """Return the widths of the blocks of a stage as the source text of a list, which may have several lines."""
    text = ", ".join(map(str, widths))
    if len(text) <= _LINE_LENGTH - len("    [],"):
        return f"[{text}]"
    joined = text.replace(", (", ",\0(").replace(" ", "\1").replace("\0", " ")  # lines end behind a block only
    lines = textwrap.wrap(joined, _LINE_LENGTH - 1, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return "\n".join(["[", *(line.replace("\1", " ") for line in lines), "    ]"])


def _wrapped(line: str) -> str:
    """Wrap a line that is too long: its arguments on one line of their own, or on one line each."""
    if len(line) <= _LINE_LENGTH or line.startswith('"""'):
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    opening, closing = line.index("(") + 1, line.rindex(")")
    arguments = f"{indent}    {line[opening:closing]}"
    if len(arguments) > _LINE_LENGTH:
        each = _BETWEEN_ARGUMENTS.split(line[opening:closing])
        arguments = "\n".join(_wrapped(f"{indent}    {argument},") for argument in each)
    return f"{line[:opening]}\n{arguments}\n{indent}{line[closing:]}"
