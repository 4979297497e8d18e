"""A layer's kernels in the inspector and in the table."""

from msgspec.structs import replace

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.kernels import Kernel, KernelAgreement, KernelTimes, LayerKernels
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.column import CellContext
from resnet_viz.viewmodels.layers.kernels import has_operators, kernel_facts
from resnet_viz.viewmodels.layers.table import available_data, columns
from resnet_viz.viewmodels.parts import Fact
from tests.gui.small_run import small_run

ANALYSIS = analyse(preset("resnet18"))
CONV = LayerKernels(
    "conv1", 33.5, (Kernel("void ops::nchwToNhwcKernel<float>(int)", 3.0, 0.0, 3.1), Kernel("gemm", 30.5, 4.0, 31.0))
)
PLAIN = small_run(preset("resnet18"))
RUN = replace(
    PLAIN, kernels=KernelTimes("graph", 5, (CONV, LayerKernels("flatten", 0.0)), KernelAgreement(9, 0.01, 0.2, "fc"))
)


def test_the_inspector_lists_the_kernels_of_a_layer_with_their_times() -> None:
    assert kernel_facts(RUN, "conv1") == (
        Fact("kernels", "0.034 ms", "CUDA graph"),
        Fact("kernel 1", "0.003\u00a0ms", "nchwToNhwcKernel"),
        Fact("kernel 2", "0.030\u00a0ms", "gemm"),
    )
    on_processor = replace(RUN, kernels=KernelTimes("operators", 5, (CONV,)))
    assert [fact.name for fact in kernel_facts(on_processor, "conv1")] == ["operators", "operator 1", "operator 2"]
    assert kernel_facts(RUN, "layer1") == ()
    assert kernel_facts(PLAIN, "conv1") == kernel_facts(PLAIN, None) == ()


def test_the_inspector_states_the_agreement_for_the_whole_network() -> None:
    (fact,) = kernel_facts(RUN, None)
    assert fact.value.startswith("median difference 1.0 % over 9 layers longer than 20 µs")


def test_the_table_has_time_and_names_of_the_kernels_where_a_run_has_some() -> None:
    context = CellContext(costs(ANALYSIS), RUN)
    by_name = {column.name: column for column in columns()}
    layers = ANALYSIS.layer_by_id
    assert by_name["kernel_time"].text(layers["conv1"], context) == "0.034"
    assert by_name["kernels"].text(layers["conv1"], context) == "nchwToNhwcKernel + gemm"
    assert (by_name["kernel_time"].text(layers["fc"], context), by_name["kernels"].text(layers["fc"], context)) == (
        "—", "")  # fmt: skip
    assert by_name["kernel_time"].needs == by_name["kernels"].needs == "kernels"
    assert "kernels" in available_data(context)
    titles = {column.name: column.title for column in columns(on_processor=True)}
    assert (titles["kernel_time"], titles["kernels"]) == ("Operators (ms)", "Operators")
    assert not has_operators(RUN)
    assert RUN.kernels is not None
    assert has_operators(replace(RUN, kernels=replace(RUN.kernels, source="operators")))
    assert "kernels" not in available_data(CellContext(costs(ANALYSIS), PLAIN))
