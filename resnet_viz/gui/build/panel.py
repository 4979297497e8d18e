"""The Build panel: every field of the network, refusals beside the fields, and below them a summary."""

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
from resnet_viz.gui.widgets.form import ARROW_WIDTH, Form, Row
from resnet_viz.gui.widgets.form_panel import FormPanel
from resnet_viz.gui.widgets.layouts import column, named
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build.axes import AXES, Axis
from resnet_viz.viewmodels.build.edits import preset_of
from resnet_viz.viewmodels.build.effects import changed_fields, without_effect
from resnet_viz.viewmodels.build.lists import list_text
from resnet_viz.viewmodels.parts import preset_groups

_BESIDE = {"stages": "blocks", "depth_step": "depth"}  # fields that are edited in another field's row


class BuildPanel(FormPanel):
    """Shows the fields of the network in question, and signals edits as a field and a value."""

    def __init__(self) -> None:
        super().__init__(tr("Build"), Form([_row(axis) for axis in AXES.values()]))
        self.summary = SummaryView()
        below = column(self.summary, margins=(6, 4, 0, 0))
        below.addStretch(1)
        self.fill((below, 1), heading=named("panelHeading", tr("Network"), margins=(ARROW_WIDTH, 0, 0, 0)))
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
            self.form.disable(without_effect(shown.question))
            self.form.mark_changed(changed_fields(shown.question))
            self.show_error(None, "")
        else:
            self.show_error(_BESIDE.get(refusal.field or "", refusal.field), refusal.sentence)


_VALUES: dict[str, Callable[[ResNetSpec], Any]] = {
    "preset": preset_of,
    "block": lambda spec: spec.block if spec.stage_blocks is None else None,
    "stage_blocks": lambda spec: tuple(kind == "bottleneck" for kind in spec.stage_kinds),
    "dilate": lambda spec: spec.dilated[1:],
    **{
        field: partial(list_text, field=field)
        for field in ("stage_widths", "stage_outputs", "block_widths", "stem_widths", "strides")
    },
}
"""How the fields are read that a spec does not have as they are shown."""


def _row(axis: Axis) -> Row:
    return Row(axis.field, axis.title, _widget(axis), axis.tip, _VALUES.get(axis.field), axis.under)


def _widget(axis: Axis) -> Field:
    if axis.choices:
        return ChoiceField(axis.choices, none_chosen=tr("by stage"))
    stages = [tr("Blocks of stage {n}").format(n=stage + 1) for stage in range(MAX_STAGES)]
    sizes = [tr("Images in a batch"), tr("Channels"), tr("Height"), tr("Width")]
    made: dict[str, Callable[[], Field]] = {
        "preset": lambda: PresetField(preset_groups()),
        "depth": lambda: NumberField(spin=DepthSpin()),
        "blocks": lambda: NumbersField(stages, MAX_STAGES),
        "input": lambda: NumbersField(sizes),
        "width_per_group": lambda: NumberField(tr("stage width")),
        "stem_widths": lambda: TextField(tr("one 7×7")),
        "stage_blocks": lambda: FlagsField(tr("Bottlenecks in stage {n}")),
        "dilate": lambda: FlagsField(tr("Dilate stage {n}"), first=2),
        "bias": lambda: CheckField(tr("with bias")),
        "weight_standardization": lambda: CheckField(tr("standardized")),
        "head": lambda: CheckField(tr("average pool and classifier")),
        **dict.fromkeys(("stage_widths", "stage_outputs", "block_widths", "strides"), TextField),
    }
    return made.get(axis.field, NumberField)()
