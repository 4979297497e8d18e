"""Texts about the kernels of layers: their names, and how far their times are from those of the timestamps."""

import re

from resnet_viz.records.kernels import COMPARED_US, KernelSource, KernelTimes, LayerKernels
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.text.numbers import percent

SOURCES: dict[KernelSource, str] = {
    "graph": tr("kernels of the CUDA graph against timestamps"),
    "eager": tr("kernels of eager passes against timestamps"),
    "operators": tr("torch operators against timestamps"),
}
WAYS: dict[KernelSource, str] = {"graph": tr("CUDA graph"), "eager": tr("eager"), "operators": tr("torch")}
MAX_CHARS = 48
_PLAIN_NAMES = ("Memcpy", "Memset", "aten::")
_GENERIC = re.compile(r"(device_)?kernel\d?", re.IGNORECASE)


def short_name(name: str) -> str:
    """Return a kernel's name without types, namespaces and parameters: `nchwToNhwcKernel`.

    Where the name says only that it is a kernel, it is that of its first template argument, the algorithm.
    """
    if name.startswith(_PLAIN_NAMES):
        return name
    head, _, inside = name.replace("(anonymous namespace)::", "").removeprefix("void ").partition("<")
    short = _last_part(head)
    if _GENERIC.fullmatch(short):
        short = _last_part(re.split(r"[<>,]", inside)[0]) or short
    short = short or name
    return short if len(short) <= MAX_CHARS else f"{short[: MAX_CHARS // 2]}…{short[1 - MAX_CHARS // 2 :]}"


def kernel_names(layer: LayerKernels) -> str:
    """Return the kernels of a layer, equal neighbors once with their number: `nchwToNhwcKernel + 2 × gemm`."""
    names: list[tuple[str, int]] = []
    for kernel in layer.kernels:
        short = short_name(kernel.name)
        if names and names[-1][0] == short:
            names[-1] = (short, names[-1][1] + 1)
        else:
            names.append((short, 1))
    return " + ".join(name if count == 1 else f"{count} × {name}" for name, count in names)


def agreement_text(kernels: KernelTimes) -> str:
    """Return how far the kernels' times are from the timestamps', over the layers that are long enough to compare."""
    found, longest = kernels.agreement, COMPARED_US[kernels.source]
    if found is None:
        return tr("no layer takes more than {us:.0f} µs, so they cannot be compared").format(us=longest)
    sentence = trn(
        "difference {worst} in the only layer longer than {us:.0f} µs ({layer})",
        "median difference {median} over {n} layers longer than {us:.0f} µs; largest {worst} ({layer})",
        found.layers,
    )
    return sentence.format(
        median=percent(found.median),
        n=found.layers,
        us=longest,
        worst=percent(found.worst),
        layer=found.worst_layer,
    )


def _last_part(qualified: str) -> str:
    return qualified.partition("(")[0].rpartition("::")[2].strip()
