"""The quantities of a layer that can be drawn, colored by or exported, and the fields that hold them."""

from collections.abc import Iterable
from typing import Literal

from resnet_viz.records.analysis import GroupRecord, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import ProfileRun

Quantity = Literal["params", "macs", "bytes", "field", "latency"]
Coloring = Literal["stage", "kind", Quantity]
"""The properties by which a drawing can be colored."""
Metric = Literal["params", "macs", "flops", "output_bytes", "receptive_field", "latency"]
"""The numbers of a layer by their names in files."""
ADDITIVE_QUANTITIES: tuple[Quantity, ...] = ("params", "macs", "bytes", "latency")
"""The quantities that can be added; a receptive field cannot."""
TOTAL_FIELDS = ("params", "macs", "flops")
"""The fields of a layer that the network's totals also have."""
SUMMED_FIELDS = (*TOTAL_FIELDS, "output_bytes")
"""The fields of a layer whose sums are the fields of its block or stage."""
NUMBER_FIELDS = (*SUMMED_FIELDS, "receptive_field")
"""The numeric fields of a layer, block or stage."""
RECORD_FIELDS = {"params": "params", "bytes": "output_bytes", "field": "receptive_field"}
"""The field of a record for each quantity that is neither counted by a convention nor measured."""


def values_by_id(
    quantity: Quantity, parts: Iterable[LayerRecord | GroupRecord], costs: Costs, run: ProfileRun | None
) -> dict[str, float]:
    """Return a quantity of layers, blocks or stages by node id, a latency in µs, without the nodes that have none."""
    if quantity == "macs":
        return {part.id: costs.by_id[part.id] for part in parts}
    if quantity == "latency":
        times = {part.id: run.time_of(part.id) for part in parts} if run else {}
        return {name: time.spread.median_us for name, time in times.items() if time is not None}
    return {part.id: getattr(part, RECORD_FIELDS[quantity]) for part in parts}
