"""What a run says about its timestamps."""

from typing import Any

import msgspec
import pytest

from resnet_viz.records.run import Measurement, ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.text.timestamps import microseconds, timestamp_lines
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))


def lines(**fields: Any) -> dict[str, str]:
    times = {name: Measurement(around(us), (us,)) for name, us in (("whole", 1_000.0), ("instrumented", 1_050.0))}
    run: ProfileRun = msgspec.structs.replace(RUN, **{**times, **fields})
    return dict(timestamp_lines(run))


def test_an_unknown_cost_is_not_mentioned() -> None:
    assert lines() == {}
    assert lines(starved_passes=0) == {}
    assert microseconds(None) == "—"


def test_the_cost_in_situ_stands_beside_the_empty_one() -> None:
    found = lines(mark_us=0.4, timestamp_in_situ_us=1.704, timestamp_correction_us=1.704, method="cuda-graph")
    assert found["timestamps"] == (
        "1.70 µs each between the layers, 0.40 µs back to back; each layer's time contains one"
    )
    assert lines(mark_us=0.4)["timestamps"] == "0.40 µs each, included in the time of each layer"
    unknown = lines(timestamp_in_situ_us=1.7)["timestamps"]
    assert unknown.startswith("1.70 µs each between the layers, — back to back")


@pytest.mark.parametrize("fields", [{"timestamp_correction_us": 2.0}, {"mark_us": 2.0, "method": "cuda-graph"}])
def test_the_sum_without_timestamps_has_its_share_of_the_whole(fields: dict[str, Any]) -> None:
    left_us = 1_050.0 - 2.0 * (len(RUN.layers) - 1)
    assert lines(**fields)["Σ without the timestamps"] == f"{left_us / 1000:.3f} ms  {left_us / 10:.1f} %"


def test_sparse_timestamps_are_compared_with_the_dense_ones() -> None:
    layers = tuple(msgspec.structs.replace(layer, sparse_us=0.98 * layer.spread.median_us) for layer in RUN.layers)
    sparse_us = 0.98 * sum(layer.spread.median_us for layer in RUN.layers)
    assert lines(layers=layers)["sparse timestamps"] == (
        f"Σ {sparse_us / 1000:.3f} ms with timestamps around every eighth layer at a time, -2.0 % from those around all"
    )


@pytest.mark.parametrize(("number", "begin"), [(1, "1 was"), (12, "12 were")])
def test_starved_passes_are_counted(number: int, begin: str) -> None:
    assert lines(starved_passes=number)["starved passes"].startswith(begin)
