"""The memory of a network: saved as picture and table, and following its controls."""

import csv
from math import prod
from pathlib import Path

from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.memory import MemoryView
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet50"))


def test_memory_is_saved_as_picture_and_table(qtbot: QtBot, tmp_path: Path) -> None:
    view = MemoryView()
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.save_csv(tmp_path / "none.csv")
    assert not (tmp_path / "none.csv").exists()
    view.show_network(ANALYSIS)
    view.save_csv(tmp_path / "memory.csv")
    rows = list(csv.DictReader((tmp_path / "memory.csv").read_text("utf8").splitlines()))
    assert [row["id"] for row in rows] == [layer.id for layer in ANALYSIS.layers]
    assert max(int(row["live_bytes"]) for row in rows) == ANALYSIS.totals.peak_activation_bytes
    sizes = {layer.id: layer.output_bytes for layer in ANALYSIS.layers}
    sizes["input"] = 4 * prod(ANALYSIS.spec.input)
    assert all(int(row["live_bytes"]) == sum(sizes[name] for name in row["alive"].split()) for row in rows)
    view.save_picture(tmp_path / "memory.svg")
    assert "live, MiB" in (tmp_path / "memory.svg").read_text("utf8")


def test_memory_follows_its_controls(qtbot: QtBot) -> None:
    view = MemoryView()
    qtbot.addWidget(view)
    view.resize(1000, 300)
    view.show()
    assert "No network" in view.bars.empty.text()
    view.show_network(ANALYSIS)
    assert "peak 9.2 MiB at layer1.0.downsample.1" in view.title.text()
    view.batch.setValue(8)
    assert "peak 73.5 MiB" in view.title.text()
    view.dtype.setCurrentIndex(3)
    view.show_network(ANALYSIS)
    assert view.batch.value() == 1
    assert "peak 4.6 MiB" in view.title.text()
    before = view.sums.text()
    view.gib.setValue(80.0)
    assert view.sums.text() != before
    before_image = view.grab().toImage()
    view.select("layer1")
    assert view.grab().toImage() != before_image
