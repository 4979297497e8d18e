"""How soon a comparison answers: one change of channels, a sweep over 50 widths, and the pairs of networks.

Run: python tests/benchmarks/compare.py
"""

import time
from collections.abc import Callable
from statistics import median

from resnet_viz.comparisons import BlockSetting
from resnet_viz.metrics.crossover import sweep
from resnet_viz.pipeline import compare_blocks, pairs
from resnet_viz.spec import ResNetSpec
from resnet_viz.viewmodels.comparison import block_rows
from resnet_viz.viewmodels.verdict import verdict

CHANNELS = tuple(range(64, 64 + 4 * 50, 4))


def seconds(job: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def answer(setting: BlockSetting) -> None:
    """Both blocks built, traced and counted, with the rows and the sentences."""
    compared = compare_blocks(setting)
    block_rows(compared, "")
    verdict(compared)


def main() -> None:
    """Print each time beside its bar."""
    seconds(lambda: answer(BlockSetting()))
    for match in ("channels", "params", "macs"):
        settings = [BlockSetting(channels=count, match=match) for count in CHANNELS]
        changes = [seconds(lambda setting=setting: answer(setting)) for setting in settings]  # type: ignore[misc]
        print(f"one change, by {match:<9} median {1e3 * median(changes):6.1f} ms  most {1e3 * max(changes):6.1f} ms"
              "   bar 100 ms")  # fmt: skip
        closed = seconds(lambda match=match: sweep(BlockSetting(match=match), CHANNELS))  # type: ignore[misc]
        print(f"sweep of {len(CHANNELS)}, by {match:<9} {1e3 * closed:6.1f} ms   bar 1,000 ms")
    print(f"pairs of networks {1e3 * seconds(lambda: pairs(ResNetSpec())):6.1f} ms")


if __name__ == "__main__":
    main()
