"""Writes anew what timm says of its ResNets, for another release of timm.

`resources/presets/timm.json` has the tags of weights with their preprocessing, the former names, and the widths of the
pruned networks; `tests/golden/families.json` the parameters, MACs and keys of every network, and the outputs of some
for the weights and the image of `tests/golden/sines.py`.

Run where timm is installed: python -m tests.golden.update_families
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tests.golden.sines import sine_image, sine_state
from tests.golden.timm_networks import load_timm, network_names, our_state

ROOT = Path(__file__).resolve().parents[2]
PRESETS = ROOT / "resources" / "presets" / "timm.json"
FAMILIES = ROOT / "tests" / "golden" / "families.json"
WITH_OUTPUTS = (
    "resnet50d", "resnet10t", "seresnet50", "ecaresnetlight", "resnetblur50", "resnetaa50", "resnetrs50",
    "resnet50_gn", "resnetv2_50", "resnetv2_50d_evos", "resnetv2_50d_frn", "resnetv2_50x1_bit", "test_resnet",
    "ecaresnet50d_pruned",
)  # fmt: skip
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def update() -> None:
    """Write both files."""
    timm = load_timm()
    release, names = f"timm {timm.__version__}", network_names(timm)
    with torch.device("meta"):
        networks = {name: timm.create_model(name).eval() for name in names}
    tags = {name: _tags(timm, name) for name in names}
    pruned = {name: _pruned_widths(network) for name, network in networks.items() if name.endswith("_pruned")}
    presets = {"release": release, "pruned": pruned, "aliases": _aliases(timm, names), "tags": tags}
    PRESETS.parent.mkdir(exist_ok=True)
    PRESETS.write_text(_rows(presets), "utf8")
    counted = {name: _counted(network) for name, network in networks.items()}
    outputs = {name: _outputs(timm.create_model(name)) for name in WITH_OUTPUTS}
    FAMILIES.write_text(_rows({"release": release, "networks": counted, "outputs": outputs}), "utf8")


def keys_digest(state: Mapping[str, Tensor]) -> str:
    """Return a digest of the names and shapes of a state, in its order."""
    lines = "".join(f"{key} {tuple(value.shape)}\n" for key, value in state.items())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _counted(network: nn.Module) -> dict[str, Any]:
    """Return the parameters, MACs and keys; convolutions, linear layers and the filters of blur pools are counted."""
    state = our_state(network)
    with FlopCounterMode(display=False) as counter, torch.device("meta"):
        network(torch.empty(1, 3, 224, 224))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    macs = counter.get_total_flops() // 2
    return {"parameters": parameters, "macs": macs, "entries": len(state), "keys": keys_digest(state)}


@torch.no_grad()
def _outputs(network: nn.Module) -> dict[str, Any]:
    """Return the first eight outputs in float64, and the largest of all."""
    network.double().eval()
    own, ours = network.state_dict(), sine_state(our_state(network))
    network.load_state_dict({key: value.reshape(own[key].shape) for key, value in zip(own, ours.values(), strict=True)})
    outputs = network(sine_image())[0]
    return {"first": outputs[:8].tolist(), "largest": outputs.abs().max().item()}


def _tags(timm: Any, name: str) -> list[dict[str, Any]]:
    """Return the weights of a network with their preprocessing; what is the default is left out."""
    configs = timm.models._registry._model_pretrained_cfgs
    found = []
    for full_name, config in configs.items():
        if full_name.partition(".")[0] == name and "." in full_name:
            fields = {
                "tag": (config.tag, None),
                "train_size": (config.input_size[1], 224),
                "test_size": ((config.test_input_size or config.input_size)[1], 224),
                "train_crop": (config.crop_pct, 0.875),
                "test_crop": (config.test_crop_pct or config.crop_pct, 0.875),
                "interpolation": (config.interpolation, "bicubic"),
                "mean": (tuple(config.mean), IMAGENET_MEAN),
                "std": (tuple(config.std), IMAGENET_STD),
                "classes": (config.num_classes, 1000),
                "has_weights": (bool(config.has_weights), True),
            }
            found.append({field: value for field, (value, default) in fields.items() if value != default})
    return found


def _aliases(timm: Any, names: list[str]) -> dict[str, str]:
    """Return the present name, with its tag, of every name that timm calls deprecated.

    timm sends all `ig_resnext101_32xNd` to 32x8d, which is another network; each gets its own, and 48d, which timm no
    longer has, none.
    """
    found = {}
    for name, now in sorted(timm.models._registry._deprecated_models.items()):
        network, _, tag = now.partition(".")
        if name.startswith("ig_"):
            network = name.removeprefix("ig_")
        if network in names:
            found[name] = f"{network}.{tag}" if tag else network
    return found


def _pruned_widths(network: Any) -> dict[str, Any]:
    """Return the output channels of the stages, and of the first two convolutions of every block."""
    stages = [network.layer1, network.layer2, network.layer3, network.layer4]
    return {
        "stage_outputs": [stage[0].conv3.out_channels for stage in stages],
        "block_widths": [[[block.conv1.out_channels, block.conv2.out_channels] for block in stage] for stage in stages],
    }


def _rows(content: Mapping[str, Any]) -> str:
    """Write JSON with one line for each entry of its tables."""
    parts = []
    for key, value in content.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items())
            value_text = f"{{\n{rows}\n }}"
        else:
            value_text = json.dumps(value)
        parts.append(f" {json.dumps(key)}: {value_text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    update()
