"""What compare prints of whole series: blocks over a range of channels, and pairs of networks."""

import argparse
import re
from typing import Any

import msgspec

from resnet_viz.metrics.crossover import evenly
from resnet_viz.network_comparisons import NetworkPairs, NetworkPoint
from resnet_viz.spec import MAX_CHANNELS
from resnet_viz.texts import tr

POINTS = 50


def channel_range(text: str) -> tuple[int, ...]:
    """An argparse type for `16-2048`: about fifty numbers of channels, each as many times the one before."""
    found = re.fullmatch(r"(\d+)[-–](\d+)", text)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= low <= high <= MAX_CHANNELS:
        raise argparse.ArgumentTypeError(
            tr("{value} is not accepted; give a range of channels such as 16-2048, at most {most}.").format(
                value=text[:60], most=MAX_CHANNELS
            )
        )
    return evenly(low, high, POINTS)


def pairs_fields(pairs: NetworkPairs) -> dict[str, Any]:
    """The series and the pairs for JSON, depths said."""
    return {
        "basic": [_point(point) for point in pairs.basic],
        "bottleneck": [_point(point) for point in pairs.bottleneck],
        "pairs": [
            {"match": pair.match, "basic": _point(pair.basic), "bottleneck": _point(pair.bottleneck)}
            for pair in pairs.pairs
        ],
    }


def _point(point: NetworkPoint) -> dict[str, Any]:
    return {"depth": point.depth} | msgspec.structs.asdict(point)
