"""Tables as plain values."""

from resnet_viz.records.table import TableColumn, table


def test_a_table_has_its_headings_as_fields_and_numbers_where_the_letter_is_r() -> None:
    made = table(["name", "size"], [["a", 1], ["b", None]], "lr", "sizes")
    assert made.title == "sizes"
    assert made.columns == (TableColumn("name", "name", numeric=False), TableColumn("size", "size", numeric=True))
    assert made.rows == (("a", 1), ("b", None))
    assert made.sums == {}


def test_columns_without_a_letter_are_texts() -> None:
    assert [column.numeric for column in table(["a", "b"], [], "r").columns] == [True, False]
    assert table(["a"], []).title == ""
