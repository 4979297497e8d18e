"""The fields of the Build panel: titles, what each one is, where it was published, and the choices of some."""

import msgspec

from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Choice

HE2015 = "He et al. 2015, arXiv:1512.03385"
HE2016 = "He et al. 2016, arXiv:1603.05027"
XIE2016 = "Xie et al. 2016, arXiv:1611.05431"
ZAGORUYKO2016 = "Zagoruyko and Komodakis 2016, arXiv:1605.07146"
HU2017 = "Hu et al. 2017, arXiv:1709.01507"
YU2017 = "Yu et al. 2017, arXiv:1705.09914"
GOYAL2017 = "Goyal et al. 2017, arXiv:1706.02677"
T_HE2018 = "T. He et al. 2018, arXiv:1812.01187"
ZHANG2019 = "Zhang 2019, arXiv:1904.11486"
WANG2019 = "Wang et al. 2019, arXiv:1910.03151"
BIT2019 = "Kolesnikov et al. 2019, arXiv:1912.11370"
PRUNING2020 = "Aflalo et al. 2020, arXiv:2002.08258"
BELLO2021 = "Bello et al. 2021, arXiv:2103.07579"


class Axis(msgspec.Struct, frozen=True):
    """A field of a network: its title, a sentence that says what it is, where it was published, and its choices.

    `under` is the field that it refines, below which it stands in the panel; "" for a field of the first rank.
    """

    field: str
    title: str
    about: str
    source: str = ""
    choices: tuple[Choice, ...] = ()
    under: str = ""

    @property
    def tip(self) -> str:
        """What the field is, and below it where it was published."""
        return "\n".join(part for part in (self.about, self.source) if part)


def _sources(*sources: str) -> str:
    return "; ".join(sources)


_AXES = (
    Axis("preset", tr("Preset"), tr("A published network: type words of its name, family, paper or year, or resnetN.")),
    Axis("depth", tr("Depth"),
         tr("The layers with weights on the longest path; the arrows step through the depths that exist."), HE2015),
    Axis("block", tr("Block"), tr("The block that is repeated in every stage."), HE2015, (
        Choice("basic", tr("Basic"), tr("two 3×3 convolutions")),
        Choice("bottleneck", tr("Bottleneck"), tr("1×1, 3×3, 1×1 convolutions; output 4 × as wide")),
    )),
    Axis("stage_blocks", tr("Bottleneck in"), tr("The stages of Bottlenecks; the others have Basic blocks."),
         tr("timm's test_resnet"), under="block"),
    Axis("groups", tr("Groups"), tr("Parts into which the 3×3 convolutions divide their channels."), XIE2016,
         under="block"),
    Axis("width_per_group", tr("Width / group"),
         tr("The channels of a group where the stage is 64 wide: inner width = stage width × this ÷ 64 × groups."),
         _sources(XIE2016, ZAGORUYKO2016), under="block"),
    Axis("reduce_first", tr("First conv"),
         tr("How wide the first convolution of a block is, beside the others inside the block."), HU2017, (
        Choice("1", tr("as wide as the second")),
        Choice("2", tr("half as wide"), tr("as in SENet-154")),
    ), under="block"),
    Axis("bias", tr("Convolutions"), tr("A bias in every convolution, which a batch norm behind it cancels."),
         under="block"),
    Axis("blocks", tr("Blocks / stage"), tr("The residual blocks of each stage; + and − add and remove a stage."),
         HE2015),
    Axis("width", tr("Width"), tr("The channels of the stem; each stage is twice as wide as the one before."), HE2015),
    Axis("stage_widths", tr("Stage widths"),
         tr("The width of each stage before its block's expansion; empty for width, 2 × width, 4 × width …"), HE2015,
         under="width"),
    Axis("stage_outputs", tr("Stage outputs"),
         tr("The output channels of each stage, where pruning has removed some; empty for width × expansion."),
         PRUNING2020, under="width"),
    Axis("block_widths", tr("Block widths"),
         tr("The channels between the convolutions of each block, where pruning has removed some: a slash between "
            "stages, a comma between blocks, one block for a stage of equal blocks; empty for the stage's width."),
         PRUNING2020, under="width"),
    Axis("shortcut", tr("Shortcut"), tr("How the input of a block gets to the addition where its shape differs."),
         _sources(HE2015, T_HE2018), (
        Choice("A", tr("A  zero padding"), tr("strided, with zeros for the new channels: no parameters")),
        Choice("B", tr("B  projection when shapes differ"), tr("a 1×1 convolution where shapes differ")),
        Choice("C", tr("C  projection always"), tr("a 1×1 convolution in every block")),
        Choice("D", tr("D  average, then projection"),
               tr("ResNet-D: a 2×2 average pool before the 1×1, which then sees every pixel")),
        Choice("none", tr("none  plain network")),
    )),
    Axis("projection_kernel", tr("Projection"),
         tr("The kernel of the projections with a stride: a 3×3 sees the pixels that a 1×1 passes over."), HU2017, (
        Choice("1", tr("1×1")), Choice("3", tr("3×3 where strided"), tr("as in SENet-154")),
    ), under="shortcut"),
    Axis("order", tr("Activation order"),
         tr("Norm and ReLU behind each convolution, or before it, so that nothing acts on the sums."), HE2016, (
        Choice("post", tr("post (v1)")), Choice("pre", tr("pre (v2, pre-activation)")),
    )),
    Axis("first_activation", tr("First in"),
         tr("Where a pre-activation network has its first norm and ReLU: in the stem, before its pool, or in the first "
            "block, behind the pool."), _sources(HE2016, BIT2019), (
        Choice("stem", tr("the stem (the paper)")), Choice("block", tr("the first block (timm)")),
    ), under="order"),
    Axis("norm", tr("Norm"), tr("What normalizes the activations behind or before each convolution."),
         tr("Ioffe and Szegedy 2015, arXiv:1502.03167"), (
        Choice("batch", tr("batch norm"), tr("each channel over the batch; fixed after training")),
        Choice("group", tr("group norm, 32 groups"),
               tr("each image by itself, in 32 groups of channels\nWu and He 2018, arXiv:1803.08494")),
        Choice("evonorm", tr("EvoNorm S0"),
               tr("norm and activation in one; needs the order pre\nLiu et al. 2020, arXiv:2004.02967")),
        Choice("frn", tr("filter response norm"),
               tr("norm, and a learned threshold as activation; needs the order pre\n"
                  "Singh and Krishnan 2019, arXiv:1911.09737")),
        Choice("none", tr("none")),
    )),
    Axis("weight_standardization", tr("Weights"),
         tr("In every pass the weights of each output channel get the mean 0 and the variance 1."),
         _sources(tr("Qiao et al. 2019, arXiv:1903.10520"), BIT2019), under="norm"),
    Axis("attention", tr("Attention"), tr("A factor for each channel before the addition, from the channels' means."),
         _sources(HU2017, WANG2019), (
        Choice("none", tr("none")),
        Choice("se", tr("squeeze and excitation"), tr("two 1×1 convolutions, the first to few channels\n") + HU2017),
        Choice("eca", tr("efficient channel attention"), tr("one convolution over neighboring channels\n") + WANG2019),
    )),
    Axis("attention_reduction", tr("Reduction"),
         tr("The channels of a block divided by those of its gate's narrow layer; ResNet-RS has 4."),
         _sources(HU2017, BELLO2021), under="attention"),
    Axis("stem", tr("Stem"), tr("The first layers: for large images, or for those of CIFAR."), HE2015, (
        Choice("imagenet", tr("ImageNet  stride 2 and pool"), tr("7×7, or three 3×3")),
        Choice("cifar", tr("CIFAR  one 3×3")),
    )),
    Axis("stem_widths", tr("Deep stem"),
         tr("The channels of the first two of three 3×3 convolutions, which replace the 7×7; empty for the 7×7."),
         T_HE2018, under="stem"),
    Axis("stem_pool", tr("Pool"), tr("What lowers the resolution at the end of the stem."),
         _sources(HE2015, ZHANG2019, BELLO2021), (
        Choice("max", tr("maximum 3×3")),
        Choice("average", tr("average 2×2")),
        Choice("blur", tr("maximum and blur filter"), tr("the maximum at every pixel, then a strided blur filter")),
        Choice("conv", tr("convolution 3×3"), tr("as in ResNet-RS")),
    ), under="stem"),
    Axis("stem_pool_stride", tr("Pool stride"), tr("The stride of the stem's pool; 1 keeps the size."), HE2015, (
        Choice("2", tr("2 (halves once more)")), Choice("1", tr("1 (keeps the size)")),
    ), under="stem"),
    Axis("stem_pool_padding", tr("Pool padding"), tr("What the max pool sees beyond the edges of its map."), BIT2019, (
        Choice("both", tr("nothing, on all sides"), tr("minus infinity, as in PyTorch")),
        Choice("zero", tr("zeros, on all sides"), tr("as in BiT")),
        Choice("end", tr("nothing, right and below"), tr("as in Caffe, and in TensorFlow where sizes are even")),
    ), under="stem"),
    Axis("strides", tr("Strides"), tr("The stride of each stage's first block; empty for 1, 2, 2 …"), HE2015),
    Axis("stride_in", tr("Stride at"), tr("Which convolution of a Bottleneck lowers the resolution."),
         _sources(HE2015, GOYAL2017), (
        Choice("3x3", tr("3×3 (v1.5, torchvision)"), tr("sees every pixel")),
        Choice("1x1", tr("1×1 (v1, the paper)"), tr("cheaper; passes over three of four pixels")),
    ), under="strides"),
    Axis("antialias", tr("Anti-aliasing"),
         tr("Smoothing where a block lowers the resolution: its convolution has stride 1, and a pool behind the "
            "activation the stride."), ZHANG2019, (
        Choice("none", tr("none")),
        Choice("average", tr("average pool"), tr("needs sizes that the stride divides")),
        Choice("blur", tr("blur filter"), tr("1, 2, 1 in each direction")),
    ), under="strides"),
    Axis("dilate", tr("Dilate stages"), tr("Stages that dilate their 3×3 convolutions in place of the stride, and so "
                                           "keep the resolution."), YU2017, under="strides"),
    Axis("input", tr("Input N·C·H·W"), tr("Images in a batch, their channels, height and width.")),
    Axis("head", tr("Head"), tr("The mean over the last map and the classifier; a backbone has neither."), HE2015,
         under="input"),
    Axis("classes", tr("Classes"), tr("The outputs of the classifier."), under="input"),
)  # fmt: skip

AXES = {axis.field: axis for axis in _AXES}
"""The fields by name, in the order of the panel."""


def choices(field: str) -> tuple[Choice, ...]:
    """Return the choices of a field with few values."""
    return AXES[field].choices
