"""The layer table: the texts and sort keys of its cells, its columns, and its filter."""

import pytest
from msgspec.structs import replace

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.run import Bound, Environment, LayerTime, Measurement, ProfileRun, TimeSummary
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.viewmodels.layers.column import CellContext
from resnet_viz.viewmodels.layers.table import (
    available_data,
    cell_for_copy,
    columns,
    id_parts,
    inputs_text,
    matches,
    sampled_texts,
    search_text,
    search_words,
    stage_text,
    tab_title,
    tsv,
    type_text,
)

ANALYSIS = analyse(preset("resnet50"))


def cells(name: str) -> dict[str, str]:
    """The row of a layer by column."""
    layer = ANALYSIS.layer_by_id[name]
    return {column.name: column.text(layer, CellContext(costs(ANALYSIS))) for column in columns()}


def test_the_texts_of_a_row() -> None:
    row = cells("layer3.2.conv2")
    assert row["type"] == "Conv2d 3×3"
    assert (row["stage"], row["input"], row["output"]) == ("3", "256×14×14", "256×14×14")
    assert (row["params"], row["macs"], row["share"]) == ("589,824", "115.6 M", "2.8 %")
    assert cells("layer1.0.add")["input"] == "2 × 256×56×56"
    assert cells("conv1")["stage"] == "stem"
    assert cells("fc")["stage"] == "head"


def test_types_say_stride_groups_and_dilation() -> None:
    assert cells("conv1")["type"] == "Conv2d 7×7 /2"
    grouped = analyse(preset("resnext50_32x4d").but(dilate=(False, False, True)))
    assert type_text(grouped.layer_by_id["layer4.1.conv2"]) == "Conv2d 3×3, dilation 2, 32 groups"


def test_the_keys_of_a_column_can_be_compared() -> None:
    for column in columns():
        keys = [column.key(layer, CellContext(costs(ANALYSIS))) for layer in ANALYSIS.layers]
        assert len({type(key) for key in keys}) == 1, column.name


def test_the_filter_finds_names_types_and_shapes() -> None:
    def found(query: str) -> set[str]:
        words, parts = search_words(query), id_parts(ANALYSIS.layers)
        kept = (
            layer
            for layer in ANALYSIS.layers
            if matches(words, layer_id=layer.id, text=search_text(layer), parts=parts)
        )
        return {layer.id for layer in kept}

    assert found("layer3.2.conv2") == {"layer3.2.conv2"}
    assert found("Conv2d 3×224×224") == {"conv1"}
    assert "layer3.1.conv1" in found("1x256x14x14")
    assert found("linear 1000") == {"fc"}
    assert found("res3a_branch1") == {"layer2.0.downsample.0"}
    assert len(found("")) == 175
    assert found("conv2") == {layer.id for layer in ANALYSIS.layers if layer.id.endswith(".conv2")}
    assert "layer1.0.relu2" in found("relu")
    assert found("stem") == {"conv1", "bn1", "relu", "maxpool"}
    assert found("head") == {"avgpool", "flatten", "fc"}
    assert found("Stage 2 conv1") == {f"layer2.{block}.conv1" for block in range(4)}


def test_copies_are_plain_numbers() -> None:
    params = next(column for column in columns() if column.name == "params")
    assert cell_for_copy(params, ANALYSIS.layer_by_id["layer3.2.conv2"], CellContext(costs(ANALYSIS))) == "589824"
    assert tsv(["a", "b"], [["1", "2"]]) == "a\tb\n1\t2\n"
    assert tab_title(ANALYSIS) == "Layers (175)"
    assert tab_title(None) == "Layers"


def run_of_two_layers(slower: float = 1.0) -> ProfileRun:
    """A run in which only the first convolution and its batch norm were measured."""

    def around(median_us: float, half_interval_us: float | None = None) -> TimeSummary:
        ends = () if half_interval_us is None else (median_us - half_interval_us, median_us + half_interval_us)
        return TimeSummary(median_us * slower, 1.0, 2.0, 0.0, 9, *ends)

    return ProfileRun(
        made="", complete=True, spec=ANALYSIS.spec, settings=ProfileSettings(),
        place=Environment(device="cpu", name="A processor"),
        layers=(
            LayerTime(
                "conv1", around(1234.5678, 10.0), (), 236_027_904, 3_000_000, 5.0, "compute", corrected_us=1232.5
            ),
            LayerTime("bn1", around(10.0), (), 0, 3_000_000, 5.0, "memory"),
        ),
        whole=Measurement(around(5000.0), ()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("conv1", {
            "layer": ("conv1", "conv1"), "type": ("Conv2d 7×7 /2", "Conv2d 7×7 /2"), "stage": ("stem", "stem"),
            "input": ("3×224×224", "3×224×224"), "output": ("64×112×112", "64×112×112"), "params": ("9,408", "9408"),
            "macs": ("118.0 M", "118013952"), "share": ("2.9 %", "0.02886"), "latency": ("1.235", "1.234568"),
            "corrected": ("1.232", "1.2325"), "uncertainty": ("0.8 %", "0.0081"),
            "time_share": ("24.7 %", "0.246914"), "rate": ("191.2", "191.183"), "bound": ("compute", "compute"),
            "other": ("3.704", "3.703703"), "ratio": ("0.33 ×", "0.3333"), "flops": ("236.0 M", "236027904"),
            "output_bytes": ("3.1 MiB", "3211264"), "receptive_field": ("7 px", "7"),
            "caffe_name": ("conv1", "conv1"),
        }),
        ("bn1", {"corrected": ("—", ""), "uncertainty": ("—", ""),
                 "latency": ("0.010", "0.01"), "time_share": ("0.2 %", "0.002"),
                 "rate": ("—", ""),
                 "bound": ("memory", "memory"), "share": ("0.0 %", "0.0"), "caffe_name": ("bn_conv1", "bn_conv1")}),
        ("fc", {"stage": ("head", "head"), "input": ("2048", "2048"), "output": ("1000", "1000"),
                "latency": ("—", ""), "time_share": ("—", ""), "rate": ("—", ""), "bound": ("—", ""),
                "other": ("—", ""), "ratio": ("—", ""), "receptive_field": ("619 px", "619")}),
    ],
)  # fmt: skip
def test_a_cell_is_shown_with_units_and_copied_without(layer: str, expected: dict[str, tuple[str, str]]) -> None:
    context = CellContext(costs(ANALYSIS), run_of_two_layers(), run_of_two_layers(slower=3.0))
    record = ANALYSIS.layer_by_id[layer]
    by_name = {column.name: column for column in columns()}
    assert {name: (by_name[name].text(record, context), cell_for_copy(by_name[name], record, context))
            for name in expected} == expected  # fmt: skip
    assert set(by_name) >= set(expected)


def test_the_ratio_to_a_run_that_took_no_time_is_unknown() -> None:
    context = CellContext(costs(ANALYSIS), run_of_two_layers(), run_of_two_layers(slower=0.0))
    ratio = next(column for column in columns() if column.name == "ratio")
    assert ratio.text(ANALYSIS.layer_by_id["conv1"], context) == "—"


def test_columns_need_their_data() -> None:
    counted, run = costs(ANALYSIS), run_of_two_layers()
    needs = {column.name: column.needs for column in columns() if column.needs}
    assert needs == {
        "latency": "run", "corrected": "run", "uncertainty": "run",
        "time_share": "run", "rate": "run", "bound": "run", "other": "other", "ratio": "other",
        "flops": "count", "cold": "isolated", "warm": "isolated",
        "kernel_time": "kernels", "kernels": "kernels",
    }  # fmt: skip
    assert available_data(None) == available_data(CellContext(counted)) == {"", "count"}
    assert available_data(CellContext(counted, run)) == {"", "count", "run"}
    assert available_data(CellContext(counted, run, run)) == {"", "count", "run", "other"}
    isolated = replace(run, settings=ProfileSettings(mode="isolated"))
    assert available_data(CellContext(counted, isolated)) == {"", "count", "run", "isolated"}
    assert available_data(CellContext(counted, run, isolated)) == {"", "count", "run", "other"}
    assert available_data(CellContext(costs(ANALYSIS, "elementwise"))) == {""}


@pytest.mark.parametrize(("cold", "expected"), [(True, ("1.235", "—")), (False, ("—", "1.235"))])
def test_an_older_isolated_run_has_the_time_of_its_settings_in_its_own_column(
    cold: bool, expected: tuple[str, str]
) -> None:
    run = replace(run_of_two_layers(), settings=ProfileSettings(mode="isolated", cold=cold))
    assert cold_and_warm_cells(run) == expected


def test_an_isolated_run_has_a_column_for_cold_and_one_for_warm_caches() -> None:
    run = replace(run_of_two_layers(), settings=ProfileSettings(mode="isolated", cold=False))
    warm = run.layers[0].spread
    both = replace(run.layers[0], cold=replace(warm, median_us=2000.0), warm=replace(warm, median_us=1000.0))
    assert cold_and_warm_cells(replace(run, layers=(both,))) == ("2.000", "1.000")
    in_network = replace(run_of_two_layers(), settings=ProfileSettings())
    assert cold_and_warm_cells(in_network) == ("—", "—")


def cold_and_warm_cells(run: ProfileRun) -> tuple[str, ...]:
    """The cells of the first convolution."""
    by_name = {column.name: column for column in columns()}
    record, context = ANALYSIS.layer_by_id["conv1"], CellContext(costs(ANALYSIS), run)
    return tuple(by_name[name].text(record, context) for name in ("cold", "warm"))


def test_which_columns_are_text_and_which_are_hidden_at_first() -> None:
    shown = columns()
    assert {column.name for column in shown if not column.is_number} == {
        "layer", "type", "stage", "input", "output", "bound", "caffe_name", "kernels"
    }  # fmt: skip
    assert {column.name for column in shown if not column.visible_by_default} == {
        "corrected", "uncertainty", "rate", "bound", "caffe_name"
    }  # fmt: skip


def test_titles_follow_the_convention() -> None:
    titles = {column.name: (column.title, column.explanation) for column in columns("twice")}
    assert titles["macs"] == ("2 × MACs", "A multiplication and an addition for each multiply-add, nothing else")
    assert titles["share"] == ("% of 2 × MACs", "Share of the network's 2 × MACs")
    assert [column.title for column in columns()] == [
        "Layer", "Type", "Stage", "Input", "Output", "Params", "MACs", "% of MACs", "Latency (ms)",
        "Corrected (ms)", "± of latency", "Cold (ms)",
        "Warm (ms)", "% of time", "GFLOP/s", "Bound by", "Other (ms)", "Ratio", "FLOPs", "Output size", "Rec. field",
        "Caffe name", "Kernels (ms)", "Kernels",
    ]  # fmt: skip


def test_the_width_of_a_column_comes_from_texts_all_over_the_network() -> None:
    context, layers = CellContext(costs(ANALYSIS)), ANALYSIS.layers * 6
    for column in columns():
        texts = sampled_texts(column, layers, context)
        assert texts == tuple(column.text(layer, context) for layer in layers[::5])
        assert sampled_texts(column, layers[:3], context) == tuple(column.text(layer, context) for layer in layers[:3])
        assert sampled_texts(column, layers, None) == (column.widest_text,)
        assert max(map(len, texts)) <= len(column.widest_text), column.name


def test_the_stem_sorts_before_the_stages_and_the_head_after_them() -> None:
    stage = next(column for column in columns() if column.name == "stage")
    keys = [stage.key(layer, CellContext(costs(ANALYSIS))) for layer in ANALYSIS.layers]
    assert sorted(keys, key=lambda key: (key,)) == keys
    assert [stage_text(int(key)) for key in dict.fromkeys(map(str, keys))] == ["stem", "1", "2", "3", "4", "head"]


def test_different_inputs_are_joined_by_a_plus() -> None:
    assert inputs_text(((1, 64, 8, 8), (1, 32, 8, 8))) == "64×8×8 + 32×8×8"
    assert inputs_text(((1, 64, 8, 8),)) == "64×8×8"


def test_a_type_without_a_kernel_is_its_name() -> None:
    padded = analyse(preset("resnet20_cifar"))
    assert type_text(padded.layer_by_id["layer2.0.downsample"]) == "ZeroPad"
    assert type_text(ANALYSIS.layer_by_id["maxpool"]) == "MaxPool2d 3×3 /2"
    assert type_text(ANALYSIS.layer_by_id["avgpool"]) == "AdaptiveAvgPool2d"


def test_a_query_is_split_into_words() -> None:
    assert search_words("Stem HEAD 3×3 stage  2") == ("stage:stem", "stage:head", "3x3", "stage:2")
    assert search_text(ANALYSIS.layer_by_id["fc"]).endswith(" 1x2048 1x1000 stage:head ")


@pytest.mark.parametrize("bound", ["compute", "memory", "launch"])
def test_the_bound_of_a_layer_is_shown(bound: Bound) -> None:
    run = run_of_two_layers()
    layers = tuple(replace(layer, bound=bound) for layer in run.layers)
    column = next(column for column in columns() if column.name == "bound")
    assert (
        column.text(ANALYSIS.layer_by_id["conv1"], CellContext(costs(ANALYSIS), replace(run, layers=layers))) == bound
    )


def test_a_table_without_layers_has_columns_of_these_widths() -> None:
    assert {column.name: column.widest_text for column in columns()} == {
        "layer": "layer3.22.downsample.0", "type": "AdaptiveAvgPool2d", "stage": "Stage", "input": "2 × 2048×14×14",
        "output": "2048×112×112", "params": "2,359,296", "macs": "115.6 M", "share": "100.0 %",
        "latency": "1,234.567", "corrected": "1,234.567", "uncertainty": "100.0 %",
        "cold": "1,234.567", "warm": "1,234.567",
            "time_share": "100.0 %", "rate": "123,456.7", "bound": "compute",
        "other": "1,234.567", "ratio": "12.34 ×", "flops": "231.2 M", "output_bytes": "1,023.9 KiB",
        "receptive_field": "1,024 px", "caffe_name": "res4b22_branch2a_relu",
        "kernel_time": "1,234.567", "kernels": "nchwToNhwcKernel + implicit_gemm",
    }  # fmt: skip
