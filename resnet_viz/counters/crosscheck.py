"""Cross-checks: other counters run on the same network, their totals compared with ours by their rules.

A counter's package is imported when the counter is run, never before.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import psutil
import torch
from torch import Tensor, nn

from resnet_viz.counters import rules
from resnet_viz.counters.rules import DEEPSPEED, PTFLOPS_ATEN, PTFLOPS_ONCE, PTFLOPS_TWICE
from resnet_viz.model.norms import BatchNorm2d, GroupNorm
from resnet_viz.model.operations import ChannelConv1d, Conv2d, Linear, StandardizedConv2d
from resnet_viz.model.pools import SamePaddedAvgPool2d, ZeroPaddedMaxPool2d
from resnet_viz.model.resnet import build
from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.texts import tr

TORCHINFO_MOST_LAYERS = 40_000
FVCORE_BYTES_A_LAYER = 800_000
"""The memory of TorchScript's trace per layer: 2.6 GB for 3,339 layers."""


class NotRun(Exception):
    """Raised where a counter is not run on this network; the message says why."""


class ToolCount(NamedTuple):
    """A counter's totals, and the sentence for the case that they agree with ours.

    The sentence has the fields `count`, the counter's total, and `extra`, its difference to the MACs.
    """

    params: int
    operations: int
    agreement: str


class CounterTool(NamedTuple):
    """The function that runs a counter, and its package; an `optional` package need not be installed."""

    run: Callable[[Analysis], ToolCount]
    package: str
    is_optional: bool = False


def installed_tools() -> tuple[str, ...]:
    """Return the counters that can be run here, ptflops and DeepSpeed only where they are installed."""
    return tuple(tool for tool, counter in COUNTERS.items() if not counter.is_optional or find_spec(counter.package))


def installed_optional_tools() -> tuple[str, ...]:
    """Return the installed counters that are not among the program's own requirements."""
    return tuple(tool for tool in installed_tools() if COUNTERS[tool].is_optional)


def crosscheck(analysis: Analysis, tool: str) -> CrossCheckResult:
    """Run `tool`, one of `installed_tools()`, on the network and compare its totals with ours by its rules."""
    counter = COUNTERS[tool]
    installed = str(torch.__version__) if counter.package == "torch" else version(counter.package)
    expected = rules.expected_count(analysis, tool)
    try:
        params, count, agreement = counter.run(analysis)
    except NotRun as refusal:
        return CrossCheckResult(tool, installed, None, None, expected, None, str(refusal))
    except (RuntimeError, MemoryError, ImportError) as error:  # the tool's own limits; our figures stand without it
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        sentence = tr("{tool}: could not be run ({reason})").format(tool=tool, reason=reason)
        return CrossCheckResult(tool, installed, None, None, expected, None, sentence)
    agrees = params == analysis.totals.params and count == expected
    differs = tr("{tool} differs: it finds {params} parameters and {count} operations, we {ours} and {expected}")
    if agrees and expected < analysis.totals.macs:
        agreement = tr("{tool} agrees: by its rules it counts {count} operations, {less} fewer than our MACs")
    sentence = (agreement if agrees else differs).format(
        tool=tool,
        params=f"{params:,}",
        count=f"{count:,}",
        ours=f"{analysis.totals.params:,}",
        expected=f"{expected:,}",
        extra=f"{expected - analysis.totals.macs:,}",
        less=f"{analysis.totals.macs - expected:,}",
    )
    more = " ".join(rules.rule_of(tool).sentences_on(analysis) if agrees else ())
    return CrossCheckResult(
        tool, installed, params, count, expected, agrees, f"{sentence}. {more}" if more else sentence
    )  # fmt: skip


def fvcore_bytes(analysis: Analysis) -> int:
    """Estimate the memory that fvcore needs, which computes on real tensors and keeps TorchScript's trace."""
    written = sum(layer.output_bytes for layer in analysis.layers)
    return 3 * analysis.totals.params_bytes + written + FVCORE_BYTES_A_LAYER * analysis.totals.layers


def _torchinfo(analysis: Analysis) -> ToolCount:
    if analysis.totals.layers > TORCHINFO_MOST_LAYERS:
        raise NotRun(tr("torchinfo: not run: the network has {n} layers").format(n=f"{analysis.totals.layers:,}"))
    import torchinfo  # when it is run

    image = torch.empty(analysis.spec.input, device="meta")  # torchinfo itself would make it on the CPU first
    summary = torchinfo.summary(build(analysis.spec), input_data=[image], device="meta", verbose=0)
    return ToolCount(summary.total_params, summary.total_mult_adds, tr(
        "torchinfo agrees: its {count} mult-adds are our MACs and {extra} more, because it counts batch-norm "
        "parameters and biases too"
    ))  # fmt: skip


def _fvcore(analysis: Analysis) -> ToolCount:
    if not _fits_in_memory(analysis):
        needed = f"{fvcore_bytes(analysis) / 1e9:.1f}"
        raise NotRun(tr("fvcore: not run: needs about {n} GB").format(n=needed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript's deprecation, at import and at every trace
        from fvcore.nn import FlopCountAnalysis  # when it is run

        logging.getLogger("fvcore").setLevel(logging.ERROR)
        network = build(analysis.spec, "cpu").eval()
        with torch.no_grad():
            count = int(FlopCountAnalysis(network, torch.zeros(analysis.spec.input)).total())
    agreement = tr("fvcore agrees: its {count} 'flops' are our MACs and {extra} more: 2 per batch-norm element")
    if analysis.spec.head:
        agreement = tr(
            "fvcore agrees: its {count} 'flops' are our MACs and {extra} more: 2 per "
            "batch-norm element and 1 per pooled one"
        )
    return ToolCount(_parameters(network), count, agreement)


def _flop_counter(analysis: Analysis) -> ToolCount:
    from torch.utils.flop_counter import FlopCounterMode  # when it is run

    network = build(analysis.spec).eval()
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.empty(analysis.spec.input, device="meta"))
    return ToolCount(_parameters(network), counter.get_total_flops(), tr(
        "flop_counter agrees: its {count} flops are our MACs and {extra} more, because it counts a multiply-add as two"
    ))  # fmt: skip


def _ptflops(tool: str, backend: str, **config: bool) -> Callable[[Analysis], ToolCount]:
    """Return the function that runs one back end of ptflops.

    ptflops takes the size of one image, and recognises torch's own module types only, so our subclasses are passed
    with their hooks. The back end that counts functions runs on real tensors: on the meta device torch computes a
    linear layer by calling another counted function, which would count it twice.
    """
    device = "cpu" if tool == PTFLOPS_TWICE else "meta"

    def run(analysis: Analysis) -> ToolCount:
        if device == "cpu":
            _check_memory(analysis, tool)
        from ptflops import get_model_complexity_info, pytorch_ops  # when it is run

        hooks = {
            Conv2d: pytorch_ops.conv_flops_counter_hook,
            StandardizedConv2d: pytorch_ops.conv_flops_counter_hook,
            ChannelConv1d: _count_channel_convolution,
            BatchNorm2d: pytorch_ops.bn_flops_counter_hook,
            GroupNorm: pytorch_ops.bn_flops_counter_hook,
            ZeroPaddedMaxPool2d: pytorch_ops.pool_flops_counter_hook,
            SamePaddedAvgPool2d: pytorch_ops.pool_flops_counter_hook,
            Linear: pytorch_ops.linear_flops_counter_hook,
        }
        batch, *image = analysis.spec.input
        with contextlib.redirect_stdout(io.StringIO()):
            count, params = get_model_complexity_info(
                build(analysis.spec, device), tuple(image), as_strings=False, print_per_layer_stat=False,
                backend=backend, custom_modules_hooks=hooks if backend == "pytorch" else {},
                backend_specific_config=config,
            )  # fmt: skip
        if count is None:
            raise RuntimeError("it gave no count")
        return ToolCount(int(params), batch * int(count), tr(
            "ptflops agrees: its {count} MACs are ours and {extra} more: biases, and what its back end counts beside"
        ))  # fmt: skip

    return run


def _count_channel_convolution(module: Any, _inputs: object, output: Tensor) -> None:
    """Count as ptflops' own hook does where the channels lie along the side that the filter slides over."""
    module.__flops__ += output.numel() * module.kernel_size[0]


def _deepspeed(analysis: Analysis) -> ToolCount:
    """Run DeepSpeed's profiler on real tensors: it patches the functions of torch that modules call, like ptflops."""
    _check_memory(analysis, DEEPSPEED)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from deepspeed.profiling.flops_profiler import get_model_profile  # when it is run

        count, _macs, params = get_model_profile(
            build(analysis.spec, "cpu"), analysis.spec.input, print_profile=False, warm_up=0, as_string=False
        )
    return ToolCount(int(params), int(count), tr(
        "DeepSpeed agrees: its {count} flops are our MACs and {extra} more, because it counts a multiply-add as two, "
        "and batch norms, ReLU and pooling too"
    ))  # fmt: skip


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _check_memory(analysis: Analysis, tool: str) -> None:
    if not _fits_in_memory(analysis):
        raise NotRun(tr("{tool}: not run: there is not enough memory").format(tool=tool))


def _fits_in_memory(analysis: Analysis) -> bool:
    """Return whether running the network on real tensors would take at most half of the free memory."""
    return fvcore_bytes(analysis) <= psutil.virtual_memory().available // 2


COUNTERS: dict[str, CounterTool] = {
    "torchinfo": CounterTool(_torchinfo, "torchinfo"),
    "fvcore": CounterTool(_fvcore, "fvcore"),
    "flop_counter": CounterTool(_flop_counter, "torch"),
    PTFLOPS_ATEN: CounterTool(_ptflops(PTFLOPS_ATEN, "aten"), "ptflops", True),
    PTFLOPS_ONCE: CounterTool(_ptflops(PTFLOPS_ONCE, "pytorch", count_functional=False), "ptflops", True),
    PTFLOPS_TWICE: CounterTool(_ptflops(PTFLOPS_TWICE, "pytorch"), "ptflops", True),
    DEEPSPEED: CounterTool(_deepspeed, "deepspeed", True),
}
