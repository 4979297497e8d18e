"""The drawings of two blocks: the same roles in the same rows, and every convolution with its own figures."""

from resnet_viz.errors import SpecError
from resnet_viz.pipeline import compare_blocks
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.viewmodels.compare.block_drawing import SLOTS, ConvCard, block_drawings
from tests.spec.block_settings import random_settings


def test_the_first_and_the_last_convolution_stand_in_the_same_rows() -> None:
    basic, bottleneck = block_drawings(compare_blocks(BlockSetting()))
    assert [card.slot for card in basic.cards] == [0, SLOTS - 1]
    assert [card.slot for card in bottleneck.cards] == [0, 1, 2]
    assert [card.title for card in bottleneck.cards] == ["1×1, 64", "3×3, 64", "1×1, 256"]
    assert bottleneck.cards[0].cost == "16,384 params · 51.4 M MACs"
    assert [card.partners for card in bottleneck.cards] == ["then BN, ReLU", "then BN, ReLU", "then BN"]
    assert (basic.x, basic.y) == ("x   256×56×56", "ReLU(F(x) + x)   256×56×56")


def test_each_kind_of_shortcut_has_its_lines() -> None:
    def kinds(**changes: object) -> list[tuple[str, tuple[str, ...]] | None]:
        drawings = block_drawings(compare_blocks(BlockSetting(channels=64, size=8).but(**changes)))
        return [
            None if drawing.shortcut is None else (drawing.shortcut.kind, drawing.shortcut.lines)
            for drawing in drawings
        ]

    assert kinds() == [("identity", ())] * 2
    assert kinds(stride=2) == [("projection", ("1×1, 64 /2", "4,096 params"))] * 2
    assert kinds(stride=2, shortcut="D") == [("projection", ("average pool 2×2 /2", "1×1, 64", "4,096 params"))] * 2
    assert kinds(stride=2, shortcut="A") == [("padding", ("64×4×4",))] * 2
    assert kinds(shortcut="none") == [None] * 2


def test_pre_activation_precedes_the_convolution_and_the_sum_is_last() -> None:
    basic, _ = block_drawings(compare_blocks(BlockSetting(channels=32, size=8, order="pre")))
    assert [card.partners for card in basic.cards] == ["BN, ReLU before"] * 2
    assert basic.y.startswith("F(x) + x ")


def test_every_setting_can_be_drawn_with_all_its_convolutions() -> None:
    for setting in random_settings(60, seed=77):
        try:
            compared = compare_blocks(setting)
        except SpecError:
            continue
        for drawing, side in zip(block_drawings(compared), (compared.basic, compared.bottleneck), strict=True):
            main = [layer for layer in side.layers if layer.kind == "conv" and layer.role == "main"]
            assert [card.cost.split()[0] for card in drawing.cards] == [f"{layer.params:,}" for layer in main]
            assert drawing.y.endswith("×".join(map(str, side.layers[-1].output[1:])))


def test_a_card_has_title_cost_partners_and_output() -> None:
    basic, bottleneck = block_drawings(compare_blocks(BlockSetting(channels=64, size=8, stride=2, groups=2)), "twice")
    assert basic.cards[0] == ConvCard(
        0, "3×3, 64 · stride 2 · 2 groups", "18,432 params · 590 k FLOPs", "then BN, ReLU", "64×4×4"
    )
    assert [(card.slot, card.output) for card in bottleneck.cards] == [(0, "16×8×8"), (1, "16×4×4"), (2, "64×4×4")]
    assert (basic.kind, basic.title, bottleneck.title) == ("basic", "Basic", "Bottleneck")


def test_a_count_that_does_not_fit_a_card_is_abbreviated() -> None:
    basic, bottleneck = block_drawings(compare_blocks(BlockSetting(channels=4_096, size=4)))
    assert basic.cards[0].cost.startswith("151.0 M params · ")
    assert bottleneck.cards[0].cost.startswith("4,194,304 params · ")


def test_the_output_is_written_as_in_the_papers() -> None:
    def formulas(**changes: object) -> str:
        setting = BlockSetting(channels=64, size=8).but(**changes)
        return block_drawings(compare_blocks(setting))[0].y.split("   ")[0]

    assert formulas() == "ReLU(F(x) + x)"
    assert formulas(stride=2) == "ReLU(F(x) + s(x))"
    assert formulas(shortcut="none") == "ReLU(F(x))"
    assert formulas(order="pre", stride=2) == "F(x) + s(x)"


def test_the_shortcut_is_named() -> None:
    def title(**changes: object) -> str:
        shortcut = block_drawings(compare_blocks(BlockSetting(channels=64, size=8).but(**changes)))[0].shortcut
        return "" if shortcut is None else shortcut.title

    assert [title(), title(stride=2), title(stride=2, shortcut="A"), title(shortcut="none")] == [
        "identity", "projection", "zero padding", ""]  # fmt: skip
