"""The layer table as plain values: its columns, the texts and sort keys of its cells, and the filter of its rows."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from resnet_viz.records.analysis import Analysis, Convention, LayerRecord, Shape
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.column import SIX_DECIMALS, UNKNOWN_KEY, CellContext, LayerColumn
from resnet_viz.viewmodels.layers.kernels import kernel_columns
from resnet_viz.viewmodels.layers.time_columns import time_columns
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import CountLabel, count_label
from resnet_viz.viewmodels.text.layers import layer_remarks

HEAD_STAGE = MAX_STAGES + 1
"""The stage number of the head, after all stages."""
MAX_SAMPLED_ROWS = 200  # measuring the texts of more rows would take noticeably long
_STAGE_WORDS: dict[int | None, str] = {0: "stem", None: "head"}


def columns(convention: Convention = "macs", *, on_processor: bool = False) -> tuple[LayerColumn, ...]:
    """Return all columns in order, with titles in the reader's language; a processor runs operators, not kernels."""
    counted = _number_columns(count_label(convention))
    return (*_naming_columns(), *counted, *_size_columns(), *kernel_columns(on_processor=on_processor))


def available_data(context: CellContext | None) -> frozenset[str]:
    """Return the `needs` of columns that are fulfilled."""
    if context is None:
        return frozenset({"", "count"})
    fulfilled = {"": True, "count": context.costs.convention != "elementwise"}
    fulfilled |= {"run": context.run is not None, "other": context.other is not None}
    fulfilled |= {"isolated": context.run is not None and context.run.settings.mode == "isolated"}
    fulfilled |= {"kernels": context.run is not None and context.run.kernels is not None}
    return frozenset(need for need, is_fulfilled in fulfilled.items() if is_fulfilled)


def type_text(layer: LayerRecord) -> str:
    """Return the operation, its kernel and what is unusual about it: `Conv2d 3×3 /2`, `AvgPool2d 2×2, rounds up`."""
    parts = [layer.type, *layer_remarks(layer)]
    if layer.variant == "channels":
        parts[0] = f"{layer.type} {layer.params}"  # its parameters are its only filter
    geometry = layer.geometry
    if geometry is not None and geometry.kernel > 0 and layer.kind != "pad":
        stride = f" /{geometry.stride}" if geometry.stride != 1 else ""
        parts[0] = f"{layer.type} {geometry.kernel}×{geometry.kernel}{stride}"
        if geometry.dilation != 1:
            parts.append(tr("dilation {n}").format(n=geometry.dilation))
        if geometry.groups != 1:
            parts.append(tr("{n} groups").format(n=geometry.groups))
    if layer.role == "gate":
        parts.append(tr("gate"))
    return ", ".join(parts)


def stage_text(stage: int) -> str:
    """Return `stem`, the stage's number, or `head`."""
    return {0: tr("stem"), HEAD_STAGE: tr("head")}.get(stage, str(stage))


def inputs_text(inputs: Sequence[Shape]) -> str:
    """Return the shapes of a layer's inputs for one image, equal ones as a product: `2 × 256×56×56`."""
    shapes = [units.shape_of_one(sizes) for sizes in inputs]
    if len(shapes) > 1 and len(set(shapes)) == 1:
        return f"{len(shapes)} × {shapes[0]}"
    return " + ".join(shapes)


def search_text(layer: LayerRecord) -> str:
    """Return the text that the filter searches: lower case, with `x` for `×` and spaces around shapes."""
    shapes = " ".join(units.shape(sizes) for sizes in (*layer.inputs, layer.output))
    caffe = layer.caffe_name or ""
    feature = layer.feature_level or ""
    stage = _STAGE_WORDS.get(layer.stage, layer.stage)
    text = f"{layer.id} {type_text(layer)} {layer.kind} {caffe} {feature} {shapes} stage:{stage} "
    return text.lower().replace("×", "x")


def search_words(query: str) -> tuple[str, ...]:
    """Split a query into the words that a row must contain; `stage 2`, `stem` and `head` become one word each."""
    words = re.sub(r"\bstage\s+(\d+)", r"stage:\1", query.lower().replace("×", "x")).split()
    return tuple(f"stage:{word}" if word in _STAGE_WORDS.values() else word for word in words)


def id_parts(layers: Iterable[LayerRecord]) -> frozenset[str]:
    """Return all parts of the layers' ids except block numbers: `layer3`, `conv2`, `downsample`."""
    return frozenset(part for layer in layers for part in layer.id.lower().split(".") if not part.isdecimal())


def matches(words: Sequence[str], *, layer_id: str, text: str, parts: Collection[str]) -> bool:
    """Tell whether a layer has all words in its search text, or in its id if the word is one of the `parts` of ids."""
    return all(word in (layer_id.lower() if word in parts else text) for word in words)


def sampled_texts(column: LayerColumn, layers: Sequence[LayerRecord], context: CellContext | None) -> tuple[str, ...]:
    """Return the texts of a column in rows spread over the network, from which its width is taken."""
    if context is None:
        return (column.widest_text,)
    step = max(1, len(layers) // MAX_SAMPLED_ROWS)
    return tuple(column.text(layer, context) for layer in layers[::step])


def tsv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Join cells to tab-separated text with a heading line, for pasting into a spreadsheet."""
    return "".join("\t".join(cells) + "\n" for cells in (titles, *rows))


def tab_title(analysis: Analysis | None) -> str:
    """Return the title of the table's tab: `Layers (175)`."""
    return tr("Layers") if analysis is None else tr("Layers ({n})").format(n=f"{len(analysis.layers):,}")


def cell_for_copy(column: LayerColumn, layer: LayerRecord, context: CellContext) -> str:
    """Return a cell for a spreadsheet: numbers without separators or units, and an empty text if unknown."""
    key = column.key(layer, context)
    if key == UNKNOWN_KEY:
        return ""
    text = str(key) if column.is_number else column.text(layer, context)
    return "" if text == units.UNKNOWN else text


def _naming_columns() -> tuple[LayerColumn, ...]:
    return (
        LayerColumn(
            "layer",
            tr("Layer"),
            tr("The name of the layer, as in the state dict"),
            _attribute("id"),
            str,
            "layer3.22.downsample.0",
            is_number=False,
        ),
        LayerColumn(
            "type",
            tr("Type"),
            tr("The operation, its kernel and its stride"),
            lambda layer, _: type_text(layer),
            str,
            "AdaptiveAvgPool2d",
            is_number=False,
        ),
        LayerColumn(
            "stage",
            tr("Stage"),
            tr("The stage that the layer belongs to"),
            lambda layer, _: HEAD_STAGE if layer.stage is None else layer.stage,
            stage_text,
            "Stage",
            is_number=False,
        ),
        LayerColumn(
            "input",
            tr("Input"),
            tr("Channels × height × width of the input, for one image"),
            _attribute("inputs"),
            inputs_text,
            "2 × 2048×14×14",
            lambda inputs: inputs[0] if inputs else (),
            is_number=False,
        ),
        LayerColumn(
            "output",
            tr("Output"),
            tr("Channels × height × width of the output, for one image"),
            _attribute("output"),
            units.shape_of_one,
            "2048×112×112",
            is_number=False,
        ),
    )


def _number_columns(cost: CountLabel) -> tuple[LayerColumn, ...]:
    return (
        LayerColumn(
            "params",
            tr("Params"),
            tr("Learned parameters: weights, biases, scales and shifts"),
            _attribute("params"),
            units.exact,
            "2,359,296",
        ),
        LayerColumn(
            "macs",
            cost.heading,
            cost.sentence[:1].upper() + cost.sentence[1:],
            lambda layer, context: context.costs.by_id[layer.id],
            units.short,
            "115.6 M",
        ),
        LayerColumn(
            "share",
            tr("% of {things}").format(things=cost.heading),
            tr("Share of the network's {things}").format(things=cost.heading),
            lambda layer, context: units.share(context.costs.by_id[layer.id], context.costs.total),
            units.percent,
            "100.0 %",
            SIX_DECIMALS,
        ),
        *time_columns(),
        LayerColumn(
            "flops",
            tr("FLOPs"),
            tr("2 × MACs, plus the elementwise operations"),
            _attribute("flops"),
            units.short,
            "231.2 M",
            needs="count",
        ),
    )


def _size_columns() -> tuple[LayerColumn, ...]:
    return (
        LayerColumn(
            "output_bytes",
            tr("Output size"),
            tr("Bytes of the output in fp32, for the whole batch"),
            _attribute("output_bytes"),
            units.byte_size,
            "1,023.9 KiB",
        ),
        LayerColumn(
            "receptive_field",
            tr("Rec. field"),
            tr(
                "Receptive field: the side of the area of the image that one output value depends on, by the spatial "
                "path; what gates and norms read of the whole map is left out"
            ),
            _attribute("receptive_field"),
            units.pixels,
            "1,024 px",
        ),
        LayerColumn(
            "caffe_name",
            tr("Caffe name"),
            tr("The layer's name in the original Caffe models"),
            lambda layer, _: layer.caffe_name or "",
            str,
            "res4b22_branch2a_relu",
            is_number=False,
            visible_by_default=False,
        ),
    )


def _attribute(name: str) -> Callable[[LayerRecord, CellContext], Any]:
    return lambda layer, _: getattr(layer, name)
