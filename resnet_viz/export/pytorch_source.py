"""The network of a spec as PyTorch source that stands alone, with only the parts that this network has.

Its parameters have the names, order and shapes of `resnet_viz.model`, so that either loads the other's weights.
"""

from typing import NamedTuple

from resnet_viz.counters.torchsummary import BLOCK_CLASSES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of

_ZERO_PAD = '''\
class ZeroPad(nn.Module):
    """Shortcut A: take every stride-th pixel and append channels of zeros."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))'''

_INITIALISE = """\
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")"""

_LINE = 100  # of the source that is written
_BLOCK_DOCS = {
    "BasicBlock": "Two 3×3 convolutions",
    "Bottleneck": "1×1 reduces the channels, 3×3 works on the few, 1×1 expands them again",
    "PreActBasicBlock": "Two 3×3 convolutions, each after its batch norm and ReLU",
    "PreActBottleneck": "1×1 reduces, 3×3, 1×1 expands, each after its batch norm and ReLU",
}
_SHORTCUT_DOCS = {
    "A": "The shortcut pads x with channels of zeros where shapes differ.",
    "B": "The shortcut is x, projected by a 1×1 convolution where shapes differ.",
    "C": "The shortcut is always a 1×1 projection of x.",
    "none": "A plain network's block has no shortcut.",
}
_STAGE_DOCS = {
    "post": "The first block may change the shape, the others keep it.",
    "pre": "The first block may change the shape; `activated`: the stem has done its norm and ReLU.",
}


class _Conv(NamedTuple):
    """One convolution of a block, its arguments as source text."""

    channels_in: str
    channels_out: str
    kernel: int
    stride: str = "1"
    dilation: str = "1"


def source_code(spec: ResNetSpec) -> str:
    """A Python file with `build()`; run as a script it does one forward pass and prints the parameter count."""
    padding = [_ZERO_PAD] if spec.shortcut == "A" else []
    classes = ["\n".join(map(_fitting, part.splitlines())) for part in (_block(spec), _stage(spec), _network(spec))]
    return "\n\n\n".join([_header(spec), *padding, *classes, _ending(spec)]) + "\n"


def _header(spec: ResNetSpec) -> str:
    blocks = ", ".join(str(count) for count in spec.blocks)
    stages = f"{len(spec.blocks)} stages of {blocks}" if len(spec.blocks) > 1 else f"1 stage of {blocks}"
    return (
        f'"""{title_of(spec)} in PyTorch: {stages} {_name(spec)} blocks.\n\nWritten by resnet_viz.\n"""\n\n'
        "import torch\nfrom torch import Tensor, nn"
    )


def _name(spec: ResNetSpec) -> str:
    return BLOCK_CLASSES[spec.block, spec.order]


def _is_dilated(spec: ResNetSpec) -> bool:
    return any(spec.dilated)


def _convs(spec: ResNetSpec) -> list[_Conv]:
    first, later = ("first_dilation", "dilation") if _is_dilated(spec) else ("1", "1")
    if spec.block == "basic":
        return [
            _Conv("channels_in", "inner", 3, "stride", first),
            _Conv("inner", "channels_out", 3, dilation=later),
        ]
    strides = ("stride", "1") if spec.stride_in == "1x1" else ("1", "stride")
    return [
        _Conv("channels_in", "inner", 1, strides[0]),
        _Conv("inner", "inner", 3, strides[1], later),
        _Conv("inner", "channels_out", 1),
    ]


def _conv_source(spec: ResNetSpec, conv: _Conv) -> str:
    arguments = [conv.channels_in, conv.channels_out, str(conv.kernel)]
    if conv.stride != "1":
        arguments.append(f"stride={conv.stride}")
    if conv.kernel > 1:
        arguments.append(f"padding={conv.dilation if conv.dilation != '1' else conv.kernel // 2}")
    if conv.dilation != "1":
        arguments.append(f"dilation={conv.dilation}")
    if spec.groups > 1 and conv.kernel > 1 and conv.channels_in in ("channels_in", "inner"):
        arguments.append(f"groups={spec.groups}")
    if not spec.bias:
        arguments.append("bias=False")
    return f"nn.Conv2d({', '.join(arguments)})"


def _fitting(line: str) -> str:
    """The line, its arguments on a line of their own where it would be too long."""
    if len(line) <= _LINE:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    opening, closing = line.index("(") + 1, line.rindex(")")
    inside = f"{indent}    {line[opening:closing]}"
    if len(inside) > _LINE:
        inside = inside.replace(", ", f",\n{indent}    ") + ","
    return f"{line[:opening]}\n{inside}\n{indent}{line[closing:]}"


def _block(spec: ResNetSpec) -> str:
    lines = [
        f"class {_name(spec)}(nn.Module):",
        f'    """{_BLOCK_DOCS[_name(spec)]}.',
        "",
        f"    {_SHORTCUT_DOCS[spec.shortcut]}",
        '    """',
        "",
        f"    def __init__({', '.join(['self', *_block_parameters(spec)])}) -> None:",
        "        super().__init__()",
        *_block_modules(spec),
        "        self.relu = nn.ReLU()",
        *_shortcut_module(spec),
        "",
        "    def forward(self, x: Tensor) -> Tensor:",
        *(_pre_forward(spec) if spec.order == "pre" else _post_forward(spec)),
    ]
    return "\n".join(lines)


def _block_parameters(spec: ResNetSpec) -> list[str]:
    parameters = ["channels_in: int", "inner: int", "channels_out: int", "stride: int"]
    if _is_dilated(spec):
        parameters += ["first_dilation: int", "dilation: int"] if spec.block == "basic" else ["dilation: int"]
    return [*parameters, "activated: bool"] if spec.order == "pre" else parameters


def _block_modules(spec: ResNetSpec) -> list[str]:
    lines = []
    for number, conv in enumerate(_convs(spec), start=1):
        made = f"        self.conv{number} = {_conv_source(spec, conv)}"
        if spec.order == "post":
            lines += [made, f"        self.bn{number} = nn.BatchNorm2d({conv.channels_out})"]
            continue
        norm = f"nn.BatchNorm2d({conv.channels_in})"
        norm = f"None if activated else {norm}" if number == 1 else norm
        lines += [f"        self.bn{number} = {norm}", made]
    return lines


def _shortcut_module(spec: ResNetSpec) -> list[str]:
    if spec.shortcut == "none":
        return []
    if spec.shortcut == "A":
        made = ["self.downsample = ZeroPad(channels_out, stride)"]
    else:
        parts = [_conv_source(spec, _Conv("channels_in", "channels_out", 1, "stride"))]
        parts += ["nn.BatchNorm2d(channels_out)"] if spec.order == "post" else []
        made = ["self.downsample = nn.Sequential(", *(f"    {part}," for part in parts), ")"]
    if spec.shortcut == "C":
        return [f"        {line}" for line in made]
    condition = "        if stride != 1 or channels_in != channels_out:"
    return ["        self.downsample = None", condition, *(f"            {line}" for line in made)]


def _post_forward(spec: ResNetSpec) -> list[str]:
    lines, source = [], "x"
    for number in range(1, len(_convs(spec))):
        lines.append(f"        residual = self.relu(self.bn{number}(self.conv{number}({source})))")
        source = "residual"
    last = len(_convs(spec))
    lines.append(f"        residual = self.bn{last}(self.conv{last}(residual))")
    return [*lines, *_join(spec, "x", "self.relu({})")]


def _pre_forward(spec: ResNetSpec) -> list[str]:
    lines = ["        active = x if self.bn1 is None else self.relu(self.bn1(x))"]
    lines.append("        residual = self.conv1(active)")
    for number in range(2, len(_convs(spec)) + 1):
        lines.append(f"        residual = self.conv{number}(self.relu(self.bn{number}(residual)))")
    return [*lines, *_join(spec, "x" if spec.shortcut == "A" else "active", "{}")]


def _join(spec: ResNetSpec, changed: str, wrapper: str) -> list[str]:
    if spec.shortcut == "none":
        return [f"        return {wrapper.format('residual')}"]
    if spec.shortcut == "C":
        return [f"        return {wrapper.format(f'residual + self.downsample({changed})')}"]
    return [
        f"        shortcut = x if self.downsample is None else self.downsample({changed})",
        f"        return {wrapper.format('residual + shortcut')}",
    ]


def _stage(spec: ResNetSpec) -> str:
    extra, first, later = [], ["stride"], ["1"]
    if _is_dilated(spec):
        extra += ["first_dilation: int", "dilation: int"]
        later += ["dilation", "dilation"] if spec.block == "basic" else ["dilation"]
        first += ["first_dilation", "dilation"] if spec.block == "basic" else [_bottleneck_dilation(spec)]
    if spec.order == "pre":
        extra.append("activated: bool = False")
        first.append("activated")
        later.append("False")
    known = ["channels_in: int", "inner: int", "channels_out: int", "blocks: int", "stride: int"]
    parameters = ", ".join([*known, *extra])
    name = _name(spec)
    return "\n".join(
        [
            f"def make_stage({parameters}) -> nn.Sequential:",
            f'    """{_STAGE_DOCS[spec.order]}"""',
            f"    first = {name}(channels_in, inner, channels_out, {', '.join(first)})",
            "    stage = nn.Sequential(first)",
            "    for _ in range(blocks - 1):",
            f"        stage.append({name}(channels_out, inner, channels_out, {', '.join(later)}))",
            "    return stage",
        ]
    )


def _bottleneck_dilation(spec: ResNetSpec) -> str:
    return "dilation" if spec.stride_in == "1x1" else "first_dilation"


def _network(spec: ResNetSpec) -> str:
    lines = [
        "class ResNet(nn.Module):",
        f'    """{_network_doc(spec)}"""',
        "",
        f"    def __init__(self{f', classes: int = {spec.classes}' if spec.head else ''}) -> None:",
        "        super().__init__()",
        *_stem_modules(spec),
        *_stage_calls(spec),
        *_head_modules(spec),
        _INITIALISE,
        *(["                nn.init.zeros_(module.bias)"] if spec.bias else []),
        "",
        "    def forward(self, x: Tensor) -> Tensor:",
        *_network_forward(spec),
    ]
    return "\n".join(lines)


def _network_doc(spec: ResNetSpec) -> str:
    stages = "one stage" if len(spec.blocks) == 1 else f"{len(spec.blocks)} stages"
    return f"Stem, {stages}, " + ("average pooling, classifier." if spec.head else "and no head: puts out features.")


def _stem_modules(spec: ResNetSpec) -> list[str]:
    kernel, stride = (3, "1") if spec.stem == "cifar" else (7, "2")
    conv = _conv_source(spec, _Conv(str(spec.input[1]), str(spec.width), kernel, stride))
    lines = [f"self.conv1 = {conv}", f"self.bn1 = nn.BatchNorm2d({spec.width})", "self.relu = nn.ReLU()"]
    if spec.stem == "imagenet":
        lines.append(f"self.maxpool = nn.MaxPool2d(3, stride={spec.stem_pool_stride}, padding=1)")
    return [f"        {line}" for line in lines]


def _stage_calls(spec: ResNetSpec) -> list[str]:
    lines, channels, dilation = [], spec.width, 1
    parts = zip(spec.blocks, spec.inner_widths, spec.widths, spec.stage_strides, spec.dilated, strict=True)
    for number, (blocks, inner, width, stride, dilated) in enumerate(parts, start=1):
        first, dilation = dilation, dilation * stride if dilated else dilation
        arguments = [f"{channels}, {inner}, {width * spec.expansion}", f"blocks={blocks}"]
        arguments.append(f"stride={1 if dilated else stride}")
        if _is_dilated(spec):
            arguments += [f"first_dilation={first}", f"dilation={dilation}"]
        if spec.order == "pre" and number == 1:
            arguments.append("activated=True")
        lines.append(f"        self.layer{number} = make_stage({', '.join(arguments)})")
        channels = width * spec.expansion
    return lines


def _head_modules(spec: ResNetSpec) -> list[str]:
    channels = spec.widths[-1] * spec.expansion
    lines = [f"        self.norm = nn.BatchNorm2d({channels})"] if spec.order == "pre" else []
    if spec.head:
        lines += ["        self.avgpool = nn.AdaptiveAvgPool2d(1)", f"        self.fc = nn.Linear({channels}, classes)"]
    return lines


def _network_forward(spec: ResNetSpec) -> list[str]:
    lines = ["x = self.relu(self.bn1(self.conv1(x)))"]
    lines += ["x = self.maxpool(x)"] if spec.stem == "imagenet" else []
    lines += [f"x = self.layer{number}(x)" for number in range(1, len(spec.blocks) + 1)]
    lines += ["x = self.relu(self.norm(x))"] if spec.order == "pre" else []
    lines.append("return self.fc(torch.flatten(self.avgpool(x), 1))" if spec.head else "return x")
    return [f"        {line}" for line in lines]


def _ending(spec: ResNetSpec) -> str:
    sizes = ", ".join(str(size) for size in spec.input)
    return f'''\
def build() -> ResNet:
    """The network, ready to train."""
    return ResNet()


if __name__ == "__main__":
    model = build().eval()
    with torch.inference_mode():
        output = model(torch.zeros({sizes}))
    params = sum(parameter.numel() for parameter in model.parameters())
    print(f"{{params:,}} parameters, output {{tuple(output.shape)}}")'''
