"""Kernels are given to layers by name and order, and refused where they do not align."""

import pytest
from msgspec.structs import replace

from resnet_viz.profiling.kernels.attribution import (
    KernelsUnavailable,
    agreement,
    given_to_layers,
    owners_of,
    split_passes,
    times_without_timestamps,
)
from resnet_viz.profiling.kernels.events import Activity, device_activities, named_ranges
from resnet_viz.records.kernels import LayerKernels
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run
from tests.profiling.kernels.recordings import CudaRecording

OWNERS = [("conv1", "layout"), ("conv1", "gemm"), ("bn1", "norm"), ("fc", "gemm")]
LAYERS = ["conv1", "bn1", "flatten", "fc"]


def replayed(*names_and_times: tuple[str, float], gap_us: float = 0.5) -> list[Activity]:
    """A pass of these kernels, which begins at 100 µs."""
    ran, at = [], 100.0
    for name, us in names_and_times:
        ran.append(Activity(name, at, us))
        at += us + gap_us
    return ran


def of_times(layout: float, conv: float, norm: float, fc: float) -> list[Activity]:
    return replayed(("layout", layout), ("gemm", conv), ("norm", norm), ("gemm", fc))


def test_equal_names_are_told_apart_by_their_order() -> None:
    conv, norm, flatten, fc = given_to_layers(OWNERS, [of_times(2.0, 30.0, 8.0, 5.0)], LAYERS)
    assert [(each.name, each.time_us) for each in conv.kernels] == [("layout", 2.0), ("gemm", 30.0)]
    assert [(each.name, each.time_us) for each in fc.kernels] == [("gemm", 5.0)]
    assert (conv.id, conv.time_us, norm.time_us, flatten.time_us, fc.time_us) == ("conv1", 32.0, 8.0, 0.0, 5.0)
    assert flatten.kernels == ()


def test_times_are_medians_over_the_passes_and_a_layers_time_is_the_median_of_its_sums() -> None:
    passes = [of_times(2.0, 30.0, 8.0, 5.0), of_times(9.0, 31.0, 9.0, 6.0), of_times(3.0, 20.0, 90.0, 7.0)]
    conv, norm, _, fc = given_to_layers(OWNERS, passes, LAYERS)
    assert [each.time_us for each in conv.kernels] == [3.0, 30.0]
    assert conv.time_us == 32.0  # of 32, 40 and 23, and not 3 + 30
    assert (norm.time_us, fc.time_us) == (9.0, 6.0)


def test_the_pass_of_middle_length_is_traced() -> None:
    passes = [of_times(2.0, 30.0, 8.0, 5.0), of_times(9.0, 31.0, 9.0, 6.0), of_times(3.0, 20.0, 90.0, 7.0)]
    conv, norm, _, fc = given_to_layers(OWNERS, passes, LAYERS)
    assert [(each.start_us, each.traced_us) for each in (*conv.kernels, *norm.kernels, *fc.kernels)] == [
        (0.0, 9.0), (9.5, 31.0), (41.0, 9.0), (50.5, 6.0)]  # fmt: skip


@pytest.mark.parametrize(
    ("ran", "number", "found"),
    [
        (("layout", "other", "norm", "gemm"), 2, "other"),
        (("gemm", "layout", "norm", "gemm"), 1, "gemm"),
        (("layout", "gemm", "norm"), 4, "–"),
    ],
)
def test_other_kernels_than_those_of_the_eager_pass_are_refused(ran: list[str], number: int, found: str) -> None:
    with pytest.raises(KernelsUnavailable) as refused:
        given_to_layers(OWNERS, [replayed(*((name, 1.0) for name in ran))], LAYERS)
    assert refused.value.message.values == {"number": number, "expected": OWNERS[number - 1][1], "found": found}
    assert f"Kernel {number} of a pass is {found} where {OWNERS[number - 1][1]} was expected" in str(refused.value)


def test_a_name_is_cut_where_it_is_too_long_to_be_saved() -> None:
    long = "void cutlass::Kernel<" + 3_000 * "x"
    (layer,) = given_to_layers([("conv1", long)], [replayed((long, 1.0))], ["conv1"])
    assert layer.kernels[0].name == long[:500]


def test_a_copy_that_only_the_graph_makes_belongs_to_no_layer() -> None:
    ran = replayed(("Memset (Device)", 1.0), ("layout", 2.0), ("gemm", 30.0), ("norm", 8.0), ("gemm", 5.0))
    conv, *_ = given_to_layers(OWNERS, [ran], LAYERS)
    assert [each.name for each in conv.kernels] == ["layout", "gemm"]
    assert conv.kernels[0].start_us == 0.0


def test_a_copy_that_both_make_belongs_to_its_layer() -> None:
    owners = [("conv1", "Memset (Device)"), *OWNERS]
    ran = replayed(("Memset (Device)", 1.0), ("layout", 2.0), ("gemm", 30.0), ("norm", 8.0), ("gemm", 5.0))
    assert given_to_layers(owners, [ran], LAYERS)[0].time_us == 33.0


def test_what_ran_is_split_into_equal_passes() -> None:
    one = of_times(2.0, 30.0, 8.0, 5.0)
    assert split_passes(one * 3, 3) == [one] * 3
    for ran in ([], one[:3] + one):
        with pytest.raises(KernelsUnavailable, match=f"saw {len(ran)} kernels in 2 passes"):
            split_passes(ran, 2)


def test_passes_of_different_kernels_are_refused() -> None:
    other = replayed(("layout", 2.0), ("gemm", 30.0), ("other norm", 8.0), ("gemm", 5.0))
    with pytest.raises(KernelsUnavailable, match="Kernel 3 of a pass is other norm where norm was expected"):
        split_passes([*of_times(2.0, 30.0, 8.0, 5.0), *other], 2)


def test_a_recording_of_a_card_is_given_to_its_layers() -> None:
    eager, graph = CudaRecording(), CudaRecording()
    eager.range_of("layer:conv1", [("layout", 4.0), ("gemm", 30.0)])
    eager.range_of("layer:fc", [("gemm", 6.0)])
    for us in (20.0, 22.0, 21.0):
        graph.replay([("layout", 3.0), ("gemm", us), ("gemm", 5.0)])
    passes = split_passes(device_activities(graph.event_list()), 3)
    conv, fc = given_to_layers(owners_of(named_ranges(eager.event_list())), passes, ["conv1", "fc"])
    assert (conv.time_us, fc.time_us) == (24.0, 5.0)


def test_long_layers_are_compared_with_their_kernels() -> None:
    run = small_run(preset("resnet18"))  # layer i takes (i + 1) · 10 µs
    kernels = [LayerKernels(layer.id, layer.spread.median_us / 1.25) for layer in run.layers]
    kernels[1] = LayerKernels(kernels[1].id, 1.0)  # 20 µs: too short to be compared
    kernels[-1] = LayerKernels(kernels[-1].id, run.layers[-1].spread.median_us / 0.5)
    kernels[-2] = LayerKernels(kernels[-2].id, 0.0)  # without kernels
    found = agreement(times_without_timestamps(run.layers), kernels, "graph")
    assert found is not None
    assert (found.layers, found.median, found.worst) == (len(run.layers) - 3, 0.25, 0.5)
    assert found.worst_layer == run.layers[-1].id
    assert agreement(times_without_timestamps(run.layers[:2]), kernels, "graph") is None


def test_the_cost_of_its_timestamp_is_taken_off_a_layer_before_it_is_compared() -> None:
    raw = small_run(preset("resnet18")).layers[4]  # 50 µs
    corrected = replace(raw, corrected_us=raw.spread.median_us - 2.0)
    found = agreement(times_without_timestamps([corrected]), [LayerKernels(raw.id, 48.0)], "graph")
    assert found is not None
    assert found.worst == 0.0
    assert agreement({raw.id: 20.0}, [LayerKernels(raw.id, 48.0)], "graph") is None


def test_only_long_layers_are_compared_with_operators_that_contain_the_profiler() -> None:
    kernels = [LayerKernels("short", 1_000.0), LayerKernels("long", 400.0)]
    found = agreement({"short": 500.0, "long": 501.0}, kernels, "operators")
    assert found is not None
    assert (found.layers, found.worst_layer) == (1, "long")
