"""The few numbers that stand for a network, and what other counters say of them."""

import msgspec

from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.records.costs import Costs
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.parts import NumberTile
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import label


class CrossCheckLine(msgspec.Struct, frozen=True):
    """What other counters say, in a line; `tone` is ok, warning or muted, `detail` their own sentences."""

    text: str
    tone: str
    detail: str


def tiles(analysis: Analysis, costs: Costs) -> tuple[NumberTile, ...]:
    """Parameters, operations, peak activation memory and receptive field."""
    totals = analysis.totals
    jump = last_jump(analysis)
    return (
        NumberTile(units.short(totals.params), tr("parameters"), units.byte_size(totals.params_bytes),
             tr("{n} parameters, fp32").format(n=units.exact(totals.params))),
        _cost_tile(analysis, costs),
        NumberTile(units.byte_size(totals.peak_activation_bytes), tr("peak activation"),
             tr("fp32 · N={n}").format(n=analysis.spec.input[0]),
             tr("{n} bytes: the most that is alive at one layer of an inference pass").format(
                 n=units.exact(totals.peak_activation_bytes))),
        NumberTile(units.pixels(totals.receptive_field), tr("receptive field"), tr("stride {n}").format(n=jump),
             tr("One value of the last feature map sees {n} pixels of the image across").format(
                 n=units.exact(totals.receptive_field))),
    )  # fmt: skip


def _cost_tile(analysis: Analysis, costs: Costs) -> NumberTile:
    counted, flops = label(costs.convention), analysis.totals.flops
    number = units.short(flops)
    note = tr("{n}FLOPs").format(n=number if number[-1:].isalpha() else f"{number} ")  # `8.178 GFLOPs`
    explained = f"{units.exact(costs.total)}: {counted.sentence}"
    if costs.convention == "elementwise":
        note = tr("elementwise too")
    elif costs.convention == "macs":
        explained = tr("{macs} multiply-adds; {flops} floating-point operations with the elementwise ones")
        explained = explained.format(macs=units.exact(costs.total), flops=units.exact(flops))
    return NumberTile(units.short(costs.total), counted.heading, note, explained)


def last_jump(analysis: Analysis) -> int:
    """How many image pixels lie between neighbors of the last feature map."""
    maps = [layer for layer in analysis.layers if layer.role != "head"]
    return maps[-1].jump if maps else 1


def crosscheck_line(opinions: tuple[CrossCheckResult, ...], *, waiting: tuple[str, ...] = ()) -> CrossCheckLine:
    """`✓ torchinfo and fvcore agree`, or what else is to be said of them so far."""
    detail = "\n".join(f"{opinion.tool} {opinion.version}".strip() + f": {opinion.sentence}" for opinion in opinions)
    against = [opinion.tool for opinion in opinions if opinion.agrees is False]
    for_us = [opinion.tool for opinion in opinions if opinion.agrees]
    silent = [opinion.tool for opinion in opinions if opinion.agrees is None]
    if against:
        return CrossCheckLine(tr("✗ {tools} count differently").format(tools=_listed(against)), "error", detail)
    parts = []
    if for_us:
        agree = trn("✓ {tools} agrees", "✓ {tools} agree", len(for_us))
        parts.append(agree.format(tools=_listed(for_us)))
    if silent:
        parts.append(tr("{tools} not run").format(tools=_listed(silent)))
    if waiting:
        parts.append(tr("asking {tools} …").format(tools=_listed(waiting)))
    return CrossCheckLine(" · ".join(parts), "ok" if for_us and not silent else "muted", detail)


def status_line(analysis: Analysis, *, seconds: float | None, engine: str) -> str:
    """`ResNet-50 · 175 layers · 16 blocks · traced in 41 ms · torch 2.13 cpu`."""
    layers, blocks = len(analysis.layers), sum(analysis.spec.blocks)
    parts = [
        title_of(analysis.spec),
        trn("{n} layer", "{n} layers", layers).format(n=units.exact(layers)),
        trn("{n} block", "{n} blocks", blocks).format(n=units.exact(blocks)),
    ]
    if seconds is not None:
        parts.append(tr("traced in {time}").format(time=units.duration(seconds)))
    return " · ".join([*parts, *([engine] if engine else [])])


def engine_text(torch: str, device: str) -> str:
    """`torch 2.13 cpu`, from the version with its build."""
    version = ".".join(torch.partition("+")[0].split(".")[:2])
    return f"torch {version} {device}".strip()


def _listed(tools: list[str] | tuple[str, ...]) -> str:
    """Each counter once, whichever of its ways of counting."""
    names = list(dict.fromkeys(tool.partition(" ")[0] for tool in tools))
    return tr(" and ").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
