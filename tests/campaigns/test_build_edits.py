"""Random edits of the Build panel: each gives a network or a sentence that names a field, and none is a dead end."""

import random
from collections.abc import Callable
from typing import Any

import msgspec

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import names, preset
from resnet_viz.viewmodels.build.axes import AXES
from resnet_viz.viewmodels.build.edits import EditRefused, edited_spec
from resnet_viz.viewmodels.build.effects import changed_fields, without_effect
from resnet_viz.viewmodels.build.lists import list_text
from tests.campaigns.extent import extent, random_source

LONGEST_SENTENCE = 400
LISTS = ("stage_widths", "strides", "stage_outputs", "block_widths", "stem_widths")
NUMBERS = (-1, 0, 1, 1, 2, 2, 3, 4, 16, 32, 60, 64, 128, 1_000, 10**9)
WAY_BACK: tuple[tuple[str, Any], ...] = (
    ("shortcut", "B"), ("groups", 1), ("norm", "batch"), ("order", "post"), ("antialias", "none"), ("width", 64),
    ("stem_pool_padding", "both"), ("stem_pool", "max"), ("stem_pool_stride", "2"), ("stem_widths", ""),
    ("stem", "imagenet"), ("reduce_first", "1"), ("block_widths", ""), ("stage_outputs", ""), ("stage_widths", ""),
    ("width_per_group", 0), ("block", "bottleneck"), ("stages", 4), ("blocks", (3, 4, 6, 3)), ("strides", ""),
    ("dilate", ()), ("stride_in", "3x3"), ("projection_kernel", "1"), ("attention", "none"),
    ("attention_reduction", 16), ("first_activation", "stem"), ("weight_standardization", False), ("bias", False),
    ("head", True), ("classes", 1000), ("input", (1, 3, 224, 224)),
)  # fmt: skip
"""Edits that lead from any network to ResNet-50; one that is refused is possible after later ones."""
ROUNDS = 3


def test_every_edit_gives_a_network_or_names_a_field() -> None:
    chance, spec, given, refused = random_source(), preset("resnet50"), dict.fromkeys(_VALUES, 0), 0
    for _ in range(extent(daily=600, long=8_000)):
        field = chance.choice(list(_VALUES))
        value = _VALUES[field](chance, spec)
        try:
            spec = edited_spec(spec, field, value)
        except EditRefused as error:
            refused += 1
            _check_refusal(error, field)
            continue
        given[field] += 1
        assert msgspec.json.decode(msgspec.json.encode(spec), type=ResNetSpec) == spec
        assert {*without_effect(spec), *changed_fields(spec)} <= set(AXES)
        name = chance.choice(LISTS)
        assert edited_spec(spec, name, list_text(spec, name)) == spec, name
    assert [field for field, times in given.items() if not times] == []
    assert refused > 60


def test_from_every_network_a_way_leads_back() -> None:
    assert {field for field, _ in WAY_BACK} >= {*ResNetSpec.__struct_fields__} - {"stage_blocks"}
    chance = random_source()
    for _ in range(extent(daily=10, long=400)):
        spec = preset(chance.choice(names()))
        for _ in range(40):
            field = chance.choice(list(_VALUES))
            try:
                spec = edited_spec(spec, field, _VALUES[field](chance, spec))
            except EditRefused:
                continue
        target = chance.choice(names())
        assert edited_spec(spec, "preset", target) == preset(target)
        assert _led_back(spec) == preset("resnet50"), spec


def _led_back(spec: ResNetSpec) -> ResNetSpec:
    for field, value in WAY_BACK * ROUNDS:
        try:
            spec = edited_spec(spec, field, value)
        except EditRefused:
            continue
    return spec


def _check_refusal(error: EditRefused, field: str) -> None:
    """Assert that the refusal is for the edited field, and one line that says what would be accepted."""
    sentence = str(error)
    assert error.field == field
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < LONGEST_SENTENCE
    if field != "preset":
        before, accepted = sentence.split(" is not accepted; ")
        title = before.split(": ")[0]
        assert ": " not in before or title in {axis.title for axis in AXES.values()}, sentence
        assert accepted


def _number(chance: random.Random, _: ResNetSpec) -> int:
    return chance.choice(NUMBERS)


def _numbers(chance: random.Random, spec: ResNetSpec) -> str:
    """Some numbers for each stage, mostly as many as there are stages, or something that is no list of numbers."""
    count = chance.choice((len(spec.blocks),) * 4 + (0, 1, 2, 7))
    values = [str(chance.choice((1, 2, 8, 32, 64, 64, 96, 128))) for _ in range(count)]
    return chance.choice((", ".join(values),) * 6 + ("wide", "1,,2", "-4"))


def _widths(chance: random.Random, spec: ResNetSpec) -> str:
    """Widths for every block, for one block of each stage, or something that is neither."""
    stages = []
    for kind, blocks in zip(spec.stage_kinds, spec.blocks, strict=True):
        block = "32" if kind == "basic" else "32×64"
        stages.append(", ".join([block] * chance.choice((1, min(blocks, 9), 2))))
    return chance.choice((" / ".join(stages),) * 4 + ("", "32×64", "a/b", "1×2×3"))


def _flags(chance: random.Random, spec: ResNetSpec, less: int = 0) -> tuple[bool, ...]:
    return tuple(chance.random() < 0.5 for _ in range(chance.choice((len(spec.blocks),) * 4 + (2,)) - less))


def _choice(field: str) -> Callable[[random.Random, ResNetSpec], str]:
    values = tuple(choice.value for choice in AXES[field].choices)
    return lambda chance, _: chance.choice(values)


_VALUES: dict[str, Callable[[random.Random, ResNetSpec], Any]] = {
    "preset": lambda chance, _: chance.choice((*names(), "resnet77", "resnet51", "no such network")),
    "depth": lambda chance, _: chance.choice((10, 18, 34, 50, 51, 101, 1_000)),
    "depth_step": lambda chance, _: chance.choice((-3, -1, 1, 2)),
    "stages": lambda chance, spec: len(spec.blocks) + chance.choice((-1, 1, 2)),
    "blocks": lambda chance, spec: tuple(chance.choice((0, 1, 2, 3, 9, 2_001)) for _ in spec.blocks),
    "input": lambda chance, _: (chance.choice((1, 0)), 3, chance.randint(1, 300), chance.choice((32, 224, 225))),
    "stage_blocks": _flags,
    "dilate": lambda chance, spec: _flags(chance, spec, less=1),
    "block_widths": _widths,
    **dict.fromkeys(("stage_widths", "stage_outputs", "strides", "stem_widths"), _numbers),
    **dict.fromkeys(("bias", "head", "weight_standardization"), lambda chance, _: chance.random() < 0.5),
    **dict.fromkeys(("width", "groups", "width_per_group", "classes", "attention_reduction"), _number),
    **{field: _choice(field) for field, axis in AXES.items() if axis.choices},
}
"""A value to enter into each field, for the network that is there."""


def test_every_field_is_edited() -> None:
    assert set(_VALUES) == {*AXES, "depth_step", "stages"}
