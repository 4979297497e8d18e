"""The command `compare`: two blocks in one setting, or two networks."""

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
from resnet_viz.viewmodels.compare.conclusions import block_sentences
from resnet_viz.viewmodels.compare.figures import block_rows
from resnet_viz.viewmodels.compare.networks import change_sentence, network_names, network_sentences
from resnet_viz.viewmodels.compare.series import pair_sentence, sweep_sentences
from resnet_viz.viewmodels.compare.tables import block_tables, network_tables, pairs_tables, sweep_tables

Result = TypeVar("Result")
UNMEASURED_HINT = translatable("add --device cpu")
"""The text in place of a time that has not been measured."""


class Answer(NamedTuple):
    """A comparison as fields for JSON, as a page of text, and as tables for a file."""

    fields: Any
    page: tuple[str, ...]
    tables: Tables


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("compare a Basic block with a Bottleneck, or two networks")
    add_options(add_command(commands, "compare", text, _run))


def _run(options: argparse.Namespace) -> None:
    if options.output is not None:
        check_table_path(options.output)
    answer = _comparison(options)(options)
    print_answer(options, answer.fields, answer.page)
    if options.output is not None:
        save_tables(answer.tables, options.output)


def _comparison(options: argparse.Namespace) -> Callable[[argparse.Namespace], Answer]:
    """Return the function for what the options ask for; raises UserError if they contradict each other."""
    if options.archs and (options.networks or options.sweep):
        sentence = tr("--sweep and --networks make their own series; leave {archs} out.")
        raise UserError(sentence.format(archs=" ".join(options.archs)))
    if options.networks:
        if options.device is not None:
            raise SpecError(
                "--device", options.device, tr("pairs of networks are only counted; name two networks to measure them")
            )
        return _pairs
    if options.sweep:
        return _sweep
    if len(options.archs) not in (0, 2):
        sentence = tr("compare takes two networks, or none; you gave {archs}.")
        raise UserError(sentence.format(archs=" ".join(options.archs)))
    return _networks if options.archs else _blocks


def _result(measuring_steps: Iterator[ProfileProgress | Result]) -> Result:
    """Return the result with which a measurement ends, showing its progress on standard error until then."""
    for step in ProgressLine(sys.stderr).follow(measuring_steps):
        if not isinstance(step, ProfileProgress):
            return step
    raise AssertionError("a measurement ends with its result")


def _networks(options: argparse.Namespace) -> Answer:
    both, settings = network_specs(options), measuring(options)
    from resnet_viz import measurement, pipeline  # torch takes a second to import, too long to refuse a wrong option

    compared = _result(measurement.measure_networks(*both, settings)) if settings else pipeline.compare_specs(*both)
    names = network_names(compared)
    differs, totals, changes = network_tables(compared, unmeasured=tr_later(UNMEASURED_HINT)).pages
    page = [tr("{first} against {second}").format(first=names[0], second=names[1])]
    page += [text_table(table) for table in (differs, totals) if table.rows]
    page.append("\n".join(network_sentences(compared)))
    page += [text_table(changes), change_sentence(compared)] if changes.rows else []
    ratios = {pair.name: {"first": pair.first, "second": pair.second, "ratio": pair.ratio} for pair in compared.totals}
    fields = msgspec.structs.asdict(compared) | {"totals": ratios, "sentences": network_sentences(compared)}
    return Answer(fields, tuple(page), network_tables(compared))


def _sweep(options: argparse.Namespace) -> Answer:
    settings, swept = measuring(options), sweep(block_setting(options), options.sweep)
    if settings is not None:
        from resnet_viz import measurement  # torch, as above

        swept = _result(measurement.measure_sweep(swept, settings))
    tables = sweep_tables(swept)
    return Answer(swept, (text_table(tables.pages[0]), "\n".join(sweep_sentences(swept))), tables)


def _pairs(options: argparse.Namespace) -> Answer:
    base = series_base(options)
    from resnet_viz import pipeline  # torch, as above

    paired = pipeline.compare_depths(base)
    tables, sentences = pairs_tables(paired), "\n".join(pair_sentence(paired, match) for match in get_args(PairMatch))
    return Answer(_pairs_fields(paired), (text_table(tables.pages[0]), sentences), tables)


def _pairs_fields(pairs: NetworkPairs) -> dict[str, Any]:
    """Return the series and the pairs for JSON, each network with its depth."""
    kinds = get_args(BlockKind)
    matched = [{"match": pair.match} | {kind: _point(getattr(pair, kind)) for kind in kinds} for pair in pairs.pairs]
    return {kind: [*map(_point, getattr(pairs, kind))] for kind in kinds} | {"pairs": matched}


def _point(point: NetworkPoint) -> dict[str, Any]:
    return {"depth": point.depth} | msgspec.structs.asdict(point)


def _blocks(options: argparse.Namespace) -> Answer:
    setting, settings = block_setting(options), measuring(options)
    from resnet_viz import measurement, pipeline  # torch, as above

    compared = _result(measurement.measure_blocks(setting, settings)) if settings else pipeline.compare_blocks(setting)
    sentences, table = block_sentences(compared), block_tables(compared, unmeasured=tr_later(UNMEASURED_HINT)).pages[0]
    page = (table.title, text_table(table), "\n".join(sentences))
    fields = {
        "setting": compared.setting,
        "agreement": compared.agreement,
        "basic": _side_fields(compared.basic),
        "bottleneck": _side_fields(compared.bottleneck),
        "ratios": {row.name: row.ratio for row in block_rows(compared) if row.ratio is not None},
        "times": compared.times,
        "sentences": sentences,
    }
    return Answer(fields, page, block_tables(compared))


def _side_fields(side: BlockSide) -> dict[str, Any]:
    widths = {"width": side.width, "channels": side.channels}
    return widths | msgspec.structs.asdict(side.figures) | {"layers_in_order": side.layers}
