"""The bars that a card has to reach, computed from the summaries of the phases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.gpu.figures import median

MOST_APART = {1: 0.05, 32: 0.02, 256: 0.02}
"""By how much the sum of the layers, without timestamps, may miss the whole at these batches."""
MOST_KERNELS_APART, MOST_RUNS_APART, MOST_SECONDS, LEAST_OF_BASELINE = 0.05, 0.02, 10.0, 0.9


class Bar(NamedTuple):
    """What was asked, what was found, and whether that is enough; None where nothing was measured."""

    asked: str
    found: str
    passed: bool | None


def bars(summaries: list[dict[str, Any]]) -> list[Bar]:
    """Return every bar, judged by the results of these phases."""
    results = {
        name: step["result"]
        for summary in summaries
        for name, step in summary["steps"].items()
        if step["status"] == 0 and isinstance(step.get("result"), dict)
    }
    return [*_sums(results), _kernels(results), _repeatability(results), _seconds(results), *_ends(results)]


def bars_of(out: Path) -> list[Bar]:
    """Return the bars by the summaries in a folder."""
    return bars([json.loads(path.read_text()) for path in sorted(out.glob("summary_?.json"))])


def _sums(results: dict[str, Any]) -> Iterator[Bar]:
    for batch, most in MOST_APART.items():
        apart = {
            name: abs(result["corrected_apart"])
            for name, result in results.items()
            if result.get("batch") == batch and result.get("corrected_apart") is not None
        }
        yield _worst(f"|Σ − whole| ≤ {most:.0%} at batch {batch}", apart, most)


def _kernels(results: dict[str, Any]) -> Bar:
    apart = {
        name: result["kernels"]["apart_median"]
        for name, result in results.items()
        if "apart_median" in result.get("kernels", {})
    }
    return _worst(
        f"events against kernels within {MOST_KERNELS_APART:.0%} in the median of long layers",
        apart,
        MOST_KERNELS_APART,
    )


def _repeatability(results: dict[str, Any]) -> Bar:
    times = [result["whole_us"] for name, result in results.items() if name.startswith("again_")]
    apart = {"again": (max(times) - min(times)) / median(times)} if len(times) > 1 else {}
    return _worst(f"runs within {MOST_RUNS_APART:.0%}", apart, MOST_RUNS_APART)


def _seconds(results: dict[str, Any]) -> Bar:
    asked = f"the default run of ResNet-50 measures for at most {MOST_SECONDS:.0f} s"
    seconds = results.get("default", {}).get("measured_seconds")
    return Bar(
        asked, "—" if seconds is None else f"{seconds:.1f} s", None if seconds is None else seconds <= MOST_SECONDS
    )


def _ends(results: dict[str, Any]) -> Iterator[Bar]:
    """Yield the best execution of each network and batch against the best baseline of both."""
    for name in [name for name in results if name.startswith("ends_")]:
        case = name.removeprefix("ends_")
        own = [end["img_s"] for end in results[name].get("ends", {}).values()]
        others = [results[key]["img_s"] for key in (f"baseline_{case}", f"baseline_graph_{case}") if key in results]
        if own and others:
            part = max(own) / max(others)
            asked = f"{case} end to end ≥ {LEAST_OF_BASELINE} of the baseline"
            yield Bar(asked, f"{part:.2f}", part >= LEAST_OF_BASELINE)


def _worst(asked: str, apart: dict[str, float], most: float) -> Bar:
    if not apart:
        return Bar(asked, "—", None)
    worst = max(apart, key=lambda name: apart[name])
    return Bar(asked, f"{apart[worst]:.2%} at worst ({worst}), of {len(apart)}", apart[worst] <= most)
