"""The networks to hold beside the one on the screen: itself with one thing changed, and every preset."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Choice, ChoiceGroup, preset_groups


def companion_groups(spec: ResNetSpec) -> tuple[ChoiceGroup, ...]:
    """What can be chosen, each value as `companion` reads it; first the same network with one field changed."""
    changed = ChoiceGroup(tr("This network, but"), tuple(_changes(spec)))
    return (changed, *preset_groups()) if changed.choices else preset_groups()


def first_companion(spec: ResNetSpec) -> str:
    """What is shown before anybody chooses: the same network with the other block, else the first there is."""
    return companion_groups(spec)[0].choices[0].value


def companion(spec: ResNetSpec, value: str, find: Callable[[str], ResNetSpec]) -> ResNetSpec:
    """The network that a value stands for: `field=value` of this one, else what `find` makes of it.

    It has the batch of this one. Raises UserError.
    """
    field, given, changed = value.partition("=")
    if given and field in ResNetSpec.__struct_fields__:
        return spec.but(**{field: changed})
    found = find(value)
    return found.but(input=(spec.input[0], *found.input[1:]))


def _changes(spec: ResNetSpec) -> Iterator[Choice]:
    """One field with another value, as far as such a network can be."""
    for field, value, text in _candidates(spec):
        with suppress(SpecError):
            if spec.but(**{field: value}) != spec:
                yield Choice(f"{field}={value}", text)


def _candidates(spec: ResNetSpec) -> list[tuple[str, Any, str]]:
    strides = [
        ("stride_in", "1x1", tr("stride in the first 1×1 (v1)")),
        ("stride_in", "3x3", tr("stride in the 3×3 (v1.5)")),
    ]
    return [
        ("block", "basic", tr("with Basic blocks")),
        ("block", "bottleneck", tr("with Bottlenecks")),
        *(strides if spec.block == "bottleneck" else ()),
        ("shortcut", "A", tr("shortcut A, zero padding")),
        ("shortcut", "B", tr("shortcut B, projection where shapes differ")),
        ("shortcut", "C", tr("shortcut C, projections everywhere")),
        ("shortcut", "none", tr("plain, without shortcuts")),
        ("order", "pre", tr("pre-activation")),
        ("order", "post", tr("post-activation")),
    ]
