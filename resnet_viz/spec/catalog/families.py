"""The headings under which the named networks are listed, in this order."""

from resnet_viz.texts import tr

V1_5 = tr("ResNet (v1.5)")
V1 = tr("ResNet as in the paper (v1)")
CDST = tr("ResNet-C, D, S and T")
RESNEXT = tr("ResNeXt")
WIDE = tr("Wide ResNet")
SE = tr("SE-ResNet and SE-ResNeXt")
ECA = tr("ECA-ResNet and ECA-ResNeXt")
ANTIALIASED = tr("Anti-aliased ResNet")
RS = tr("ResNet-RS")
V2 = tr("ResNetV2 (timm)")
OTHER_NORMS = tr("Other norms")
BIT = tr("Big Transfer (BiT)")
CIFAR = tr("ResNet for CIFAR")
PLAIN = tr("Plain networks")
PREACTIVATION = tr("Pre-activation")
BACKBONES = tr("Backbones")

FAMILIES = (
    V1_5, V1, CDST, RESNEXT, WIDE, SE, ECA, ANTIALIASED, RS, V2, OTHER_NORMS, BIT, CIFAR, PLAIN, PREACTIVATION,
    BACKBONES,
)  # fmt: skip
