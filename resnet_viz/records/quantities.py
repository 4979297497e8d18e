"""What can be drawn of a network: one entry for each quantity, whoever shows, colors by or exports it."""

from collections.abc import Iterable
from typing import Literal

from resnet_viz.records.analysis import GroupRecord, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import ProfileRun

Quantity = Literal["params", "macs", "bytes", "field", "latency"]
Coloring = Literal["stage", "kind", Quantity]
"""What a drawing can be colored by."""
Metric = Literal["params", "macs", "flops", "output_bytes", "receptive_field", "latency"]
"""What files call the numbers of a layer."""
ADDITIVE_QUANTITIES: tuple[Quantity, ...] = ("params", "macs", "bytes", "latency")
"""What can be added up; a receptive field cannot."""
TOTAL_FIELDS = ("params", "macs", "flops")
"""The fields of a layer that the network's totals have too."""
SUMMED_FIELDS = (*TOTAL_FIELDS, "output_bytes")
"""The fields of a layer that add up to those of its block or stage."""
NUMBER_FIELDS = (*SUMMED_FIELDS, "receptive_field")
"""The fields of a layer, block or stage that are its numbers."""
RECORD_FIELDS = {"params": "params", "bytes": "output_bytes", "field": "receptive_field"}
"""The field of a record that holds a quantity."""


def values_by_id(
    quantity: Quantity, parts: Iterable[LayerRecord | GroupRecord], costs: Costs, run: ProfileRun | None
) -> dict[str, float]:
    """A quantity of some layers, blocks or stages by node id, a latency in µs; what was not measured is left out."""
    if quantity == "macs":
        return {part.id: costs.by_id[part.id] for part in parts}
    if quantity == "latency":
        times = {part.id: run.time_of(part.id) for part in parts} if run else {}
        return {name: time.spread.median_us for name, time in times.items() if time is not None}
    return {part.id: getattr(part, RECORD_FIELDS[quantity]) for part in parts}
