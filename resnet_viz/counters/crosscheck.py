"""Second opinions: other counters run on the same network, beside what the ledger says they should find.

Each is loaded when it is asked, never before.
"""

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec

import torch

from resnet_viz.counters import rules as ledger
from resnet_viz.counters.rules import DEEPSPEED, PTFLOPS_ATEN, PTFLOPS_ONCE, PTFLOPS_TWICE
from resnet_viz.model.operations import BatchNorm2d, Conv2d, Linear
from resnet_viz.model.resnet import build
from resnet_viz.records.analysis import Analysis, Opinion
from resnet_viz.texts import tr

TORCHINFO_MOST_LAYERS = 40_000
FVCORE_BYTES_A_LAYER = 800_000
"""What TorchScript's trace keeps for each layer: 2.6 GB for 3,339 layers."""


def tools() -> tuple[str, ...]:
    """The counters that can be asked: ptflops and DeepSpeed too where they are installed."""
    return tuple(tool for tool in _RUNS if (package := _package(tool)) is None or find_spec(package))


def others() -> tuple[str, ...]:
    """Those of `tools()` that need not be installed."""
    return tuple(tool for tool in tools() if _package(tool) is not None)


def opinion(analysis: Analysis, tool: str) -> Opinion:
    """What `tool` (one of `tools()`) says of the network, beside our own count by its rules."""
    try:
        return _RUNS[tool](analysis)
    except (RuntimeError, MemoryError, ImportError) as error:  # the tool's own limits; our figures stand without it
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        sentence = tr("{tool}: could not be run ({reason})").format(tool=tool, reason=reason)
        return _not_run(tool, analysis, sentence)


def fvcore_bytes(analysis: Analysis) -> int:
    """About the memory that fvcore needs: it computes on real tensors and keeps TorchScript's trace."""
    written = sum(layer.output_bytes for layer in analysis.layers)
    return 3 * analysis.totals.params_bytes + written + FVCORE_BYTES_A_LAYER * analysis.totals.layers


def _torchinfo(analysis: Analysis) -> Opinion:
    if analysis.totals.layers > TORCHINFO_MOST_LAYERS:
        sentence = tr("torchinfo: not run: the network has {n} layers").format(n=f"{analysis.totals.layers:,}")
        return _not_run("torchinfo", analysis, sentence)
    import torchinfo

    network = build(analysis.spec)
    image = torch.empty(analysis.spec.input, device="meta")  # torchinfo itself would make it on the CPU first
    found = torchinfo.summary(network, input_data=[image], device="meta", verbose=0)
    agreed = tr(
        "torchinfo agrees: its {count} mult-adds are our MACs and {extra} more, because it counts batch-norm "
        "parameters and biases too"
    )
    return _compared("torchinfo", analysis, found.total_params, found.total_mult_adds, agreed)


def _fvcore(analysis: Analysis) -> Opinion:
    needed = fvcore_bytes(analysis)
    if needed > _free_bytes() // 2:
        sentence = tr("fvcore: not run: needs about {n} GB").format(n=f"{needed / 1e9:.1f}")
        return _not_run("fvcore", analysis, sentence)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript's deprecation, at import and at every trace
        from fvcore.nn import FlopCountAnalysis

        logging.getLogger("fvcore").setLevel(logging.ERROR)
        network = build(analysis.spec, "cpu").eval()
        with torch.no_grad():
            counted = FlopCountAnalysis(network, torch.zeros(analysis.spec.input))
            counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
            count = int(counted.total())
    params = sum(parameter.numel() for parameter in network.parameters())
    agreed = tr("fvcore agrees: its {count} 'flops' are our MACs and {extra} more: 2 a batch-norm element")
    if analysis.spec.head:
        agreed += tr(" and 1 a pooled one")
    return _compared("fvcore", analysis, params, count, agreed)


def _flop_counter(analysis: Analysis) -> Opinion:
    from torch.utils.flop_counter import FlopCounterMode

    network = build(analysis.spec).eval()
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.empty(analysis.spec.input, device="meta"))
    params = sum(parameter.numel() for parameter in network.parameters())
    agreed = tr(
        "flop_counter agrees: its {count} flops are our MACs and {extra} more, because it counts a multiply-add as two"
    )
    return _compared("flop_counter", analysis, params, counter.get_total_flops(), agreed)


def _ptflops(analysis: Analysis, tool: str, backend: str, **config: bool) -> Opinion:
    """It takes the size of one image, and knows torch's own types alone, so it is told what ours are.

    Functions are counted on real tensors: on the meta device torch's own formula of a linear layer calls what is
    counted, a second time.
    """
    device = "cpu" if tool == PTFLOPS_TWICE else "meta"
    if device == "cpu" and not _fits(analysis):
        return _too_large(tool, analysis)
    from ptflops import get_model_complexity_info, pytorch_ops

    hooks = {
        Conv2d: pytorch_ops.conv_flops_counter_hook,
        BatchNorm2d: pytorch_ops.bn_flops_counter_hook,
        Linear: pytorch_ops.linear_flops_counter_hook,
    }
    batch, *image = analysis.spec.input
    with contextlib.redirect_stdout(io.StringIO()):
        count, params = get_model_complexity_info(
            build(analysis.spec, device), tuple(image), as_strings=False, print_per_layer_stat=False, backend=backend,
            custom_modules_hooks=hooks if backend == "pytorch" else {}, backend_specific_config=config,
        )  # fmt: skip
    if count is None:
        raise RuntimeError("it gave no count")
    agreed = tr(
        "ptflops agrees: its {count} MACs are ours and {extra} more: biases, and what its back end counts beside"
    )
    return _compared(tool, analysis, int(params), batch * int(count), agreed)


def _deepspeed(analysis: Analysis) -> Opinion:
    """It patches the functions of torch that the modules call, so it computes on real tensors as ptflops does."""
    if not _fits(analysis):
        return _too_large(DEEPSPEED, analysis)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from deepspeed.profiling.flops_profiler import get_model_profile

        count, _macs, params = get_model_profile(
            build(analysis.spec, "cpu"), analysis.spec.input, print_profile=False, warm_up=0, as_string=False
        )
    agreed = tr(
        "DeepSpeed agrees: its {count} flops are our MACs and {extra} more, because it counts a multiply-add as two, "
        "and batch norms, ReLU and pooling too"
    )
    return _compared(DEEPSPEED, analysis, int(params), int(count), agreed)


def _compared(tool: str, analysis: Analysis, params: int, count: int, agreed: str) -> Opinion:
    expected = ledger.count(analysis, tool)
    agrees = params == analysis.totals.params and count == expected
    sentence = agreed.format(count=f"{count:,}", extra=f"{expected - analysis.totals.macs:,}")
    if not agrees:
        sentence = tr("{tool} differs: it finds {params} parameters and {count} operations, we {ours} and {expected}")
        sentence = sentence.format(
            tool=tool,
            params=f"{params:,}",
            count=f"{count:,}",
            ours=f"{analysis.totals.params:,}",
            expected=f"{expected:,}",
        )
    return Opinion(tool, _version(tool), params, count, expected, agrees, sentence)


def _not_run(tool: str, analysis: Analysis, sentence: str) -> Opinion:
    return Opinion(tool, _version(tool), None, None, ledger.count(analysis, tool), None, sentence)


def _too_large(tool: str, analysis: Analysis) -> Opinion:
    return _not_run(tool, analysis, tr("{tool}: not run: there is not enough memory").format(tool=tool))


def _fits(analysis: Analysis) -> bool:
    """Whether the network can be run on real tensors here, with as much left again."""
    return fvcore_bytes(analysis) <= _free_bytes() // 2


def _version(tool: str) -> str:
    return str(torch.__version__) if tool == "flop_counter" else version(_package(tool) or tool)


def _package(tool: str) -> str | None:
    """What a counter that need not be installed is installed as; None for those that always are."""
    if tool == DEEPSPEED:
        return "deepspeed"
    return "ptflops" if tool.startswith("ptflops") else None


def _free_bytes() -> int:
    """Memory that is free now; a modest guess where the system does not tell."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 4 << 30


_RUNS: dict[str, Callable[[Analysis], Opinion]] = {
    "torchinfo": _torchinfo,
    "fvcore": _fvcore,
    "flop_counter": _flop_counter,
    PTFLOPS_ATEN: lambda analysis: _ptflops(analysis, PTFLOPS_ATEN, "aten"),
    PTFLOPS_ONCE: lambda analysis: _ptflops(analysis, PTFLOPS_ONCE, "pytorch", count_functional=False),
    PTFLOPS_TWICE: lambda analysis: _ptflops(analysis, PTFLOPS_TWICE, "pytorch"),
    DEEPSPEED: _deepspeed,
}
