"""The names of the conventions of counting."""

from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.viewmodels.text.conventions import count_label


def test_every_convention_has_a_heading_a_unit_and_a_sentence() -> None:
    labels = [count_label(convention) for convention in CONVENTIONS]
    assert [label.heading for label in labels] == ["MACs", "2 × MACs", "All FLOPs", "FLOPs, norms folded"]
    assert [label.noun for label in labels] == ["MACs", "FLOPs", "FLOPs", "FLOPs"]
    assert len({label.sentence for label in labels}) == 4
