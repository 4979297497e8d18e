"""The Measure panel: what it shows of a state, and what its fields and its button ask for."""

from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.measure.panel import MeasurePanel
from resnet_viz.gui.shown import EVERYTHING, MeasureState, Shown
from resnet_viz.gui.widgets.fields import CheckField, ChoiceField, NumberField
from resnet_viz.records.message import Message
from resnet_viz.records.run import DeviceInfo, Measurement, ProfileProgress
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.viewmodels.parts import Refusal
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import around, small_run

RESNET = preset("resnet18")
RUN = msgspec.structs.replace(small_run(RESNET), messages=(Message("synchronised"),))
CPU = DeviceInfo("cpu", "Some CPU", None, None, ("fp32", "bf16"))
CARD = DeviceInfo("cuda:0", "Some card", None, None, ("fp32", "tf32", "fp16"))


class PanelOn:
    """The panel with the state that it shows."""

    def __init__(self, panel: MeasurePanel) -> None:
        self.panel, self.state = panel, MeasureState()

    def show(self, **changes: Any) -> MeasurePanel:
        """Show the state with some fields changed."""
        self.state = msgspec.structs.replace(self.state, **changes)
        self.panel.display(Shown(RESNET, measurement=self.state), EVERYTHING)
        return self.panel


@pytest.fixture
def on(qtbot: QtBot) -> PanelOn:
    panel = MeasurePanel()
    qtbot.addWidget(panel)
    return PanelOn(panel)


def offered(panel: MeasurePanel, name: str) -> list[str]:
    field = panel.rows[name].widget
    assert isinstance(field, ChoiceField)
    return [field.combo.itemText(index) for index in range(field.combo.count())]


def enabled(panel: MeasurePanel) -> set[str]:
    names = ("cold", "compiled", "sweep", "autotune", "threads", "kernels", "optimizer")
    return {name for name in names if panel.rows[name].widget.isEnabled()}


def test_devices_dtypes_and_passes_are_those_that_can_be_chosen(on: PanelOn) -> None:
    panel = on.show(devices=(CPU, CARD))
    assert offered(panel, "device") == ["Some CPU (cpu)", "Some card (cuda:0)"]
    assert offered(panel, "dtype") == ["fp32 (IEEE)", "bf16"]
    assert offered(panel, "passes") == ["forward", "forward and backward", "training step"]
    on.show(settings=ProfileSettings(device="cuda:0", mode="isolated"))
    assert offered(panel, "dtype") == ["fp32 (IEEE)", "tf32", "fp16"]
    assert offered(panel, "passes") == ["forward"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (ProfileSettings(), {"threads", "kernels"}),
        (ProfileSettings(mode="isolated"), {"threads", "cold"}),
        (ProfileSettings(mode="end-to-end"), {"threads", "compiled", "sweep"}),
        (ProfileSettings(device="cuda:0"), {"autotune", "kernels"}),
        (ProfileSettings(device="cuda:0", passes="training-step"), {"autotune", "optimizer"}),
        (ProfileSettings(device="mps"), set()),
    ],
)
def test_only_settings_that_matter_can_be_edited(settings: ProfileSettings, expected: set[str], on: PanelOn) -> None:
    assert enabled(on.show(settings=settings)) == expected


def test_fields_show_the_settings_and_report_edits(qtbot: QtBot, on: PanelOn) -> None:
    panel = on.show(settings=ProfileSettings(batch=8, size=(64, 64)))
    batch, side = panel.rows["batch"].widget, panel.rows["side"].widget
    assert isinstance(batch, NumberField)
    assert isinstance(side, NumberField)
    assert (batch.spin.value(), side.spin.value()) == (8, 64)
    on.show(settings=ProfileSettings())
    assert (batch.spin.value(), side.spin.value()) == (0, 0)
    with qtbot.waitSignal(panel.edited) as edited:
        batch.spin.setValue(16)
    assert edited.args == ["batch", 16]


def test_kernels_are_ticked_on_a_card_and_can_be_asked_for_on_a_processor(qtbot: QtBot, on: PanelOn) -> None:
    panel = on.show(settings=ProfileSettings(device="cuda:0"))
    field = panel.rows["kernels"].widget
    assert isinstance(field, CheckField)
    assert field.box.isChecked()
    on.show(settings=ProfileSettings())
    assert not field.box.isChecked()
    with qtbot.waitSignal(panel.edited) as edited:
        field.box.click()
    assert edited.args == ["kernels", True]


def test_a_refusal_stands_at_its_field(on: PanelOn) -> None:
    panel = on.show(refusal=Refusal("batch", "too large"))
    assert panel.form.error_at("batch") == "too large"
    on.show(refusal=Refusal("size", "too small"))
    assert (panel.form.error_at("side"), panel.form.error_at("batch")) == ("too small", "")
    on.show(refusal=Refusal("device", "not here"))
    assert panel.form.error_at("device") == "not here"
    on.show(refusal=Refusal("unknown", "no such field"))
    assert panel.general_error.text() == "no such field"
    on.show(refusal=None)
    assert panel.general_error.text() == panel.form.error_at("device") == ""


def test_the_button_measures_and_stops(qtbot: QtBot, on: PanelOn) -> None:
    panel = on.show()
    assert panel.button.text() == "Measure latency"
    with qtbot.waitSignal(panel.measure_asked), qtbot.assertNotEmitted(panel.stop_asked):
        panel.button.click()
    on.show(progress=ProfileProgress("passes", 0.25, 7.0, layer="conv1"))
    assert panel.button.text() == "Stop"
    assert (panel.bar.value(), panel.bar.maximum()) == (250, 1_000)
    assert panel.progress.text() == "measuring conv1 · 7 s at most"
    with qtbot.waitSignal(panel.stop_asked), qtbot.assertNotEmitted(panel.measure_asked):
        panel.button.click()
    on.show(progress=None)
    assert panel.button.text() == "Measure latency"
    assert panel.bar.isHidden()


def test_a_run_has_its_title_numbers_and_warnings(on: PanelOn) -> None:
    panel = on.show()
    assert panel.title.text() == "Nothing has been measured yet."
    on.show(run=RUN)
    assert panel.title.text() == "ResNet-18 · N=1 · fp32 · A processor"
    assert [tile.name.text() for tile in panel.tiles] == ["whole network", "Σ layers", "unaccounted", "images / s"]
    assert panel.tiles[2].value.text() == "0.005 ms"
    assert panel.notes.texts() == (str(Message("synchronised")),)


def test_a_run_under_way_has_its_number_of_passes_until_it_is_complete(on: PanelOn) -> None:
    partial = msgspec.structs.replace(RUN, complete=False, instrumented=Measurement(around(9.0), ()))
    panel = on.show(run=partial, progress=ProfileProgress("passes", 0.5))
    assert (panel.facts.texts(), panel.notes.texts()) == (("So far: 20 passes.",), ())
    on.show(progress=None)
    assert panel.notes.texts()[0] == "Stopped before its end: the figures are partial."


def test_each_warning_is_a_paragraph_that_the_others_cannot_disturb(on: PanelOn) -> None:
    run = msgspec.structs.replace(RUN, messages=(), warnings=("a\u202eb\nc\x1b", "genuine"), others_share=0.25)
    panel = on.show(run=run)
    assert panel.notes.texts() == ("a\\u202eb\\u000ac\\u001b", "genuine")
    assert panel.facts.texts() == ("processor: other programs took 25.0 % of it",)
    on.show(run=RUN)
    assert panel.notes.texts() == (str(Message("synchronised")),)


def test_the_figures_of_the_previous_run_are_marked_while_another_is_measured(on: PanelOn) -> None:
    panel = on.show(run=RUN, progress=ProfileProgress("build", 0.0), shows_previous=True)
    assert panel.origin.text() == "The figures below are those of the previous run."
    assert not panel.tiles[0].isEnabled()
    assert panel.notes.texts() == (str(Message("synchronised")),)
    on.show(run=msgspec.structs.replace(RUN, complete=False), shows_previous=False)
    assert panel.origin.text() == ""
    assert panel.tiles[0].isEnabled()


def test_a_run_at_another_input_or_of_another_network_says_so(on: PanelOn) -> None:
    on.state = msgspec.structs.replace(on.state, run=RUN)
    shown = Shown(RESNET, measurement=on.state, analysis=small_analysis(RESNET.but(input=(1, 3, 64, 64))))
    on.panel.display(shown, EVERYTHING)
    assert on.panel.origin.text().startswith("Measured at 1×3×224×224, not at 1×3×64×64")
    on.panel.display(msgspec.structs.replace(shown, analysis=small_analysis(preset("resnet34"))), EVERYTHING)
    assert on.panel.origin.text() == "Measured on ResNet-18, not on the network shown (ResNet-34)"


def test_being_shown_is_reported_once(qtbot: QtBot, on: PanelOn) -> None:
    with qtbot.waitSignal(on.panel.first_shown):
        on.panel.show()
    on.panel.hide()
    with qtbot.assertNotEmitted(on.panel.first_shown):
        on.panel.show()


def test_the_threads_are_below_the_device(on: PanelOn) -> None:
    on.panel.show()
    assert on.panel.rows["batch"].widget.isVisible()
    assert not on.panel.rows["threads"].widget.isVisible()
    on.panel.form.arrows["device"].click()
    assert on.panel.rows["threads"].widget.isVisible()
