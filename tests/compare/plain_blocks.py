"""Residual blocks in plain torch.nn, written from the papers and from nothing of ours."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from resnet_viz.spec.block_pair import BlockSetting


class PlainBlock(nn.Module):
    """One block of `channels` in and out: He et al. 2015 figures 2 and 5, He et al. 2016 figure 4e, T. He et al. 2018
    figure 2c.
    """

    def __init__(self, kind: str, channels: int, setting: BlockSetting) -> None:
        super().__init__()
        self.pre, self.stride, self.shortcut = setting.order == "pre", setting.stride, setting.shortcut
        at_first = kind == "basic" or setting.stride_in == "1x1"
        inner = channels if kind == "basic" else channels // 4
        kernels = (3, 3) if kind == "basic" else (1, 3, 1)
        strides = (setting.stride, 1, 1) if at_first else (1, setting.stride, 1)
        sizes = [channels, *[inner] * (len(kernels) - 1), channels]
        self.convs = nn.ModuleList(
            nn.Conv2d(
                before, after, kernel, stride, kernel // 2, groups=setting.groups if kernel == 3 else 1, bias=False
            )
            for before, after, kernel, stride in zip(sizes, sizes[1:], kernels, strides, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(size) for size in (sizes[:-1] if self.pre else sizes[1:]))
        self.projection: nn.Module | None = None
        if self.shortcut == "C" or (self.shortcut in ("B", "D") and setting.stride > 1):
            pools, stride = self.shortcut == "D", 1 if self.shortcut == "D" else setting.stride
            pool = [nn.AvgPool2d(2, setting.stride, ceil_mode=True, count_include_pad=False)] if pools else []
            norm = [] if self.pre else [nn.BatchNorm2d(channels)]
            self.projection = nn.Sequential(*pool, nn.Conv2d(channels, channels, 1, stride, bias=False), *norm)

    def forward(self, x: Tensor) -> Tensor:
        """F(x) + shortcut(x), activated where the block is of the first kind."""
        y = x
        activated = x
        for place, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            if self.pre:
                y = torch.relu(norm(y))
                activated = y if place == 0 else activated
                y = conv(y)
            else:
                y = norm(conv(y))
                y = torch.relu(y) if place < len(self.convs) - 1 else y
        y = y if self.shortcut == "none" else y + self._shortcut(x, activated)
        return y if self.pre else torch.relu(y)

    def _shortcut(self, x: Tensor, activated: Tensor) -> Tensor:
        if self.projection is not None:
            projected: Tensor = self.projection(activated if self.pre else x)
            return projected
        if self.shortcut == "A":
            return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, 0))
        return x
