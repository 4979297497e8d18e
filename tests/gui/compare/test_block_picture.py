"""The picture of two blocks: what it says to screen readers, how it scales, and its colors."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.gui.compare.block_picture import BLOCK_COLORS, BlockPicture
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import compare_blocks
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.viewmodels.compare.block_drawing import block_drawings
from tests.gui.compare.comparisons import COMPARED


@pytest.fixture
def picture(qtbot: QtBot) -> BlockPicture:
    """The picture of the default setting at its natural size."""
    found = BlockPicture(load_theme("light"))
    qtbot.addWidget(found)
    found.resize(found.sizeHint())
    found.show_drawings(block_drawings(COMPARED))
    return found


def image(picture: BlockPicture) -> QImage:
    """The picture as it is painted."""
    return picture.grab().toImage()


def painted(found: QImage, color: str) -> QRect:
    """The smallest rectangle with all pixels of a color of the light theme."""
    wanted = load_theme("light").color(color).rgb()
    pixels = [(x, y) for x in range(found.width()) for y in range(found.height()) if found.pixel(x, y) == wanted]
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    return QRect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)) if pixels else QRect()


def test_both_blocks_are_described_to_screen_readers(picture: BlockPicture) -> None:
    assert picture.accessibleDescription() == (
        "Basic: 3×3, 256, 3×3, 256, identity; Bottleneck: 1×1, 64, 3×3, 64, 1×1, 256, identity"
    )
    picture.show_drawings(block_drawings(compare_blocks(BlockSetting(size=8, shortcut="none"))))
    assert picture.accessibleDescription().startswith("Basic: 3×3, 256, 3×3, 256; Bottleneck")


def test_each_block_is_painted_in_its_color_on_its_side(picture: BlockPicture) -> None:
    found = image(picture)
    basic, bottleneck = (painted(found, f"{BLOCK_COLORS[kind]}_tint") for kind in ("basic", "bottleneck"))
    assert 0 < basic.width() < found.width() / 2
    assert basic.right() < bottleneck.left()
    assert basic.top() == bottleneck.top()
    assert basic.bottom() == bottleneck.bottom()


def test_a_plain_network_has_no_shortcut_in_its_picture(picture: BlockPicture) -> None:
    assert painted(image(picture), "shortcut").isValid()
    picture.show_drawings(block_drawings(compare_blocks(BlockSetting(size=56, shortcut="none"))))
    assert not painted(image(picture), "shortcut").isValid()


def test_a_theme_changes_the_picture_and_back(picture: BlockPicture) -> None:
    before = image(picture)
    picture.set_theme(load_theme("dark"))
    assert image(picture) != before
    picture.set_theme(load_theme("light"))
    assert image(picture) == before


def test_a_larger_picture_is_scaled_and_centered(picture: BlockPicture) -> None:
    before = painted(image(picture), "stage1_tint")
    picture.resize(picture.sizeHint() * 3)
    after = painted(image(picture), "stage1_tint")
    assert after.width() == pytest.approx(1.25 * before.width(), abs=3)
    margin = (picture.width() - 1.25 * picture.sizeHint().width()) / 2
    assert after.left() == pytest.approx(margin + 1.25 * before.left(), abs=3)
