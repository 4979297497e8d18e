"""timm's ResNet and ResNetV2 networks under the names of our layers; for scripts where timm is installed.

timm needs torchvision, which defines two operators that no ResNet uses; they are declared here, so that a torchvision
built for another torch can be imported too.
"""

import importlib
import re
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.timm_keys import our_key

MODULES = ("resnet", "resnetv2")
_NO_RESNETS = re.compile(r"resnest|skresne|res2ne|legacy|resnext101_32x48d")


def load_timm() -> Any:
    """Return timm; raises ImportError where it is not installed."""
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return importlib.import_module("timm")


def network_names(timm: Any) -> list[str]:
    """Return the names that timm has for these families, without those that it calls deprecated."""
    registry = importlib.import_module("timm.models._registry")
    names = [name for module in MODULES for name in sorted(registry._module_to_models[module])]
    return [name for name in names if name not in registry._deprecated_models and not _NO_RESNETS.search(name)]


def our_state(network: nn.Module) -> dict[str, Tensor]:
    """Return the state of timm's network, in its order, with our names; the classifier as a matrix."""
    state = network.state_dict()
    return {our_key(key): value.flatten(1) if key == "head.fc.weight" else value for key, value in state.items()}
