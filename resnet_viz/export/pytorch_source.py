"""The network of a spec as PyTorch source that stands alone, with only the parts that this network has.

Its parameters have the names, order and shapes of `resnet_viz.model`, so that either loads the other's weights. The
text is the template `resources/sources/resnet.py.jinja`.
"""

from collections.abc import Callable, Iterator
from functools import cache

from resnet_viz.counters.torchsummary import BLOCK_CLASSES
from resnet_viz.resources import resource_folder
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of

_LINE = 100  # of the source that is written


def source_code(spec: ResNetSpec) -> str:
    """A Python file with `build()`; run as a script it does one forward pass and prints the parameter count."""
    block = BLOCK_CLASSES[spec.block, spec.order]
    text = _template()(spec=spec, title=title_of(spec), block=block, stages=tuple(_stages(spec)))
    return "\n".join(map(_fitting, text.split("\n")))


@cache
def _template() -> Callable[..., str]:
    """What fills the template in."""
    from jinja2 import Environment, FileSystemLoader  # when a source is asked for: the window opens without it

    loader = FileSystemLoader(resource_folder() / "sources")
    environment = Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return environment.get_template("resnet.py.jinja").render


def _stages(spec: ResNetSpec) -> Iterator[str]:
    """What each stage is made with, as source text."""
    channels, dilation = spec.width, 1
    parts = zip(spec.blocks, spec.inner_widths, spec.widths, spec.stage_strides, spec.dilated, strict=True)
    for number, (blocks, inner, width, stride, dilated) in enumerate(parts):
        first, dilation = dilation, dilation * stride if dilated else dilation
        arguments = f"{channels}, {inner}, {width * spec.expansion}, blocks={blocks}, stride={1 if dilated else stride}"
        if any(spec.dilated):
            arguments += f", first_dilation={first}, dilation={dilation}"
        yield arguments + (", activated=True" if spec.order == "pre" and number == 0 else "")
        channels = width * spec.expansion


def _fitting(line: str) -> str:
    """The line, its arguments on a line of their own where it would be too long."""
    if len(line) <= _LINE or line.startswith('"""'):
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    opening, closing = line.index("(") + 1, line.rindex(")")
    inside = f"{indent}    {line[opening:closing]}"
    if len(inside) > _LINE:
        inside = inside.replace(", ", f",\n{indent}    ") + ","
    return f"{line[:opening]}\n{inside}\n{indent}{line[closing:]}"
