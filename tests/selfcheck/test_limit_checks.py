"""The least possible time, the range of fp16, and the end of memory."""

import subprocess
from functools import partial

import pytest

from resnet_viz.device import info as device_info
from resnet_viz.selfcheck import check_setup as setups
from resnet_viz.selfcheck.limit_checks import (
    half_precision_is_finite,
    not_faster_than_roofline,
    out_of_memory_is_survived,
)
from tests.profiling.doubles.networks import SMALL
from tests.selfcheck.small_checks import RUN, SETUP, lasting, measuring


def printing(output: bytes, monkeypatch: pytest.MonkeyPatch, *, code: int = 0, error: bytes = b"") -> list[list[str]]:
    """Let the worker print this output; returns the commands that start it, as they are run."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, code, output, error)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_nothing_may_be_faster_than_its_roofline(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = measuring(lambda _: lasting(1e6, 1e6), monkeypatch)
    ratio = not_faster_than_roofline(SETUP).numbers["resnet18"]
    assert (asked[0]["batch"], asked[0]["dtype"], asked[0]["memory_format"]) == (2, "fp32", "channels_last")
    least_us = 1e6 / ratio
    assert least_us > sum(2 * layer.flops for layer in RUN.layers) / 100e9 * 1e6  # two images at 100 GFLOP/s
    for factor, passed in ((0.951, True), (0.949, False), (3.0, True)):
        run = lasting(factor * least_us)
        measuring(partial(lambda run, _: run, run), monkeypatch)
        outcome = not_faster_than_roofline(SETUP)
        assert outcome.passed is passed
        assert outcome.figure == f"ResNet-18 {factor:.2f} (fp32, N=2)"


def test_half_precision_is_checked_where_the_device_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_info, "dtype_refusal", lambda *_: "no fp16 here")
    assert (half_precision_is_finite(SETUP).passed, half_precision_is_finite(SETUP).figure) == (None, "no fp16 here")
    monkeypatch.undo()
    monkeypatch.setattr(setups, "preset", lambda _: SMALL)
    outcome = half_precision_is_finite(SETUP)
    assert outcome.passed is True
    assert 0 < outcome.numbers["largest"] < 1e4


def test_running_out_of_memory_in_a_process_of_its_own_is_a_sentence() -> None:
    outcome = out_of_memory_is_survived(SETUP)
    assert outcome.passed is True, outcome.figure
    assert "ran out of memory at batch 100000" in outcome.figure


def test_another_sentence_than_that_of_memory_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = printing(b"a line of torch's own\nall is well\n", monkeypatch)
    outcome = out_of_memory_is_survived(SETUP)
    assert (outcome.passed, outcome.figure) == (False, "all is well")
    assert commands[0][-1] == "cpu"


def test_a_worker_that_fails_is_told_with_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    printing(b"", monkeypatch, code=3, error=b"Traceback\nImportError: no profiler\n")
    with pytest.raises(RuntimeError, match="the process ended with 3: ImportError: no profiler"):
        out_of_memory_is_survived(SETUP)
