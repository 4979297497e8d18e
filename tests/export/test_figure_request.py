"""Requests for figures: which options and paths are accepted."""

from pathlib import Path

import pytest

from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import FigureOptions, check_figure, is_figure


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("level", "floor", "give one of stage, block, layer"),
        ("color", "red", "give one of stage, kind"),
        ("theme", "blue", "give one of light, dark"),
        ("direction", "up", "give one of right, down"),
        ("rows", 0, "give 1 to 50"),
        ("rows", 51, "give 1 to 50"),
        ("width_mm", 9.9, "give 10 to 5000 millimeters"),
        ("width_mm", 5000.1, "give 10 to 5000 millimeters"),
        ("scale", 0.09, "give 0.1 to 20"),
        ("scale", 20.1, "give 0.1 to 20"),
    ],
)
def test_a_value_out_of_range_is_refused_with_those_accepted(field: str, value: object, accepted: str) -> None:
    with pytest.raises(SpecError, match=accepted) as caught:
        FigureOptions(**{field: value})  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.value) == (field, value)


@pytest.mark.parametrize(
    "options",
    [{"rows": 1}, {"rows": 50}, {"width_mm": 10.0}, {"width_mm": 5000.0}, {"scale": 0.1}, {"scale": 20.0},
     {"direction": "down", "rows": 1}, {"level": "layer"}, {"color": "latency"}, {"theme": "dark"}],
)  # fmt: skip
def test_the_ends_of_each_range_are_accepted(options: dict[str, object]) -> None:
    made = FigureOptions(**options)  # type: ignore[arg-type]
    assert {name: getattr(made, name) for name in options} == options


def test_without_options_a_figure_has_blocks_stage_colors_a_legend_and_twice_the_pixels() -> None:
    assert FigureOptions() == FigureOptions(
        level="block", color="stage", theme="light", direction="right", rows=None, part=None, width_mm=None,
        scale=2.0, transparent=False, legend=True,
    )  # fmt: skip


def test_a_vertical_figure_has_one_row() -> None:
    with pytest.raises(SpecError, match="a figure from top to bottom has one") as caught:
        FigureOptions(direction="down", rows=2)
    assert caught.value.field == "rows"


@pytest.mark.parametrize(
    ("name", "figure"), [("a.svg", True), ("a.PDF", True), ("a.b.png", True), ("a.onnx", False), ("svg", False)]
)
def test_the_suffix_tells_a_figure(tmp_path: Path, name: str, figure: bool) -> None:
    assert is_figure(tmp_path / name) == figure
    if figure:
        check_figure(tmp_path / name)
    else:
        with pytest.raises(UserError, match=r"give one of \.svg \.pdf \.png"):
            check_figure(tmp_path / name)


def test_a_picture_needs_one_of_the_suffixes_given_and_a_folder_that_exists(tmp_path: Path) -> None:
    check_figure(tmp_path / "a.svg", (".svg",))
    with pytest.raises(UserError, match=r"a\.pdf: the suffix '\.pdf' .* give one of \.svg\."):
        check_figure(tmp_path / "a.pdf", (".svg",))
    with pytest.raises(UserError, match="nowhere"):
        check_figure(tmp_path / "nowhere" / "a.svg")
