"""Published costs by counter and network, each with its source."""

import re
from typing import NamedTuple

from resnet_viz.records.counters import PublishedFigure
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import PRESETS
from resnet_viz.texts import tr

_TABLE_1 = "He et al. 2015, arXiv:1512.03385, table 1"
_PAPERS_VERSION = "multiply-adds of the paper's own version, convolutions and classifier"
_WEIGHTS = "torchvision, models/resnet.py, _ops of the weights"
_PTFLOPS = "ptflops 0.7.5, README"
_PTFLOPS_OLD = "ptflops before it patched functions, README"
_TORCHSUMMARY = "torchsummary 1.5.1, table at batch 64"
_SCALES = {"": 1, "G": 10**9, "MB": 2**20}
_FIGURE = re.compile(r"(?P<number>[\d,]+(?:\.(?P<decimals>\d+))?)(?: (?P<unit>G|MB))?")


class _Source(NamedTuple):
    """The figures of one source by preset, for `batch` images of the preset's own size."""

    tool: str
    quantity: str
    reference: str
    figures: dict[str, str]
    batch: int = 1


_SOURCES = (
    _Source("paper", "FLOPs", _TABLE_1, {
        "resnet18": "1.8 G", "resnet18_v1": "1.8 G", "resnet34": "3.6 G", "resnet34_v1": "3.6 G",
        "resnet50": "3.8 G", "resnet50_v1": "3.8 G", "resnet101": "7.6 G", "resnet101_v1": "7.6 G",
        "resnet152": "11.3 G", "resnet152_v1": "11.3 G"}),
    _Source("paper", "FLOPs", _PAPERS_VERSION, {
        "resnet18": "1.795 G", "resnet18_v1": "1.795 G", "resnet34": "3.645 G", "resnet34_v1": "3.645 G",
        "resnet50": "3.858 G", "resnet50_v1": "3.858 G", "resnet101": "7.570 G", "resnet101_v1": "7.570 G",
        "resnet152": "11.282 G", "resnet152_v1": "11.282 G"}),
    _Source("torchvision", "_ops", _WEIGHTS, {
        "resnet18": "1.814 G", "resnet34": "3.664 G", "resnet50": "4.089 G", "resnet101": "7.801 G",
        "resnet152": "11.514 G", "resnext50_32x4d": "4.23 G", "resnext101_32x8d": "16.414 G",
        "resnext101_64x4d": "15.46 G", "wide_resnet50_2": "11.398 G", "wide_resnet101_2": "22.753 G"}),
    _Source("torchinfo", "total_mult_adds", "torchinfo 1.8.0, total_mult_adds", {
        "resnet18": "1,814,083,944", "resnet50": "4.0892 G", "resnet152": "11,513,779,048"}),
    _Source("fvcore", "total", "fvcore 0.1.5, FlopCountAnalysis.total()", {
        "resnet18": "1,819,065,856", "resnet50": "4.11 G", "resnet152": "11,558,835,200"}),
    _Source("ptflops aten", "MACs", _PTFLOPS, {"resnet18": "1.81 G", "resnet50": "4.09 G"}),
    _Source("ptflops pytorch", "MACs", _PTFLOPS, {
        "resnet18": "1.83 G", "resnet50": "4.13 G", "resnext50_32x4d": "4.29 G", "wide_resnet50_2": "11.45 G"}),
    _Source("ptflops pytorch, count_functional=False", "MACs", _PTFLOPS_OLD, {
        "resnet18": "1.82 G", "resnet34": "3.68 G", "resnet50": "4.12 G", "resnet101": "7.85 G",
        "resnet152": "11.58 G", "resnext101_64x4d": "15.55 G"}),
    _Source("flop_counter", "get_total_flops()", "torch.utils.flop_counter, get_total_flops()", {
        "resnet18": "3,628,146,688", "resnet50": "8.178 G", "resnet152": "23,027,253,248"}),
    _Source("DeepSpeed", "flops", "DeepSpeed, get_model_profile()", {"resnet50": "8.211 G"}),
    _Source("torchsummary", "Forward/backward pass size", _TORCHSUMMARY, {
        "resnet18": "4018.74 MB", "resnet50_v1": "15200.01 MB"}, 64),
    _Source("torchsummary", "Estimated Total Size", _TORCHSUMMARY, {
        "resnet18": "4100.08 MB", "resnet50_v1": "15334.25 MB"}, 64),
)  # fmt: skip


def published_figures(spec: ResNetSpec, tool: str, quantity: str, count: int) -> tuple[PublishedFigure, ...]:
    """Return the figures published of a counter's total for exactly this network and input.

    `count` is our total by the counter's rules.
    """
    return tuple(
        PublishedFigure(figure, source.reference, "" if rounds_to(count, figure) else _difference_reason(count, figure))
        for source in _SOURCES
        if (source.tool, source.quantity) == (tool, quantity)
        for name, figure in source.figures.items()
        if spec == _published_spec(name, source.batch)
    )


def rounds_to(count: int, figure: str) -> bool:
    """Return whether a count, or a size in bytes, equals a figure such as `4.13 G` when rounded to its digits."""
    return _rounded(count, figure) == figure


def figure_sentence(published: PublishedFigure) -> str:
    """Write where a figure was published, and why it is not our count rounded where it is not."""
    text = tr("published: {figure} ({source}); {why}") if published.why else tr("published: {figure} ({source})")
    return text.format(figure=published.figure, source=published.source, why=published.why)


def _published_spec(name: str, batch: int) -> ResNetSpec:
    spec = PRESETS[name].spec
    return spec.but(input=(batch, *spec.input[1:]))


def _rounded(count: int, figure: str) -> str:
    """Write the count with the unit and the decimals of a figure; raises ValueError for a text that is no figure."""
    match = _FIGURE.fullmatch(figure)
    if match is None:
        raise ValueError(f"{figure} is not a figure")
    unit = match["unit"] or ""
    number = f"{count / _SCALES[unit]:.{len(match['decimals'] or '')}f}" if unit else f"{count:,}"
    return f"{number} {unit}".strip()


def _difference_reason(count: int, figure: str) -> str:
    ours = _rounded(count, figure)
    number, unit = figure.partition(" ")[::2]
    decimals = len(number.partition(".")[2])
    cut = count * 10**decimals // _SCALES[unit]
    if cut == int(number.replace(".", "").replace(",", "")):
        return tr("{figure} is cut off, not rounded: to the nearest it would be {ours}").format(
            figure=figure, ours=ours
        )
    return tr("{figure} is not what our count rounds to, {ours}").format(figure=figure, ours=ours)
