"""Draws the gate of an expanded block: a side branch below the main path, from its fork into the `×`."""

from collections.abc import Iterator

from resnet_viz.records.analysis import LayerRecord
from resnet_viz.viewmodels.canvas.drawing import BranchEdge, NodeBox, TextMeasure
from resnet_viz.viewmodels.canvas.items import ADD_SIZE, MINOR_LAYER_WIDTH, TEXT_PADDING
from resnet_viz.viewmodels.text.layers import gate_label

GATE_TOP = 20.0  # from the main path down to the boxes of the branch
GATE_BOX_GAP = 7.0
GATE_END = 14.0  # from where the branch leaves or joins the main path to the nearest of its boxes


def gate_branch(
    gate: tuple[LayerRecord, ...], fork_x: float, measure: TextMeasure
) -> tuple[tuple[NodeBox, ...], BranchEdge]:
    """Return the boxes of the branch side by side, and its line from the fork below the main path into the `×`."""
    labels = [gate_label(layer) for layer in gate]
    height = max(measure(label, "note") for label in labels) + 2 * TEXT_PADDING
    boxes = tuple(_boxes(labels, fork_x + GATE_END, height))
    lane, join = GATE_TOP + height / 2, boxes[-1].x + MINOR_LAYER_WIDTH + GATE_END
    points = ((fork_x, 0.0), (fork_x, lane), (join, lane), (join, ADD_SIZE / 2))
    return boxes, BranchEdge("gate", points, True)


def _boxes(labels: list[str], x: float, height: float) -> Iterator[NodeBox]:
    for label in labels:
        yield NodeBox("gate", x, GATE_TOP, MINOR_LAYER_WIDTH, height, label, rotated=True)
        x += MINOR_LAYER_WIDTH + GATE_BOX_GAP
