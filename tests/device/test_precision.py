"""fp32 and TF32 by both of torch's sets of switches, which torch.compile reads, and their exact restoration."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz.device.info import prepared
from resnet_viz.device.precision import Precision, fp32_precision, precisions
from resnet_viz.spec.profiling import Dtype, ProfileSettings

BACKENDS: Any = torch.backends
OPERATIONS = (BACKENDS.cuda.matmul, BACKENDS.cudnn.conv, BACKENDS.cudnn.rnn, BACKENDS.mkldnn.matmul)
CARD = torch.device("cuda", 0)


def newer() -> list[str]:
    """The precision of each operation by the newer switches."""
    return [operation.fp32_precision for operation in OPERATIONS]


def older() -> tuple[object, ...]:
    """Everything that the older switches answer; an error in place of an answer where they refuse."""

    def answer(read: Any) -> object:
        try:
            return read()
        except RuntimeError:
            return RuntimeError

    return (
        answer(lambda: torch.backends.cuda.matmul.allow_tf32),
        answer(lambda: torch.backends.cudnn.allow_tf32),
        answer(torch.get_float32_matmul_precision),
    )


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Whatever a test sets is undone."""
    values = newer()
    yield
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = True
    for operation, value in zip(OPERATIONS, values, strict=True):
        operation.fp32_precision = value


@pytest.mark.parametrize("dtype", ["fp32", "tf32", "fp16", "bf16"])
def test_a_run_sets_both_sets_of_switches_so_that_the_older_can_be_read(
    dtype: Dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "set_device", lambda _: None)
    monkeypatch.setattr(torch.cuda, "_exchange_device", lambda _: 0)
    monkeypatch.setattr(torch.cuda, "_maybe_exchange_device", lambda _: 0)
    use_tf32 = dtype == "tf32"
    with prepared(CARD, ProfileSettings(dtype=dtype)):
        assert older() == (use_tf32, use_tf32, "high" if use_tf32 else "highest")
        assert set(newer()) == {"tf32" if use_tf32 else "ieee"}
        assert set(precisions().values()) == {"tf32" if use_tf32 else "ieee"}


@pytest.mark.parametrize("precision", ["ieee", "tf32"])
def test_torch_compile_works_with_either_precision(precision: Precision) -> None:
    """Dynamo reads the older switches when it looks for equal regions in a graph."""
    torch.compiler.reset()
    network, x = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 2)), torch.randn(1, 3, 6, 6)
    with fp32_precision(precision), torch._dynamo.config.patch(use_graph_deduplication=True), torch.inference_mode():
        compiled = torch.compile(network, backend="eager")
        assert torch.allclose(compiled(x), network(x))


def test_every_mix_of_the_switches_is_restored() -> None:
    """Those that contradict each other too, which a notebook makes quickly."""
    contradictions = 0
    for matmul_precision, allow, *values in itertools.product(
        ("highest", "high", "medium"), (True, False), *[("none", "ieee", "tf32")] * 3
    ):
        torch.set_float32_matmul_precision(str(matmul_precision))
        torch.backends.cudnn.allow_tf32 = bool(allow)
        for operation, value in zip(OPERATIONS, values, strict=False):
            operation.fp32_precision = value
        before = older(), newer()
        with fp32_precision("tf32"):
            assert older() == (True, True, "high")
        assert (older(), newer()) == before
        contradictions += RuntimeError in before[0]
        for operation in OPERATIONS:
            operation.fp32_precision = "ieee"  # the older switches alone refuse now, where they allow TF32
        assert older() == (
            RuntimeError if matmul_precision != "highest" else False, RuntimeError if allow else False, matmul_precision
        )  # fmt: skip
    assert contradictions > 50


def test_the_switches_are_restored_after_an_exception() -> None:
    before = older(), newer()

    def broken() -> None:
        with fp32_precision("tf32"):
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert (older(), newer()) == before
