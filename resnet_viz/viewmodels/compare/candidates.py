"""List the networks to compare with the one on the screen: itself with one field changed, and every preset."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Choice, ChoiceGroup, preset_groups


def candidate_groups(spec: ResNetSpec) -> tuple[ChoiceGroup, ...]:
    """Return the choices in groups, with values for `candidate_spec`; first this network with one field changed."""
    changed = ChoiceGroup(tr("This network, but"), tuple(_changes(spec)))
    return (changed, *preset_groups()) if changed.choices else preset_groups()


def default_candidate(spec: ResNetSpec) -> str:
    """Return the value of the candidate that is shown at first: this network with the other block, if there is one."""
    return candidate_groups(spec)[0].choices[0].value


def candidate_spec(spec: ResNetSpec, value: str, find: Callable[[str], ResNetSpec]) -> ResNetSpec:
    """Return the network of a choice: this one with a field changed for `field=value`, else what `find` returns.

    The network gets the batch size of this one. Raises UserError where there is no such network.
    """
    field, given, changed = value.partition("=")
    if given and field in ResNetSpec.__struct_fields__:
        return spec.but(**{field: changed})
    found = find(value)
    return found.but(input=(spec.input[0], *found.input[1:]))


def _changes(spec: ResNetSpec) -> Iterator[Choice]:
    """Yield each possible change that gives another valid network."""
    for field, value, text in _possible_changes(spec):
        with suppress(SpecError):
            if spec.but(**{field: value}) != spec:
                yield Choice(f"{field}={value}", text)


def _possible_changes(spec: ResNetSpec) -> list[tuple[str, Any, str]]:
    """Return field, value and text of each change, valid for this network or not."""
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
