"""Second opinions: other counters run on the same network, beside what the ledger says they should find.

Each is loaded when it is asked, never before.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from typing import NamedTuple

import psutil
import torch
from torch import nn

from resnet_viz.counters import rules
from resnet_viz.counters.rules import DEEPSPEED, PTFLOPS_ATEN, PTFLOPS_ONCE, PTFLOPS_TWICE
from resnet_viz.model.operations import BatchNorm2d, Conv2d, Linear
from resnet_viz.model.resnet import build
from resnet_viz.records.analysis import Analysis, CrossCheckResult
from resnet_viz.texts import tr

TORCHINFO_MOST_LAYERS = 40_000
FVCORE_BYTES_A_LAYER = 800_000
"""What TorchScript's trace keeps for each layer: 2.6 GB for 3,339 layers."""


class NotRun(Exception):
    """A counter that is not run on this network; the sentence says why."""


class ToolCount(NamedTuple):
    """What a counter finds, and the sentence for where it agrees, which takes its `count` and how much `extra` it is
    beside the MACs.
    """

    params: int
    operations: int
    agreed: str


class Counter(NamedTuple):
    """How a counter is run, and as what it is installed; `optional` where it need not be."""

    run: Callable[[Analysis], ToolCount]
    package: str
    optional: bool = False


def tools() -> tuple[str, ...]:
    """The counters that can be asked: ptflops and DeepSpeed too where they are installed."""
    return tuple(tool for tool, counter in COUNTERS.items() if not counter.optional or find_spec(counter.package))


def others() -> tuple[str, ...]:
    """Those of `tools()` that need not be installed."""
    return tuple(tool for tool in tools() if COUNTERS[tool].optional)


def crosscheck(analysis: Analysis, tool: str) -> CrossCheckResult:
    """What `tool` (one of `tools()`) says of the network, beside our own count by its rules."""
    counter = COUNTERS[tool]
    installed = str(torch.__version__) if counter.package == "torch" else version(counter.package)
    expected = rules.count(analysis, tool)
    try:
        params, count, agreed = counter.run(analysis)
    except NotRun as refusal:
        return CrossCheckResult(tool, installed, None, None, expected, None, str(refusal))
    except (RuntimeError, MemoryError, ImportError) as error:  # the tool's own limits; our figures stand without it
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        sentence = tr("{tool}: could not be run ({reason})").format(tool=tool, reason=reason)
        return CrossCheckResult(tool, installed, None, None, expected, None, sentence)
    agrees = params == analysis.totals.params and count == expected
    differs = tr("{tool} differs: it finds {params} parameters and {count} operations, we {ours} and {expected}")
    sentence = (agreed if agrees else differs).format(
        tool=tool,
        params=f"{params:,}",
        count=f"{count:,}",
        ours=f"{analysis.totals.params:,}",
        expected=f"{expected:,}",
        extra=f"{expected - analysis.totals.macs:,}",
    )
    return CrossCheckResult(tool, installed, params, count, expected, agrees, sentence)


def fvcore_bytes(analysis: Analysis) -> int:
    """About the memory that fvcore needs: it computes on real tensors and keeps TorchScript's trace."""
    written = sum(layer.output_bytes for layer in analysis.layers)
    return 3 * analysis.totals.params_bytes + written + FVCORE_BYTES_A_LAYER * analysis.totals.layers


def _torchinfo(analysis: Analysis) -> ToolCount:
    if analysis.totals.layers > TORCHINFO_MOST_LAYERS:
        raise NotRun(tr("torchinfo: not run: the network has {n} layers").format(n=f"{analysis.totals.layers:,}"))
    import torchinfo  # when it is asked

    image = torch.empty(analysis.spec.input, device="meta")  # torchinfo itself would make it on the CPU first
    found = torchinfo.summary(build(analysis.spec), input_data=[image], device="meta", verbose=0)
    return ToolCount(found.total_params, found.total_mult_adds, tr(
        "torchinfo agrees: its {count} mult-adds are our MACs and {extra} more, because it counts batch-norm "
        "parameters and biases too"
    ))  # fmt: skip


def _fvcore(analysis: Analysis) -> ToolCount:
    if not _fits(analysis):
        needed = f"{fvcore_bytes(analysis) / 1e9:.1f}"
        raise NotRun(tr("fvcore: not run: needs about {n} GB").format(n=needed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript's deprecation, at import and at every trace
        from fvcore.nn import FlopCountAnalysis  # when it is asked

        logging.getLogger("fvcore").setLevel(logging.ERROR)
        network = build(analysis.spec, "cpu").eval()
        with torch.no_grad():
            counted = FlopCountAnalysis(network, torch.zeros(analysis.spec.input))
            counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
            count = int(counted.total())
    agreed = tr("fvcore agrees: its {count} 'flops' are our MACs and {extra} more: 2 a batch-norm element")
    if analysis.spec.head:
        agreed = tr(
            "fvcore agrees: its {count} 'flops' are our MACs and {extra} more: 2 a batch-norm element and 1 a pooled "
            "one"
        )
    return ToolCount(_parameters(network), count, agreed)


def _flop_counter(analysis: Analysis) -> ToolCount:
    from torch.utils.flop_counter import FlopCounterMode  # when it is asked

    network = build(analysis.spec).eval()
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.empty(analysis.spec.input, device="meta"))
    return ToolCount(_parameters(network), counter.get_total_flops(), tr(
        "flop_counter agrees: its {count} flops are our MACs and {extra} more, because it counts a multiply-add as two"
    ))  # fmt: skip


def _ptflops(tool: str, backend: str, **config: bool) -> Callable[[Analysis], ToolCount]:
    """ptflops takes the size of one image, and knows torch's own types alone, so it is told what ours are.

    Functions are counted on real tensors: on the meta device torch's own formula of a linear layer calls what is
    counted, a second time.
    """
    device = "cpu" if tool == PTFLOPS_TWICE else "meta"

    def run(analysis: Analysis) -> ToolCount:
        if device == "cpu":
            _check_memory(analysis, tool)
        from ptflops import get_model_complexity_info, pytorch_ops  # when it is asked

        hooks = {
            Conv2d: pytorch_ops.conv_flops_counter_hook,
            BatchNorm2d: pytorch_ops.bn_flops_counter_hook,
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


def _deepspeed(analysis: Analysis) -> ToolCount:
    """It patches the functions of torch that the modules call, so it computes on real tensors as ptflops does."""
    _check_memory(analysis, DEEPSPEED)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from deepspeed.profiling.flops_profiler import get_model_profile  # when it is asked

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
    if not _fits(analysis):
        raise NotRun(tr("{tool}: not run: there is not enough memory").format(tool=tool))


def _fits(analysis: Analysis) -> bool:
    """Whether the network can be run on real tensors here, with as much left again."""
    return fvcore_bytes(analysis) <= psutil.virtual_memory().available // 2


COUNTERS: dict[str, Counter] = {
    "torchinfo": Counter(_torchinfo, "torchinfo"),
    "fvcore": Counter(_fvcore, "fvcore"),
    "flop_counter": Counter(_flop_counter, "torch"),
    PTFLOPS_ATEN: Counter(_ptflops(PTFLOPS_ATEN, "aten"), "ptflops", True),
    PTFLOPS_ONCE: Counter(_ptflops(PTFLOPS_ONCE, "pytorch", count_functional=False), "ptflops", True),
    PTFLOPS_TWICE: Counter(_ptflops(PTFLOPS_TWICE, "pytorch"), "ptflops", True),
    DEEPSPEED: Counter(_deepspeed, "deepspeed", True),
}
