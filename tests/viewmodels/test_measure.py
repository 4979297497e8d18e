"""The texts of the Measure panel, worked out by hand for a run whose times are made up."""

from typing import get_args

import msgspec
import pytest

from resnet_viz.records.message import Message
from resnet_viz.records.run import (
    BatchPoint,
    DeviceInfo,
    EndToEndTime,
    GroupTime,
    LayerTime,
    Measurement,
    ProfileProgress,
    ProfileRun,
    RunEntry,
    TimeSummary,
)
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import Optimizer, Passes, ProfileSettings
from resnet_viz.viewmodels.measure import (
    device_choices,
    dtype_choices,
    input_facts,
    latency_facts,
    layout_choices,
    mode_choices,
    optimizer_choices,
    passes_choices,
    passes_so_far,
    progress_text,
    run_facts,
    run_notes,
    run_rows,
    run_tiles,
)
from resnet_viz.viewmodels.parts import Choice, Fact
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import around, small_run

CPU = DeviceInfo("cpu", "Some CPU", 64_000_000_000, 1, ("fp32", "bf16"), ("no tf32", "no fp16"))
CARD = DeviceInfo("cuda:0", "Some card", None, None, ("fp32", "tf32"))
RUN = small_run(preset("resnet18"))
SUM_US = RUN.sum_us or 0.0


def run_with(**changes: object) -> ProfileRun:
    return msgspec.structs.replace(RUN, **changes)


def facts(run: ProfileRun, node_id: str | None, other: ProfileRun | None = None) -> dict[str, tuple[str, str]]:
    return {fact.name: (fact.value, fact.note) for fact in latency_facts(run, other, node_id)}


def test_devices_are_offered_with_their_memory_and_dtypes() -> None:
    assert device_choices([CPU, CARD], "cpu") == (
        Choice("cpu", "Some CPU (cpu)", "64.0 GB · fp32, bf16 · no tf32 · no fp16"),
        Choice("cuda:0", "Some card (cuda:0)", "fp32, tf32"),
    )


def test_a_chosen_device_is_offered_even_where_it_is_not_known() -> None:
    assert device_choices([], "cuda:1") == (Choice("cuda:1", "cuda:1", "looking for devices"),)
    choices = device_choices([CPU], "cuda:1")
    assert choices[0] == Choice("cuda:1", "cuda:1", "not on this machine")
    assert [choice.value for choice in choices] == ["cuda:1", "cpu"]


def test_dtypes_are_those_of_the_chosen_device() -> None:
    def offered(device: str) -> list[str]:
        return [choice.value for choice in dtype_choices([CPU, CARD], ProfileSettings(device=device))]

    assert offered("cpu") == ["fp32", "bf16"]
    assert offered("cuda:0") == ["fp32", "tf32"]
    assert offered("mps") == ["fp32", "tf32", "fp16", "bf16"]


def test_every_mode_layout_and_pass_that_exists_is_offered() -> None:
    assert [choice.value for choice in mode_choices()] == ["in-network", "isolated", "end-to-end"]
    assert [choice.value for choice in layout_choices()] == ["contiguous", "channels_last"]
    assert [choice.value for choice in passes_choices(ProfileSettings())] == list(get_args(Passes))
    assert [choice.value for choice in passes_choices(ProfileSettings(mode="isolated"))] == ["forward"]


def test_the_progress_has_the_time_left_where_it_is_known() -> None:
    assert progress_text(ProfileProgress("warm-up", 0.1)) == "warming up"
    assert progress_text(ProfileProgress("passes", 0.5, 6.6, layer="conv1")) == "measuring conv1 · 7 s at most"


def test_the_tiles_are_whole_sum_unaccounted_and_throughput() -> None:
    run = run_with(spec=RUN.spec.but(input=(8, 3, 224, 224)), whole=Measurement(around(2000.0), (2000.0,)))
    whole, total, unaccounted, images = run_tiles(run)
    assert (whole.value, whole.name, whole.note) == ("2.000 ms", "whole network", "1.900 – 2.100")
    assert whole.exact == "median of 20 passes; minimum 1.800 ms"
    assert (total.value, total.note) == (f"{SUM_US / 1000:.3f} ms", f"{SUM_US / 20:.1f} %")
    assert unaccounted.value == f"{(2000.0 - SUM_US) / 1000:.3f} ms"
    assert unaccounted.note == f"{100 - SUM_US / 20:.1f} %"
    assert (images.value, images.note) == ("4,000.0", "host clock")


def test_the_tiles_of_an_empty_run_are_unknown() -> None:
    tiles = run_tiles(run_with(whole=None, layers=(), groups=(), method=None))
    assert {tile.value for tile in tiles} == {"—"}
    assert {tile.note for tile in tiles} == {""}


def test_the_tiles_of_an_end_to_end_run_are_percentiles_the_best_batch_and_the_launch_bound_factor() -> None:
    eager = EndToEndTime("eager", Measurement(around(300.0), ()), 300.0, 600.0, 900.0, 1.0)
    graph = EndToEndTime("cuda-graph", Measurement(around(100.0), ()), 100.0, 200.0, 300.0, 1.0)
    sweep = tuple(BatchPoint(n, around(1.0), rate, None) for n, rate in ((1, 10.0), (2, 1234.56), (4, 900.0)))
    run = run_with(
        settings=ProfileSettings(mode="end-to-end"), ends=(graph, eager), sweep=sweep, launch_bound_factor=3.0,
        peak_bytes=5 << 20,
    )  # fmt: skip
    whole, percentile, images, factor = run_tiles(run)
    assert whole.name == "whole network"
    assert (percentile.value, percentile.note) == ("0.900 ms", "P90 0.600 ms")
    assert (images.value, images.note) == ("1,234.6", "at batch 2")
    assert (factor.value, factor.note) == ("3.00 ×", "peak 5.0 MiB")
    nothing = run_tiles(msgspec.structs.replace(run, ends=(), sweep=(), launch_bound_factor=None, peak_bytes=None))
    assert [tile.value for tile in nothing[1:]] == ["—", f"{1e6 / (SUM_US + 5):,.1f}", "—"]


def test_the_notes_are_the_warnings_and_whether_the_run_is_partial() -> None:
    run = run_with(messages=(Message("synchronised"),))
    assert run_notes(run) == (str(Message("synchronised")),)
    assert run_notes(msgspec.structs.replace(run, complete=False)) == (
        "Stopped before its end: the figures are partial.",
        str(Message("synchronised")),
    )


@pytest.mark.parametrize(("n", "note"), [(1, "So far: 1 pass."), (1_234, "So far: 1,234 passes.")])
def test_the_note_of_a_run_under_way_is_its_number_of_passes(n: int, note: str) -> None:
    summary = TimeSummary(1.0, 1.0, 1.0, 1.0, n)
    run = run_with(instrumented=Measurement(summary, ()), messages=(Message("synchronised"),), complete=False)
    assert passes_so_far(run) == (note,)
    assert passes_so_far(run_with(instrumented=None)) == ()


def test_a_training_step_is_told_by_its_loss_backward_pass_and_update() -> None:
    parts = (GroupTime("layer1.0", "block", around(4_000.0)), GroupTime("layer1", "stage", around(4_500.0)),
             GroupTime("layer2", "stage", around(1_500.0)))  # fmt: skip
    run = run_with(loss=Measurement(around(250.0), ()), backward=parts, optimizer=parts[:2])
    told = {
        "loss": "0.250 ms",
        "backward": "6.000 ms, the sum of the stages",
        "update": "4.500 ms, the sum of the stages",
    }
    assert run_facts(run) == tuple(f"{name}: {text}" for name, text in told.items())
    assert told.items() <= {fact.name: fact.value for fact in latency_facts(run, None, None)}.items()
    assert run_facts(run_with(loss=None, backward=(), optimizer=())) == ()


def test_a_run_at_another_input_is_told_from_the_figures_beside_it() -> None:
    spec = preset("resnet18")
    assert input_facts(RUN, small_analysis(spec)) == ()
    (fact,) = input_facts(RUN, small_analysis(spec.but(input=(4, 3, 64, 64))))
    assert (fact.name, fact.value) == ("measured at", "1×3×224×224")


def test_a_row_of_a_training_step_says_so() -> None:
    plain = RunEntry("/a", "2026-11-22T04:05:06+00:00", "ResNet-18", "A CPU", "fp32", 1, "in-network", 1500.0, True)
    step = msgspec.structs.replace(plain, passes="training-step", optimizer="adam", size="64×64")
    (row,) = run_rows((step,))
    assert row.title == "ResNet-18 · training step, adam"
    assert row.detail == "A CPU · fp32 · N=1 · 64×64 · in-network, training step, adam"


def test_a_row_names_what_differs_from_the_defaults_and_details_have_all() -> None:
    plain = RunEntry("/a", "2026-11-22T04:05:06+00:00", "ResNet-18", "A CPU", "fp32", 1, "in-network", 1500.0, True)
    other = msgspec.structs.replace(plain, dtype="bf16", batch=8, mode="isolated", complete=False, whole_us=None)
    first, second = run_rows((plain, other))
    assert (first.path, first.made, first.title) == ("/a", "2026-11-22 04:05", "ResNet-18")
    assert (first.device, first.detail) == ("A CPU", "A CPU · fp32 · N=1 · in-network")
    assert (first.time, first.whole_us) == ("1.500 ms", 1500.0)
    assert second.title == "ResNet-18 · N=8 · bf16 · isolated"
    assert second.detail == "A CPU · bf16 · N=8 · isolated · partial"
    assert (second.time, second.whole_us) == ("—", None)


def test_the_facts_of_a_layer() -> None:
    layer = LayerTime("conv1", around(1000.0), (), 3_000_000, 2_000_000, 500.0, "memory", same_as="relu")
    run = run_with(layers=(layer,), whole=Measurement(around(4000.0), (4000.0,)))
    assert facts(run, "conv1") == {
        "latency": ("1.000 ms", "0.950 – 1.050"),
        "of the whole": ("25.0 %", ""),
        "achieved": ("3.00 GFLOP/s", "2.00 GB/s"),
        "minimum time": ("0.500 ms", "memory-bound"),
        "measured as": ("relu", ""),
    }
    slower = run_with(layers=(msgspec.structs.replace(layer, spread=around(4000.0)),))
    assert facts(run, "conv1", slower)["other run"] == ("4.000 ms", "0.25 ×")
    assert "other run" not in facts(run, "conv1", run_with(layers=()))


def test_the_facts_of_an_isolated_layer_say_which_time_is_which() -> None:
    layer = LayerTime("conv1", around(1000.0), (), 0, 0, cold=around(3000.0), warm=around(1000.0))
    run = run_with(layers=(layer,), settings=RUN.settings.but(mode="isolated", cold=False))
    found = facts(run, "conv1")
    assert found["cold caches"] == ("3.000 ms", "2.850 – 3.150")
    assert found["warm caches"] == ("1.000 ms", "0.950 – 1.050")
    older = run_with(layers=(msgspec.structs.replace(layer, cold=None, warm=None),), settings=run.settings)
    assert "cold caches" not in facts(older, "conv1")
    assert facts(older, "conv1")["warm caches"] == found["warm caches"]


def test_an_implausible_time_has_its_reason_and_an_unknown_bound_no_text() -> None:
    layer = LayerTime("conv1", around(1000.0), (), 0, 0, doubt="too fast")
    found = facts(run_with(layers=(layer,)), "conv1")
    assert list(found) == ["latency", "of the whole", "achieved", "minimum time", "implausible"]
    assert found["implausible"] == ("too fast", "")
    assert found["minimum time"] == ("—", "")


def test_the_facts_of_a_block_of_the_network_and_of_what_was_not_measured() -> None:
    assert list(facts(RUN, "layer1")) == ["latency", "of the whole"]
    assert facts(RUN, None) == {"latency": (f"{(SUM_US + 5) / 1000:.3f} ms", facts(RUN, None)["latency"][1])}
    assert latency_facts(RUN, None, "layer9") == (Fact("latency", "—", "not measured yet: press F6"),)
    assert latency_facts(run_with(whole=None), None, None) == ()
    assert facts(run_with(whole=None), "layer1")["of the whole"] == ("—", "")


def test_the_inspector_shows_raw_and_corrected_times_and_what_timestamps_cost() -> None:
    spread = msgspec.structs.replace(RUN.layers[0].spread, mean_us=10.12)
    layer = msgspec.structs.replace(RUN.layers[0], spread=spread, corrected_us=8.62, sparse_us=9.6)
    run = run_with(layers=(layer, *RUN.layers[1:]), timestamp_in_situ_us=1.5, timestamp_correction_us=1.5, mark_us=0.4)
    found = {fact.name: (fact.value, fact.note) for fact in latency_facts(run, None, layer.id)}
    assert found["latency"][0] == "0.010 ms"
    assert found["without timestamps"] == ("0.0086 ms", "")
    assert found["mean"] == ("0.0101 ms", "")
    assert found["sparse timestamps"][0] == "0.0096 ms"
    of_whole = {fact.name: (fact.value, fact.note) for fact in latency_facts(run, None, None)}
    assert of_whole["a timestamp"] == ("1.50 µs", "0.40 µs back to back")
    left_us = (run.sum_us or 0.0) - 1.5 * (len(run.layers) - 1)
    assert of_whole["Σ corrected"][0] == f"{left_us / 1000:.3f} ms"
    assert of_whole["Σ sparse"] == ("0.010 ms", "-4.0 %"), "of the one layer that sparse passes timed"
    starved = latency_facts(run_with(starved_passes=1_234), None, None)
    assert Fact("starved passes", "1,234", "repeated") in starved
    assert [fact.value for fact in latency_facts(run_with(mark_us=0.4), None, None) if fact.name == "a timestamp"] == [
        "0.40 µs"
    ]
    plain = {fact.name for fact in latency_facts(RUN, None, RUN.layers[0].id)}
    assert not plain & {"without timestamps", "mean", "sparse timestamps"}


def test_the_facts_of_a_block_have_its_backward_pass_and_its_update() -> None:
    run = msgspec.structs.replace(
        RUN,
        backward=(GroupTime("layer1.0", "block", around(80)),),
        optimizer=(GroupTime("layer1.0", "block", around(20)),),
    )
    facts = {fact.name: fact.value for fact in latency_facts(run, None, "layer1.0")}
    assert (facts["backward"], facts["update"]) == ("0.080 ms", "0.020 ms")
    assert "backward" not in {fact.name for fact in latency_facts(run, None, "layer1.1")}


def test_both_optimizers_are_offered() -> None:
    assert [choice.value for choice in optimizer_choices()] == list(get_args(Optimizer))
