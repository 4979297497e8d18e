"""The residual blocks, to be read beside figures 2, 3 and 5 of He et al. 2015 and figure 4 of He et al. 2016.

Parameters have torchvision's names. A plain network's block has no `add`.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from resnet_viz.model.norms import BatchNorm2d
from resnet_viz.model.operations import Add, Conv2d, ZeroPad
from resnet_viz.model.shortcuts import make_shortcut
from resnet_viz.spec.network import Order, ShortcutKind, StrideIn


@dataclass(frozen=True, kw_only=True)
class BlockShape:
    """The arguments of a block: channels in, between and out, its stride, and the settings of the network.

    `first_dilation` belongs to the resolution of the block's input, `dilation` to that of its output.
    """

    channels_in: int
    inner: int
    channels_out: int
    stride: int
    first_dilation: int
    dilation: int
    groups: int
    bias: bool
    shortcut: ShortcutKind
    stride_in: StrideIn
    first_of_network: bool


def _conv3x3(channels_in: int, channels_out: int, shape: BlockShape, *, stride: int, dilation: int) -> Conv2d:
    return Conv2d(
        channels_in, channels_out, 3, stride=stride, padding=dilation, dilation=dilation, groups=shape.groups,
        bias=shape.bias,
    )  # fmt: skip


def _first3x3(shape: BlockShape) -> Conv2d:
    return _conv3x3(shape.channels_in, shape.inner, shape, stride=shape.stride, dilation=shape.first_dilation)


def _second3x3(shape: BlockShape) -> Conv2d:
    return _conv3x3(shape.inner, shape.channels_out, shape, stride=1, dilation=shape.dilation)


def _reduce(shape: BlockShape) -> Conv2d:
    stride = shape.stride if shape.stride_in == "1x1" else 1
    return Conv2d(shape.channels_in, shape.inner, 1, stride=stride, bias=shape.bias)


def _inner3x3(shape: BlockShape) -> Conv2d:
    if shape.stride_in == "1x1":
        return _conv3x3(shape.inner, shape.inner, shape, stride=1, dilation=shape.dilation)
    return _conv3x3(shape.inner, shape.inner, shape, stride=shape.stride, dilation=shape.first_dilation)


def _expand(shape: BlockShape) -> Conv2d:
    return Conv2d(shape.inner, shape.channels_out, 1, bias=shape.bias)


class ResidualBlock(nn.Module):
    """y = F(x) + shortcut(x); the subclasses define F and the places of the activations."""

    order: Order

    def add_shortcut(self, shape: BlockShape) -> None:
        """Create `downsample`, None if x passes unchanged, and the `+`, None in a plain network."""
        self.downsample = make_shortcut(
            shape.shortcut, shape.channels_in, shape.channels_out, stride=shape.stride, order=self.order,
            bias=shape.bias,
        )  # fmt: skip
        self.add = None if shape.shortcut == "none" else Add()

    def join(self, residual: Tensor, x: Tensor) -> Tensor:
        """Return F(x) + shortcut(x), or only F(x) in a plain network."""
        if self.add is None:
            return residual
        joined: Tensor = self.add(residual, x if self.downsample is None else self.downsample(x))
        return joined


class BasicBlock(ResidualBlock):
    """Two 3×3 convolutions; activation after the addition."""

    order = "post"

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        self.conv1 = _first3x3(shape)
        self.bn1 = BatchNorm2d(shape.inner)
        self.relu1 = nn.ReLU()
        self.conv2 = _second3x3(shape)
        self.bn2 = BatchNorm2d(shape.channels_out)
        self.add_shortcut(shape)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(F(x) + shortcut(x))."""
        residual = self.relu1(self.bn1(self.conv1(x)))
        residual = self.bn2(self.conv2(residual))
        y: Tensor = self.relu2(self.join(residual, x))
        return y


class Bottleneck(ResidualBlock):
    """1×1 reduces, 3×3, 1×1 expands; activation after the addition."""

    order = "post"

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        self.conv1 = _reduce(shape)
        self.bn1 = BatchNorm2d(shape.inner)
        self.relu1 = nn.ReLU()
        self.conv2 = _inner3x3(shape)
        self.bn2 = BatchNorm2d(shape.inner)
        self.relu2 = nn.ReLU()
        self.conv3 = _expand(shape)
        self.bn3 = BatchNorm2d(shape.channels_out)
        self.add_shortcut(shape)
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(F(x) + shortcut(x))."""
        residual = self.relu1(self.bn1(self.conv1(x)))
        residual = self.relu2(self.bn2(self.conv2(residual)))
        residual = self.bn3(self.conv3(residual))
        y: Tensor = self.relu3(self.join(residual, x))
        return y


class PreActBlock(ResidualBlock):
    """Batch norm and ReLU before each convolution, nothing after the addition (He et al. 2016, figure 4e).

    The first block of the network has no activation of its own: both paths read the stem's. A projection reads the
    activated input, identity and zero padding the input before activation.
    """

    order = "pre"

    def add_preactivation(self, shape: BlockShape) -> None:
        """Create `bn1` and `relu1`; both are None in the first block of the network, where the stem activates."""
        self.bn1 = None if shape.first_of_network else BatchNorm2d(shape.channels_in)
        self.relu1 = None if shape.first_of_network else nn.ReLU()

    def activate(self, x: Tensor) -> Tensor:
        """Return ReLU(BN(x)), or x in the first block of the network."""
        return x if self.bn1 is None or self.relu1 is None else self.relu1(self.bn1(x))

    def shortcut_input(self, x: Tensor, activated: Tensor) -> Tensor:
        """Return the tensor that the shortcut reads: the activated one for a projection, x otherwise."""
        return x if self.downsample is None or isinstance(self.downsample, ZeroPad) else activated


class PreActBasicBlock(PreActBlock):
    """Two 3×3 convolutions, each after its activation."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        self.add_preactivation(shape)
        self.conv1 = _first3x3(shape)
        self.bn2 = BatchNorm2d(shape.inner)
        self.relu2 = nn.ReLU()
        self.conv2 = _second3x3(shape)
        self.add_shortcut(shape)

    def forward(self, x: Tensor) -> Tensor:
        """F(x) + shortcut(x)."""
        activated = self.activate(x)
        residual = self.conv1(activated)
        residual = self.conv2(self.relu2(self.bn2(residual)))
        return self.join(residual, self.shortcut_input(x, activated))


class PreActBottleneck(PreActBlock):
    """1×1 reduces, 3×3, 1×1 expands, each after its activation."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        self.add_preactivation(shape)
        self.conv1 = _reduce(shape)
        self.bn2 = BatchNorm2d(shape.inner)
        self.relu2 = nn.ReLU()
        self.conv2 = _inner3x3(shape)
        self.bn3 = BatchNorm2d(shape.inner)
        self.relu3 = nn.ReLU()
        self.conv3 = _expand(shape)
        self.add_shortcut(shape)

    def forward(self, x: Tensor) -> Tensor:
        """F(x) + shortcut(x)."""
        activated = self.activate(x)
        residual = self.conv1(activated)
        residual = self.conv2(self.relu2(self.bn2(residual)))
        residual = self.conv3(self.relu3(self.bn3(residual)))
        return self.join(residual, self.shortcut_input(x, activated))
