"""The build panel: every field of the network, refusals beside the fields, and below them a summary."""

from collections.abc import Callable
from functools import partial
from typing import Any

from resnet_viz.gui.build.summary import SummaryView
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.widgets.fields import (
    CheckField,
    ChoiceField,
    DepthSpin,
    Field,
    FlagsField,
    NumberField,
    NumbersField,
    TextField,
)
from resnet_viz.gui.widgets.form import Form, Row
from resnet_viz.gui.widgets.form_panel import FormPanel
from resnet_viz.gui.widgets.layouts import column, named
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import TITLES, choices, list_text, preset_of
from resnet_viz.viewmodels.parts import preset_groups

_BESIDE = {"stages": "blocks", "depth_step": "depth"}  # fields that are edited in another field's row


class BuildPanel(FormPanel):
    """Shows the fields of the network in question, and signals edits as a field and a value."""

    def __init__(self) -> None:
        super().__init__(tr("Build"), Form(_first_rows(), _more_rows()))
        self.summary = SummaryView()
        below = column(self.summary, margins=(0, 4, 0, 0))
        below.addStretch(1)
        self.fill((below, 1), heading=named("panelHeading", tr("Network")))
        for spin in self.findChildren(DepthSpin):
            spin.stepped.connect(partial(self.edited.emit, "depth_step"))
        for field in self.findChildren(NumbersField):
            field.resized.connect(partial(self.edited.emit, "stages"))

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the network in question; after a refusal leave the fields as they were edited and show the reason."""
        refusal = shown.refusal
        if refusal is None:
            self.form.forget("preset")  # it may hold text that is no preset's name
            self.form.show_values(shown.question)
            self._enable(shown.question)
            self.show_error(None, "")
        else:
            self.show_error(_BESIDE.get(refusal.field or "", refusal.field), refusal.sentence)

    def _enable(self, spec: ResNetSpec) -> None:
        """Disable the fields that have no effect on this network."""
        self.enable(
            stem_pool_stride=spec.stem == "imagenet",
            stride_in=spec.block == "bottleneck",
            dilate=len(spec.blocks) > 1,
            classes=spec.head,
        )


def _first_rows() -> tuple[Row, ...]:
    stages = [tr("Blocks of stage {n}").format(n=stage + 1) for stage in range(MAX_STAGES)]
    sizes = [tr("Images in a batch"), tr("Channels"), tr("Height"), tr("Width")]
    return (
        Row("preset", tr("Preset"), PresetField(preset_groups()), tr("Type any part of a name"), preset_of),
        _row("depth", NumberField(spin=DepthSpin()), tr("Arrows step through the valid depths")),
        _row("block", ChoiceField(choices("block"))),
        _row("blocks", NumbersField(stages, MAX_STAGES)),
        _row("shortcut", ChoiceField(choices("shortcut"))),
        _row("order", ChoiceField(choices("order"))),
        _row("stride_in", ChoiceField(choices("stride_in")),
             tr("Which convolution of a Bottleneck lowers the resolution")),
        _row("stem", ChoiceField(choices("stem"))),
        _row("width", NumberField(), tr("Channels of the stem")),
        _row("groups", NumberField(), tr("Groups of the 3×3 convolutions")),
        _row("classes", NumberField()),
        Row("input", tr("Input N·C·H·W"), NumbersField(sizes)),
    )  # fmt: skip


def _more_rows() -> tuple[Row, ...]:
    return (
        _row("stage_widths", TextField(), tr("Before the block's expansion; empty for width, 2 × width, 4 × width …"),
             lambda spec: list_text(spec, "stage_widths")),
        _row("strides", TextField(), tr("Of each stage's first block; empty for 1, 2, 2 …"),
             lambda spec: list_text(spec, "strides")),
        _row("stem_pool_stride", ChoiceField(choices("stem_pool_stride")), tr("Of the ImageNet stem's max pool")),
        _row("width_per_group", NumberField(tr("stage width")),
             tr("As torchvision counts it: inner width = stage width × this ÷ 64 × groups")),
        _row("dilate", FlagsField(), tr("Keep the resolution and dilate instead of striding"),
             lambda spec: spec.dilated[1:]),
        _row("bias", CheckField(tr("with bias"))),
        _row("head", CheckField(tr("average pool and classifier"))),
    )  # fmt: skip


def _row(name: str, widget: Field, tip: str = "", value: Callable[[ResNetSpec], Any] | None = None) -> Row:
    return Row(name, TITLES[name], widget, tip, value)
