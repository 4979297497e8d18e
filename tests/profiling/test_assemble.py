"""Times of layers, blocks, stages and backward passes, worked out by hand from rows of samples."""

from statistics import median

import pytest

from resnet_viz.graph.calls import id_of_group
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.assemble import (
    group_times,
    isolated_group_times,
    layer_samples,
    layer_times,
    training_times,
    with_both_caches,
)
from resnet_viz.profiling.sampling import samples as samples_module
from resnet_viz.profiling.statistics import summarize
from resnet_viz.records.run import Ceilings, GroupTime
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.spreads import random_rows

ANALYSIS = analyse(ResNetSpec(block="basic", blocks=(2, 1), width=4, stem="cifar", classes=5, input=(1, 3, 8, 8)))
LAYERS = [layer.id for layer in ANALYSIS.layers]
SETTINGS = ProfileSettings()
CEILINGS = Ceilings(1e9, 1e12, 5.0, 0)
BLOCKS = ["stem", "layer1.0", "layer1.1", "layer2.0", "head"]
STAGES = ["stem", "layer1", "layer2", "head"]


def named(groups: tuple[GroupTime, ...], level: str) -> dict[str, GroupTime]:
    return {group.id: group for group in groups if group.level == level}


def test_every_layer_has_its_own_column_and_its_samples() -> None:
    rows = random_rows(ANALYSIS, passes=7, more=3)
    found = layer_times(ANALYSIS, layer_samples(ANALYSIS, rows), SETTINGS, CEILINGS)
    assert [layer.id for layer in found] == LAYERS
    for place, layer in enumerate(found):
        column = [row[place] for row in rows]
        assert layer.samples_us == tuple(column)
        assert layer.spread == summarize(column)
        assert layer.flops == ANALYSIS.layers[place].flops
        assert layer.same_as is None


def test_a_layer_has_its_lower_bound_and_an_implausible_time_its_reason() -> None:
    slow = layer_times(ANALYSIS, layer_samples(ANALYSIS, [[1e6] * len(LAYERS)]), SETTINGS, CEILINGS)
    quick = layer_times(ANALYSIS, layer_samples(ANALYSIS, [[1e-3] * len(LAYERS)]), SETTINGS, CEILINGS)
    for layer in slow:
        assert layer.doubt == ""
        assert layer.bound is not None
        assert layer.floor_us is not None
        assert layer.floor_us >= CEILINGS.launch_us
    assert all(layer.doubt for layer in quick if layer.bytes)


def test_without_ceilings_nothing_is_bound_or_implausible() -> None:
    for layer in layer_times(ANALYSIS, layer_samples(ANALYSIS, [[1e-3] * len(LAYERS)]), SETTINGS, None):
        assert (layer.floor_us, layer.bound, layer.doubt) == (None, None, "")


def test_half_precision_halves_the_bytes() -> None:
    rows = [[1.0] * len(LAYERS)]
    wide = layer_times(ANALYSIS, layer_samples(ANALYSIS, rows), SETTINGS, None)
    half = layer_times(ANALYSIS, layer_samples(ANALYSIS, rows), SETTINGS.but(dtype="bf16"), None)
    assert [layer.bytes for layer in wide] == [2 * layer.bytes for layer in half]


def test_a_blocks_time_is_the_median_of_its_sums_not_the_sum_of_its_medians() -> None:
    rows = [[0.0] * len(LAYERS) for _ in range(3)]
    one, two = LAYERS.index("layer1.0.conv1"), LAYERS.index("layer1.0.conv2")
    for row, (first, second) in zip(rows, ((1.0, 10.0), (2.0, 1.0), (10.0, 2.0)), strict=True):
        row[one], row[two] = first, second
    groups = group_times(ANALYSIS, rows)
    assert named(groups, "block")["layer1.0"].spread.median_us == 11.0  # not 2 + 2
    assert named(groups, "stage")["layer1"].spread.median_us == 11.0
    assert named(groups, "block")["layer1.1"].spread.median_us == 0.0


def test_blocks_and_stages_of_random_passes() -> None:
    rows = random_rows(ANALYSIS, passes=9, more=5)
    groups = group_times(ANALYSIS, rows)
    assert list(named(groups, "block")) == BLOCKS
    assert list(named(groups, "stage")) == STAGES
    for group in groups:
        places = [
            place
            for place, layer in enumerate(ANALYSIS.layers)
            if id_of_group(layer.stage, layer.block, group.level) == group.id
        ]
        assert places == list(range(places[0], places[-1] + 1))
        sums = [sum(row[place] for place in places) for row in rows]
        assert group.spread.median_us == pytest.approx(median(sums), abs=1e-3)
        assert group.spread.n == 9


def test_backward_columns_start_with_the_last_block() -> None:
    forward = [1.0] * len(LAYERS)
    rows = [[*forward, 7.0, 20.0, 31.0, 30.0, 40.0], [*forward, 8.0, 22.0, 35.0, 10.0, 44.0]]
    loss, found, updates = training_times(ANALYSIS, rows, SETTINGS.but(passes="forward+backward"))
    assert (loss, updates) == (None, ())
    blocks = {name: group.spread.median_us for name, group in named(found, "block").items()}
    assert blocks == {"head": 7.5, "layer2.0": 21.0, "layer1.1": 33.0, "layer1.0": 20.0, "stem": 42.0}
    stages = {name: group.spread.median_us for name, group in named(found, "stage").items()}
    assert stages == {"head": 7.5, "layer2": 21.0, "layer1": 53.0, "stem": 42.0}


def test_a_stages_backward_range_is_a_median_of_sums() -> None:
    forward = [1.0] * len(LAYERS)
    pairs = ((1.0, 10.0), (2.0, 1.0), (10.0, 2.0))
    rows = [[*forward, 0.0, 0.0, first, second, 0.0] for first, second in pairs]
    _, found, _ = training_times(ANALYSIS, rows, SETTINGS.but(passes="forward+backward"))
    assert named(found, "stage")["layer1"].spread.median_us == 11.0


STEP = SETTINGS.but(passes="training-step")


def test_columns_of_a_training_step_are_the_loss_then_backward_then_the_updates() -> None:
    row = [*[1.0] * len(LAYERS), 3.0, 7.0, 20.0, 31.0, 30.0, 40.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    loss, backward, updates = training_times(ANALYSIS, [row], STEP)
    assert loss is not None
    assert loss.spread.median_us == 3.0
    blocks = {name: group.spread.median_us for name, group in named(backward, "block").items()}
    assert blocks == {"head": 7.0, "layer2.0": 20.0, "layer1.1": 31.0, "layer1.0": 30.0, "stem": 40.0}
    blocks = {name: group.spread.median_us for name, group in named(updates, "block").items()}
    assert blocks == {"stem": 0.1, "layer1.0": 0.2, "layer1.1": 0.3, "layer2.0": 0.4, "head": 0.5}
    assert named(updates, "stage")["layer1"].spread.median_us == 0.5


def test_every_part_of_a_training_step_has_its_samples_of_the_same_passes() -> None:
    """Also of a run of so many passes that a file keeps some of them."""
    parts = len(LAYERS) + 1 + 2 * len(BLOCKS)
    for passes, kept in ((3, 3), (4_001, 1_334)):
        rows = [[1_000.0 * number + part for part in range(parts)] for number in range(passes)]
        loss, backward, updates = training_times(ANALYSIS, rows, STEP)
        assert loss is not None
        layers = layer_times(ANALYSIS, layer_samples(ANALYSIS, rows), STEP, None)
        columns = [*(layer.samples_us for layer in layers), loss.samples_us]
        columns += [named(backward, "block")[name].samples_us for name in reversed(BLOCKS)]
        columns += [named(updates, "block")[name].samples_us for name in BLOCKS]
        assert {len(column) for column in columns} == {kept}
        assert [list(row) for row in zip(*columns, strict=True)] == rows[:: -(-passes // kept)]


def test_the_loss_has_no_more_samples_than_each_of_very_many_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_module, "MAX_FILED_OF_LAYERS", 2 * len(LAYERS))
    rows = [[float(number)] * (len(LAYERS) + 1 + 2 * len(BLOCKS)) for number in range(6)]
    loss, backward, updates = training_times(ANALYSIS, rows, STEP)
    assert loss is not None
    blocks = (*named(backward, "block").values(), *named(updates, "block").values())
    assert {loss.samples_us, *(block.samples_us for block in blocks)} == {(0.0, 3.0)}


def test_a_training_step_of_a_backbone_has_no_loss() -> None:
    backbone = analyse(ANALYSIS.spec.but(head=False))
    row = [*[1.0] * len(backbone.layers), 20.0, 31.0, 30.0, 40.0, 0.1, 0.2, 0.3, 0.4]
    loss, backward, updates = training_times(backbone, [row], STEP)
    assert loss is None
    assert named(backward, "block")["layer2.0"].spread.median_us == 20.0
    assert named(updates, "block")["layer2.0"].spread.median_us == 0.4


def test_a_forward_pass_and_a_run_without_passes_have_no_training_parts() -> None:
    assert training_times(ANALYSIS, [[1.0] * len(LAYERS)], SETTINGS) == (None, (), ())
    assert training_times(ANALYSIS, [], STEP) == (None, (), ())


def test_an_isolated_layer_names_the_layer_measured_in_its_place() -> None:
    representative_of = {layer: layer for layer in LAYERS} | {"layer1.1.conv1": "layer1.0.conv1"}
    samples = {layer: [2.0, 3.0, 7.0] for layer in LAYERS if layer != "layer1.1.conv1"}
    found = {layer.id: layer for layer in layer_times(ANALYSIS, samples, SETTINGS, CEILINGS, representative_of)}
    assert list(found) == LAYERS
    assert found["layer1.1.conv1"].same_as == "layer1.0.conv1"
    assert found["layer1.1.conv1"].samples_us == ()
    assert found["layer1.1.conv1"].spread == found["layer1.0.conv1"].spread
    assert found["layer1.0.conv1"].same_as is None
    assert found["layer1.0.conv1"].samples_us == (2.0, 3.0, 7.0)


def test_isolated_groups_are_sums_and_incomplete_ones_are_left_out() -> None:
    representative_of = {layer: layer for layer in LAYERS}
    samples = {layer: [float(place)] for place, layer in enumerate(LAYERS) if not layer.startswith("layer2")}
    layers = layer_times(ANALYSIS, samples, SETTINGS, None, representative_of)
    assert [layer.id for layer in layers] == list(samples)
    groups = isolated_group_times(ANALYSIS, layers)
    assert set(named(groups, "block")) == {"stem", "layer1.0", "layer1.1", "head"}
    assert set(named(groups, "stage")) == {"stem", "layer1", "head"}
    expected = sum(place for place, layer in enumerate(LAYERS) if layer.startswith("layer1.0."))
    assert named(groups, "block")["layer1.0"].spread.median_us == expected


def test_a_half_measured_block_has_no_time() -> None:
    layers = layer_times(ANALYSIS, {"conv1": [1.0]}, SETTINGS, None, {"conv1": "conv1"})
    assert isolated_group_times(ANALYSIS, layers) == ()


def test_rows_of_different_lengths_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        layer_samples(ANALYSIS, [[1.0, 2.0], [1.0]])


def test_isolated_layers_have_their_cold_and_warm_times_and_those_of_the_layer_that_represents_them() -> None:
    first, same, missing, _ = LAYERS[:4]
    cold, warm = {first: [30.0, 50.0], missing: [1.0]}, {first: [10.0, 20.0]}
    times = layer_times(ANALYSIS, cold, SETTINGS, None, {first: first, same: first, missing: missing})
    found = with_both_caches(times, cold=cold, warm=warm)
    assert [(time.id, time.spread) for time in found] == [(time.id, time.spread) for time in times]
    assert [time.cold and time.cold.median_us for time in found] == [40.0, 40.0, 1.0]
    assert [time.warm and time.warm.median_us for time in found] == [15.0, 15.0, None]
