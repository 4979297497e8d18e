"""The names of timm's ResNetV2 parameters and ours; those of timm's ResNet are ours already.

timm's classifier is a 1×1 convolution: the tensor of `head.fc.weight` has two axes of length 1 that ours has not.
"""

import re

_PLACES = (
    ("stem.conv", "conv1"),
    ("stem.conv1", "conv1.0"),
    ("stem.norm1", "conv1.1"),
    ("stem.conv2", "conv1.3"),
    ("stem.norm2", "conv1.4"),
    ("stem.conv3", "conv1.6"),
    ("head.fc", "fc"),
)
"""timm's names of modules outside the blocks, each with ours, where they differ."""


def our_key(key: str) -> str:
    """Return our name of a parameter or statistic of timm's ResNetV2; any other key is returned as it is."""
    module, _, tensor = key.rpartition(".")
    module = dict(_PLACES).get(module, module)
    in_block = re.fullmatch(r"stages\.(\d+)\.blocks\.(\d+)\.(.+)", module)
    if in_block:
        inside = re.sub(r"^norm(?=\d$)", "bn", in_block[3]).replace("downsample.conv", "downsample.0")
        module = f"layer{int(in_block[1]) + 1}.{in_block[2]}.{inside}"
    return f"{module}.{tensor}"


def timm_key(key: str) -> str:
    """Return timm's name of a parameter or statistic of our pre-activation network, the inverse of `our_key`."""
    module, _, tensor = key.rpartition(".")
    module = {ours: theirs for theirs, ours in _PLACES}.get(module, module)
    in_block = re.fullmatch(r"layer(\d+)\.(\d+)\.(.+)", module)
    if in_block:
        inside = re.sub(r"^bn(?=\d$)", "norm", in_block[3]).replace("downsample.0", "downsample.conv")
        module = f"stages.{int(in_block[1]) - 1}.blocks.{in_block[2]}.{inside}"
    return f"{module}.{tensor}"
