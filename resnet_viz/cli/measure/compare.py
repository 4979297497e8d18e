"""`compare`: two blocks at one place, or two networks."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar, get_args

import msgspec

from resnet_viz.cli.measure.compare_options import add_options, block_setting, measuring, network_specs, series_base
from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_command
from resnet_viz.cli.progress import ProgressLine
from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.tables import check_table_path, save_tables, text_table
from resnet_viz.records.block_pair import BlockSide
from resnet_viz.records.network_pair import NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.records.run import ProfileProgress
from resnet_viz.records.table import Tables
from resnet_viz.spec.network import BlockKind
from resnet_viz.texts import tr, tr_later, translatable
from resnet_viz.viewmodels.compare.figures import block_rows
from resnet_viz.viewmodels.compare.networks import change_sentence, network_names, network_sentences
from resnet_viz.viewmodels.compare.series import pair_sentence, sweep_sentences
from resnet_viz.viewmodels.compare.tables import block_tables, network_tables, pairs_tables, sweep_tables
from resnet_viz.viewmodels.compare.verdict import block_sentences

Found = TypeVar("Found")
HOW = translatable("add --device cpu")
"""What stands in a page where a time has not been measured."""


class Answer(NamedTuple):
    """A comparison for a program, for a reader, and for a file."""

    fields: Any
    page: tuple[str, ...]
    tables: Tables


def add(commands: Commands) -> None:
    """The command and its options."""
    text = tr("hold a Basic block beside a Bottleneck, or two networks side by side")
    add_options(add_command(commands, "compare", text, _run))


def _run(options: argparse.Namespace) -> None:
    if options.output is not None:
        check_table_path(options.output)
    answer = _kind(options)(options)
    print_answer(options, answer.fields, answer.page)
    if options.output is not None:
        save_tables(answer.tables, options.output)


def _kind(options: argparse.Namespace) -> Callable[[argparse.Namespace], Answer]:
    """What compares as the options ask; raises UserError where they contradict each other."""
    if options.archs and (options.networks or options.sweep):
        sentence = tr("--sweep and --networks make their own series; leave {archs} out.")
        raise UserError(sentence.format(archs=tr(" and ").join(options.archs)))
    if options.networks:
        if options.device is not None:
            raise SpecError("--device", options.device, tr("pairs of networks are counted; name two to measure them"))
        return _pairs
    if options.sweep:
        return _sweep
    if len(options.archs) not in (0, 2):
        sentence = tr("compare takes two networks, or none; given: {archs}.")
        raise UserError(sentence.format(archs=tr(", ").join(options.archs)))
    return _networks if options.archs else _blocks


def _last(measured: Iterator[ProfileProgress | Found]) -> Found:
    """What the measuring ends with, its progress shown meanwhile."""
    for found in ProgressLine(sys.stderr).follow(measured):
        if not isinstance(found, ProfileProgress):
            return found
    raise AssertionError("a measurement ends with what was measured")


def _networks(options: argparse.Namespace) -> Answer:
    both, settings = network_specs(options), measuring(options)
    from resnet_viz import measurement, pipeline  # torch: a second that a wrong option need not wait for

    compared = _last(measurement.measure_networks(*both, settings)) if settings else pipeline.compare_specs(*both)
    names = network_names(compared)
    differs, totals, changes = network_tables(compared, unmeasured=tr_later(HOW)).pages
    page = [tr("{first} against {second}").format(first=names[0], second=names[1])]
    page += [text_table(table) for table in (differs, totals) if table.rows]
    page.append("\n".join(network_sentences(compared)))
    page += [text_table(changes), change_sentence(compared)] if changes.rows else []
    ratios = {pair.name: {"first": pair.first, "second": pair.second, "ratio": pair.ratio} for pair in compared.totals}
    fields = msgspec.structs.asdict(compared) | {"totals": ratios, "sentences": network_sentences(compared)}
    return Answer(fields, tuple(page), network_tables(compared))


def _sweep(options: argparse.Namespace) -> Answer:
    settings, found = measuring(options), sweep(block_setting(options), options.sweep)
    if settings is not None:
        from resnet_viz import measurement  # torch, as above

        found = _last(measurement.measure_sweep(found, settings))
    tables = sweep_tables(found)
    return Answer(found, (text_table(tables.pages[0]), "\n".join(sweep_sentences(found))), tables)


def _pairs(options: argparse.Namespace) -> Answer:
    base = series_base(options)
    from resnet_viz import pipeline  # torch, as above

    found = pipeline.compare_depths(base)
    tables, sentences = pairs_tables(found), "\n".join(pair_sentence(found, match) for match in get_args(PairMatch))
    return Answer(_pairs_fields(found), (text_table(tables.pages[0]), sentences), tables)


def _pairs_fields(pairs: NetworkPairs) -> dict[str, Any]:
    """The series and the pairs for JSON, depths said."""
    kinds = get_args(BlockKind)
    found = [{"match": pair.match} | {kind: _point(getattr(pair, kind)) for kind in kinds} for pair in pairs.pairs]
    return {kind: [*map(_point, getattr(pairs, kind))] for kind in kinds} | {"pairs": found}


def _point(point: NetworkPoint) -> dict[str, Any]:
    return {"depth": point.depth} | msgspec.structs.asdict(point)


def _blocks(options: argparse.Namespace) -> Answer:
    setting, settings = block_setting(options), measuring(options)
    from resnet_viz import measurement, pipeline  # torch, as above

    compared = _last(measurement.measure_blocks(setting, settings)) if settings else pipeline.compare_blocks(setting)
    said, table = block_sentences(compared), block_tables(compared, unmeasured=tr_later(HOW)).pages[0]
    page = (table.title, text_table(table), "\n".join(said))
    fields = {
        "setting": compared.setting,
        "agreement": compared.agreement,
        "basic": _side_fields(compared.basic),
        "bottleneck": _side_fields(compared.bottleneck),
        "ratios": {row.name: row.ratio for row in block_rows(compared) if row.ratio is not None},
        "times": compared.times,
        "sentences": said,
    }
    return Answer(fields, page, block_tables(compared))


def _side_fields(side: BlockSide) -> dict[str, Any]:
    found = {"width": side.width, "channels": side.channels} | msgspec.structs.asdict(side.figures)
    return found | {"layers_in_order": side.layers}
