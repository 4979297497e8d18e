"""The fields of the Build panel: one for each field of a spec, with its choices and a place."""

from typing import Literal, get_args, get_origin

import msgspec
import pytest

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.axes import AXES
from resnet_viz.viewmodels.build.edits import edited_spec

NUMBERS = {"stem_pool_stride": ("1", "2"), "projection_kernel": ("1", "3"), "reduce_first": ("1", "2")}
CHOICES = {
    **{field.name: get_args(field.type) for field in msgspec.structs.fields(ResNetSpec)
       if get_origin(field.type) is Literal},
    **NUMBERS,
}  # fmt: skip


def test_every_field_of_a_spec_is_an_axis_with_a_title_and_a_sentence() -> None:
    assert set(AXES) == {*ResNetSpec.__struct_fields__, "depth", "preset"}
    assert len({axis.title for axis in AXES.values()}) == len(AXES)
    assert [field for field, axis in AXES.items() if not axis.about.endswith((".", "…"))] == []


def test_what_refines_a_field_stands_right_below_it() -> None:
    above = ""
    for field, axis in AXES.items():
        above = above if axis.under else field
        assert axis.under in ("", above), field


def test_a_source_is_a_paper_with_its_year_or_a_network() -> None:
    sources = [source for axis in AXES.values() for source in axis.source.split("; ") if source]
    assert len(sources) > 20
    for source in sources:
        assert "arXiv:" in source or source.startswith("timm"), source


def test_the_fields_with_choices_are_those_with_few_values() -> None:
    assert {field for field, axis in AXES.items() if axis.choices} == set(CHOICES)


@pytest.mark.parametrize(("field", "values"), CHOICES.items())
def test_choices_are_the_values_of_the_field(field: str, values: tuple[str, ...]) -> None:
    choices = AXES[field].choices
    assert {choice.value for choice in choices} == set(values)
    assert len({choice.text for choice in choices}) == len(values)
    spec = preset("resnet34").but(order="pre") if field == "norm" else preset("resnet34")
    for value in values:
        assert str(getattr(edited_spec(spec, field, value), field)) == value
