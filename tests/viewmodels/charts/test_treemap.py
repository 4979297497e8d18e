"""Treemaps: the tiles fill their rectangle by their values, and are laid out as the paper says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.viewmodels.charts.treemap import MIN_RATIO, TreemapTile, treemap

LENGTHS = st.floats(0.1, 100.0)


@given(st.lists(st.floats(0.01, 1e6) | st.just(0.0), min_size=1, max_size=30), LENGTHS, LENGTHS)
def test_tiles_fill_the_rectangle_by_their_values(values: list[float], width: float, height: float) -> None:
    tiles = treemap([(str(index), value) for index, value in enumerate(values)], width=width, height=height)
    total = sum(values)
    assert {tile.id for tile in tiles} == {str(index) for index, value in enumerate(values) if value > 0}
    shown = [values[int(tile.id)] for tile in tiles]
    assert shown == sorted(shown, reverse=True)
    for tile in tiles:
        assert tile.width * tile.height / (width * height) == pytest.approx(values[int(tile.id)] / total, rel=1e-6)
        assert min(tile.x, tile.y) >= -1e-9
        assert tile.x + tile.width <= width * (1 + 1e-6)
        assert tile.y + tile.height <= height * (1 + 1e-6)
    assert not any(overlap(one, other) for index, one in enumerate(tiles) for other in tiles[index + 1 :])


def overlap(one: TreemapTile, other: TreemapTile) -> bool:
    """True if two tiles share more than an edge."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 1e-6 * max(one.width, other.width) and down > 1e-6 * max(one.height, other.height)


def test_the_papers_example() -> None:
    """Figure 4 of Bruls et al.: areas of 6, 6, 4, 3, 2, 2 and 1 in a rectangle of 6 by 4, here from the top left."""
    areas = {"a": 6.0, "b": 6.0, "c": 4.0, "d": 3.0, "e": 2.0, "f": 2.0, "g": 1.0}
    tiles = treemap(list(areas.items()), width=6.0, height=4.0)
    expected = [
        (0, 0, 3, 2), (0, 2, 3, 2), (3, 0, 12 / 7, 7 / 3), (3 + 12 / 7, 0, 9 / 7, 7 / 3), (3, 7 / 3, 1.2, 5 / 3),
        (4.2, 7 / 3, 1.2, 5 / 3), (5.4, 7 / 3, 0.6, 5 / 3),
    ]  # fmt: skip
    assert [tile.id for tile in tiles] == list(areas)
    for tile, box in zip(tiles, expected, strict=True):
        assert (tile.x, tile.y, tile.width, tile.height) == pytest.approx(box)


def test_a_square_is_divided_from_left_to_right() -> None:
    tiles = treemap([("a", 1.0), ("b", 1.0)], width=2.0, height=2.0)
    assert [(tile.x, tile.y, tile.width, tile.height) for tile in tiles] == [(0, 0, 2, 1), (0, 1, 2, 1)]


def test_nothing_has_no_tiles() -> None:
    assert treemap([("a", 0.0)], width=1.0, height=1.0) == treemap([], width=1.0, height=1.0) == ()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30))
def test_any_finite_values_have_tiles_within_the_rectangle(values: list[float]) -> None:
    """Values far smaller than the largest have none: they would be far smaller than a pixel."""
    tiles = treemap([(str(index), value) for index, value in enumerate(values)], width=2.0, height=1.0)
    largest = max(values, default=0.0)
    assert {tile.id for tile in tiles} == {
        str(index) for index, value in enumerate(values) if value > 0 and value / largest > MIN_RATIO
    }
    for tile in tiles:
        assert -1e-9 <= tile.x <= tile.x + tile.width <= 2.0 + 1e-6
        assert -1e-9 <= tile.y <= tile.y + tile.height <= 1.0 + 1e-6
