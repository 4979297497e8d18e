"""Names of kernels are short enough to read, and their agreement with the timestamps is a sentence."""

import pytest

from resnet_viz.records.kernels import Kernel, KernelAgreement, KernelTimes, LayerKernels
from resnet_viz.viewmodels.text.kernels import agreement_text, kernel_names, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("void cudnn::ops::nchwToNhwcKernel<__nv_bfloat16, true>(cudnn::ops::params<float>)", "nchwToNhwcKernel"),
        ("void cutlass__5x_cudnn::Kernel<cutlass_tensorop_s1688fprop_tf32_128x64>(cutlass::Params)",
         "cutlass_tensorop_s1688fprop_tf32_128x64"),
        ("void cutlass::device_kernel<cutlass::conv::kernel::Conv<int, float>>(Params)", "Conv"),
        ("void at::native::(anonymous namespace)::max_pool_forward_nhwc<float>(float const*)", "max_pool_forward_nhwc"),
        ("void at::native::vectorized_elementwise_kernel<4, at::native::add<float>, char*>(int)",
         "vectorized_elementwise_kernel"),
        ("kernel", "kernel"),
        ("Memcpy DtoD (Device -> Device)", "Memcpy DtoD (Device -> Device)"),
        ("aten::mkldnn_convolution", "aten::mkldnn_convolution"),
        ("sm80_xmma_fprop_implicit_gemm_tf32f32_tf32f32_f32_nhwckrsc_nchw_tilesize128x128x16",
         "sm80_xmma_fprop_implicit…nchw_tilesize128x128x16"),
        ("<>", "<>"),
    ],
)  # fmt: skip
def test_a_kernels_name_is_that_of_its_algorithm(name: str, short: str) -> None:
    assert short_name(name) == short
    assert len(short) <= 48


def test_equal_neighbors_are_counted() -> None:
    def of(*names: str) -> LayerKernels:
        return LayerKernels("conv1", 1.0, tuple(Kernel(name, 1.0, 0.0, 1.0) for name in names))

    assert kernel_names(of("layout", "gemm", "gemm", "layout")) == "layout + 2 × gemm + layout"
    assert kernel_names(of()) == ""


def test_the_agreement_names_the_layer_that_differs_most() -> None:
    kernels = KernelTimes("graph", 5, (), KernelAgreement(40, 0.012, 0.31, "layer4.2.conv3"))
    assert agreement_text(kernels) == (
        "median difference 1.2 % over 40 layers longer than 20 µs; largest 31.0 % (layer4.2.conv3)"
    )
    one = KernelTimes("graph", 5, (), KernelAgreement(1, 0.31, 0.31, "fc"))
    assert agreement_text(one) == "difference 31.0 % in the only layer longer than 20 µs (fc)"
    assert "no layer takes more than 20 µs" in agreement_text(KernelTimes("graph", 5, ()))
