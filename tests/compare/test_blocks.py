"""The figures of a block, against blocks in plain torch.nn and a counter that we did not write."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.compare.width_matching import closed_form_cost
from resnet_viz.errors import SpecError
from resnet_viz.metrics import conventions
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import analyse, compare_blocks
from resnet_viz.records.block_pair import BlockComparison, BlockSide, ClosedFormCost, operations
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION
from tests.compare.plain_blocks import PlainBlock
from tests.spec.block_settings import random_settings


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
            found = closed_form_cost(side.kind, side.width, compared.setting)
            figures = side.figures
            expected = ClosedFormCost(
                side.channels, figures.params, figures.macs, figures.elementwise, figures.folded, figures.kept
            )
            assert found == expected, compared.setting


def test_the_block_that_is_compared_is_not_the_networks_first() -> None:
    pre = compare_blocks(BlockSetting(channels=32, size=8, order="pre"))
    assert pre.basic.layers[0].kind == "norm"
    assert all(edge.target.startswith("layer2.0.") for edge in pre.basic.edges)
    assert EXPANSION[pre.bottleneck.kind] * pre.bottleneck.width == pre.bottleneck.layers[0].inputs[0][1]
