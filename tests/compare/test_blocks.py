"""The figures of a block, against blocks in plain torch.nn and a counter that we did not write."""

import msgspec
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.compare.blocks import block_layers, matched_quantity, with_times
from resnet_viz.metrics import conventions
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import analyse, compare_blocks
from resnet_viz.records.block_pair import Agreement, BlockSide, PairTimes, operations
from resnet_viz.records.run import Environment, Measurement, TimeSummary
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION, BlockKind
from tests.compare.plain_blocks import PlainBlock
from tests.spec.block_settings import compared_blocks


def measured(median_us: float) -> Measurement:
    """A measurement with this median."""
    return Measurement(TimeSummary(median_us, median_us, median_us, median_us, 20), (median_us,))


def test_the_published_example_of_256_channels() -> None:
    """He et al. 2015: the bottleneck needs a seventeenth of the weights, but adds less to the receptive field."""
    compared = compare_blocks(BlockSetting(channels=256, size=56))
    first, second = compared.basic.figures, compared.bottleneck.figures
    assert (first.weights, second.weights) == (1_179_648, 69_632)
    assert f"{first.weights / second.weights:.2f}" == "16.94"
    assert (first.layers, second.layers) == (2, 3)
    assert (first.field_added, second.field_added) == (4, 2)
    assert first.kept_bytes == 4 * first.kept


def test_figures_agree_with_a_plain_module_that_runs() -> None:
    for compared in compared_blocks():
        for side in (compared.basic, compared.bottleneck):
            _check(side, compared.setting)


def _check(side: BlockSide, setting: BlockSetting) -> None:
    block = PlainBlock(side.kind, side.channels, setting)
    x = torch.randn(setting.batch, side.channels, setting.size, setting.size, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        saved, y = _saved(block, x)
    figures = side.figures
    assert tuple(y.shape) == side.layers[-1].output, (setting, side.kind)
    assert 2 * figures.macs == counter.get_total_flops(), (setting, side.kind)
    convolutions = [module for module in block.modules() if isinstance(module, nn.Conv2d)]
    assert figures.weights == sum(module.weight.numel() for module in convolutions)
    assert figures.params == sum(parameter.numel() for parameter in block.parameters())
    assert figures.kept == saved, (setting, side.kind)
    assert figures.layers == len(block.convs)


def _saved(block: nn.Module, x: Tensor) -> tuple[int, Tensor]:
    """Return the elements that autograd saves in a pass of the block, each tensor once and without the parameters."""
    own = {parameter.data_ptr() for parameter in block.parameters()}
    own |= {buffer.data_ptr() for buffer in block.buffers()}
    saved: dict[int, Tensor] = {}

    def save(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in own and tensor.is_floating_point() and tensor.numel():
            saved[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        y: Tensor = block(x)
    return sum(tensor.numel() for tensor in saved.values()), y


def test_elementwise_operations_and_traffic_are_sums_over_the_layers() -> None:
    for compared in compared_blocks()[:25]:
        for side in (compared.basic, compared.bottleneck):
            analysis = analyse(side.spec)
            layers = [layer for layer in analysis.layers if layer.id.startswith("layer2.0.")]
            assert list(side.layers) == layers
            assert side.figures.flops == sum(layer.flops for layer in layers)
            assert side.figures.intensity == pytest.approx(side.figures.flops / side.figures.moved_bytes)
            for convention in CONVENTIONS:
                by_id = conventions.costs(analysis, convention).by_id
                assert operations(side.figures, convention) == sum(by_id[layer.id] for layer in layers), side.spec
            written = sum(layer.output_bytes for layer in layers)
            assert written < side.figures.moved_bytes < 20 * written + 40 * side.figures.params


def test_the_receptive_field_grows_by_two_pixels_a_3x3_convolution_and_its_stride() -> None:
    for compared in compared_blocks():
        stride = compared.setting.stride
        assert compared.basic.figures.field_added == 2 + 2 * stride
        assert compared.bottleneck.figures.field_added == 2 * (stride if compared.setting.stride_in == "1x1" else 1)


def test_the_compared_block_is_not_the_first_of_its_network() -> None:
    pre = compare_blocks(BlockSetting(channels=32, size=8, order="pre"))
    assert pre.basic.layers[0].kind == "norm"
    assert {edge.target for edge in pre.basic.edges} == {layer.id for layer in block_layers(analyse(pre.basic.spec))}
    assert EXPANSION[pre.bottleneck.kind] * pre.bottleneck.width == pre.bottleneck.layers[0].inputs[0][1]


def test_the_matched_quantity_of_a_latency_match_is_the_channels() -> None:
    side = compare_blocks(BlockSetting(channels=32, size=8)).bottleneck
    assert matched_quantity(BlockSetting(match="params"), side) == side.figures.params
    assert matched_quantity(BlockSetting(match="macs"), side) == side.figures.macs
    assert matched_quantity(BlockSetting(match="channels"), side) == 32
    assert matched_quantity(BlockSetting(match="latency"), side) == 32


@pytest.mark.parametrize(("solve", "target", "reached"), [("bottleneck", 100.0, 90.0), ("basic", 90.0, 100.0)])
def test_a_match_by_latency_agrees_in_the_measured_medians(solve: BlockKind, target: float, reached: float) -> None:
    times = PairTimes(Environment(device="cpu", name="cpu"), "fp32", measured(100.0), measured(90.0), 1.1, 1.0, 1.2)
    compared = compare_blocks(BlockSetting(channels=32, size=8, solve=solve))
    by_latency = msgspec.structs.replace(compared, setting=compared.setting.but(match="latency"))
    found = with_times(by_latency, times)
    assert (found.times, found.agreement) == (times, Agreement("latency", target, reached))
    assert with_times(compared, times).agreement == compared.agreement
