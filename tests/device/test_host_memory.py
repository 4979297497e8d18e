"""Freed memory stays with the process while a processor is measured, and goes back to the system afterwards."""

import ctypes
import gc
import os
import resource
import sys
from collections.abc import Callable
from types import SimpleNamespace

import psutil
import pytest
import torch

from resnet_viz.device.host_memory import freed_memory_kept, give_back_freed_memory
from resnet_viz.device.info import prepared
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles import networks

PASSES = 10
SPEC = networks.TINY.but(width=64, input=(8, 3, 32, 32))
ACTIVATION_BYTES = 8 * 64 * 32 * 32 * 4
"""The bytes of one activation of the first stage."""


def faults_per_pass(run_pass: Callable[[], object]) -> float:
    """The page faults of this thread in a pass, after passes that have taken what memory they need."""
    for _ in range(3):
        run_pass()
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(PASSES):
        run_pass()
    return (resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before) / PASSES


@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="the allocator is not glibc's")
def test_a_prepared_pass_takes_no_memory_from_the_system() -> None:
    one_thread = ProfileSettings(threads=1)
    with prepared(networks.CPU, one_thread), torch.inference_mode():
        work = networks.prepared(SPEC)
        kept = faults_per_pass(work.run_whole)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            given_back = faults_per_pass(work.run_whole)
    finally:
        torch.set_num_threads(threads)
    activation_pages = ACTIVATION_BYTES / resource.getpagesize()
    assert kept < 0.2 * given_back  # the heap may grow once more
    assert given_back > activation_pages


@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="the allocator is not glibc's")
@pytest.mark.parametrize("early", [False, True])
def test_what_was_kept_goes_back_to_the_system(early: bool) -> None:
    process, size = psutil.Process(), 4 << 20
    gc.collect()
    with freed_memory_kept():
        tensors = [torch.ones(size // 4) for _ in range(50)]
        held = process.memory_info().rss
        tensors.clear()
        assert process.memory_info().rss > held - 25 * size
        if early:
            give_back_freed_memory()
            assert process.memory_info().rss < held - 25 * size
    assert process.memory_info().rss < held - 25 * size


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_library_without_these_functions_is_left_alone(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: object) -> object:
        assert platform == "linux", "Windows has no library without a name"
        return SimpleNamespace()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(sys, "platform", platform)
    with freed_memory_kept():
        give_back_freed_memory()
