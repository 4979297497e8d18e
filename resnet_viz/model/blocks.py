"""The residual blocks, to be read beside figures 2, 3 and 5 of He et al. 2015 and figure 4 of He et al. 2016.

Parameters have torchvision's names, and timm's where torchvision has none. What a network does not have is None: in a
plain network `add`, without attention the gate `se`, without anti-aliasing the pool `aa`.
"""

from torch import Tensor, nn

from resnet_viz.model.block_shape import BlockShape
from resnet_viz.model.gates import make_gate
from resnet_viz.model.norms import make_activated_norm, make_norm
from resnet_viz.model.operations import Add, Conv2d, ZeroPad, make_conv
from resnet_viz.model.pools import BlurPool2d
from resnet_viz.model.shortcuts import make_shortcut


def _conv1x1(channels_in: int, channels_out: int, shape: BlockShape, *, stride: int = 1) -> Conv2d:
    return make_conv(
        channels_in, channels_out, 1, stride=stride, bias=shape.bias, standardized=shape.weight_standardization
    )


def _conv3x3(channels_in: int, channels_out: int, shape: BlockShape, *, strided: bool) -> Conv2d:
    """Return a 3×3 convolution; the one with the stride is dilated as the block's input, any other as its output."""
    return make_conv(
        channels_in, channels_out, 3, stride=shape.conv_stride if strided else 1,
        dilation=shape.first_dilation if strided else shape.dilation, groups=shape.groups, bias=shape.bias,
        standardized=shape.weight_standardization,
    )  # fmt: skip


def _antialias(shape: BlockShape) -> nn.Module | None:
    """Return the pool that lowers the resolution in place of a stride (Zhang 2019, arXiv:1904.11486), or None."""
    if shape.antialias == "none" or shape.stride == 1:
        return None
    return BlurPool2d(shape.stride) if shape.antialias == "blur" else nn.AvgPool2d(shape.stride)


def _through(x: Tensor, *modules: nn.Module | None) -> Tensor:
    """Apply the modules in order, except those that the block does not have."""
    for module in modules:
        if module is not None:
            x = module(x)
    return x


class ResidualBlock(nn.Module):
    """y = F(x) + shortcut(x); the subclasses define F and the places of the activations."""

    se: nn.Module | None

    def add_shortcut(self, shape: BlockShape) -> None:
        """Create `downsample`, None if x passes unchanged, and the `+`, None in a plain network."""
        self.downsample = make_shortcut(shape)
        self.add = None if shape.shortcut == "none" else Add()

    def add_gate(self, shape: BlockShape) -> None:
        """Create `se`, the gate behind the last layer of F, or None."""
        self.se = make_gate(shape.attention, shape.channels_out, shape.attention_reduction, shape.unpruned_out)

    def join(self, residual: Tensor, x: Tensor) -> Tensor:
        """Return F(x) + shortcut(x), or only F(x) in a plain network."""
        if self.add is None:
            return residual
        joined: Tensor = self.add(residual, x if self.downsample is None else self.downsample(x))
        return joined


class BasicBlock(ResidualBlock):
    """Two 3×3 convolutions; activation after the addition."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        (inner,) = shape.widths
        self.conv1 = _conv3x3(shape.channels_in, inner, shape, strided=True)
        self.bn1, self.relu1 = make_activated_norm(shape.norm, inner)
        self.aa = _antialias(shape)
        self.conv2 = _conv3x3(inner, shape.channels_out, shape, strided=False)
        self.bn2 = make_norm(shape.norm, shape.channels_out)
        self.add_gate(shape)
        self.add_shortcut(shape)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(F(x) + shortcut(x))."""
        residual = _through(x, self.conv1, self.bn1, self.relu1, self.aa)
        residual = _through(residual, self.conv2, self.bn2, self.se)
        return _through(self.join(residual, x), self.relu2)


class Bottleneck(ResidualBlock):
    """1×1 reduces, 3×3, 1×1 expands; activation after the addition."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        reduced, inner = shape.widths
        self.early = shape.stride_in == "1x1"
        self.conv1 = _conv1x1(shape.channels_in, reduced, shape, stride=shape.conv_stride if self.early else 1)
        self.bn1, self.relu1 = make_activated_norm(shape.norm, reduced)
        self.conv2 = _conv3x3(reduced, inner, shape, strided=not self.early)
        self.bn2, self.relu2 = make_activated_norm(shape.norm, inner)
        self.aa = _antialias(shape)
        self.conv3 = _conv1x1(inner, shape.channels_out, shape)
        self.bn3 = make_norm(shape.norm, shape.channels_out)
        self.add_gate(shape)
        self.add_shortcut(shape)
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(F(x) + shortcut(x))."""
        residual = _through(x, self.conv1, self.bn1, self.relu1, self.aa if self.early else None)
        residual = _through(residual, self.conv2, self.bn2, self.relu2, None if self.early else self.aa)
        residual = _through(residual, self.conv3, self.bn3, self.se)
        return _through(self.join(residual, x), self.relu3)


class PreActBlock(ResidualBlock):
    """Norm and ReLU before each convolution, nothing after the addition (He et al. 2016, figure 4e).

    The first block of the network has no activation of its own where the stem activates: both paths read the stem's
    output. A projection reads the activated input, identity and zero padding the input before activation.
    """

    def add_preactivation(self, shape: BlockShape) -> None:
        """Create `bn1` and `relu1`, which are None in a block that the stem activates."""
        self.bn1, self.relu1 = (None, None) if shape.activated else make_activated_norm(shape.norm, shape.channels_in)

    def shortcut_input(self, x: Tensor, activated: Tensor) -> Tensor:
        """Return the tensor that the shortcut reads: the activated one for a projection, x otherwise."""
        return x if self.downsample is None or isinstance(self.downsample, ZeroPad) else activated


class PreActBasicBlock(PreActBlock):
    """Two 3×3 convolutions, each after its activation."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        (inner,) = shape.widths
        self.add_shortcut(shape)
        self.add_preactivation(shape)
        self.conv1 = _conv3x3(shape.channels_in, inner, shape, strided=True)
        self.bn2, self.relu2 = make_activated_norm(shape.norm, inner)
        self.aa = _antialias(shape)
        self.conv2 = _conv3x3(inner, shape.channels_out, shape, strided=False)
        self.add_gate(shape)

    def forward(self, x: Tensor) -> Tensor:
        """F(x) + shortcut(x)."""
        activated = _through(x, self.bn1, self.relu1)
        residual = _through(activated, self.conv1, self.bn2, self.relu2, self.aa, self.conv2, self.se)
        return self.join(residual, self.shortcut_input(x, activated))


class PreActBottleneck(PreActBlock):
    """1×1 reduces, 3×3, 1×1 expands, each after its activation."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        reduced, inner = shape.widths
        self.early = shape.stride_in == "1x1"
        self.add_shortcut(shape)
        self.add_preactivation(shape)
        self.conv1 = _conv1x1(shape.channels_in, reduced, shape, stride=shape.conv_stride if self.early else 1)
        self.bn2, self.relu2 = make_activated_norm(shape.norm, reduced)
        self.conv2 = _conv3x3(reduced, inner, shape, strided=not self.early)
        self.bn3, self.relu3 = make_activated_norm(shape.norm, inner)
        self.aa = _antialias(shape)
        self.conv3 = _conv1x1(inner, shape.channels_out, shape)
        self.add_gate(shape)

    def forward(self, x: Tensor) -> Tensor:
        """F(x) + shortcut(x)."""
        activated = _through(x, self.bn1, self.relu1)
        residual = _through(activated, self.conv1, self.bn2, self.relu2, self.aa if self.early else None)
        residual = _through(residual, self.conv2, self.bn3, self.relu3, None if self.early else self.aa)
        residual = _through(residual, self.conv3, self.se)
        return self.join(residual, self.shortcut_input(x, activated))
