"""Checks of a spec's fields; each raises SpecError with the values that would be accepted."""

from collections.abc import Sequence
from typing import Any, get_args

from resnet_viz.errors import SpecError
from resnet_viz.spec.limits import MAX_BLOCK_CHANNELS
from resnet_viz.texts import tr


def check_choices(spec: object, **choices: Any) -> None:
    """Check that each named field has one of the values of its Literal type; raise SpecError otherwise."""
    for field, literal in choices.items():
        value = getattr(spec, field)
        if not isinstance(value, str) or value not in get_args(literal):
            raise SpecError(field, value, tr("give one of {choices}").format(choices=", ".join(get_args(literal))))


def check_flags(spec: object, *fields: str) -> None:
    """Check that each named field is True or False; raise SpecError otherwise."""
    for field in fields:
        if not isinstance(getattr(spec, field), bool):
            raise SpecError(field, getattr(spec, field), tr("give true or false"))


def check_integer(field: str, value: object, low: int, high: int, shown: object = None) -> None:
    """Check that a value is an integer from `low` to `high`; raise SpecError, with `shown` if given, otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        accepted = tr("give a whole number from {low} to {high}").format(low=f"{low:,}", high=f"{high:,}")
        of_wrong_type = repr(value) if isinstance(value, str | float) else value  # "64" and 64.0 look like integers
        raise SpecError(field, of_wrong_type if shown is None else shown, accepted)


def check_number(
    field: str, value: object, low: float, high: float, accepted: str = "", *, whole: bool = False
) -> None:
    """Check that a value is a number from `low` to `high`, an integer if `whole`; raise SpecError otherwise."""
    kinds = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        range_text = tr("give a number from {low} to {high}").format(low=f"{low:,.10g}", high=f"{high:,.10g}")
        raise SpecError(field, value, accepted or range_text)


def check_tuple(field: str, value: object, accepted: str) -> None:
    """Check that a value is a tuple; raise SpecError with what is `accepted` otherwise."""
    if not isinstance(value, tuple):
        raise SpecError(field, value, accepted)


def check_block_widths(value: object, blocks: Sequence[int], convolutions: Sequence[int]) -> None:
    """Check that there is a width for each convolution of each block of each stage; raise SpecError otherwise.

    Every stage has its number of `blocks`, and each of its blocks its number of `convolutions`.
    """
    field, stages = "block_widths", len(blocks)
    if not isinstance(value, tuple) or len(value) != stages:
        accepted = tr("blocks has {stages} stages, so give {length} values").format(stages=stages, length=stages)
        raise SpecError(field, value, accepted)
    for stage, (in_stage, number, widths) in enumerate(zip(value, blocks, convolutions, strict=True), start=1):
        accepted = tr("give for each block of stage {stage} the channels of its convolutions but the last: {example}")
        accepted = accepted.format(stage=stage, example=",".join(["64"] * widths))
        if not isinstance(in_stage, tuple) or len(in_stage) != number:
            raise SpecError(field, in_stage, accepted)
        for block in in_stage:
            if not isinstance(block, tuple) or len(block) != widths:
                raise SpecError(field, block, accepted)
            for width in block:
                check_integer(field, width, 1, MAX_BLOCK_CHANNELS)
