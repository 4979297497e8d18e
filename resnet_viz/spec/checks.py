"""What several specs check of their fields, and the sentences where a value cannot be."""

from typing import Any, get_args

from resnet_viz.errors import SpecError
from resnet_viz.texts import tr


def check_choices(spec: object, **choices: Any) -> None:
    """Raise SpecError where a field is none of the words of its Literal."""
    for field, kind in choices.items():
        value = getattr(spec, field)
        if value not in get_args(kind):
            raise SpecError(field, value, tr("give one of {choices}").format(choices=", ".join(get_args(kind))))


def check_integer(field: str, value: object, low: int, high: int, shown: object = None) -> None:
    """Raise SpecError where a value, said as `shown`, is no whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        accepted = tr("give a whole number from {low} to {high}").format(low=f"{low:,}", high=f"{high:,}")
        raise SpecError(field, value if shown is None else shown, accepted)
