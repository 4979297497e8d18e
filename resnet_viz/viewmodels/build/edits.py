"""Edits of the Build panel: the network after one of its fields has been changed, or a sentence that refuses it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from resnet_viz.errors import SpecError, UnknownName
from resnet_viz.spec.depths import next_depth, with_depth
from resnet_viz.spec.fitting import fitted
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import name_of, preset
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build.axes import AXES
from resnet_viz.viewmodels.build.lists import block_widths_of, numbers_of

CUSTOM = ""


class EditRefused(SpecError):
    """A refused edit; `accepted` is the whole sentence to show beside the edited field, without its full stop."""

    def __str__(self) -> str:
        return f"{self.accepted}."


def preset_of(spec: ResNetSpec) -> str:
    """Return the name of the preset with this spec, CUSTOM where there is none."""
    return name_of(spec) or CUSTOM


def edited_spec(spec: ResNetSpec, field: str, value: object) -> ResNetSpec:
    """Return the spec with one field of the panel changed; raises EditRefused for an impossible value.

    Besides the spec's own fields there are `preset` (a name), `depth` (a number), `depth_step` (steps up or down) and
    `stages` (their number). A list may be given as text, `stage_blocks` as a flag for each stage: True is Bottleneck.
    """
    try:
        return _with_value(spec, field, value)
    except SpecError as error:
        raise _refused_edit(field, error) from error


def _with_value(spec: ResNetSpec, field: str, value: Any) -> ResNetSpec:
    special: dict[str, Callable[[ResNetSpec, Any], ResNetSpec]] = {
        "preset": lambda _, name: preset(name),
        "depth": lambda spec, depth: spec if depth == spec.depth else with_depth(spec, depth),
        "depth_step": _with_depth_step,
        "stages": _with_stage_count,
    }
    parsers: dict[str, Callable[[Any], object]] = {
        "blocks": tuple,
        "dilate": lambda flags: tuple(flags) or None,
        "stage_blocks": lambda flags: tuple("bottleneck" if flag else "basic" for flag in flags),
        "block_widths": block_widths_of,
        "width_per_group": lambda width: width or None,  # 0 means the stage's own width
        **dict.fromkeys(("stem_pool_stride", "projection_kernel", "reduce_first"), int),
        **{name: partial(numbers_of, name) for name in ("stage_widths", "stage_outputs", "strides", "stem_widths")},
    }
    if field in special:
        return special[field](spec, value)
    return fitted(spec, **{field: parsers[field](value) if field in parsers else value})


def _refused_edit(field: str, error: SpecError) -> EditRefused:
    """Return the error for the edited field; where another field is invalid the sentence begins with its name."""
    if isinstance(error, UnknownName):
        return EditRefused(field, error.value, str(error).removesuffix("."))
    title = AXES[error.field].title if error.field in AXES else error.field
    sentence = str(SpecError(title, error.value, error.accepted)).removesuffix(".")
    if error.field == field:
        sentence = sentence.removeprefix(f"{title}: ")
    return EditRefused(field, error.value, sentence)


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
    return fitted(spec, blocks=spec.blocks + (1,) * (count - len(spec.blocks)))
