"""The command compare: two blocks at one place, or two networks."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from resnet_viz.cli_compare_options import block_setting, measuring, network_specs
from resnet_viz.cli_measure import ProgressLine
from resnet_viz.cli_series import (
    pairs_fields,
    pairs_numbers,
    pairs_table,
    sweep_numbers,
    sweep_table,
)
from resnet_viz.comparisons import BlockComparison, BlockSetting, BlockSide
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.comparisons import check_form, page_table, plain_table, save_table
from resnet_viz.export.tables import Column, Table, text_table
from resnet_viz.metrics.crossover import sweep
from resnet_viz.network_comparisons import NetworkComparison
from resnet_viz.runs import ProfileProgress
from resnet_viz.spec import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.comparison import FigureRow, block_rows, block_titles, match_sentence
from resnet_viz.viewmodels.network_comparison import change_rows, change_sentence, network_names, total_rows
from resnet_viz.viewmodels.series import sweep_sentences
from resnet_viz.viewmodels.verdict import doubt, verdict

Say = Callable[[str], None]
Found = TypeVar("Found")


def compare(options: argparse.Namespace, say: Say) -> None:
    """Print the comparison that is asked for, and write its table where a file is named."""
    if options.output is not None:
        check_form(options.output)
    if options.archs and (options.networks or options.sweep):
        raise UserError(
            tr("--sweep and --networks make their own series; leave {arch} out.").format(arch=options.archs[0])
        )
    if options.networks:
        if options.device is not None:
            raise SpecError("--device", options.device, tr("pairs of networks are counted; name two to measure them"))
        _pairs(options, say)
    elif options.sweep:
        _sweep(options, say)
    elif not options.archs:
        _blocks(options, say)
    elif len(options.archs) == 2:
        _networks(options, say)
    else:
        raise UserError(tr("compare takes two networks, or none; {n} were given.").format(n=len(options.archs)))


def _last(measured: Iterator[ProfileProgress | Found], line: ProgressLine) -> Found:
    """What the measuring ends with, its progress shown meanwhile."""
    try:
        for found in measured:
            if not isinstance(found, ProfileProgress):
                return found
            line.show(found)
    finally:
        line.end()
    raise AssertionError("a measurement ends with what was measured")


def _networks(options: argparse.Namespace, say: Say) -> None:
    first, second = network_specs(options)
    settings = measuring(options)
    from resnet_viz import pipeline  # torch, as above

    if settings is None:
        compared = pipeline.compare(first, second)
    else:
        compared = _last(pipeline.measure_networks(first, second, settings), ProgressLine(sys.stderr))
    rows = total_rows(compared, tr("add --device cpu"))
    say(_json(_network_fields(compared)) if options.format == "json" else _network_page(compared))
    _save(options, " · ".join(network_names(compared)), ("first", "second"), rows, network_names(compared))


def _network_page(compared: NetworkComparison) -> str:
    names = network_names(compared)
    parts = [tr("{first} against {second}").format(first=names[0], second=names[1])]
    fields = [(change.field.replace("_", " "), change.first, change.second) for change in compared.fields]
    changes = [(row.where, row.change, row.first, row.second) for row in change_rows(compared)]
    parts += [_listing((tr("what differs"), *names), fields)] if fields else []
    parts.append(_table(names, total_rows(compared, tr("add --device cpu"))))
    parts += [_listing((tr("layer"), tr("change"), *names), changes)] if changes else []
    doubted = "" if compared.times is None else doubt(compared.times)
    return "\n\n".join(part for part in (*parts, change_sentence(compared), doubted) if part) + "\n"


def _network_fields(compared: NetworkComparison) -> dict[str, Any]:
    return {
        "first": compared.first,
        "second": compared.second,
        "fields": compared.fields,
        "totals": {pair.name: {"first": pair.first, "second": pair.second, "ratio": pair.ratio}
                   for pair in compared.totals},
        "layers": compared.layers,
        "times": compared.times,
    }  # fmt: skip


def _sweep(options: argparse.Namespace, say: Say) -> None:
    settings, found = measuring(options), sweep(block_setting(options), options.sweep)
    if settings is not None:
        from resnet_viz import pipeline  # torch, as above

        found = _last(pipeline.measure_sweep(found, settings), ProgressLine(sys.stderr))
    table = sweep_table(found)
    sentences = "\n".join(sweep_sentences(found))
    say(_json(found) if options.format == "json" else f"{text_table(table)}\n\n{sentences}\n")
    if options.output is not None:
        save_table(table, sweep_numbers(found), options.output)


def _pairs(options: argparse.Namespace, say: Say) -> None:
    from resnet_viz import pipeline  # torch, as above

    found = pipeline.pairs(ResNetSpec())
    table = pairs_table(found)
    say(_json(pairs_fields(found)) if options.format == "json" else f"{text_table(table)}\n")
    if options.output is not None:
        save_table(table, pairs_numbers(found), options.output)


def _blocks(options: argparse.Namespace, say: Say) -> None:
    setting, settings = block_setting(options), measuring(options)
    from resnet_viz import pipeline  # torch: a second that a wrong option need not wait for

    if settings is None:
        compared = pipeline.compare_blocks(setting)
    else:
        compared = _last(pipeline.measure_blocks(setting, settings), ProgressLine(sys.stderr))
    rows = block_rows(compared, tr("add --device cpu"))
    say(_json(_block_fields(compared, rows)) if options.format == "json" else _block_page(compared, rows))
    _save(options, _block_heading(setting), ("basic", "bottleneck"), rows, block_titles(compared))


def _block_page(compared: BlockComparison, rows: tuple[FigureRow, ...]) -> str:
    sentences = "\n".join(_said(compared))
    return f"{_block_heading(compared.setting)}\n\n{_table(block_titles(compared), rows)}\n\n{sentences}\n"


def _said(compared: BlockComparison) -> tuple[str, ...]:
    doubted = "" if compared.times is None else doubt(compared.times)
    return (match_sentence(compared), *verdict(compared), *([doubted] if doubted else []))


def _block_heading(setting: BlockSetting) -> str:
    sentence = tr("Basic against Bottleneck · {channels} channels, {size}×{size}, stride {stride}, batch {batch}")
    return sentence.format(**msgspec.structs.asdict(setting))


def _table(names: tuple[str, str], rows: tuple[FigureRow, ...]) -> str:
    return text_table(page_table("", names, _texts(rows)))


def _listing(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return text_table(Table("", tuple(Column(name, name) for name in headings), tuple(rows), {}))


def _texts(rows: tuple[FigureRow, ...]) -> list[tuple[str, str, str, str]]:
    return [(row.label, row.first_text, row.second_text, row.ratio_text) for row in rows]


def _save(
    options: argparse.Namespace,
    title: str,
    names: tuple[str, str],
    rows: tuple[FigureRow, ...],
    headings: tuple[str, str],
) -> None:
    if options.output is None:
        return
    page = page_table(title, headings, _texts(rows))
    plain = plain_table(names, ((row.name, row.first, row.second, row.ratio) for row in rows))
    save_table(page, plain, options.output)


def _block_fields(compared: BlockComparison, rows: tuple[FigureRow, ...]) -> dict[str, Any]:
    return {
        "setting": compared.setting,
        "agreement": compared.agreement,
        "basic": _side_fields(compared.basic),
        "bottleneck": _side_fields(compared.bottleneck),
        "ratios": {row.name: row.ratio for row in rows if row.ratio is not None},
        "times": compared.times,
        "sentences": _said(compared),
    }


def _side_fields(side: BlockSide) -> dict[str, Any]:
    found = {"width": side.width, "channels": side.channels} | msgspec.structs.asdict(side.figures)
    return found | {"layers_in_order": side.layers}


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"
