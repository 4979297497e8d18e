"""How soon the view of two blocks answers: a change of channels in the open window, and a sweep over 50 widths.

The peer builds both blocks in plain torch.nn and counts them with torch's own counter, without data, in the same run.

Run: python tests/benchmarks/compare.py
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["RESNET_VIZ_STATE"] = str(Path(tempfile.mkdtemp()) / "window.json")

import torch
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.compare.channel_sweep import sweep
from resnet_viz.gui import app as application
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.gui.window.opening import open_window
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.block_pair import BlockComparison
from resnet_viz.spec.block_pair import BlockSetting
from tests.compare.plain_blocks import PlainBlock

CHANNELS = tuple(range(64, 64 + 4 * 50, 4))
BLOCKS = 1  # the tab


def main() -> None:
    """Print each time beside its bar, and the peer's."""
    app = application._make_application()
    window = open_window(app, "resnet50", Engines.of(application.ENGINE), started=time.monotonic())
    window.resize(1280, 800)
    view = window.comparisons.blocks
    wait(app.processEvents, lambda: window.session.analysis is not None)
    window.tabs.setCurrentIndex(BLOCKS)
    wait(app.processEvents, lambda: view.charts is not None and view._state.pairs is not None)
    for match in ("channels", "params", "macs"):
        settings = [BlockSetting(channels=count, match=match) for count in CHANNELS]
        shown = [change(window, app.processEvents, setting) for setting in settings]
        peers = [seconds(lambda setting=setting: peer(compare_blocks(setting))) for setting in settings]  # type: ignore[misc]
        compared = [seconds(lambda setting=setting: compare_blocks(setting)) for setting in settings]  # type: ignore[misc]
        closed = seconds(lambda match=match: sweep(BlockSetting(match=match), CHANNELS))  # type: ignore[misc]
        print(
            f"by {match:<9} edit to picture: median {1e3 * median(shown):5.1f} ms, most {1e3 * max(shown):5.1f} "
            f"(bar 100) · plain torch.nn and flop_counter {1e3 * (median(peers) - median(compared)):5.1f} ms, "
            f"ours {1e3 * median(compared):5.1f} · sweep of {len(CHANNELS)}: {1e3 * closed:5.1f} ms (bar 1,000), "
            f"{len(CHANNELS) * (median(peers) - median(compared)) / closed:,.0f} times faster than the peer"
        )
    window.close()


def change(window: MainWindow, turn: Callable[[], None], setting: BlockSetting) -> float:
    """Seconds from the edit until the view shows this place and is painted."""
    view = window.comparisons.blocks
    start = time.perf_counter()
    view.setting_edited.emit(setting)
    wait(turn, lambda: view._state.blocks is not None and view._state.blocks.setting == setting)
    view.repaint()
    return time.perf_counter() - start


def peer(compared: BlockComparison) -> int:
    """The operations of both blocks, built and counted by torch alone."""
    setting = compared.setting
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        for side in (compared.basic, compared.bottleneck):
            block = PlainBlock(side.kind, side.channels, setting)
            block(torch.empty(setting.batch, side.channels, setting.size, setting.size))
    return int(counter.get_total_flops())


def seconds(job: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def wait(turn: Callable[[], None], done: Callable[[], bool]) -> None:
    """Turn the event loop until it is done."""
    while not done():
        turn()
        if not done():
            time.sleep(0.001)


if __name__ == "__main__":
    main()
