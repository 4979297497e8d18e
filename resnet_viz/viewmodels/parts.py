"""Small values that several panels show: a choice, a fact, a tile."""

import msgspec

from resnet_viz.spec.presets import PRESETS, Preset
from resnet_viz.texts import tr


class Choice(msgspec.Struct, frozen=True):
    """One entry of a list of choices: the value, its text, and a longer text on demand."""

    value: str
    text: str
    detail: str = ""


class ChoiceGroup(msgspec.Struct, frozen=True):
    """Choices under one heading."""

    title: str
    choices: tuple[Choice, ...]


def preset_groups() -> tuple[ChoiceGroup, ...]:
    """The presets under the headings that they are looked for."""
    found: dict[str, list[Choice]] = {}
    for known in PRESETS.values():
        detail = f"{known.description}\n{known.source}"
        found.setdefault(_family(known), []).append(Choice(known.name, known.title, detail))
    return tuple(ChoiceGroup(title, tuple(choices)) for title, choices in found.items())


def _family(preset: Preset) -> str:
    spec = preset.spec
    rules: tuple[tuple[bool, str], ...] = (
        (not spec.head, tr("Backbones")),
        (spec.order == "pre", tr("Pre-activation")),
        (spec.shortcut == "none", tr("Plain networks")),
        (preset.name.endswith(("_cifar", "_cifar_wide")), tr("ResNet for CIFAR")),
        (spec.groups > 1, tr("ResNeXt")),
        (spec.width_per_group is not None, tr("Wide ResNet")),
        (preset.name.endswith("_v1"), tr("ResNet as in the paper (v1)")),
    )
    return next((title for fits, title in rules if fits), tr("ResNet (v1.5)"))


class Fact(msgspec.Struct, frozen=True):
    """A name and a value; `note` stands behind it in gray."""

    name: str
    value: str
    note: str = ""
    strong: bool = False


class NumberTile(msgspec.Struct, frozen=True):
    """One number large, its name, a second number small, and the exact value on demand."""

    value: str
    name: str
    note: str
    exact: str
