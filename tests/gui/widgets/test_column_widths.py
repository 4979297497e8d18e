"""The widths of a table's columns in the room that there is."""

from resnet_viz.gui.widgets.column_widths import fit_column_widths


def test_the_first_columns_become_narrower_to_half_at_most() -> None:
    assert fit_column_widths([100, 100, 50], 200, range(2)) == [75, 75, 50]
    assert fit_column_widths([100, 100, 50], 60, range(2)) == [50, 50, 50]


def test_columns_that_do_not_yield_keep_their_width() -> None:
    assert fit_column_widths([100, 100, 50], 200, [1]) == [100, 50, 50]
    assert fit_column_widths([100, 100, 50], 220, [1]) == [100, 70, 50]


def test_only_the_needed_columns_must_fit() -> None:
    assert fit_column_widths([100, 100, 50], 200, range(2), needed=2) == [100, 100, 50]


def test_room_to_spare_is_shared_and_filled_to_the_pixel() -> None:
    assert fit_column_widths([100, 100], 301, range(1)) == [150, 151]
    assert fit_column_widths([100, 100, 50], 250, range(2)) == [100, 100, 50]
