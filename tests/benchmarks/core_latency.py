"""The time that a cache line takes from one core to another: it tells whether two cores share a cache.

`python -m tests.benchmarks.core_latency` prints it once a second. Two processes that are pinned to the first two cores
answer each other through shared memory. Python adds about 100 ns to each answer, whatever the cores share: on an EPYC
processor it is 105 to 155 ns where they share their last-level cache, and over 300 ns where they do not.
"""

import mmap
import os
import time

ROUNDS, BATCH = 20_000, 100
SECOND_LINE = 128
"""The place in memory of the answer, in another cache line than the question's."""


def core_latency_ns() -> float | None:
    """Return the time from one core to another in nanoseconds, the best of many batches.

    None where there are fewer than two cores or where a process cannot be pinned to one.
    """
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        return None
    cores = os.sched_getaffinity(0)
    asking, answering = sorted(cores)[:2]
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    child = os.fork()
    if child == 0:
        try:
            os.sched_setaffinity(0, {answering})
            _answer(memory)
        finally:
            os._exit(0)
    try:
        os.sched_setaffinity(0, {asking})
        return _ask(memory)
    finally:
        os.sched_setaffinity(0, cores)
        os.waitpid(child, 0)


def text(latency: float | None) -> str:
    """Return a latency with its unit."""
    return "unknown" if latency is None else f"{latency:.0f} ns"


def _answer(memory: mmap.mmap) -> None:
    for number in range(ROUNDS):
        expected = number % 2 + 1
        while memory[0] != expected:
            pass
        memory[SECOND_LINE] = expected


def _ask(memory: mmap.mmap) -> float:
    batches = []
    for first in range(0, ROUNDS, BATCH):
        start = time.perf_counter_ns()
        for number in range(first, first + BATCH):
            expected = number % 2 + 1
            memory[0] = expected
            while memory[SECOND_LINE] != expected:
                pass
        batches.append(time.perf_counter_ns() - start)
    return min(batches[1:]) / BATCH / 2  # the first waits for the other process to begin


if __name__ == "__main__":
    while True:
        print(text(core_latency_ns()))
        time.sleep(1.0)
