"""The command compare: two blocks at one place, or two networks."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

import msgspec

from resnet_viz.cli.measure.compare_options import block_setting, measuring, network_specs, pairs_fields, series_base
from resnet_viz.cli.parser import Say, _json
from resnet_viz.cli.progress import ProgressLine
from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.tables import check_form, save_tables, text_table
from resnet_viz.records.block_pair import BlockComparison, BlockSide
from resnet_viz.records.network_pair import NetworkComparison, PairMatch
from resnet_viz.records.run import ProfileProgress
from resnet_viz.records.table import Tables
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_rows, match_sentence
from resnet_viz.viewmodels.compare.networks import change_sentence, network_names, network_sentences
from resnet_viz.viewmodels.compare.series import pair_sentence, sweep_sentences
from resnet_viz.viewmodels.compare.tables import block_tables, network_tables, pairs_tables, sweep_tables
from resnet_viz.viewmodels.compare.verdict import doubt, verdict

Found = TypeVar("Found")


def compare(options: argparse.Namespace, say: Say) -> None:
    """Print the comparison that is asked for, and write its table where a file is named."""
    if options.output is not None:
        check_form(options.output)
    if options.archs and (options.networks or options.sweep):
        raise UserError(
            tr("--sweep and --networks make their own series; leave {archs} out.").format(
                archs=tr(" and ").join(options.archs)
            )
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
        raise UserError(
            tr("compare takes two networks, or none; given: {archs}.").format(archs=tr(", ").join(options.archs))
        )


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
    say(_json(_network_fields(compared)) if options.format == "json" else _network_page(compared))
    _save(options, network_tables(compared, tr("not measured")))


def _network_page(compared: NetworkComparison) -> str:
    names = network_names(compared)
    differs, totals, changes = network_tables(compared, tr("add --device cpu")).pages
    parts = [tr("{first} against {second}").format(first=names[0], second=names[1])]
    parts += [text_table(table) for table in (differs, totals) if table.rows]
    parts.append("\n".join(network_sentences(compared)))
    parts += [text_table(changes), change_sentence(compared)] if changes.rows else []
    return "\n\n".join(parts) + "\n"


def _network_fields(compared: NetworkComparison) -> dict[str, Any]:
    return {
        "first": compared.first,
        "second": compared.second,
        "fields": compared.fields,
        "totals": {pair.name: {"first": pair.first, "second": pair.second, "ratio": pair.ratio}
                   for pair in compared.totals},
        "layers": compared.layers,
        "times": compared.times,
        "sentences": network_sentences(compared),
    }  # fmt: skip


def _sweep(options: argparse.Namespace, say: Say) -> None:
    settings, found = measuring(options), sweep(block_setting(options), options.sweep)
    if settings is not None:
        from resnet_viz import pipeline  # torch, as above

        found = _last(pipeline.measure_sweep(found, settings), ProgressLine(sys.stderr))
    tables, sentences = sweep_tables(found), "\n".join(sweep_sentences(found))
    say(_json(found) if options.format == "json" else f"{text_table(tables.pages[0])}\n\n{sentences}\n")
    _save(options, tables)


def _pairs(options: argparse.Namespace, say: Say) -> None:
    base = series_base(options)
    from resnet_viz import pipeline  # torch, as above

    found = pipeline.pairs(base)
    tables, sentences = pairs_tables(found), "\n".join(pair_sentence(found, match) for match in get_args(PairMatch))
    say(_json(pairs_fields(found)) if options.format == "json" else f"{text_table(tables.pages[0])}\n\n{sentences}\n")
    _save(options, tables)


def _blocks(options: argparse.Namespace, say: Say) -> None:
    setting, settings = block_setting(options), measuring(options)
    from resnet_viz import pipeline  # torch: a second that a wrong option need not wait for

    if settings is None:
        compared = pipeline.compare_blocks(setting)
    else:
        compared = _last(pipeline.measure_blocks(setting, settings), ProgressLine(sys.stderr))
    say(_json(_block_fields(compared)) if options.format == "json" else _block_page(compared))
    _save(options, block_tables(compared, tr("not measured")))


def _block_page(compared: BlockComparison) -> str:
    sentences, table = "\n".join(_said(compared)), block_tables(compared, tr("add --device cpu")).pages[0]
    return f"{table.title}\n\n{text_table(table)}\n\n{sentences}\n"


def _said(compared: BlockComparison) -> tuple[str, ...]:
    doubted = "" if compared.times is None else doubt(compared.times)
    return (match_sentence(compared), *verdict(compared), *([doubted] if doubted else []))


def _save(options: argparse.Namespace, tables: Tables) -> None:
    if options.output is not None:
        save_tables(tables, options.output)


def _block_fields(compared: BlockComparison) -> dict[str, Any]:
    rows = block_rows(compared, "")
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
