"""Two runs compared: times matched by id, and a sentence for every condition in which the runs differ."""

import msgspec
import pytest

from resnet_viz.compare.runs import ComparedTime, compare_runs
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))


def but(**changes: object) -> ProfileRun:
    """The run with changes."""
    return msgspec.structs.replace(RUN, **changes)


def differences(second: ProfileRun, first: ProfileRun = RUN) -> tuple[str, ...]:
    """The sentences about the conditions in which two runs differ."""
    return compare_runs(first, second).differences


def test_equal_runs_differ_in_nothing() -> None:
    compared = compare_runs(RUN, RUN)
    assert compared.differences == ()
    pairs = (*compared.layers, *compared.stages, compared.whole)
    assert {pair.ratio for pair in pairs} == {1.0}
    assert [pair.id for pair in compared.layers] == [layer.id for layer in RUN.layers]
    assert [pair.id for pair in compared.stages] == [group.id for group in RUN.groups if group.level == "stage"]


def test_each_time_is_the_median_of_its_layer_stage_or_network() -> None:
    compared = compare_runs(RUN, small_run(RUN.spec, slower=2.0))
    by_id = {layer.id: layer.spread.median_us for layer in RUN.layers}
    assert [(pair.first_us, pair.second_us) for pair in compared.layers] == [
        (by_id[pair.id], 2 * by_id[pair.id]) for pair in compared.layers
    ]
    stages = {group.id: group.spread.median_us for group in RUN.groups if group.level == "stage"}
    assert {pair.id: pair.first_us for pair in compared.stages} == stages
    assert RUN.whole is not None
    assert compared.whole.first_us == RUN.whole.spread.median_us
    assert compared.layers[0].ratio == 0.5


def test_layers_of_one_run_only_have_no_ratio() -> None:
    first, second = but(layers=RUN.layers[:2]), but(layers=RUN.layers[1:3])
    ids = [layer.id for layer in RUN.layers[:3]]
    compared = compare_runs(first, second)
    assert [pair.id for pair in compared.layers] == ids
    assert [pair.ratio for pair in compared.layers] == [None, 1.0, None]
    assert (compared.layers[0].second_us, compared.layers[2].first_us) == (None, None)
    assert compare_runs(but(whole=None), RUN).whole.ratio is None


def test_a_time_of_nothing_has_no_ratio() -> None:
    assert ComparedTime("a", 1.0, 0.0).ratio is None
    assert ComparedTime("a", 0.0, 2.0).ratio == 0.0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("dtype", "bf16", "dtype: fp32 against bf16."),
        ("memory_format", "channels_last", "memory format: contiguous against channels_last."),
        ("mode", "isolated", "mode: in-network against isolated."),
        ("passes", "forward+backward", "passes: forward against forward+backward."),
        ("cold", False, "cold: True against False."),
        ("autotune", True, "autotune: False against True."),
    ],
)
def test_a_setting_on_which_times_depend_is_a_difference(field: str, value: object, sentence: str) -> None:
    settings = RUN.settings.but(**{field: value})
    assert differences(but(settings=settings)) == (sentence,)


def test_how_long_was_measured_is_no_difference() -> None:
    assert differences(but(settings=ProfileSettings(seconds=99.0), made="2026-01-01T00:00:00+00:00")) == ()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "Another", "device: A processor against Another."),
        ("torch", "2.9.0", "torch: 2.13.0+cpu against 2.9.0."),
        ("threads", 1, "threads: 2 against 1."),
    ],
)
def test_another_machine_is_a_difference(field: str, value: object, sentence: str) -> None:
    assert differences(but(place=msgspec.structs.replace(RUN.place, **{field: value}))) == (sentence,)


def test_another_method_or_input_is_a_difference() -> None:
    assert differences(but(method="cuda-graph")) == ("method: host-clock against cuda-graph.",)
    assert differences(RUN, but(method=None)) == ("method: none against host-clock.",)
    spec = RUN.spec.but(input=(8, 3, 64, 64))
    assert differences(but(spec=spec)) == ("input: 1×3×224×224 against 8×3×64×64.",)


def test_another_network_is_a_difference_with_the_layers_that_both_have() -> None:
    other = but(spec=RUN.spec.but(width=32), layers=RUN.layers[:4])
    assert differences(other) == ("The networks differ; 4 layers have the same name in both.",)
