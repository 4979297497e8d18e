"""Rows as comma-separated text."""

from resnet_viz.storage.csv_text import csv_text


def test_a_row_is_a_line_and_none_an_empty_cell() -> None:
    assert csv_text([("id", "time"), ("conv1", 0.25), ("relu", None)]) == "id,time\nconv1,0.25\nrelu,\n"


def test_a_cell_with_a_comma_is_quoted() -> None:
    assert csv_text([("one, two", 'a "b"')]) == '"one, two","a ""b"""\n'
