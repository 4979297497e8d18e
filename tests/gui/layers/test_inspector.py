"""The inspector: facts that fit its width, labels that are reused while a run is measured, and rich formulas."""

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from resnet_viz.gui.layers.inspector import Inspector
from resnet_viz.viewmodels.layers.details import Details, with_facts
from resnet_viz.viewmodels.parts import Fact, Reason

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


def test_long_shapes_are_wrapped_to_the_inspectors_width(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    shape = "×".join(["65536"] * 12)
    inspector.show_details(Details("t", "s", (Fact("input", shape, "note"), Fact("sum", "1,000,000", shape)), (), ""))
    inspector.resize(290, 400)
    inspector.show()
    qtbot.wait(20)
    content = inspector.widget()
    assert content is not None
    assert content.width() <= inspector.viewport().width()
    assert any(label.height() > 30 for label in inspector.findChildren(QLabel))


@pytest.mark.parametrize("width", [260, 290])
def test_every_value_note_and_name_ends_within_the_width(qtbot: QtBot, width: int) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    facts = (
        Fact("receptive field", "483 px", "jump 32"), Fact("without timestamps", "6,530.671 ms"),
        Fact("latency", "6,530.671 ms", "6,520.123 – 6,540.456"), Fact("achieved", "48.3 GFLOP/s", "713 MB/s"),
        Fact("minimum time", "0.670 ms", "compute-bound"), Fact("operator 1", "2.426 ms", "aten::mkldnn_convolution"),
        Fact("implausible", "0.3905 ms is less than the layer's arithmetic takes at the measured peak, 0.6700 ms"),
    )  # fmt: skip
    inspector.show_details(Details("layer1.0.conv1", "Conv2d 3×3", facts, (), ""))
    inspector.resize(width, 600)
    with qtbot.waitExposed(inspector):
        inspector.show()
    shown = [label for label in inspector.findChildren(QLabel) if label.text() and not label.isHidden()]
    assert len(shown) == 2 + 2 * len(facts) + sum(bool(fact.note) for fact in facts)
    for label in shown:
        right = label.mapTo(inspector.viewport(), label.rect().topRight()).x()
        assert right <= inspector.viewport().width(), label.text()


def texts(inspector: Inspector) -> list[str]:
    """The texts of all labels."""
    return [label.text() for label in inspector.findChildren(QLabel)]


def test_other_figures_are_written_into_the_same_labels(qtbot: QtBot) -> None:
    """Measuring changes them often, and new labels each time would be slow; a longer text needs a new layout."""
    inspector = Inspector()
    qtbot.addWidget(inspector)
    page = Details("conv1", "Conv2d", (Fact("latency", "1.0 ms", "5 %"),), (), "")
    inspector.show_details(page)
    content = inspector.widget()
    inspector.show_details(with_facts(replace(page, facts=()), (Fact("latency", "1.1 ms", "6 %"),)))
    assert inspector.widget() is content
    assert {"1.1 ms", "6 %"} <= set(texts(inspector))
    assert inspector.accessibleDescription() == "conv1, Conv2d: latency 1.1 ms"
    inspector.show_details(replace(page, facts=(Fact("latency", "1.1 ms and too many words for one line", ""),)))
    assert inspector.widget() is not content
    inspector.show_details(replace(page, title="bn1"))
    assert "bn1" in texts(inspector)


def test_formulas_have_subscripts_and_a_bold_result(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    reason = Reason("Why?", "K · C_in", ("3 · 4 = 12", "12 < 13"), "12", "a note")
    inspector.show_details(Details("conv1", "Conv2d", (), (reason,), "its purpose"))
    assert texts(inspector)[2:] == [
        "Why?", "K · C<sub>in</sub>", "3 · 4 = <b>12</b>", "12 &lt; 13", "a note", "its purpose",
    ]  # fmt: skip
