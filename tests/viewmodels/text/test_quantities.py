"""The names of quantities, and their values with units."""

from typing import get_args

import pytest

from resnet_viz.records.quantities import Quantity
from resnet_viz.viewmodels.text.quantities import quantity_names, value_text


def test_every_quantity_has_a_name_that_follows_the_convention() -> None:
    names = quantity_names()
    assert set(names) == set(get_args(Quantity))
    assert len(set(names.values())) == len(names)
    assert (names["macs"], quantity_names("twice")["macs"]) == ("MACs", "2 × MACs")


@pytest.mark.parametrize(
    ("quantity", "value", "text"),
    [
        ("params", 25_557_032.0, "25.56 M"),
        ("macs", 4_089_184_256.0, "4.089 G"),
        ("bytes", 9_633_792.0, "9.2 MiB"),
        ("field", 426.6, "427 px"),
        ("latency", 61.4, "0.061 ms"),
    ],
)
def test_a_value_has_the_unit_of_its_quantity(quantity: Quantity, value: float, text: str) -> None:
    assert value_text(quantity, value) == text
