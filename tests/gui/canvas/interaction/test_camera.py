"""The camera: pixels and scene points, zooming, panning, fitting and revealing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from resnet_viz.gui.canvas.interaction.camera import Camera, View, view_fitting
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.layout import FOOTER_HEIGHT, HEADER_HEIGHT
from tests.drawings import drawn

RESNET = analyse(preset("resnet50"))
STAGES, BLOCKS, LAYERS = (drawn(RESNET, level) for level in ("stage", "block", "layer"))
VIEWS = st.builds(View, st.floats(0.01, 6.0), st.floats(-900.0, 900.0), st.floats(-900.0, 900.0))
PIXELS = st.floats(0.0, 1500.0)


def camera(width: float = 1600, height: float = 600) -> Camera:
    """Return the camera of a canvas of this size, without a drawing."""
    made = Camera()
    made.resize(QSizeF(width, height))
    return made


@given(VIEWS, PIXELS, PIXELS)
def test_a_pixel_and_its_scene_point_are_each_other_s(view: View, px: float, py: float) -> None:
    x, y = view.to_scene(px, py)
    assert (view.pixel_x(x), view.pixel_y(y)) == pytest.approx((px, py), abs=1e-6)


@given(VIEWS, st.floats(0.01, 100.0), PIXELS, PIXELS)
def test_zooming_keeps_the_point_under_the_pixel(view: View, factor: float, px: float, py: float) -> None:
    zoomed = view.zoomed(factor, px, py)
    assert zoomed.scale == pytest.approx(min(6.0, max(0.005, view.scale * factor)))
    assert zoomed.to_scene(px, py) == pytest.approx(view.to_scene(px, py), abs=1e-4, rel=1e-6)


@pytest.mark.parametrize(("scale", "height"), [(0.1, 0.3), (0.3, 0.3), (1.5, 1.5)])
def test_a_small_drawing_keeps_its_height(scale: float, height: float) -> None:
    assert View(scale).height_zoom == height


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_a_part_of_the_drawing_stays_in_view(dx: float, dy: float) -> None:
    moved = camera()
    moved.set_drawing(BLOCKS)
    moved.pan(dx, dy)
    view = moved.view
    assert view.pixel_x(0.0) <= 1600 - 28 + 1e-6
    assert view.pixel_x(BLOCKS.width) >= 28 - 1e-6
    assert view.pixel_y(BLOCKS.top) <= 600 - 28 + 1e-6
    assert view.pixel_y(BLOCKS.bottom) >= 28 - 1e-6


def test_a_rectangle_is_fitted_into_the_middle_of_an_area() -> None:
    assert view_fitting((0, 0, 100, 50), (10, 20, 110, 120)) == View(1.0, 10.0, 45.0)
    assert view_fitting((0, 0, 200, 50), (0, 0, 100, 100)) == View(0.5, 0.0, 37.5)
    assert view_fitting((0, 0, 10, 10), (0, 0, 100, 100)).scale == 1.4
    assert view_fitting((0, 0, 1e6, 10), (0, 0, 100, 100)).scale == 0.005


@pytest.mark.parametrize("vertical", [False, True])
def test_fit_shows_the_whole_drawing_below_the_titles(vertical: bool) -> None:
    fitted = camera()
    fitted.set_direction(vertical=vertical)
    fitted.set_drawing(LAYERS)
    fitted.fit()
    view = fitted.view
    assert view.pixel_x(0.0) >= 4 - 1e-6
    assert view.pixel_x(LAYERS.width) <= fitted.size.width() - 4 + 1e-6
    assert view.pixel_y(LAYERS.top + HEADER_HEIGHT) >= (210 if vertical else 66) - 1e-6
    assert view.pixel_x(LAYERS.width) - view.pixel_x(0.0) > 0.9 * fitted.size.width()


def test_a_long_drawing_begins_at_the_left_at_a_readable_zoom() -> None:
    shown = camera()
    shown.set_drawing(LAYERS)
    assert 0.56 <= shown.view.scale <= 1.0
    assert shown.view.pixel_x(0.0) == 4.0
    top = shown.view.pixel_y(LAYERS.top + HEADER_HEIGHT)
    bottom = shown.view.pixel_y(LAYERS.bottom - FOOTER_HEIGHT)
    assert (top + bottom) / 2 == pytest.approx((66 + 556) / 2)


def test_a_short_drawing_is_shown_whole() -> None:
    shown, fitted = camera(), camera()
    shown.set_drawing(STAGES)
    fitted.set_drawing(STAGES)
    fitted.fit()
    assert shown.view == fitted.view


def test_a_fitted_drawing_stays_fitted_and_a_moved_one_where_it_is() -> None:
    shown = camera()
    shown.set_drawing(STAGES)
    shown.fit()
    shown.resize(QSizeF(800, 400))
    fitted = camera(800, 400)
    fitted.set_drawing(STAGES)
    fitted.fit()
    assert shown.view == fitted.view
    shown.pan(30, 0)
    moved = shown.view
    shown.set_drawing(BLOCKS)
    assert shown.view == moved
    shown.resize(QSizeF(900, 500))
    assert shown.view == moved.moved(0, 50)


@pytest.mark.parametrize(("left", "moved"), [(5.0, 23), (500.0, 0), (1590.0, -118)])
def test_revealing_moves_only_as_far_as_needed(left: float, moved: int) -> None:
    shown = camera()
    shown.set_drawing(LAYERS)
    shown.view = before = View(1.0, 0.0, 300.0)
    shown.reveal((left, 0.0, 100.0, 50.0))
    assert shown.view == before.moved(moved, 0)
    assert (shown.fit_mode is None) == (moved != 0)


def test_a_rectangle_is_centered_with_its_surroundings() -> None:
    shown = camera()
    shown.set_drawing(LAYERS)
    shown.center((1000.0, -50.0, 200.0, 100.0))
    assert shown.view.pixel_x(1100.0) == pytest.approx(800.0)
    assert shown.view.pixel_y(0.0) == pytest.approx((66 + 556) / 2)
    assert shown.view.scale == 1.4
    shown.center((1000.0, -500.0, 200.0, 1000.0))
    assert shown.view.scale == pytest.approx((556 - 66) / 2200)


def test_a_scene_x_is_brought_into_the_middle() -> None:
    shown = camera()
    shown.set_drawing(LAYERS)
    y = shown.view.y
    shown.center_on(1234.0)
    assert (shown.view.pixel_x(1234.0), shown.view.y) == (800.0, y)


def test_a_vertical_canvas_swaps_the_axes() -> None:
    turned = camera()
    assert turned.swap_axes(QPointF(3, 5)) == QPointF(3, 5)
    turned.set_direction(vertical=True)
    assert (turned.size, turned.canvas) == (QSizeF(600, 1600), QSizeF(1600, 600))
    assert turned.swap_axes(QPointF(3, 5)) == QPointF(5, 3)
    turned.set_direction(vertical=True)
    assert turned.size == QSizeF(600, 1600)
    turned.set_direction(vertical=False)
    assert turned.size == turned.canvas == QSizeF(1600, 600)
