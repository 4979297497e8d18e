"""The layer table's texts, keys and filter."""

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.table import (
    CellContext,
    cell_for_copy,
    columns,
    id_parts,
    matches,
    search_text,
    search_words,
    tab_title,
    tsv,
    type_text,
)

ANALYSIS = analyse(preset("resnet50"))


def cells(name: str) -> dict[str, str]:
    """The row of a layer by column."""
    layer = ANALYSIS.layer_by_id[name]
    return {column.name: column.text(layer, CellContext(costs(ANALYSIS))) for column in columns()}


def test_a_row_reads_as_in_the_sketch() -> None:
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


def test_keys_sort_within_each_column() -> None:
    for column in columns():
        keys = [column.key(layer, CellContext(costs(ANALYSIS))) for layer in ANALYSIS.layers]
        assert sorted(keys, key=lambda key: (key,))
        assert len({type(key) for key in keys}) == 1


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
