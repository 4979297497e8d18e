"""The build panel as plain values: its fields, their choices, and the spec after an edit."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.spec.depths import next_depth, with_depth
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import name_of, preset
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Choice

CUSTOM = ""

TITLES = {
    "bias": tr("Convolutions"),
    "block": tr("Block"),
    "blocks": tr("Blocks / stage"),
    "classes": tr("Classes"),
    "depth": tr("Depth"),
    "dilate": tr("Dilate stages"),
    "groups": tr("Groups"),
    "head": tr("Head"),
    "input": tr("Input"),
    "order": tr("Activation order"),
    "shortcut": tr("Shortcut"),
    "stage_widths": tr("Stage widths"),
    "stem": tr("Stem"),
    "stem_pool_stride": tr("Pool stride"),
    "stride_in": tr("Stride at"),
    "strides": tr("Strides"),
    "width": tr("Width"),
    "width_per_group": tr("Width / group"),
}
"""The names of the fields, in the panel and in the message where the edit of another field makes them invalid."""


class Refusal(msgspec.Struct, frozen=True):
    """A refused question: the invalid field, None where no single one is, and the sentence to show beside it."""

    field: str | None
    sentence: str


class EditRefused(SpecError):
    """A refused edit; `accepted` is the whole sentence to show beside the edited field, without its full stop."""

    def __str__(self) -> str:
        return f"{self.accepted}."


def preset_of(spec: ResNetSpec) -> str:
    """Return the name of the preset with this spec, CUSTOM where there is none."""
    return name_of(spec) or CUSTOM


def choices(field: str) -> tuple[Choice, ...]:
    """Return the choices of a field with few values."""
    return {
        "block": (Choice("basic", tr("Basic"), tr("two 3×3 convolutions")),
                  Choice("bottleneck", tr("Bottleneck"), tr("1×1, 3×3, 1×1 convolutions; output 4 × as wide"))),
        "stem": (Choice("imagenet", tr("ImageNet 7×7 /2 + pool")), Choice("cifar", tr("CIFAR 3×3"))),
        "stem_pool_stride": (Choice("2", tr("2 (halves once more)")), Choice("1", tr("1 (keeps the size)"))),
        "shortcut": (Choice("A", tr("A  zero padding")), Choice("B", tr("B  projection when shapes differ")),
                     Choice("C", tr("C  projection always")), Choice("none", tr("none  plain network"))),
        "order": (Choice("post", tr("post (v1)")), Choice("pre", tr("pre (v2, pre-activation)"))),
        "stride_in": (Choice("3x3", tr("3×3 (v1.5, torchvision)")), Choice("1x1", tr("1×1 (v1, the paper)"))),
    }[field]  # fmt: skip


def edited_spec(spec: ResNetSpec, field: str, value: object) -> ResNetSpec:
    """Return the spec with one field of the panel changed; raises EditRefused for an impossible value.

    Besides the spec's own fields there are `preset` (a name), `depth` (a number), `depth_step` (steps up or down) and
    `stages` (their number); a tuple field may be given as text.
    """
    try:
        return _with_value(spec, field, value)
    except SpecError as error:
        raise _refused_edit(field, error) from error


def _with_value(spec: ResNetSpec, field: str, value: Any) -> ResNetSpec:
    special: dict[str, Callable[[ResNetSpec, Any], ResNetSpec]] = {
        "depth": with_depth, "depth_step": _with_depth_step, "stages": _with_stage_count,
    }  # fmt: skip
    parsers: dict[str, Callable[[Any], object]] = {
        "blocks": tuple,
        "dilate": lambda flags: tuple(flags) or None,
        "stage_widths": partial(_numbers, field),
        "stem_pool_stride": int,
        "strides": partial(_numbers, field),
        "width_per_group": lambda width: width or None,  # 0 means the stage's own width
    }
    if field == "preset":
        return preset(value)
    if field in special:
        return special[field](spec, value)
    return spec.but(**{field: parsers[field](value) if field in parsers else value})


def _refused_edit(field: str, error: SpecError) -> EditRefused:
    """Return the error for the edited field; where another field is invalid the sentence begins with its name."""
    title = TITLES.get(error.field, error.field)
    sentence = str(SpecError(title, error.value, error.accepted)).removesuffix(".")
    if error.field == field:
        sentence = sentence.removeprefix(f"{title}: ")
    return EditRefused(field, error.value, sentence)


def list_text(spec: ResNetSpec, field: str) -> str:
    """Write a list field as the panel shows it: `64, 128, 256, 512`."""
    values = {"stage_widths": spec.widths, "strides": spec.stage_strides}[field]
    return ", ".join(str(value) for value in values)


def _with_depth_step(spec: ResNetSpec, steps: int) -> ResNetSpec:
    for _ in range(abs(steps)):
        spec = with_depth(spec, next_depth(spec, direction=steps))
    return spec


def _with_stage_count(spec: ResNetSpec, count: int) -> ResNetSpec:
    """Remove the last stages, or append stages of one block, each twice as wide as the one before and with stride 2."""
    if count <= len(spec.blocks):
        return spec.with_stages(count)
    if count > MAX_STAGES:
        raise SpecError("stages", count, tr("a network has at most {n} stages").format(n=MAX_STAGES))
    more = count - len(spec.blocks)
    widths = spec.stage_widths and (*spec.stage_widths, *(spec.stage_widths[-1] * 2 ** (1 + i) for i in range(more)))
    return spec.but(
        blocks=spec.blocks + (1,) * more,
        stage_widths=widths,
        strides=spec.strides and (*spec.strides, *(2,) * more),
        dilate=spec.dilate and (*spec.dilate, *(False,) * more),
    )


def _numbers(field: str, value: object) -> tuple[int, ...] | None:
    """Parse the numbers of a text such as `64, 128`; None, which stands for the default, for an empty text."""
    words = str(value).replace("×", ",").replace("x", ",").replace(";", ",").replace(" ", ",").split(",")
    numbers = [word for word in words if word]
    if not all(word.lstrip("-").isdecimal() for word in numbers):
        raise SpecError(field, value, tr("give whole numbers, such as {example}").format(example="64, 128, 256, 512"))
    return tuple(int(word) for word in numbers) or None
