"""Fields without effect: which they are, by building the networks, and the reasons that are shown."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.model.resnet import build
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.axes import AXES
from resnet_viz.viewmodels.build.effects import changed_fields, without_effect
from tests.campaigns.extent import extent, random_source

RESNET50 = preset("resnet50")
VALUES: dict[str, tuple[Any, ...]] = {
    **{field: tuple(choice.value for choice in axis.choices) for field, axis in AXES.items() if axis.choices},
    "stem_pool_stride": (1, 2), "projection_kernel": (1, 3), "reduce_first": (1, 2),
    "width": (32, 64), "groups": (1, 2), "width_per_group": (None, 32, 128), "attention_reduction": (16, 2),
    "stem_widths": (None, (8, 16)), "classes": (10, 7),
    "bias": (False, True), "head": (True, False), "weight_standardization": (False, True),
}  # fmt: skip


def _random_specs(chance: random.Random, count: int) -> Iterator[ResNetSpec]:
    """Yield small networks, in each of which about half of the fields are drawn."""
    made = 0
    while made < count:
        stages = chance.randint(1, 3)
        drawn = {field: chance.choice(values) for field, values in VALUES.items() if chance.random() < 0.5}
        lists = {
            "strides": tuple(chance.choice((1, 1, 2)) for _ in range(stages)),
            "dilate": tuple(chance.random() < 0.5 for _ in range(stages - 1)),
            "stage_blocks": tuple(chance.choice(("basic", "bottleneck")) for _ in range(stages)),
            "stage_outputs": tuple(chance.choice((32, 64)) for _ in range(stages)),
        }
        given = {field: value for field, value in lists.items() if chance.random() < 0.3}
        try:
            spec = ResNetSpec(**{"width": 32, "input": (1, 3, 64, 64), **drawn, "blocks": (1,) * stages, **given})
            if chance.random() < 0.2:
                inner = (((32,) * len(spec.widths_inside(stage, 0)),) for stage in range(stages))
                spec = spec.but(block_widths=tuple(inner))
        except SpecError:
            continue
        made += 1
        yield spec


def _changed(spec: ResNetSpec, field: str) -> Iterator[ResNetSpec]:
    """Yield the networks that differ from this one in the field alone."""
    values = ((True,) * (len(spec.blocks) - 1), None) if field == "dilate" else VALUES[field]
    for value in values:
        try:
            other = spec.but(**{field: value})
        except SpecError:
            continue
        if other != spec:
            yield other


def test_a_field_has_no_effect_exactly_where_every_value_of_it_builds_the_same_network() -> None:
    tried: set[tuple[str, bool]] = set()
    for spec in _random_specs(random_source(), extent(daily=16, long=400)):
        ignored, network = without_effect(spec), repr(build(spec))
        for field in (*VALUES, "dilate"):
            equal = {repr(build(other)) == network for other in _changed(spec, field)}
            if equal:
                assert (equal == {True}) == (field in ignored), (field, spec)
                tried.add((field, field in ignored))
    assert {field for field, is_ignored in tried if not is_ignored} == {*VALUES, "dilate"}
    assert len([field for field, is_ignored in tried if is_ignored]) >= 8


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (RESNET50, {"first_activation", "attention_reduction"}),
        (preset("resnet20_cifar"), {
            "first_activation", "attention_reduction", "projection_kernel", "stride_in", "stem_widths", "stem_pool",
            "stem_pool_stride", "stem_pool_padding",
        }),
        (RESNET50.but(head=False, order="pre", attention="se"), {"classes"}),
        (RESNET50.but(antialias="blur", stem_pool="blur"), {
            "first_activation", "attention_reduction", "stride_in", "stem_pool_padding",
        }),
        (RESNET50.but(blocks=(1,), order="pre", attention="se"), {
            "antialias", "stride_in", "projection_kernel", "dilate",
        }),
        (RESNET50.but(blocks=(1,), strides=(2,), order="pre", attention="se", block_widths=(((60, 64),),)), {
            "dilate", "reduce_first", "width_per_group",
        }),
    ],
)  # fmt: skip
def test_what_has_no_effect_on_known_networks(spec: ResNetSpec, expected: set[str]) -> None:
    reasons = without_effect(spec)
    assert set(reasons) == expected
    assert all(reason.endswith(".") for reason in reasons.values())


def test_the_reason_is_the_one_that_applies() -> None:
    assert without_effect(RESNET50.but(antialias="blur"))["stride_in"].startswith("With anti-aliasing")
    assert without_effect(preset("resnet18"))["stride_in"] == "No Bottleneck lowers the resolution."
    assert without_effect(RESNET50.but(shortcut="A"))["projection_kernel"].startswith("Only the shortcuts B and C")
    plain = RESNET50.but(strides=(1, 1, 1, 1))
    assert without_effect(plain)["projection_kernel"] == "No block with a stride has a projection."
    dilated = RESNET50.but(blocks=(1, 1), dilate=(True,), stage_outputs=(64, 64))
    assert "projection_kernel" in without_effect(dilated)
    assert "projection_kernel" not in without_effect(dilated.but(shortcut="C"))
    assert "projection_kernel" not in without_effect(dilated.but(stage_outputs=(64, 128)))
    later = dilated.but(blocks=(1, 1, 1), strides=(1, 2, 1), dilate=(True, False), stage_outputs=(64, 64, 128))
    assert repr(build(later)) != repr(build(later.but(projection_kernel=3)))
    assert "projection_kernel" not in without_effect(later)


def test_what_has_been_changed_counts_only_where_it_has_an_effect() -> None:
    assert changed_fields(RESNET50) == frozenset()
    spec = RESNET50.but(groups=32, width_per_group=4, stem="cifar", stem_pool="blur", classes=10)
    assert changed_fields(spec) == {"groups", "width_per_group", "stem", "classes"}
