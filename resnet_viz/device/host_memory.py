"""Freed memory is kept by the process while a processor is measured, so that no pass waits for the system's memory."""

import contextlib
import ctypes
import sys
from collections.abc import Iterator

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
"""The parameters of `mallopt`, as in glibc's `malloc.h`."""
NEVER = -1
GROWTH_BYTES = 64 << 20
MMAP_BYTES = 32 << 20
"""From this size on, a tensor has pages of its own, which go back to the system when it is freed.

It is where glibc's own adjustment ends, and the most that releases before 2.35 accept. A larger one also spares the
large tensors of a batch their page faults, but they would leave gaps: ResNet-50 at batch 32 took 1.4 to 1.6 times the
memory.
"""
INITIAL_BYTES = 128 << 10
"""The value of all three parameters in a new process."""


@contextlib.contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep freed memory in this process while the context is entered, and give it back afterwards.

    By itself glibc gives a freed activation back to the system, or not, as chance has it in each process; the next pass
    then takes a page fault for each 4 KiB of it. Other C libraries are left as they are.
    """
    libc = _glibc()
    if libc is None:
        yield
        return
    libc.mallopt(TRIM_THRESHOLD, NEVER)
    libc.mallopt(TOP_PAD, GROWTH_BYTES)
    libc.mallopt(MMAP_THRESHOLD, MMAP_BYTES)
    try:
        yield
    finally:
        for parameter in (TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD):
            libc.mallopt(parameter, INITIAL_BYTES)
        give_back_freed_memory()


def give_back_freed_memory() -> None:
    """Give freed memory back to the system, so that it counts as available."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """Return the process's C library where it has glibc's `mallopt` and `malloc_trim`, otherwise None."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
