"""The build panel: fields that show a spec and edit it, and refusals at their fields."""

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.build.panel import BuildPanel
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.widgets.fields import NumberField, NumbersField
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build import Refusal, edited_spec

RESNET50 = preset("resnet50")


@pytest.fixture
def panel(qtbot: QtBot) -> BuildPanel:
    """A panel that shows ResNet-50."""
    panel = BuildPanel()
    qtbot.addWidget(panel)
    panel.display(Shown(RESNET50), frozenset())
    return panel


@pytest.mark.parametrize(
    "spec",
    [
        RESNET50,
        preset("preact_resnet110_cifar"),
        RESNET50.but(strides=(1, 1, 2, 2), dilate=(True, False, True), stage_widths=(8, 8, 16, 24), bias=True),
    ],
)
def test_the_shown_values_are_edits_that_change_nothing(panel: BuildPanel, spec: ResNetSpec) -> None:
    for name, row in panel.rows.items():
        if name != "preset":
            assert edited_spec(spec, name, row.read(spec)) == spec, name
    assert panel.rows["preset"].read(RESNET50) == "resnet50"


def test_a_field_signals_its_name_and_value(panel: BuildPanel) -> None:
    edits: list[tuple[str, object]] = []
    panel.edited.connect(lambda name, value: edits.append((name, value)))
    depth, blocks = panel.rows["depth"].widget, panel.rows["blocks"].widget
    assert isinstance(depth, NumberField)
    assert isinstance(blocks, NumbersField)
    depth.spin.stepUp()
    depth.spin.stepDown()
    blocks.spins[1].setValue(9)
    blocks.more.click()
    blocks.less.click()
    assert edits == [
        ("depth_step", 1), ("depth_step", -1), ("blocks", (3, 9, 6, 3)), ("stages", 5), ("stages", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "field", "has_effect"),
    [
        (RESNET50, "stem_pool_stride", True),
        (preset("resnet20_cifar"), "stem_pool_stride", False),
        (RESNET50, "stride_in", True),
        (preset("resnet18"), "stride_in", False),
        (RESNET50, "dilate", True),
        (RESNET50.but(blocks=(3,)), "dilate", False),
        (RESNET50, "classes", True),
        (RESNET50.but(head=False), "classes", False),
    ],
)
def test_a_field_without_effect_is_disabled(
    panel: BuildPanel, spec: ResNetSpec, field: str, *, has_effect: bool
) -> None:
    panel.display(Shown(spec), frozenset())
    assert panel.rows[field].widget.isEnabled() == has_effect


@pytest.mark.parametrize(
    ("field", "row"), [("groups", "groups"), ("stages", "blocks"), ("depth_step", "depth"), ("bias", "bias")]
)
def test_a_refusal_is_shown_at_the_row_of_its_field_until_the_next_answer(
    panel: BuildPanel, field: str, row: str
) -> None:
    panel.display(Shown(RESNET50, refusal=Refusal(field, "It cannot be.")), frozenset())
    assert {name for name in panel.rows if panel.form.error_at(name)} == {row}
    assert panel.form.error_at(row) == "It cannot be."
    assert panel.general_error.text() == ""
    panel.display(Shown(RESNET50), frozenset())
    assert not any(panel.form.error_at(name) for name in panel.rows)


def test_a_refusal_of_no_single_field_is_shown_below_all(panel: BuildPanel) -> None:
    panel.display(Shown(RESNET50, refusal=Refusal(None, "It cannot be.")), frozenset())
    assert panel.general_error.text() == "It cannot be."


def test_an_edited_value_stays_in_its_field_when_it_is_refused(panel: BuildPanel) -> None:
    groups = panel.rows["groups"].widget
    assert isinstance(groups, NumberField)
    groups.spin.setValue(3)
    panel.display(Shown(RESNET50, refusal=Refusal("groups", "It cannot be.")), frozenset())
    assert groups.spin.value() == 3
    panel.display(Shown(RESNET50.but(groups=2)), frozenset())
    assert groups.spin.value() == 2
