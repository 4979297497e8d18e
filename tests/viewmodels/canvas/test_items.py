"""Items of the main path: sizes of boxes, shortened texts, and groups of shortcuts."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.records.analysis import EdgeKind, EdgeRecord
from resnet_viz.viewmodels.canvas.items import box_height, box_width, elided, layer_item, shortcut_groups
from resnet_viz.viewmodels.canvas.structure import Block
from tests.drawings import analysis_of, measure

TEXTS = st.text(alphabet="ab3× ,·", max_size=20)


@given(text=TEXTS, room=st.floats(0.0, 150.0))
def test_a_text_is_shortened_to_the_longest_beginning_that_fits(text: str, room: float) -> None:
    shown = elided(text, room, "label", measure)
    if measure(text, "label") <= room:
        assert shown == text
        return
    beginning = shown.removesuffix("…")
    assert text.startswith(beginning)
    assert measure(shown, "label") <= room or shown == ""
    for length in range(max(2, len(beginning) + 1), len(text)):
        longer = text[:length].rstrip(" ,·×")
        assert longer == beginning or measure(f"{longer}…", "label") > room


def test_a_text_that_just_fits_is_whole() -> None:
    assert elided("Basic", measure("Basic", "label"), "label", measure) == "Basic"
    assert elided("Basic", measure("Basic", "label") - 0.1, "label", measure) == "Bas…"


def test_two_letters_and_a_mark_are_the_shortest_text() -> None:
    assert elided("abcdef", measure("ab…", "note"), "note", measure) == "ab…"
    assert elided("abcdef", measure("ab…", "note") - 0.1, "note", measure) == ""
    assert elided("", 0.0, "note", measure) == ""


def blocks_with(kinds: list[EdgeKind | None]) -> list[Block]:
    """Return blocks whose shortcuts have these kinds; None for a plain block."""
    return [
        Block(f"b{index}", 0, (), (), None if kind is None else EdgeRecord("a", f"b{index}.add", kind))
        for index, kind in enumerate(kinds)
    ]


@given(st.lists(st.sampled_from(["identity", "projection", None])), st.integers(1, 6))
def test_groups_of_shortcuts_are_all_shortcuts_in_order_and_of_one_kind_each(
    kinds: list[EdgeKind | None], most: int
) -> None:
    blocks = blocks_with(kinds)
    groups = shortcut_groups(blocks, most)
    shortcuts = [block.shortcut_edge for block in blocks if block.shortcut_edge]
    assert [edge for group in groups for edge in group] == shortcuts
    assert all(len({edge.kind for edge in group}) == 1 for group in groups)
    changes = sum(1 for _ in groupby(shortcuts, key=lambda edge: edge.kind))
    assert len(groups) == min(len(shortcuts), max(most, changes))
    if len(groups) < len(shortcuts):  # those that stand alone are the first of their kind
        lengths = [len(list(same)) for _, same in groupby(group[0].kind for group in groups)]
        assert len(lengths) == changes


def test_the_first_shortcuts_of_a_kind_stand_alone() -> None:
    groups = shortcut_groups(blocks_with(["projection", "identity", "identity", "identity", "identity"]), 3)
    assert [len(group) for group in groups] == [1, 1, 3]


@pytest.mark.parametrize(("side", "height"), [(1, 61.8), (6, 96.0), (42, 184.0)])
def test_a_box_is_as_high_as_the_logarithm_of_its_feature_map(side: int, height: float) -> None:
    assert box_height((1, 64, side, side)) == pytest.approx(height, abs=0.05)


@pytest.mark.parametrize(("channels", "width"), [(3, 24.0), (16, 24.0), (64, 31.2), (2048, 49.2)])
def test_a_box_is_as_wide_as_the_logarithm_of_its_channels(channels: int, width: float) -> None:
    assert box_width((1, channels, 7, 7)) == pytest.approx(width)


def test_a_box_is_centered_above_a_wider_caption() -> None:
    conv1 = analysis_of().layer_by_id["conv1"]
    item = layer_item(conv1, "64 × 112 × 112", measure)
    assert item.width == measure("64 × 112 × 112", "caption")
    (box,) = item.node_boxes
    assert box.x + box.w / 2 == pytest.approx(item.width / 2)
    assert (item.entry, item.exit) == (box.x, box.x + box.w)
    assert item.captions[0].x == pytest.approx(0.0)


def test_the_text_of_a_minor_layer_is_as_small_as_a_note() -> None:
    bn1 = analysis_of().layer_by_id["bn1"]
    (box,) = layer_item(bn1, "", lambda text, role: 500.0 if role == "label" and text else 5.0).node_boxes
    assert (box.kind, box.label) == ("minor", "BN")
