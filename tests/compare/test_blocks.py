"""The figures of a block, against blocks in plain torch.nn and a counter that we did not write."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.compare.width_matching import amount, counts, solved_width
from resnet_viz.errors import SpecError
from resnet_viz.metrics import conventions
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import analyse, compare_blocks
from resnet_viz.records.block_pair import BlockComparison, BlockCounts, BlockSide, operations
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION, BlockKind
from tests.compare.plain_blocks import PlainBlock
from tests.spec.block_settings import random_settings

SMALL = 200
"""Widths up to this one are tried one by one."""


def possible(count: int, seed: int) -> Iterator[BlockComparison]:
    """Comparisons of random settings, those left out that no width can match."""
    made = 0
    for setting in random_settings(10 * count, seed):
        try:
            yield compare_blocks(setting)
        except SpecError:
            continue
        made += 1
        if made == count:
            return


def test_the_case_that_every_course_tells() -> None:
    compared = compare_blocks(BlockSetting(channels=256, size=56))
    first, second = compared.basic.figures, compared.bottleneck.figures
    assert (first.weights, second.weights) == (1_179_648, 69_632)
    assert f"{first.weights / second.weights:.2f}" == "16.94"
    assert (first.layers, second.layers) == (2, 3)
    assert (first.field_added, second.field_added) == (4, 2)


@pytest.mark.parametrize("seed", range(3))
def test_figures_agree_with_a_plain_module_that_runs(seed: int) -> None:
    for compared in possible(50, seed):
        for side in (compared.basic, compared.bottleneck):
            _check(side, compared.setting)


def _check(side: BlockSide, setting: BlockSetting) -> None:
    block = PlainBlock(side.kind, side.channels, setting)
    x = torch.randn(setting.batch, side.channels, setting.size, setting.size, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        saved, y = _saved(block, x)
    found = side.figures
    assert tuple(y.shape) == side.layers[-1].output, (setting, side.kind)
    assert 2 * found.macs == counter.get_total_flops(), (setting, side.kind)
    convolutions = [module for module in block.modules() if isinstance(module, nn.Conv2d)]
    assert found.weights == sum(module.weight.numel() for module in convolutions)
    assert found.params == sum(parameter.numel() for parameter in block.parameters())
    assert found.kept == saved, (setting, side.kind)
    assert found.layers == len(block.convs)


def _saved(block: nn.Module, x: Tensor) -> tuple[int, Tensor]:
    """The elements that autograd saves in a pass of the block, each tensor once, without the parameters."""
    own = {parameter.data_ptr() for parameter in block.parameters()}
    own |= {buffer.data_ptr() for buffer in block.buffers()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in own and tensor.is_floating_point() and tensor.numel():
            kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        y: Tensor = block(x)
    return sum(tensor.numel() for tensor in kept.values()), y


def test_elementwise_work_and_traffic_are_sums_of_the_layers() -> None:
    for compared in possible(20, seed=9):
        for side in (compared.basic, compared.bottleneck):
            layers = [layer for layer in analyse(side.spec).layers if layer.id.startswith("layer2.0.")]
            assert list(side.layers) == layers
            assert side.figures.flops == sum(layer.flops for layer in layers)
            assert side.figures.intensity == pytest.approx(side.figures.flops / side.figures.moved_bytes)
            for convention in CONVENTIONS:
                whole = conventions.costs(analyse(side.spec), convention).by_id
                assert operations(side.figures, convention) == sum(whole[layer.id] for layer in layers), side.spec
            read = sum(layer.output_bytes for layer in layers)
            assert read < side.figures.moved_bytes < 20 * read + 40 * side.figures.params


def test_closed_forms_are_the_traced_counts() -> None:
    for compared in possible(150, seed=4):
        for side in (compared.basic, compared.bottleneck):
            found = counts(side.kind, side.width, compared.setting)
            figures = side.figures
            expected = BlockCounts(
                side.channels, figures.params, figures.macs, figures.elementwise, figures.folded, figures.kept
            )
            assert found == expected, compared.setting


def test_the_solved_width_is_the_best_there_is() -> None:
    for setting in random_settings(400, seed=5):
        target = amount(setting.held, setting.held_width, setting)
        widths = range(setting.groups, SMALL, setting.groups)
        reached = {width: amount(setting.solve, width, setting) for width in widths}
        if not min(reached.values()) <= target:
            with pytest.raises(SpecError, match="narrowest"):
                solved_width(setting)
            continue
        assert max(reached.values()) > 2 * target  # else the range would be too small to judge by
        best = min(reached, key=lambda width: (abs(reached[width] - target), width))
        assert solved_width(setting) == best, setting


@pytest.mark.parametrize("match", ["channels", "params", "macs"])
@pytest.mark.parametrize("solve", ["basic", "bottleneck"])
def test_every_width_from_16_to_2048_has_no_better_neighbour(match: str, solve: BlockKind) -> None:
    for channels in range(16, 2_049, 4):
        setting = BlockSetting(channels=channels, match=match, solve=solve)  # type: ignore[arg-type]
        width = solved_width(setting)
        target = amount(setting.held, setting.held_width, setting)
        off = abs(amount(solve, width, setting) - target)
        assert all(off <= abs(amount(solve, near, setting) - target) for near in (width - 1, width + 1) if near)


def test_channels_that_both_can_have_agree_exactly() -> None:
    for channels in (16, 64, 256, 2_048):
        agreement = compare_blocks(BlockSetting(channels=channels, size=7)).agreement
        assert agreement.remainder == 0
    odd = compare_blocks(BlockSetting(channels=18, size=7))
    assert (odd.basic.channels, odd.bottleneck.channels, odd.agreement.remainder) == (18, 16, -2)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"channels": 18, "solve": "basic"}, "channels: 18 is not accepted; a bottleneck block needs a multiple of 4"),
        ({"channels": 20, "groups": 3}, "needs a multiple of 3, such as 18 or 21"),
        ({"channels": 32, "groups": 32, "match": "params"}, " in the narrowest bottleneck block"),
        ({"channels": 2}, "channels: 2 in the basic block, 4 in the narrowest bottleneck block"),
        ({"channels": 0}, "give a whole number from 1 to 65,536"),
        ({"size": 0}, "size: 0 is not accepted"),
        ({"stride": 9}, "give a whole number from 1 to 8"),
        ({"match": "looks"}, "give one of channels, params, macs, latency"),
    ],
)
def test_what_cannot_be_says_so(changes: dict[str, object], part: str) -> None:
    with pytest.raises(SpecError) as refused:
        compare_blocks(BlockSetting(**changes))  # type: ignore[arg-type]
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_block_that_is_compared_is_not_the_networks_first() -> None:
    pre = compare_blocks(BlockSetting(channels=32, size=8, order="pre"))
    assert pre.basic.layers[0].kind == "norm"
    assert all(edge.target.startswith("layer2.0.") for edge in pre.basic.edges)
    assert EXPANSION[pre.bottleneck.kind] * pre.bottleneck.width == pre.bottleneck.layers[0].inputs[0][1]
