"""The networks of the papers, of torchvision and of Mask R-CNN."""

from collections.abc import Iterator

from resnet_viz.spec.catalog import families, papers
from resnet_viz.spec.catalog.record import Paper, Preset
from resnet_viz.spec.depths import with_depth
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr

IMAGENET: dict[int, tuple[BlockKind, tuple[int, ...]]] = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
    200: ("bottleneck", (3, 24, 36, 3)),
}
CIFAR_BASE = ResNetSpec(
    block="basic", blocks=(3, 3, 3), width=16, stem="cifar", shortcut="A", classes=10, input=(1, 3, 32, 32)
)
CIFAR_BOTTLENECK = CIFAR_BASE.but(block="bottleneck", blocks=(18, 18, 18), shortcut="B", stride_in="1x1")
PUBLISHED_CIFAR_BOTTLENECKS = (164, 1001)
TORCHVISION = "torchvision.models.resnet"


def imagenet(depth: int) -> ResNetSpec:
    """Return the published network of this depth, a key of IMAGENET, for ImageNet."""
    block, blocks = IMAGENET[depth]
    return ResNetSpec(block=block, blocks=blocks)


def first_version(spec: ResNetSpec) -> ResNetSpec:
    """Return the network as the paper of 2015 has it: shortcut A in Basic blocks, the stride in the first 1×1."""
    return spec.but(shortcut="A") if spec.block == "basic" else spec.but(stride_in="1x1")


def without_shortcuts(spec: ResNetSpec) -> ResNetSpec:
    """Return the plain network."""
    return spec.but(shortcut="none")


def paper_presets() -> Iterator[Preset]:
    """Yield the networks, family by family."""
    for found in (_imagenet_presets, _wide_presets, _cifar_presets, _preactivation_presets, _other_presets):
        yield from found()


def _preset(name: str, title: str, text: str, spec: ResNetSpec, family: str, paper: Paper, source: str = "") -> Preset:
    """Return the record; `source` replaces the paper's reference."""
    return Preset(name, title, text, source or paper.reference, spec, family, paper.year)


def _cifar(depth: int, block: BlockKind = "basic") -> ResNetSpec:
    return with_depth(CIFAR_BASE if block == "basic" else CIFAR_BOTTLENECK, depth)


def _imagenet_presets() -> Iterator[Preset]:
    for depth in IMAGENET:
        paper, source = (papers.HE2015, TORCHVISION) if depth < 200 else (papers.HE2016, "")
        text = tr("ResNet-{n} with a projection where shapes differ, stride in the 3×3 (v1.5)").format(n=depth)
        yield _preset(f"resnet{depth}", f"ResNet-{depth}", text, imagenet(depth), families.V1_5, paper, source)
    for depth in (18, 34, 50, 101, 152):
        text = tr("the paper's ResNet-{n}: stride in the first 1×1").format(n=depth)
        if depth < 50:
            text = tr("the paper's ResNet-{n}: parameter-free shortcut A").format(n=depth)
        spec = first_version(imagenet(depth))
        yield _preset(f"resnet{depth}_v1", f"ResNet-{depth} v1", text, spec, families.V1, papers.HE2015)


def _wide_presets() -> Iterator[Preset]:
    for depth, groups, per_group in ((50, 32, 4), (101, 32, 8), (101, 64, 4)):
        name, title = f"resnext{depth}_{groups}x{per_group}d", f"ResNeXt-{depth} {groups}×{per_group}d"
        text = tr("{groups} groups of {width} channels in the first stage").format(groups=groups, width=per_group)
        spec = imagenet(depth).but(groups=groups, width_per_group=per_group)
        source = f"{papers.XIE2016.reference}; {TORCHVISION}"
        yield _preset(name, title, text, spec, families.RESNEXT, papers.XIE2016, source)
    text = tr("the inner 3×3 convolutions twice as wide")
    for depth in (50, 101):
        name, title = f"wide_resnet{depth}_2", f"Wide ResNet-{depth}-2"
        spec, source = imagenet(depth).but(width_per_group=128), f"{papers.ZAGORUYKO2016.reference}; {TORCHVISION}"
        yield _preset(name, title, text, spec, families.WIDE, papers.ZAGORUYKO2016, source)


def _cifar_presets() -> Iterator[Preset]:
    for depth in (20, 32, 44, 56, 110, 1202):
        text = tr("three stages of {n} Basic blocks for 32×32, shortcut A").format(n=(depth - 2) // 6)
        name, title = f"resnet{depth}_cifar", f"ResNet-{depth} (CIFAR)"
        yield _preset(name, title, text, _cifar(depth), families.CIFAR, papers.HE2015)
    tutorial = ResNetSpec(
        block="basic", blocks=(4, 5, 7, 4), stage_widths=(128, 256, 512, 512), stem_pool_stride=1, classes=10,
        input=(1, 3, 32, 32),
    )  # fmt: skip
    text = tr("wider Basic blocks 4, 5, 7, 4 behind the ImageNet stem, for 32×32 and 10 classes")
    yield _preset("resnet34_cifar_wide", "ResNet-34 wide (CIFAR)", text, tutorial, families.CIFAR, papers.TUTORIAL)
    text = tr("the {n}-layer network without its shortcuts")
    plain = [(f"plain{depth}_cifar", f"Plain-{depth} (CIFAR)", _cifar(depth)) for depth in (20, 32, 44, 56)]
    plain += [(f"plain{depth}", f"Plain-{depth}", imagenet(depth)) for depth in (18, 34)]
    for name, title, spec in plain:
        described = text.format(n=spec.depth)
        yield _preset(name, title, described, without_shortcuts(spec), families.PLAIN, papers.HE2015)


def _preactivation_presets() -> Iterator[Preset]:
    text = tr("batch norm and ReLU before each convolution; identity all the way")
    cifar = (_cifar(110), *(_cifar(depth, "bottleneck") for depth in PUBLISHED_CIFAR_BOTTLENECKS))
    networks = [(f"resnet{spec.depth}_cifar", f"ResNet-{spec.depth} (CIFAR)", spec) for spec in cifar]
    for name, title, spec in (*networks, ("resnet200", "ResNet-200", imagenet(200))):
        preactivated = spec.but(order="pre")
        yield _preset(f"preact_{name}", f"PreAct {title}", text, preactivated, families.PREACTIVATION, papers.HE2016)


def _other_presets() -> Iterator[Preset]:
    text = tr("backbone for 1024×1024: biased convolutions, no head, feature levels C1 to C5")
    for depth in (50, 101):
        spec = first_version(imagenet(depth)).but(bias=True, head=False, input=(1, 3, 1024, 1024))
        name, title = f"maskrcnn_resnet{depth}", f"Mask R-CNN ResNet-{depth}"
        yield _preset(name, title, text, spec, families.BACKBONES, papers.MASK_RCNN)
