"""The network of a spec as self-contained PyTorch source, with only the code that this network needs.

Its parameters have the names, order and shapes of `resnet_viz.model`, so that weights can be exchanged. The template is
`resources/sources/resnet.py.jinja`.
"""

from collections.abc import Callable, Iterator
from functools import cache

from resnet_viz.counters.torchsummary import BLOCK_CLASSES
from resnet_viz.resources import resource_folder
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of

_LINE_LENGTH = 100  # the longest line of the exported source


def source_code(spec: ResNetSpec) -> str:
    """Return a Python file with a function `build`; as a script it runs a forward pass and prints its parameters."""
    block = BLOCK_CLASSES[spec.block, spec.order]
    text = _template()(spec=spec, title=title_of(spec), block=block, stages=tuple(_stages(spec)))
    return "\n".join(map(_wrapped, text.split("\n")))


@cache
def _template() -> Callable[..., str]:
    """Return the function that fills in the template."""
    from jinja2 import Environment, FileSystemLoader  # only an export of source needs it

    loader = FileSystemLoader(resource_folder() / "sources")
    environment = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return environment.get_template("resnet.py.jinja").render


def _stages(spec: ResNetSpec) -> Iterator[str]:
    """Yield the arguments of `make_stage` for each stage, as source text."""
    channels, dilation = spec.width, 1
    stages = zip(spec.blocks, spec.inner_widths, spec.outputs, spec.stage_strides, spec.dilated, strict=True)
    for number, (blocks, inner, after, stride, dilated) in enumerate(stages):
        first, dilation = dilation, dilation * stride if dilated else dilation
        arguments = f"{channels}, {inner}, {after}, blocks={blocks}, stride={1 if dilated else stride}"
        if any(spec.dilated):
            arguments += f", first_dilation={first}, dilation={dilation}"
        yield arguments + (", activated=True" if spec.order == "pre" and number == 0 else "")
        channels = after


def _wrapped(line: str) -> str:
    """Wrap a line that is too long: its arguments on one line of their own, or on one line each."""
    if len(line) <= _LINE_LENGTH or line.startswith('"""'):
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    opening, closing = line.index("(") + 1, line.rindex(")")
    arguments = f"{indent}    {line[opening:closing]}"
    if len(arguments) > _LINE_LENGTH:
        arguments = arguments.replace(", ", f",\n{indent}    ") + ","
    return f"{line[:opening]}\n{arguments}\n{indent}{line[closing:]}"
