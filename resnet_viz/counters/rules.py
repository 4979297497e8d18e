"""The totals that other counters report for one network, computed from our records by each counter's rules.

The rules were read in the counters' sources (torchvision's weights in `models/resnet.py`, torchinfo 1.8.0, fvcore
0.1.5, `torch/utils/flop_counter.py`, ptflops 0.7.5, DeepSpeed 0.19.8's flops profiler, torchsummary 1.5.1) and in
table 1 of He et al. 2015, and compared with the totals of the counters when they are run.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import NamedTuple

import msgspec

from resnet_viz.counters.published import published_figures
from resnet_viz.counters.torchsummary import (
    ACTIVATING_NORMS,
    known_params,
    outputs_bytes,
    parameters_bytes,
    printed_bytes,
)
from resnet_viz.metrics.saved_for_backward import READ_PADDED_COPY, filter_elements, padded_elements
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, Analysis, CrossCheckResult, LayerRecord
from resnet_viz.records.counters import CounterPart, CounterReport, CounterRow, Unit
from resnet_viz.texts import tr

PTFLOPS_ATEN, PTFLOPS_TWICE = "ptflops aten", "ptflops pytorch"
PTFLOPS_ONCE = f"{PTFLOPS_TWICE}, count_functional=False"
DEEPSPEED = "DeepSpeed"
MEBIBYTE = 1024.0**2
NEVER_RUN = ("paper", "torchvision")
"""Sources of published figures that are no programs, so nothing can be run."""


class CounterRule(NamedTuple):
    """The operations that a counter counts for each layer, and why its total is not the plain MACs.

    `more` has further sentences, for networks with layers of these variants.
    """

    tool: str
    quantity: str
    operations: Callable[[Analysis, LayerRecord], int]
    sentence: str
    more: tuple[tuple[str, str], ...] = ()

    def sentences_on(self, analysis: Analysis) -> Iterator[str]:
        """Yield the further sentences that apply to a network."""
        variants = {layer.variant for layer in analysis.layers}
        yield from (sentence for variant, sentence in self.more if variant in variants)


def counter_report(analysis: Analysis, crosschecks: Sequence[CrossCheckResult] = ()) -> CounterReport:
    """Compute the rows of all counters, each with its tool's cross-check where there is one.

    The paper has a row only for the networks that it prints.
    """
    by_tool = {crosscheck.tool: crosscheck for crosscheck in crosschecks}
    rows = [_operations_row(analysis, rule, by_tool.get(rule.tool)) for rule in rules()]
    listed = [row for row in rows if row.tool != "paper" or row.published]
    return CounterReport(analysis.spec, analysis.totals.macs, (*listed, *_size_rows(analysis)))


def expected_count(analysis: Analysis, tool: str) -> int:
    """Return the total of one counter by its rules; raises KeyError for a counter without rules."""
    operations = rule_of(tool).operations
    return sum(operations(analysis, layer) for layer in analysis.layers)


def rule_of(tool: str) -> CounterRule:
    """Return the rule of one counter; raises KeyError for a counter without rules."""
    return {rule.tool: rule for rule in rules()}[tool]


def rules() -> tuple[CounterRule, ...]:
    """Return the rules of all counters of operations, the smallest total of the paper's networks first."""
    no_blur = "blur", tr("It does not count blur pools.")
    no_other_norm = tuple(
        (norm, tr("It does not know the norms that are activations too.")) for norm in ACTIVATING_NORMS
    )
    five = "group", tr("It counts 5 for an element of a group norm.")
    four = "standardized", tr("It counts 4 for every weight that is standardized.")
    return (
        CounterRule("paper", "FLOPs", _paper_operations, tr(
            "The paper counts the MACs of its own version of the network: the stride of a Bottleneck in the first 1×1, "
            "and in networks of Basic blocks zero padding in place of projections.")),
        CounterRule("torchvision", "_ops", lambda _, layer: layer.macs, tr(
            "torchvision counts what we call MACs: the multiply-adds of convolutions and the classifier, no bias.")),
        CounterRule(PTFLOPS_ATEN, "MACs", lambda _, layer: layer.macs + _bias_additions(layer), tr(
            "ptflops' aten back end counts the MACs, and 1 for every output element of a layer with a bias.")),
        CounterRule("torchinfo", "total_mult_adds", _torchinfo_operations, tr(
            "torchinfo multiplies the parameters of a convolution by the pixels of its output, and counts every other "
            "parameter once per image: those of batch norms, and biases."), (
                ("blur", tr("It does not count blur pools, which have no parameters.")),
                ("channels", tr("It counts the convolution over the channels as if it had one output.")),
                *((norm, tr("It knows only parameters called weight and bias.")) for norm in ACTIVATING_NORMS),
            )),
        CounterRule("fvcore", "total", _fvcore_operations, tr(
            "fvcore calls MACs flops, adds 2 for an element of a batch norm and 1 for an element that adaptive pooling "
            "reads, and has no rule for additions and max pooling."), (five, four, *no_other_norm)),
        CounterRule(PTFLOPS_ONCE, "MACs", lambda _, layer: _ptflops_operations(layer, 1), tr(
            "With its module hooks only, ptflops' pytorch back end adds to the MACs the biases, 2 for an element of a "
            "batch norm, and 1 for an element that ReLU and pooling read."), (no_blur, *no_other_norm)),
        CounterRule(PTFLOPS_TWICE, "MACs", lambda _, layer: _ptflops_operations(layer, 2), tr(
            "ptflops' pytorch back end counts ReLU and pooling twice, once by the hook on the module and once by the "
            "patched function that the module calls, and adds biases and 2 for an element of a batch norm."), (
                no_blur, *no_other_norm)),
        CounterRule("flop_counter", "get_total_flops()", lambda _, layer: 2 * layer.macs, tr(
            "torch.utils.flop_counter counts a multiply-add as two operations, and only convolutions and the "
            "classifier.")),
        CounterRule(DEEPSPEED, "flops", _deepspeed_operations, tr(
            "DeepSpeed's profiler counts a multiply-add as two operations, 1 for a convolution's bias, 2 for an "
            "element of a batch norm, and 1 for an element that ReLU and pooling read; it misses an addition by +."), (
                five, four, *no_other_norm)),
    )  # fmt: skip


def _operations_row(analysis: Analysis, rule: CounterRule, crosscheck: CrossCheckResult | None) -> CounterRow:
    parts: Counter[str] = Counter()
    for layer in analysis.layers:
        parts[kind_of(layer)] += rule.operations(analysis, layer) - layer.macs
    sentence = " ".join([rule.sentence, *rule.sentences_on(analysis)])
    row = _row(analysis, rule.tool, rule.quantity, "operations", analysis.totals.macs, parts, sentence)
    return msgspec.structs.replace(row, crosscheck=crosscheck)


def _row(
    analysis: Analysis, tool: str, quantity: str, unit: Unit, base: int, parts: Mapping[str, int], sentence: str
) -> CounterRow:
    """Build a row of the parts that are not zero, with the figures published of its total."""
    total = base + sum(parts.values())
    figures = published_figures(analysis.spec, tool, quantity, total)
    nonzero = tuple(CounterPart(kind, extra) for kind, extra in parts.items() if extra)
    line = ", ".join(published.figure for published in figures)
    return CounterRow(tool, quantity, unit, total, base, nonzero, sentence, line, figures)


def kind_of(layer: LayerRecord) -> str:
    """Return the kind of a layer, which for a pooling layer is `max pool` or `average pool`."""
    return f"{layer.variant} pool" if layer.kind == "pool" else layer.kind


def _bias_additions(layer: LayerRecord) -> int:
    """Count 1 for every output element of a layer with a bias."""
    biased = layer.kind == "linear" or (layer.geometry is not None and layer.geometry.bias)
    return prod(layer.output) if biased else 0


def _torchinfo_operations(_: Analysis, layer: LayerRecord) -> int:
    """Count parameters, which torchinfo knows by the names `weight` and `bias` only."""
    pixels = prod(layer.output[2:]) if layer.kind == "conv" else 1
    return known_params(layer) * layer.output[0] * pixels


def _fvcore_operations(_: Analysis, layer: LayerRecord) -> int:
    adaptive = layer.type == "AdaptiveAvgPool2d"
    return (
        layer.macs + _norm_operations(layer, 5) + _standardization(layer) + (prod(layer.inputs[0]) if adaptive else 0)
    )


def _ptflops_operations(layer: LayerRecord, times: int) -> int:
    """Count as ptflops' pytorch back end does, which sees ReLU and pooling `times` times, and no blur at all.

    The first time it sees what a pool reads, the second time that with the pool's border.
    """
    read = _elements_read(layer) + (_elements_pooled(layer) if times == 2 else 0)
    macs = 0 if layer.variant == "blur" else layer.macs
    return macs + _bias_additions(layer) + _norm_operations(layer, 2) + read


def _deepspeed_operations(_: Analysis, layer: LayerRecord) -> int:
    bias = _bias_additions(layer) if layer.kind == "conv" else 0
    beside = _norm_operations(layer, 5) + _standardization(layer) + _elements_pooled(layer)
    return 2 * layer.macs + bias + beside


def _norm_operations(layer: LayerRecord, each_of_group_norm: int) -> int:
    """Count 2 for an element of a batch norm and so many for one of a group norm; no counter knows the other norms."""
    if layer.kind != "norm" or layer.variant in ACTIVATING_NORMS:
        return 0
    return (each_of_group_norm if layer.variant == "group" else 2) * prod(layer.output)


def _standardization(layer: LayerRecord) -> int:
    """Count 4 for every weight of a standardized filter: torch standardizes by a batch norm of the filters."""
    if layer.variant != "standardized":
        return 0
    return 4 * filter_elements(layer)


def _elements_read(layer: LayerRecord) -> int:
    """Count the input elements of ReLU and pooling other than a blur."""
    return prod(layer.inputs[0]) if layer.kind == "act" or _is_pooling(layer) else 0


def _elements_pooled(layer: LayerRecord) -> int:
    """Count the input elements of ReLU and pooling other than a blur, with the border that some pools add."""
    padded = _is_pooling(layer) and layer.type in READ_PADDED_COPY
    return padded_elements(layer) if padded else _elements_read(layer)


def _is_pooling(layer: LayerRecord) -> bool:
    return layer.kind == "pool" and layer.variant != "blur"


def _paper_operations(analysis: Analysis, layer: LayerRecord) -> int:
    spec = analysis.spec
    if spec.block == "basic":
        return 0 if layer.role == "shortcut" and spec.shortcut == "B" else layer.macs
    if layer.block is None or not layer.id.endswith(".conv1"):
        return layer.macs
    strided = analysis.layer_by_id[layer.id.removesuffix("conv1") + "conv2"]
    return layer.macs * prod(strided.output[2:]) // prod(layer.output[2:])


def _size_rows(analysis: Analysis) -> Iterator[CounterRow]:
    """Build the rows of torchsummary's sizes, which count the outputs of layers and of blocks twice, in 32 bits."""
    own = sum(layer.output_bytes for layer in analysis.layers)
    outputs, printed = outputs_bytes(analysis), printed_bytes(analysis)
    exact = 2 * (outputs.layers + outputs.blocks)
    parts = {"block": outputs.blocks, "backward": exact // 2}
    parts |= {kind: -size for kind, size in outputs.without_row.items()}
    parts["identity"] = outputs.layers - own + sum(outputs.without_row.values())
    parts["overflow"] = printed - exact
    sentence = tr(
        "torchsummary counts the output of every row twice, for forward and backward, and has rows for blocks too, but "
        "none for additions and other functions."
    )
    if parts["overflow"]:
        sentence = tr(
            "torchsummary counts the output of every row twice, for forward and backward, and has rows for blocks too, "
            "but none for additions and other functions. Beyond 2³¹ elements its sum overflows where NumPy's integers "
            "have 32 bits, as on Windows when its tables were published; this total has that overflow, while with 64 "
            "bits torchsummary prints {size} MB."
        ).format(size=f"{exact / MEBIBYTE:.2f}")
    make = partial(_row, analysis, "torchsummary", unit="bytes", base=own)
    yield make("Forward/backward pass size", parts=parts, sentence=sentence)
    parts |= {"input": prod(analysis.spec.input) * BYTES_PER_ELEMENT, "parameters": parameters_bytes(analysis)}
    sentence = tr("torchsummary adds the input and the parameters to its forward/backward size, but no buffers.")
    yield make("Estimated Total Size", parts=parts, sentence=sentence)
