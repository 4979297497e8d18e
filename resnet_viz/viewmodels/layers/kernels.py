"""The kernels of a layer in the inspector and in the layer table."""

from resnet_viz.records.analysis import LayerRecord
from resnet_viz.records.kernels import LayerKernels
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.column import SIX_DECIMALS, CellContext, LayerColumn
from resnet_viz.viewmodels.parts import Fact
from resnet_viz.viewmodels.text.kernels import WAYS, agreement_text, kernel_names, short_name
from resnet_viz.viewmodels.text.numbers import milliseconds


def kernel_facts(run: ProfileRun, node_id: str | None) -> tuple[Fact, ...]:
    """Return the inspector's facts about the kernels of a layer, each with its time, or without a node about all."""
    if run.kernels is None:
        return ()
    on_processor = run.kernels.source == "operators"
    name, one = (tr("operators"), tr("operator {n}")) if on_processor else (tr("kernels"), tr("kernel {n}"))
    if node_id is None:
        return (Fact(name, agreement_text(run.kernels)),)
    layer = run.kernels.by_id.get(node_id)
    if layer is None:
        return ()
    each = (
        Fact(one.format(n=number), _unbroken(milliseconds(kernel.time_us)), short_name(kernel.name))
        for number, kernel in enumerate(layer.kernels, start=1)
    )
    return (Fact(name, milliseconds(layer.time_us), WAYS[run.kernels.source]), *each)


def _unbroken(time: str) -> str:
    """Return a time that keeps its unit on its line beside a long name."""
    return time.replace(" ", "\u00a0")


def has_operators(run: ProfileRun | None) -> bool:
    """Return whether the kernels of a run are torch's operators, as on a processor."""
    return run is not None and run.kernels is not None and run.kernels.source == "operators"


def kernel_columns(*, on_processor: bool = False) -> tuple[LayerColumn, ...]:
    """Return the columns of the kernels' time and names; a processor has torch's operators in their place."""
    return (
        LayerColumn(
            "kernel_time",
            tr("Operators (ms)") if on_processor else tr("Kernels (ms)"),
            tr("The time of the layer under torch's profiler, in milliseconds")
            if on_processor
            else tr("The time of the layer's kernels, recorded by torch's profiler (CUPTI), in milliseconds"),
            _kernel_ms,
            "{:,.3f}".format,
            "1,234.567",
            SIX_DECIMALS,
            needs="kernels",
        ),
        LayerColumn(
            "kernels",
            tr("Operators") if on_processor else tr("Kernels"),
            tr("The operators of torch that take most of the layer's time")
            if on_processor
            else tr("What the layer runs: the algorithm, and changes of the layout before and after it"),
            _names,
            str,
            "nchwToNhwcKernel + implicit_gemm",
            is_number=False,
            needs="kernels",
        ),
    )


def _kernels(layer: LayerRecord, context: CellContext) -> LayerKernels | None:
    kernels = context.run.kernels if context.run is not None else None
    return None if kernels is None else kernels.by_id.get(layer.id)


def _kernel_ms(layer: LayerRecord, context: CellContext) -> float | None:
    found = _kernels(layer, context)
    return None if found is None else found.time_us / 1000


def _names(layer: LayerRecord, context: CellContext) -> str:
    found = _kernels(layer, context)
    return "" if found is None else kernel_names(found)
