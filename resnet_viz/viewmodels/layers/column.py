"""A column of the layer table: how to get its value from a layer, to write it and to sort by it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import msgspec

from resnet_viz.records.analysis import LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import ProfileRun
from resnet_viz.viewmodels.text import numbers as units

SortKey = int | float | str | tuple[int, ...]


UNKNOWN_KEY = -1.0
"""The sort key of an unknown value, which comes before every known one."""
SIX_DECIMALS = partial(round, ndigits=6)


class CellContext(msgspec.Struct, frozen=True):
    """The values that cells need beside their layer: the network's costs, a run of it, and a run to compare with."""

    costs: Costs
    run: ProfileRun | None = None
    other: ProfileRun | None = None


class LayerColumn(msgspec.Struct, frozen=True):
    """One column: how to get its value from a layer, to write it, and to sort by it.

    `value` returns None where the value is unknown, and `to_key` gives the sort key where that is not the value itself.
    `widest_text` sets the column's width while there are no layers. `needs` names what must be there for the column to
    be shown: a run, an isolated run, one with kernels, another run, or a convention under which FLOPs are another count
    than the costs.
    """

    name: str
    title: str
    explanation: str
    value: Callable[[LayerRecord, CellContext], Any]
    format: Callable[[Any], str]
    widest_text: str
    to_key: Callable[[Any], SortKey] | None = None
    is_number: bool = True
    visible_by_default: bool = True
    needs: Literal["", "run", "isolated", "kernels", "other", "count"] = ""

    def text(self, layer: LayerRecord, context: CellContext) -> str:
        """Return the text of a cell, a dash if its value is unknown."""
        value = self.value(layer, context)
        return units.UNKNOWN if value is None else self.format(value)

    def key(self, layer: LayerRecord, context: CellContext) -> SortKey:
        """Return the sort key of a cell."""
        value: SortKey | None = self.value(layer, context)
        if value is None:
            return UNKNOWN_KEY
        return value if self.to_key is None else self.to_key(value)
