"""The process that records kernels ends with the one that waits for it, and answers whatever happens."""

import subprocess
import sys

import msgspec
import pytest

from resnet_viz.child_process import module_environment
from resnet_viz.errors import SpecError
from resnet_viz.profiling.kernels import worker
from resnet_viz.profiling.kernels.attribution import KernelsUnavailable
from resnet_viz.profiling.kernels.worker import findings
from resnet_viz.records.kernels import KernelFindings, KernelRequest
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.networks import SMALL

REQUEST = KernelRequest(SMALL, ProfileSettings(kernels=True))
WAITING = """
import time
from resnet_viz.profiling.kernels import worker
worker.findings = lambda request: time.sleep(600)
worker.main()
"""


def test_it_ends_when_nobody_waits_any_more() -> None:
    """The program that asked may have been killed."""
    process = subprocess.Popen([sys.executable, "-c", WAITING], stdin=subprocess.PIPE, env=module_environment())
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(REQUEST) + b"\n")
    process.stdin.close()
    try:
        assert process.wait(60) == 1
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KernelsUnavailable("kernels uneven", n=7, passes=3), "saw 7 kernels in 3 passes"),
        (RuntimeError("CUDA error: out of memory\nand more"), "were not measured: CUDA error: out of memory"),
        (SpecError("device", "cuda:3", "this machine has cpu"), "this machine has cpu"),
        (MemoryError(), "were not measured: MemoryError"),
    ],
)
def test_a_failure_is_a_message(error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(worker, "kernels_on_processor", fail)
    found = findings(REQUEST)
    assert found == KernelFindings(None, found.messages)
    assert sentence in str(found.messages[0])


def test_a_device_that_is_not_there_is_a_message() -> None:
    found = findings(KernelRequest(SMALL, ProfileSettings(device="cuda:99")))
    assert found.kernels is None
    assert "cuda:99 is not accepted" in str(found.messages[0])
