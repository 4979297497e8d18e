"""The layer table as plain values: its columns, what a cell says, how rows sort and what a filter keeps."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis, Convention, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import LayerTime, ProfileRun
from resnet_viz.spec.network import MAX_STAGES
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import Label, label

Key = int | float | str | tuple[int, ...]


UNMEASURED = -1.0
"""What an unknown time sorts by: before every known one."""
SAMPLE = 200  # rows; more would be felt in a network of 10,000
_STAGE_WORDS: dict[int | None, str] = {0: "stem", None: "head"}


class Figures(msgspec.Struct, frozen=True):
    """What a cell may need beside its layer: the network's costs, the run that was measured of it, and another."""

    costs: Costs
    run: ProfileRun | None = None
    other: ProfileRun | None = None


class Column(msgspec.Struct, frozen=True):
    """One column: what it says of a layer, and the value that it sorts by.

    A column that `needs` a run, or another beside it, is not to be seen without; one that needs another `count` is not
    to be seen where the costs are counted as it counts.
    """

    name: str
    title: str
    explanation: str
    text: Callable[[LayerRecord, Figures], str]
    key: Callable[[LayerRecord, Figures], Key]
    widest: str
    number: bool = False
    shown_at_first: bool = True
    needs: Literal["", "run", "other", "count"] = ""


def columns(convention: Convention = "macs") -> tuple[Column, ...]:
    """Every column in order, titles in the reader's language."""
    return (*_naming_columns(), *_shape_columns(), *_number_columns(label(convention)), *_size_columns())


def met_needs(figures: Figures | None) -> frozenset[str]:
    """Which needs of columns are met."""
    if figures is None:
        return frozenset({"", "count"})
    met = {"": True, "count": figures.costs.convention != "elementwise"}
    met |= {"run": figures.run is not None, "other": figures.other is not None}
    return frozenset(need for need, there in met.items() if there)


def type_text(layer: LayerRecord) -> str:
    """`Conv2d 3×3 /2`: the operation with its kernel, stride, dilation and groups where they say something."""
    geometry = layer.geometry
    if geometry is None or geometry.kernel <= 0 or layer.kind == "pad":
        return layer.type
    stride = f" /{geometry.stride}" if geometry.stride != 1 else ""
    parts = [f"{layer.type} {geometry.kernel}×{geometry.kernel}{stride}"]
    if geometry.dilation != 1:
        parts.append(tr("dilation {n}").format(n=geometry.dilation))
    if geometry.groups != 1:
        parts.append(tr("{n} groups").format(n=geometry.groups))
    return ", ".join(parts)


def stage_text(layer: LayerRecord) -> str:
    """`stem`, `1` to `6`, or `head`."""
    if layer.stage is None:
        return tr("head")
    return tr("stem") if layer.stage == 0 else str(layer.stage)


def inputs_text(layer: LayerRecord) -> str:
    """The input for one image; a sum of equal inputs says how many: `2 × 256×56×56`."""
    shapes = [units.shape_of_one(sizes) for sizes in layer.inputs]
    if len(shapes) > 1 and len(set(shapes)) == 1:
        return f"{len(shapes)} × {shapes[0]}"
    return " + ".join(shapes)


def haystack(layer: LayerRecord) -> str:
    """All that a filter looks in, in small letters, `x` for `×`; shapes stand between spaces."""
    shapes = " ".join(units.shape(sizes) for sizes in (*layer.inputs, layer.output))
    caffe = layer.caffe_name or ""
    feature = layer.feature_level or ""
    stage = _STAGE_WORDS.get(layer.stage, layer.stage)
    text = f"{layer.id} {type_text(layer)} {layer.kind} {caffe} {feature} {shapes} stage:{stage} "
    return text.lower().replace("×", "x")


def needles(query: str) -> tuple[str, ...]:
    """The words of a query, each of which a row must contain; `stage 2`, `stem` and `head` are one word each."""
    words = re.sub(r"\bstage\s+(\d+)", r"stage:\1", query.lower().replace("×", "x")).split()
    return tuple(f"stage:{word}" if word in _STAGE_WORDS.values() else word for word in words)


def id_parts(layers: Iterable[LayerRecord]) -> frozenset[str]:
    """Every part of a layer's name that is a word: `layer3`, `conv2`, but not a block's number."""
    return frozenset(part for layer in layers for part in layer.id.lower().split(".") if not part.isdecimal())


def accepts(words: Sequence[str], *, layer_id: str, text: str, parts: Collection[str]) -> bool:
    """Whether each word is in the layer's text; a word that is part of a name is looked for in names alone."""
    return all(word in (layer_id.lower() if word in parts else text) for word in words)


def sampled_texts(column: Column, layers: Sequence[LayerRecord], figures: Figures | None) -> tuple[str, ...]:
    """What a column says in some rows from all over the network, to take its width from."""
    if figures is None:
        return (column.widest,)
    step = max(1, len(layers) // SAMPLE)
    return tuple(column.text(layer, figures) for layer in layers[::step])


def tsv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The cells as tab-separated text with a heading line, as spreadsheets take it."""
    return "".join("\t".join(cells) + "\n" for cells in (titles, *rows))


def tab_title(analysis: Analysis | None) -> str:
    """`Layers (175)`."""
    return tr("Layers") if analysis is None else tr("Layers ({n})").format(n=f"{len(analysis.layers):,}")


def cell_for_copy(column: Column, layer: LayerRecord, figures: Figures) -> str:
    """A cell as a spreadsheet wants it: numbers without separators or units, nothing for what is unknown."""
    key = column.key(layer, figures)
    if key == UNMEASURED:
        return ""
    return str(key) if column.number else column.text(layer, figures)


def _naming_columns() -> tuple[Column, ...]:
    return (
        Column("layer", tr("Layer"), tr("The name of the layer, as in the state dict"),
               lambda layer, _: layer.id, lambda layer, _: layer.id, "layer3.22.downsample.0"),
        Column("type", tr("Type"), tr("The operation, its kernel and its stride"),
               lambda layer, _: type_text(layer), lambda layer, _: type_text(layer), "AdaptiveAvgPool2d"),
        Column("stage", tr("Stage"), tr("The stage that the layer belongs to"),
               lambda layer, _: stage_text(layer), lambda layer, _: _stage_key(layer), "Stage"),
    )  # fmt: skip


def _stage_key(layer: LayerRecord) -> int:
    return MAX_STAGES + 1 if layer.stage is None else layer.stage


def _shape_columns() -> tuple[Column, ...]:
    return (
        Column("input", tr("Input"), tr("Channels × height × width that come in, for one image"),
               lambda layer, _: inputs_text(layer), lambda layer, _: layer.inputs[0] if layer.inputs else (),
               "2 × 2048×14×14"),
        Column("output", tr("Output"), tr("Channels × height × width that go out, for one image"),
               lambda layer, _: units.shape_of_one(layer.output), lambda layer, _: layer.output, "2048×112×112"),
    )  # fmt: skip


def _number_columns(cost: Label) -> tuple[Column, ...]:
    return (
        Column("params", tr("Params"), tr("Learned numbers"),
               lambda layer, _: units.exact(layer.params), lambda layer, _: layer.params, "2,359,296", number=True),
        Column("macs", cost.heading, cost.sentence[:1].upper() + cost.sentence[1:],
               lambda layer, figures: units.short(figures.costs.by_id[layer.id]),
               lambda layer, figures: figures.costs.by_id[layer.id], "115.6 M", number=True),
        Column("share", tr("Share"), tr("The part of the network's {things}").format(things=cost.heading),
               lambda layer, figures: units.percent(_cost_share(layer, figures)),
               lambda layer, figures: round(_cost_share(layer, figures), 6), "100.0 %", number=True),
        *latency_columns(),
        Column("flops", tr("FLOPs"), tr("2 × MACs, and what elementwise operations do"),
               lambda layer, _: units.short(layer.flops), lambda layer, _: layer.flops, "231.2 M", number=True,
               needs="count"),
    )  # fmt: skip


def _cost_share(layer: LayerRecord, figures: Figures) -> float:
    return units.share(figures.costs.by_id[layer.id], figures.costs.total)


def _size_columns() -> tuple[Column, ...]:
    return (
        Column("output_bytes", tr("Output size"), tr("Bytes of the output in fp32, for the whole batch"),
               lambda layer, _: units.byte_size(layer.output_bytes), lambda layer, _: layer.output_bytes,
               "1,023.9 KiB", number=True),
        Column("receptive_field", tr("Rec. field"), tr("Receptive field: how much of the image one output value sees"),
               lambda layer, _: units.pixels(layer.receptive_field), lambda layer, _: layer.receptive_field,
               "1,024 px", number=True),
        Column("caffe_name", tr("Caffe name"), tr("The layer's name in the original Caffe models"),
               lambda layer, _: layer.caffe_name or "", lambda layer, _: layer.caffe_name or "", "res4b22_branch2a",
               shown_at_first=False),
    )  # fmt: skip


def latency_columns() -> tuple[Column, ...]:
    """What a run says of each layer, and how it compares with another run."""
    bounds = {"compute": tr("compute"), "memory": tr("memory"), "launch": tr("launch")}

    def bound(layer: LayerRecord, figures: Figures) -> str:
        time = _time(figures.run, layer)
        return units.UNKNOWN if time is None or time.bound is None else bounds[time.bound]

    return (
        _measured("latency", tr("Latency (ms)"), tr("The median of the measured repetitions, in milliseconds"),
                  lambda layer, figures: _milliseconds(figures.run, layer), "{:,.3f}", "1,234.567"),
        _measured("time_share", tr("Time"), tr("The part of the whole network's measured time"),
                  _time_share, "{:.1%}", "100.0 %"),
        _measured("rate", "GFLOP/s", tr("The arithmetic done a second, in billions"), _rate, "{:,.1f}", "123,456.7",
                  digits=3, shown_at_first=False),
        Column("bound", tr("Bound by"), tr("What sets the least time that the layer can take on the measured device"),
               bound, bound, "compute", shown_at_first=False, needs="run"),
        _measured("other", tr("Other (ms)"), tr("The same layer in the run held beside this one, in milliseconds"),
                  lambda layer, figures: _milliseconds(figures.other, layer), "{:,.3f}", "1,234.567", needs="other"),
        _measured("ratio", tr("Ratio"), tr("This run divided by the other: below 1 is faster"), _ratio, "{:.2f} ×",
                  "12.34 ×", digits=4, needs="other"),
    )  # fmt: skip


def _measured(
    name: str,
    title: str,
    explanation: str,
    value: Callable[[LayerRecord, Figures], float | None],
    form: str,
    widest: str,
    *,
    digits: int = 6,
    shown_at_first: bool = True,
    needs: Literal["run", "other"] = "run",
) -> Column:
    """A column of numbers that a run alone knows, copied with so many digits; what it does not know is a dash, before
    every number.
    """

    def text(layer: LayerRecord, figures: Figures) -> str:
        found = value(layer, figures)
        return units.UNKNOWN if found is None else form.format(found).replace("%", " %")

    def key(layer: LayerRecord, figures: Figures) -> Key:
        found = value(layer, figures)
        return UNMEASURED if found is None else round(found, digits)

    return Column(name, title, explanation, text, key, widest, number=True, shown_at_first=shown_at_first, needs=needs)


def _time(run: ProfileRun | None, layer: LayerRecord) -> LayerTime | None:
    return None if run is None else run.layer_by_id.get(layer.id)


def _milliseconds(run: ProfileRun | None, layer: LayerRecord) -> float | None:
    time = _time(run, layer)
    return None if time is None else time.spread.median_us / 1000


def _time_share(layer: LayerRecord, figures: Figures) -> float | None:
    time = _time(figures.run, layer)
    return None if figures.run is None or time is None else figures.run.part_of_whole(time.spread.median_us)


def _rate(layer: LayerRecord, figures: Figures) -> float | None:
    time = _time(figures.run, layer)
    return None if time is None or time.flops_per_second is None else time.flops_per_second / 1e9


def _ratio(layer: LayerRecord, figures: Figures) -> float | None:
    one, other = _milliseconds(figures.run, layer), _milliseconds(figures.other, layer)
    return one / other if one is not None and other else None
