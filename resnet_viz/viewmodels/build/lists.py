"""The fields that are lists, as a text that is shown and typed: `64, 128, 256, 512`, or `64×64, 48×64 / 128×128`."""

import re

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr

NUMBERS_EXAMPLE = "64, 128, 256, 512"
WIDTHS_EXAMPLE = "64×64, 48×64 / 128×128"


def list_text(spec: ResNetSpec, field: str) -> str:
    """Write a list field as it is shown; "" for a stem without a list, and one block for a stage of equal blocks."""
    if field == "block_widths":
        return " / ".join(_stage_text(spec, stage) for stage in range(len(spec.blocks)))
    values = {
        "stage_widths": spec.widths,
        "strides": spec.stage_strides,
        "stage_outputs": spec.outputs,
        "stem_widths": spec.stem_widths or (),
    }[field]
    return ", ".join(str(value) for value in values)


def numbers_of(field: str, text: object) -> tuple[int, ...] | None:
    """Parse the numbers of a text such as `64, 128`; None, which stands for the default, for an empty text.

    Raises SpecError.
    """
    numbers = _numbers(re.split(r"[,;x×\s]", str(text)))
    if numbers is None:
        raise SpecError(field, text, tr("give whole numbers, such as {example}").format(example=NUMBERS_EXAMPLE))
    return numbers or None


def block_widths_of(text: object) -> tuple[tuple[tuple[int, ...], ...], ...] | None:
    """Parse inner widths such as `64×64, 48×64 / 128×128`, a stage for each slash and a block for each comma.

    Return None, which stands for the default, for an empty text. Raises SpecError.
    """
    stages = [[_numbers(re.split(r"[x×]", block)) for block in stage.split(",")] for stage in str(text).split("/")]
    if stages == [[()]]:
        return None
    if any(not block for stage in stages for block in stage):
        accepted = tr(
            "give the widths of each block, a comma between blocks and a slash between stages, as in {example}"
        )
        raise SpecError("block_widths", text, accepted.format(example=WIDTHS_EXAMPLE))
    return tuple(tuple(block for block in stage if block) for stage in stages)


def _numbers(words: list[str]) -> tuple[int, ...] | None:
    """Return the numbers among these words, or None if one of them is another word."""
    found = [word.strip() for word in words if word.strip()]
    return tuple(map(int, found)) if all(re.fullmatch("-?[0-9]{1,18}", word) for word in found) else None


def _stage_text(spec: ResNetSpec, stage: int) -> str:
    blocks = [spec.widths_inside(stage, 0)] if spec.block_widths is None else spec.block_widths[stage]
    shown = blocks[:1] if len(set(blocks)) == 1 else blocks
    return ", ".join("×".join(map(str, widths)) for widths in shown)
