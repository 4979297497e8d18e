"""The build panel: fields that show a spec and edit it, and refusals at their fields."""

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.build.panel import BuildPanel
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.widgets.fields import ChoiceField, FlagsField, NumberField, NumbersField
from resnet_viz.spec.limits import MAX_STAGES
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.axes import AXES
from resnet_viz.viewmodels.build.edits import edited_spec
from resnet_viz.viewmodels.build.effects import without_effect
from resnet_viz.viewmodels.parts import Refusal
from tests.gui.waiting import WAIT_MS

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
        RESNET50.but(
            stem_widths=(24, 32),
            stem_pool="blur",
            shortcut="D",
            attention="se",
            attention_reduction=4,
            norm="none",
            antialias="blur",
            weight_standardization=True,
            reduce_first=2,
            stage_outputs=(100, 200, 300, 400),
        ),
        RESNET50.but(
            blocks=(2, 1),
            stage_blocks=("basic", "bottleneck"),
            block_widths=(((7,), (6,)), ((16, 15),)),
            order="pre",
            first_activation="block",
            norm="frn",
            projection_kernel=3,
            stem_pool_padding="zero",
        ),
    ],
)
def test_the_shown_values_are_edits_that_change_nothing(panel: BuildPanel, spec: ResNetSpec) -> None:
    for name, row in panel.rows.items():
        if name != "preset" and not (name == "block" and spec.stage_blocks):
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


@pytest.mark.parametrize("field", ["classes", "stem_widths", "projection_kernel"])
def test_a_field_without_effect_is_disabled_and_says_why(panel: BuildPanel, field: str) -> None:
    panel.display(Shown(RESNET50), frozenset())
    row = panel.rows[field].widget
    assert row.isEnabled()
    spec = RESNET50.but(head=False, stem="cifar", shortcut="A")
    panel.display(Shown(spec), frozenset())
    assert not row.isEnabled()
    assert row.toolTip() == f"{AXES[field].tip}\n\n{without_effect(spec)[field]}"


def test_networks_whose_stages_differ_have_no_single_block(panel: BuildPanel) -> None:
    spec = RESNET50.but(stage_blocks=("basic", "bottleneck", "bottleneck", "basic"))
    panel.display(Shown(spec), frozenset())
    block, stages = panel.rows["block"].widget, panel.rows["stage_blocks"].widget
    assert isinstance(block, ChoiceField)
    assert isinstance(stages, FlagsField)
    assert (block.combo.currentIndex(), block.combo.placeholderText()) == (-1, "by stage")
    assert [box.isChecked() for box in stages.boxes] == [False, True, True, False]
    assert [box.accessibleName() for box in stages.boxes][:1] == ["Bottlenecks in stage 1"]
    panel.display(Shown(RESNET50), frozenset())
    assert block.combo.currentText() == "Bottleneck"


@pytest.mark.parametrize(
    ("field", "row"),
    [("groups", "groups"), ("stages", "blocks"), ("depth_step", "depth"), ("stem_widths", "stem_widths")],
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


def test_no_row_is_wider_than_the_panel(panel: BuildPanel, qtbot: QtBot) -> None:
    """Not with the most stages, nor with the rows open that were closed at first."""
    panel.display(Shown(RESNET50.but(blocks=(1,) * MAX_STAGES)), frozenset())
    panel.form.open_rows(panel.form.arrows)
    panel.resize(panel.minimumWidth(), 300)
    panel.show()
    bar = panel.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=WAIT_MS)
    content = panel.widget()
    assert content is not None
    assert content.minimumSizeHint().width() <= panel.viewport().width()
