"""The command `presets`: lists the named networks, family by family, and the weights published for them."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import fill

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.errors import UserError
from resnet_viz.export.tables import TERMINAL_COLUMNS, terminal_table
from resnet_viz.spec.catalog.record import Preset
from resnet_viz.spec.catalog.timm_data import RELEASE
from resnet_viz.spec.presets import search_presets
from resnet_viz.storage.json_text import file_fields
from resnet_viz.texts import tr


def add(commands: Commands) -> None:
    """Add the command and its options."""
    parser = add_command(commands, "presets", tr("list the named networks"), _run)
    text = tr("list only networks with every word in their name, title, description, family, publication or year")
    parser.add_argument("words", nargs="*", metavar="WORD", help=text)
    text = tr("list timm's weights too: their tags, and the size, crop and normalization of their images")
    parser.add_argument("--weights", action="store_true", help=text)
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    words = " ".join(options.words)
    found = search_presets(words)
    if not found:
        raise UserError(tr("There is no network with '{words}'; presets lists all of them.").format(words=words))
    listed = [{**file_fields(preset), "release": RELEASE if preset.pretrained else None} for preset in found]
    print_answer(options, listed, _page(found, with_weights=options.weights))


def _page(found: Sequence[Preset], *, with_weights: bool) -> Iterator[str]:
    """Yield an introduction, a table for each family, and the table of weights."""
    text = tr(
        "ResNet and ResNetV2 are all those of {release}. A tag, as in resnet50.a1_in1k, sets the size and classes with "
        "which these weights were tested. resnetN, resnetN_v1, resnetN_cifar, plainN and preact_resnetN have any depth."
    )
    yield fill(text.format(release=RELEASE), TERMINAL_COLUMNS)
    names = tr("name"), tr("title"), tr("description")
    for family, members in groupby(found, key=lambda preset: preset.family):
        listed = [*members]
        years = ", ".join(str(year) for year in sorted({preset.year for preset in listed if preset.year is not None}))
        rows = [(preset.name, preset.title, preset.description) for preset in listed]
        yield "\n".join([f"{family} · {years}", terminal_table("lll", names, rows)])
    if with_weights:
        yield _weights_table(found)


def _weights_table(found: Sequence[Preset]) -> str:
    names = (
        tr("weights"), tr("train size"), tr("test size"), tr("train crop"), tr("test crop"), tr("interpolation"),
        tr("mean"), tr("classes"),
    )  # fmt: skip
    rows = [
        (
            f"{preset.name}.{weights.tag}", str(weights.train_size), str(weights.test_size), f"{weights.train_crop:g}",
            f"{weights.test_crop:g}", weights.interpolation, ", ".join(f"{value:g}" for value in weights.mean),
            str(weights.classes) if weights.has_weights else tr("no weights"),
        )
        for preset in found
        for weights in preset.pretrained
    ]  # fmt: skip
    return terminal_table("lrrrrllr", names, rows) if rows else tr("timm has no weights for these networks.")
