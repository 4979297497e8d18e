"""The quantities of layers, blocks and stages."""

from typing import get_args

import msgspec
import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupRecord, LayerRecord
from resnet_viz.records.quantities import (
    ADDITIVE_QUANTITIES,
    NUMBER_FIELDS,
    SUMMED_FIELDS,
    TOTAL_FIELDS,
    Quantity,
    values_by_id,
)
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run

ANALYSIS = analyse(preset("resnet20_cifar"))
COSTS = costs(ANALYSIS)


@pytest.mark.parametrize(
    ("quantity", "field"), [("params", "params"), ("bytes", "output_bytes"), ("field", "receptive_field")]
)
def test_a_quantity_of_a_record_is_its_field(quantity: Quantity, field: str) -> None:
    parts: list[LayerRecord | GroupRecord] = [*ANALYSIS.layers, *groups(ANALYSIS, "stage")]
    assert values_by_id(quantity, parts, COSTS, None) == {part.id: getattr(part, field) for part in parts}


def test_operations_are_those_of_the_costs() -> None:
    twice = costs(ANALYSIS, "twice")
    values = values_by_id("macs", ANALYSIS.layers, twice, None)
    assert values == {layer.id: 2 * layer.macs for layer in ANALYSIS.layers}


def test_latencies_are_the_medians_of_the_measured_nodes() -> None:
    run = small_run(ANALYSIS.spec)
    parts: list[LayerRecord | GroupRecord] = [*ANALYSIS.layers, *groups(ANALYSIS, "block")]
    values = values_by_id("latency", parts, COSTS, run)
    measured = {part.id: time.spread.median_us for part in parts if (time := run.time_of(part.id)) is not None}
    assert values == measured
    assert set(values) >= {layer.id for layer in run.layers}
    assert values_by_id("latency", ANALYSIS.layers, COSTS, None) == {}
    unmeasured = msgspec.structs.replace(run, layers=run.layers[1:])
    assert run.layers[0].id not in values_by_id("latency", ANALYSIS.layers, COSTS, unmeasured)


def test_the_groups_of_fields() -> None:
    """The totals have the first three; groups sum one more; a receptive field is a number that is not added."""
    assert TOTAL_FIELDS == ("params", "macs", "flops")
    assert (*TOTAL_FIELDS, "output_bytes") == SUMMED_FIELDS
    assert (*SUMMED_FIELDS, "receptive_field") == NUMBER_FIELDS
    assert set(get_args(Quantity)) - set(ADDITIVE_QUANTITIES) == {"field"}
