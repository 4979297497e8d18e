"""The command compare: two blocks at one place, or two networks."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from resnet_viz.cli_measure import ProgressLine, settings_of
from resnet_viz.cli_options import choice, number, whole_number
from resnet_viz.cli_series import (
    channel_range,
    pairs_fields,
    pairs_numbers,
    pairs_table,
    sweep_numbers,
    sweep_table,
)
from resnet_viz.comparisons import BlockComparison, BlockSetting, BlockSide, Match
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.comparisons import check_form, page_table, plain_table, save_table
from resnet_viz.export.specs import find_spec
from resnet_viz.export.tables import Column, Table, text_table
from resnet_viz.metrics.crossover import sweep
from resnet_viz.network_comparisons import NetworkComparison
from resnet_viz.runs import ProfileProgress
from resnet_viz.settings import Dtype, MemoryFormat, ProfileSettings
from resnet_viz.spec import BlockKind, Order, ResNetSpec, ShortcutKind, StrideIn
from resnet_viz.texts import tr
from resnet_viz.viewmodels.comparison import FigureRow, block_rows, block_titles, match_sentence
from resnet_viz.viewmodels.network_comparison import change_rows, change_sentence, network_names, total_rows
from resnet_viz.viewmodels.series import sweep_sentences
from resnet_viz.viewmodels.verdict import doubt, verdict

if TYPE_CHECKING:
    from resnet_viz.cli import Parser

FORMATS = ("table", "json")
MEASURING = ("dtype", "memory_format", "seconds", "threads")
PLACE = ("batch", "size")  # of the block, which the settings would take for an input's
Say = Callable[[str], None]
HOW = tr("add --device cpu")
Found = TypeVar("Found")


def add_command(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parser of compare."""
    text = tr("hold a Basic block beside a Bottleneck, or two networks side by side")
    parser = commands.add_parser("compare", help=text, description=text, allow_abbrev=False)
    parser.add_argument("archs", nargs="*", metavar="ARCH", help=tr("two networks; without them, two blocks"))
    _add_block(parser)
    _add_measuring(parser)
    _add_series(parser)
    text = tr("write the table too; the suffix names the form: .csv .md .tex")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=text)
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


def _add_block(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(tr("the place of the two blocks"))
    for flag, metavar, text in (
        ("--channels", "256", tr("channels that the block reads and writes")),
        ("--size", "56", tr("side of the map that it reads")),
        ("--stride", "1", tr("its stride, with the shortcut that it then needs")),
        ("--batch", "1", tr("images")),
        ("--groups", "1", tr("groups of the 3×3 convolutions")),
    ):
        group.add_argument(flag, type=whole_number, metavar=metavar, help=text)
    for field, kind, text in (
        ("order", Order, tr("ReLU after the addition, or before convolutions")),
        ("stride_in", StrideIn, tr("which convolution of a Bottleneck has the stride")),
        ("shortcut", ShortcutKind, tr("pad, project where needed, project, none")),
        ("match", Match, tr("the quantity in which the two agree; channels")),
        ("solve", BlockKind, tr("the block whose width follows from the match; bottleneck")),
    ):
        words = get_args(kind)
        flag = f"--{field.replace('_', '-')}"
        group.add_argument(flag, type=choice(*words), metavar="|".join(words), help=text)


def _add_measuring(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(tr("how to measure"))
    group.add_argument("--device", metavar="cpu|cuda|cuda:N", help=tr("measure both blocks in turn on this device"))
    for field, kind in (("dtype", Dtype), ("memory_format", MemoryFormat)):
        words = get_args(kind)
        group.add_argument(f"--{field.replace('_', '-')}", type=choice(*words), metavar="|".join(words))
    group.add_argument("--seconds", type=number, metavar="S", help=tr("time budget of the measuring; 10"))
    group.add_argument("--threads", type=whole_number, metavar="N", help=tr("CPU threads"))


def _add_series(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(tr("whole series"))
    text = tr("both blocks over a range of channels, and where one passes the other")
    group.add_argument("--sweep", type=channel_range, metavar="16-2048", help=text)
    text = tr("networks with either block: nearest in depth, in parameters, in MACs")
    group.add_argument("--networks", action="store_true", help=text)


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


def block_setting(options: argparse.Namespace) -> BlockSetting:
    """The place that the options ask for; raises SpecError."""
    given = {field: getattr(options, field) for field in BlockSetting.__struct_fields__}
    return BlockSetting(**{field: value for field, value in given.items() if value is not None})


def measuring(options: argparse.Namespace) -> ProfileSettings | None:
    """How to measure; None where no device is named. Raises SpecError."""
    if options.device is not None:
        return settings_of(_without(options, *PLACE))
    for field in MEASURING:
        if getattr(options, field) is not None:
            raise SpecError(
                f"--{field.replace('_', '-')}", getattr(options, field), tr("it needs --device, such as cpu")
            )
    return None


def _without(options: argparse.Namespace, *names: str) -> argparse.Namespace:
    return argparse.Namespace(**{name: value for name, value in vars(options).items() if name not in names})


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


def network_specs(options: argparse.Namespace) -> tuple[ResNetSpec, ResNetSpec]:
    """The two networks, the second one changed by the options that a network has too; raises UserError."""
    for field in ("channels", "size", "stride", "match", "solve"):
        if getattr(options, field) is not None:
            sentence = tr("it belongs to two blocks; leave it out, or leave out the networks")
            raise SpecError(f"--{field}", getattr(options, field), sentence)
    first, second = (find_spec(arch) for arch in options.archs)
    if options.batch is not None:
        first, second = (spec.but(input=(options.batch, *spec.input[1:])) for spec in (first, second))
    changes = {field: getattr(options, field) for field in ("groups", "order", "stride_in", "shortcut")}
    return first, second.but(**{field: value for field, value in changes.items() if value is not None})


def _networks(options: argparse.Namespace, say: Say) -> None:
    first, second = network_specs(options)
    settings = measuring(options)
    from resnet_viz import pipeline  # torch, as above

    if settings is None:
        compared = pipeline.compare(first, second)
    else:
        compared = _last(pipeline.measure_networks(first, second, settings), ProgressLine(sys.stderr))
    rows = total_rows(compared, HOW)
    say(_json(_network_fields(compared)) if options.format == "json" else _network_page(compared))
    _save(options, " · ".join(network_names(compared)), ("first", "second"), rows, network_names(compared))


def _network_page(compared: NetworkComparison) -> str:
    names = network_names(compared)
    parts = [tr("{first} against {second}").format(first=names[0], second=names[1])]
    fields = [(change.field.replace("_", " "), change.first, change.second) for change in compared.fields]
    changes = [(row.where, row.change, row.first, row.second) for row in change_rows(compared)]
    parts += [_listing((tr("what differs"), *names), fields)] if fields else []
    parts.append(_table(names, total_rows(compared, HOW)))
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
    rows = block_rows(compared, HOW)
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
