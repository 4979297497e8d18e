"""The facts of a release of timm in `resources/presets/timm.json`: `tests/golden/update_families.py` writes them.

https://github.com/huggingface/pytorch-image-models, models/resnet.py, models/resnetv2.py and models/_pruned.
"""

import msgspec

from resnet_viz.resources import resource_folder
from resnet_viz.spec.catalog.record import Pretrained


class PrunedWidths(msgspec.Struct, frozen=True):
    """The channels that a pruned network has left: of the stages' outputs, and of the first two convolutions of every
    block, stage by stage.
    """

    stage_outputs: tuple[int, ...]
    block_widths: tuple[tuple[tuple[int, ...], ...], ...]


class _Facts(msgspec.Struct, frozen=True):
    """The content of the file: networks by name, and the present name, with its tag, of a former one."""

    release: str
    pruned: dict[str, PrunedWidths]
    aliases: dict[str, str]
    tags: dict[str, tuple[Pretrained, ...]]


_facts = msgspec.json.decode((resource_folder() / "presets" / "timm.json").read_bytes(), type=_Facts)
RELEASE, PRUNED, ALIASES, PRETRAINED = _facts.release, _facts.pruned, _facts.aliases, _facts.tags
