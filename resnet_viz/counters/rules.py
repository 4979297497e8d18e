"""One network, many published costs: what each counter would print, counted from our records by its own rules.

The rules were read in the counters' sources (torchvision's weights in `models/resnet.py`, torchinfo 1.8.0, fvcore
0.1.5, `torch/utils/flop_counter.py`, ptflops 0.7.5, DeepSpeed 0.19.8's flops profiler, torchsummary 1.5.1) and in
table 1 of He et al. 2015, and held against what the counters say when they are run.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import NamedTuple

import msgspec

from resnet_viz.counters.published import printed
from resnet_viz.counters.torchsummary import outputs_bytes, shown_bytes
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, CrossCheckResult, LayerRecord
from resnet_viz.records.counters import CounterPart, CounterReport, CounterRow, Unit
from resnet_viz.texts import tr

PTFLOPS_ATEN, PTFLOPS_TWICE = "ptflops aten", "ptflops pytorch"
PTFLOPS_ONCE = f"{PTFLOPS_TWICE}, count_functional=False"
DEEPSPEED = "DeepSpeed"
MEBIBYTE = 1024.0**2
NEVER_RUN = ("paper", "torchvision")
"""What is no program that counts: its figures are only printed."""


class CounterRule(NamedTuple):
    """What a counter counts for each layer, and why its total is not the plain MACs."""

    tool: str
    quantity: str
    operations: Callable[[Analysis, LayerRecord], int]
    sentence: str


def counter_report(analysis: Analysis, opinions: Sequence[CrossCheckResult] = ()) -> CounterReport:
    """The rows of all counters, the paper's where it prints the network; an opinion joins the row of its tool."""
    said = {opinion.tool: opinion for opinion in opinions}
    rows = [_row(analysis, rule, said.get(rule.tool)) for rule in rules()]
    told = [row for row in rows if row.tool != "paper" or row.published]
    return CounterReport(analysis.spec, analysis.totals.macs, (*told, *_size_rows(analysis)))


def count(analysis: Analysis, tool: str) -> int:
    """The total of one counter by its rules; raises KeyError for a counter without rules."""
    rule = {rule.tool: rule for rule in rules()}[tool]
    return sum(rule.operations(analysis, layer) for layer in analysis.layers)


def rules() -> tuple[CounterRule, ...]:
    """The counters of operations, the fewest first."""
    return (
        CounterRule("paper", "FLOPs", _paper, tr(
            "The paper counts the MACs of its own version of the network: the stride of a Bottleneck in the first 1×1, "
            "and in networks of Basic blocks zero padding in place of projections.")),
        CounterRule("torchvision", "_ops", lambda _, layer: layer.macs, tr(
            "torchvision counts what we call MACs: the multiply-adds of convolutions and the classifier, no bias.")),
        CounterRule(PTFLOPS_ATEN, "MACs", lambda _, layer: layer.macs + _bias(layer), tr(
            "ptflops' aten back end counts the MACs, and 1 for every element that a layer with a bias puts out.")),
        CounterRule("torchinfo", "total_mult_adds", _torchinfo, tr(
            "torchinfo multiplies the parameters of a convolution by the pixels it puts out, and counts every other "
            "parameter once an image: so those of batch norms, and the bias.")),
        CounterRule("fvcore", "total", _fvcore, tr(
            "fvcore calls MACs flops, adds 2 for an element of a batch norm and 1 for an element that adaptive pooling "
            "reads, and knows no rule for additions and max pooling.")),
        CounterRule(PTFLOPS_ONCE, "MACs", lambda _, layer: _ptflops(layer, 1), tr(
            "By its hooks alone ptflops' pytorch back end adds to the MACs the biases, 2 for an element of a batch "
            "norm, and 1 for an element that ReLU and pooling read.")),
        CounterRule(PTFLOPS_TWICE, "MACs", lambda _, layer: _ptflops(layer, 2), tr(
            "ptflops' pytorch back end counts ReLU and pooling twice, once by the hook on the module and once by the "
            "patched function that the module calls, beside biases and 2 for an element of a batch norm.")),
        CounterRule("flop_counter", "get_total_flops()", lambda _, layer: 2 * layer.macs, tr(
            "torch.utils.flop_counter counts a multiply-add as two operations, and nothing but convolutions and the "
            "classifier.")),
        CounterRule(DEEPSPEED, "flops", _deepspeed, tr(
            "DeepSpeed's profiler counts a multiply-add as two, 1 for a convolution's bias, 2 for an element of a "
            "batch norm, and 1 for an element that ReLU and pooling read; an addition written as + escapes it.")),
    )  # fmt: skip


def _row(analysis: Analysis, rule: CounterRule, opinion: CrossCheckResult | None) -> CounterRow:
    parts: Counter[str] = Counter()
    for layer in analysis.layers:
        parts[kind_of(layer)] += rule.operations(analysis, layer) - layer.macs
    row = _made(analysis, rule.tool, rule.quantity, "operations", analysis.totals.macs, parts, rule.sentence)
    return msgspec.structs.replace(row, opinion=opinion)


def _made(
    analysis: Analysis, tool: str, quantity: str, unit: Unit, base: int, parts: Mapping[str, int], sentence: str
) -> CounterRow:
    """A row of the parts that are not nothing, with what was printed of its total."""
    total = base + sum(parts.values())
    figures = printed(analysis.spec, tool, quantity, total)
    kept = tuple(CounterPart(kind, extra) for kind, extra in parts.items() if extra)
    line = ", ".join(found.figure for found in figures)
    return CounterRow(tool, quantity, unit, total, base, kept, sentence, line, figures)


def kind_of(layer: LayerRecord) -> str:
    """The kind of operation, the two sorts of pooling told apart: `max pool`, `average pool`."""
    return f"{layer.variant} pool" if layer.kind == "pool" else layer.kind


def _bias(layer: LayerRecord) -> int:
    """1 for every element put out by a layer with a bias."""
    biased = layer.kind == "linear" or (layer.geometry is not None and layer.geometry.bias)
    return prod(layer.output) if biased else 0


def _torchinfo(_: Analysis, layer: LayerRecord) -> int:
    pixels = prod(layer.output[2:]) if layer.kind == "conv" else 1
    return layer.params * layer.output[0] * pixels


def _fvcore(_: Analysis, layer: LayerRecord) -> int:
    adaptive = layer.type == "AdaptiveAvgPool2d"
    return layer.macs + _norm(layer) + (prod(layer.inputs[0]) if adaptive else 0)


def _ptflops(layer: LayerRecord, times: int) -> int:
    return layer.macs + _bias(layer) + _norm(layer) + times * _read(layer)


def _deepspeed(_: Analysis, layer: LayerRecord) -> int:
    bias = _bias(layer) if layer.kind == "conv" else 0
    return 2 * layer.macs + bias + _norm(layer) + _read(layer)


def _norm(layer: LayerRecord) -> int:
    return 2 * prod(layer.output) if layer.kind == "norm" else 0


def _read(layer: LayerRecord) -> int:
    """What ReLU and pooling read."""
    return prod(layer.inputs[0]) if layer.kind in ("act", "pool") else 0


def _paper(analysis: Analysis, layer: LayerRecord) -> int:
    spec = analysis.spec
    if spec.block == "basic":
        return 0 if layer.role == "shortcut" and spec.shortcut == "B" else layer.macs
    if layer.block is None or not layer.id.endswith(".conv1"):
        return layer.macs
    strided = analysis.layer_by_id[layer.id.removesuffix("conv1") + "conv2"]
    return layer.macs * prod(strided.output[2:]) // prod(layer.output[2:])


def _size_rows(analysis: Analysis) -> Iterator[CounterRow]:
    """torchsummary's sizes; its rows' outputs, containers too, twice, in NumPy's 32 bits of old."""
    own = sum(layer.output_bytes for layer in analysis.layers)
    outputs, shown = outputs_bytes(analysis), shown_bytes(analysis)
    parts = {"block": outputs.blocks, "backward": outputs.layers + outputs.blocks}
    parts |= {kind: -size for kind, size in outputs.rowless.items()}
    parts["overflow"] = shown - 2 * (outputs.layers + outputs.blocks)
    sentence = tr(
        "torchsummary counts the output of every row twice, for forward and backward, and has rows for blocks too, but "
        "none for additions and other functions."
    )
    if parts["overflow"]:
        sentence = tr(
            "{sentence} Beyond 2³¹ elements its sum overflows where NumPy's integers have 32 bits, as on Windows when "
            "its tables were published, and so here; with 64 bits it prints {size} MB."
        ).format(sentence=sentence, size=f"{2 * (outputs.layers + outputs.blocks) / MEBIBYTE:.2f}")
    make = partial(_made, analysis, "torchsummary", unit="bytes", base=own)
    yield make("Forward/backward pass size", parts=parts, sentence=sentence)
    parts |= {"input": prod(analysis.spec.input) * BYTES_PER_ELEMENT, "parameters": analysis.totals.params_bytes}
    sentence = tr("torchsummary adds the input and the parameters to its forward/backward size; buffers are left out.")
    yield make("Estimated Total Size", parts=parts, sentence=sentence)
