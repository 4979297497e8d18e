"""Every ResNet and ResNetV2 of timm, built by timm and by us: equal keys, parameters and outputs.

timm's random weights, with random statistics in the norms, are loaded into our network of the same name; both then get
the same images in float64, of an even and an odd size. Outputs may differ by 1e-9 of the largest output.

Run where timm is installed: python -m tests.campaigns.compare_with_timm [NAME …]
"""

import sys
import time
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.resnet import build
from resnet_viz.spec.presets import preset
from tests.golden.timm_networks import load_timm, network_names, our_state

SIZES = (64, 65)
TOLERANCE = 1e-9
SEED = 2015


def main() -> None:
    """Compare the networks named on the command line, or all; exit with an error where one differs."""
    timm = load_timm()
    names = sys.argv[1:] or network_names(timm)
    differing = [name for name in names if not _compared(timm, name)]
    _say(f"{len(names)} networks of timm {timm.__version__} tried, {len(names) - len(differing)} equal")
    sys.exit(f"differ: {', '.join(differing)}" if differing else 0)


def _compared(timm: Any, name: str) -> bool:
    """Print what was found of a network; return True if keys and outputs are equal."""
    began = time.perf_counter()
    torch.manual_seed(SEED)
    theirs = timm.create_model(name).double().eval()
    _randomize(theirs)
    state = our_state(theirs)
    ours = build(preset(name), "cpu").double().eval()
    missing, unexpected = ours.load_state_dict(state, strict=False)
    if missing or unexpected or [*ours.state_dict()] != [*state]:
        _say(f"{name}: missing {missing[:3]}, unexpected {unexpected[:3]}, or another order")
        return False
    difference = max(_difference(theirs, ours, size) for size in SIZES)
    _say(f"{name}: differs by {difference:.1e} of the largest output, {time.perf_counter() - began:.1f} s")
    return difference <= TOLERANCE


@torch.no_grad()
def _difference(theirs: nn.Module, ours: nn.Module, size: int) -> float:
    """Return the largest difference of the outputs for random images, divided by the largest output."""
    images = torch.randn(2, 3, size, size, dtype=torch.float64)
    expected: Tensor = theirs(images)
    return float((ours(images) - expected).abs().max() / expected.abs().max())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@torch.no_grad()
def _randomize(network: nn.Module) -> None:
    """Make every number of the norms count: their weights, biases and statistics are not 1 and 0 any more."""
    for key, value in network.state_dict().items():
        if value.is_floating_point() and value.dim() <= 1:
            noise = torch.rand_like(value)
            value.copy_(0.5 + noise if key.endswith(("weight", "running_var")) else 0.2 * (noise - 0.5))


if __name__ == "__main__":
    main()
