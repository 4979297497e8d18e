"""Second opinions: torchinfo and fvcore run on the same network, their counts reproduced from our records.

Both libraries are loaded when they are asked, never before.
"""

import logging
import os
import warnings
from importlib.metadata import version
from math import prod

import torch

from resnet_viz.model.resnet import build
from resnet_viz.records import Analysis, Opinion
from resnet_viz.texts import tr

TORCHINFO_MOST_LAYERS = 40_000
FVCORE_BYTES_A_LAYER = 800_000
"""What TorchScript's trace keeps for each layer: 2.6 GB for 3,339 layers."""


def tools() -> tuple[str, ...]:
    """The counters that can be asked."""
    return ("torchinfo", "fvcore")


def opinion(analysis: Analysis, tool: str) -> Opinion:
    """What `tool` ("torchinfo" or "fvcore") says of the network, beside our own count by its rules."""
    try:
        return _torchinfo(analysis) if tool == "torchinfo" else _fvcore(analysis)
    except (RuntimeError, MemoryError) as error:  # the tool's own limits; our figures stand without it
        expected = torchinfo_count(analysis) if tool == "torchinfo" else fvcore_count(analysis)
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        sentence = tr("{tool}: could not be run ({reason})").format(tool=tool, reason=reason)
        return Opinion(tool, version(tool), None, None, expected, None, sentence)


def torchinfo_count(analysis: Analysis) -> int:
    """torchinfo's `total_mult_adds` from our records: every parameter of a convolution times the pixels it puts out,
    every other parameter once an image.
    """
    total = 0
    for layer in analysis.layers:
        pixels = prod(layer.output[2:]) if layer.kind == "conv" else 1
        total += layer.params * layer.output[0] * pixels
    return total


def fvcore_count(analysis: Analysis) -> int:
    """fvcore's total from our records: MACs, 2 a batch-norm element, 1 an input element of adaptive pooling."""
    total = analysis.totals.macs
    for layer in analysis.layers:
        if layer.kind == "norm":
            total += 2 * prod(layer.output)
        elif layer.type == "AdaptiveAvgPool2d":
            total += prod(layer.inputs[0])
    return total


def fvcore_bytes(analysis: Analysis) -> int:
    """About the memory that fvcore needs: it computes on real tensors and keeps TorchScript's trace."""
    written = sum(layer.output_bytes for layer in analysis.layers)
    return 3 * analysis.totals.params_bytes + written + FVCORE_BYTES_A_LAYER * analysis.totals.layers


def _torchinfo(analysis: Analysis) -> Opinion:
    expected = torchinfo_count(analysis)
    if analysis.totals.layers > TORCHINFO_MOST_LAYERS:
        sentence = tr("torchinfo: not run: the network has {n} layers").format(n=f"{analysis.totals.layers:,}")
        return Opinion("torchinfo", version("torchinfo"), None, None, expected, None, sentence)
    import torchinfo

    network = build(analysis.spec)
    image = torch.empty(analysis.spec.input, device="meta")  # torchinfo itself would make it on the CPU first
    found = torchinfo.summary(network, input_data=[image], device="meta", verbose=0)
    agreed = tr(
        "torchinfo agrees: its {count} mult-adds are our MACs and {extra} more, because it counts batch-norm "
        "parameters and biases too"
    )
    return _compared("torchinfo", analysis, found.total_params, found.total_mult_adds, expected, agreed)


def _fvcore(analysis: Analysis) -> Opinion:
    expected = fvcore_count(analysis)
    needed = fvcore_bytes(analysis)
    if needed > _free_bytes() // 2:
        sentence = tr("fvcore: not run: needs about {n} GB").format(n=f"{needed / 1e9:.1f}")
        return Opinion("fvcore", version("fvcore"), None, None, expected, None, sentence)
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
    return _compared("fvcore", analysis, params, count, expected, agreed)


def _compared(tool: str, analysis: Analysis, params: int, count: int, expected: int, agreed: str) -> Opinion:
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
    return Opinion(tool, version(tool), params, count, expected, agrees, sentence)


def _free_bytes() -> int:
    """Memory that is free now; a modest guess where the system does not tell."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 4 << 30
