"""How NVIDIA cards multiply fp32 numbers: by IEEE 754, or in TF32 with 10 bits of mantissa.

torch has two sets of switches for it: `allow_tf32` (the older one) and `fp32_precision` (since 2.9). Where the two
disagree, reading the older one raises RuntimeError, and torch.compile reads it. So both are set here, to the same.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch

Precision = Literal["ieee", "tf32"]


@contextmanager
def fp32_precision(precision: Precision) -> Iterator[None]:
    """Multiply fp32 numbers in this precision on every card, in matrix products, convolutions and recurrent layers."""
    before = _Switches.read()
    try:
        use_tf32 = precision == "tf32"
        _Switches(
            matmul_precision="high" if use_tf32 else "highest",
            allow_tf32_cudnn=use_tf32,
            matmul=precision,
            conv=precision,
            rnn=precision,
            onednn_matmul=precision,
        ).write()
        yield
    finally:
        before.write()


def precisions() -> dict[str, str]:
    """Return the precision of fp32 convolutions and matrix products on a card by its name in a run's flags."""
    backends: Any = torch.backends
    operations = {"conv fp32 precision": backends.cudnn.conv, "matmul fp32 precision": backends.cuda.matmul}
    return {name: "tf32" if operation.fp32_precision == "tf32" else "ieee" for name, operation in operations.items()}


@dataclass(frozen=True)
class _Switches:
    """The switches of both sets; the first two are the older ones."""

    matmul_precision: str
    allow_tf32_cudnn: bool
    matmul: str
    conv: str
    rnn: str
    onednn_matmul: str

    @classmethod
    def read(cls) -> "_Switches":
        """Return torch's switches, also where the two sets disagree; what is read is left as it was."""
        matmul, conv, rnn, onednn_matmul = _operations()
        newer = [operation.fp32_precision for operation in (matmul, conv, rnn, onednn_matmul)]
        for operation in (matmul, conv, rnn, onednn_matmul):
            operation.fp32_precision = "ieee"  # the older switches can be read now, except cuDNN's where it is on
        try:
            with _no_deprecation_warnings():
                try:
                    allow_tf32_cudnn = torch.backends.cudnn.allow_tf32
                except RuntimeError:
                    allow_tf32_cudnn = True
                return cls(torch.get_float32_matmul_precision(), allow_tf32_cudnn, *newer)
        finally:
            for operation, value in zip((matmul, conv, rnn, onednn_matmul), newer, strict=True):
                operation.fp32_precision = value

    def write(self) -> None:
        """Set torch's switches; the older ones come first, since they set the newer ones too."""
        with _no_deprecation_warnings():
            torch.set_float32_matmul_precision(self.matmul_precision)
            torch.backends.cudnn.allow_tf32 = self.allow_tf32_cudnn
        values = self.matmul, self.conv, self.rnn, self.onednn_matmul
        for operation, value in zip(_operations(), values, strict=True):
            operation.fp32_precision = value


@contextmanager
def _no_deprecation_warnings() -> Iterator[None]:
    """Silence torch 2.9, which calls the older switches deprecated but reads them itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _operations() -> tuple[Any, Any, Any, Any]:
    """Return the switches of matrix products, convolutions and recurrent layers on cards, and of CPU products.

    torch sets the last one together with the first, so it must be restored although nothing here depends on it.
    """
    backends: Any = torch.backends
    return backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn, backends.mkldnn.matmul
