"""The summary of a network: four number tiles, the line about other counters, and the status line."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.records.costs import Costs
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.parts import NumberTile
from resnet_viz.viewmodels.text import numbers as units
from resnet_viz.viewmodels.text.conventions import count_label


class CrossCheckLine(msgspec.Struct, frozen=True):
    """The results of all cross-checks in one line, and in `detail` a sentence for each counter."""

    text: str
    status: Literal["ok", "error", "muted"]
    detail: str


def tiles(analysis: Analysis, costs: Costs) -> tuple[NumberTile, ...]:
    """Return the tiles of parameters, operations, peak activation memory and receptive field."""
    totals = analysis.totals
    jump = last_jump(analysis)
    return (
        NumberTile(units.short(totals.params), tr("parameters"), units.byte_size(totals.params_bytes),
             tr("{n} parameters, fp32").format(n=units.exact(totals.params))),
        _cost_tile(analysis, costs),
        NumberTile(units.byte_size(totals.peak_activation_bytes), tr("peak activation memory"),
             tr("fp32 · N={n}").format(n=analysis.spec.input[0]),
             tr("{n} bytes: the largest total of live tensors at one layer of an inference pass").format(
                 n=units.exact(totals.peak_activation_bytes))),
        NumberTile(units.pixels(totals.receptive_field), tr("receptive field"), tr("stride {n}").format(n=jump),
             tr("One value of the last feature map sees {n} pixels of the image across").format(
                 n=units.exact(totals.receptive_field))),
    )  # fmt: skip


def _cost_tile(analysis: Analysis, costs: Costs) -> NumberTile:
    label, flops = count_label(costs.convention), analysis.totals.flops
    number = units.short(flops)
    note = tr("{n}FLOPs").format(n=number if number[-1:].isalpha() else f"{number} ")  # `8.178 GFLOPs`
    detail = f"{units.exact(costs.total)}: {label.sentence}"
    if costs.convention == "elementwise":
        note = tr("elementwise too")
    elif costs.convention == "macs":
        detail = tr("{macs} multiply-adds; {flops} floating-point operations with the elementwise ones")
        detail = detail.format(macs=units.exact(costs.total), flops=units.exact(flops))
    return NumberTile(units.short(costs.total), label.heading, note, detail)


def last_jump(analysis: Analysis) -> int:
    """Return the distance in image pixels between neighboring values of the last feature map."""
    return next(layer.jump for layer in reversed(analysis.layers) if layer.role != "head")


def crosscheck_line(results: tuple[CrossCheckResult, ...], *, waiting: tuple[str, ...] = ()) -> CrossCheckLine:
    """Summarize the results so far: `✓ torchinfo and fvcore agree · running DeepSpeed …`."""
    detail = "\n".join(f"{result.tool} {result.version}".strip() + f": {result.sentence}" for result in results)
    agreeing, disagreeing, not_run = (
        _names(result.tool for result in results if result.agrees is outcome) for outcome in (True, False, None)
    )
    if disagreeing:
        sentence = trn("✗ {tools} counts differently", "✗ {tools} count differently", len(disagreeing))
        return CrossCheckLine(sentence.format(tools=_listed(disagreeing)), "error", detail)
    parts = []
    if agreeing:
        sentence = trn("✓ {tools} agrees", "✓ {tools} agree", len(agreeing))
        parts.append(sentence.format(tools=_listed(agreeing)))
    if not_run:
        parts.append(tr("{tools} not run").format(tools=_listed(not_run)))
    if waiting:
        parts.append(tr("running {tools} …").format(tools=_listed(_names(waiting))))
    return CrossCheckLine(" · ".join(parts), "ok" if agreeing and not not_run else "muted", detail)


def status_line(analysis: Analysis, *, seconds: float | None, engine: str) -> str:
    """Write the status line: `ResNet-50 · 175 layers · 16 blocks · traced in 41 ms · torch 2.13 cpu`."""
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
    """Write `torch 2.13 cpu` for a version with its build, such as `2.13.0+cpu`, and a device."""
    version = ".".join(torch.partition("+")[0].split(".")[:2])
    return f"torch {version} {device}".strip()


def _names(tools: Iterable[str]) -> list[str]:
    """Return the name of each counter once, without its back end."""
    return list(dict.fromkeys(tool.partition(" ")[0] for tool in tools))


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return tr("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
