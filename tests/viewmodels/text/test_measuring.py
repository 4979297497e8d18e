"""How a run was measured, in words, and where those words are shown."""

import msgspec
import pytest

from resnet_viz.records.energy import Energy
from resnet_viz.records.message import Message
from resnet_viz.records.run import Environment, Measurement, ProfileRun, TimeSummary
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.latency import bar_tooltip, latency_chart, latency_csv
from resnet_viz.viewmodels.measure import latency_facts, run_facts, run_notes
from resnet_viz.viewmodels.text.measuring import interval_text, measuring_texts
from tests.gui.small_run import small_run

CERTAIN = TimeSummary(74_400.0, 73_000.0, 75_000.0, 72_000.0, 62, 74_110.0, 74_680.0)
OLD = small_run(preset("resnet18"))


def run_with(**changes: object) -> ProfileRun:
    """A run with these fields."""
    return msgspec.structs.replace(OLD, **changes)


def texts(**changes: object) -> dict[str, str]:
    """What is said about how a run with these fields was measured."""
    return dict(measuring_texts(run_with(**changes)))


def test_a_run_of_an_older_file_says_nothing() -> None:
    assert texts() == texts(whole=None) == {}


def test_the_interval_is_shown_with_half_its_width() -> None:
    assert interval_text(CERTAIN) == "74.11–74.68 ms, ±0.4 %"
    assert interval_text(TimeSummary(1.0, 1.0, 1.0, 1.0, 5)) == ""
    assert texts(whole=Measurement(CERTAIN, ())) == {"95 % confidence interval of the median": "74.11–74.68 ms, ±0.4 %"}


def test_the_passes_are_told_with_the_part_of_the_time_budget_that_they_took() -> None:
    settings = OLD.settings.but(seconds=12.5)
    assert texts(measured_seconds=9.87, settings=settings) == {"passes": "20, in 9.9 s (budget 12.5 s)"}
    both = texts(measured_seconds=9.87, settings=settings, instrumented=Measurement(CERTAIN, ()))
    assert both == {"passes": "20 uninstrumented and 62 instrumented, in 9.9 s (budget 12.5 s)"}


@pytest.mark.parametrize(("share", "text"), [(0.0, "0.0 %"), (0.034, "3.4 %"), (0.6, "60.0 %")])
def test_the_share_of_others_is_always_told(share: float, text: str) -> None:
    assert texts(others_share=share) == {"processor": f"other programs took {text} of it"}
    assert texts(others_share=share, messages=(Message("shared", {"part": 100 * share}),)) == {}, "a warning has it"


@pytest.mark.parametrize(
    ("clocks", "chosen", "text"),
    [
        ((1_980, 1_980), 0, "1,980 MHz, steady but not pinned"),
        ((1_980, 1_965), 0, "1,965–1,980 MHz, steady but not pinned"),
        ((1_410, 1_410, 1_410), 2, "1,410 MHz, pinned"),
        ((1_980, 1_410, 1_700), 3, "1,410–1,980 MHz, drifting"),
    ],
)
def test_clocks_are_pinned_steady_or_drifting(clocks: tuple[int, ...], chosen: int, text: str) -> None:
    readings = [SensorSample(0.1, clock, clock_is_set=place < chosen) for place, clock in enumerate(clocks)]
    assert texts(readings=tuple(readings)) == {"clock": text}
    assert texts(readings=(SensorSample(0.1, temperature_c=60),)) == {}


def test_the_clock_that_a_card_is_set_to_is_told_where_it_is_known() -> None:
    card = Environment(device="cuda:0", name="a card", application_clock_mhz=1_830, max_clock_mhz=2_010)
    assert texts(place=card) == {"application clock": "1,830 MHz, of at most 2,010 MHz"}
    assert texts(place=msgspec.structs.replace(card, application_clock_mhz=None)) == {}


def test_the_energy_of_an_image_is_told_with_the_power() -> None:
    assert texts(energy=Energy(1_554.0, 5.02, 12_345)) == {
        "energy": "0.126 J per image, 310 W on average over 5.0 s of passes"
    }


def test_the_window_shows_it_below_the_warnings_and_in_the_inspector() -> None:
    run = run_with(others_share=0.25, place=Environment(device="cpu", name="a processor"))
    assert run_facts(run)[-1] == "processor: other programs took 25.0 % of it"
    assert run_notes(run) == ()
    assert [(fact.name, fact.value) for fact in latency_facts(run, None, None)][1:] == [
        ("processor", "other programs took 25.0 % of it")
    ]


def test_a_layers_interval_is_in_the_inspector_the_tooltip_and_the_table() -> None:
    layers = (msgspec.structs.replace(OLD.layers[0], spread=CERTAIN), *OLD.layers[1:])
    run = run_with(layers=layers)
    name, text = "95 % confidence interval of the median", "74.11–74.68 ms, ±0.4 %"
    facts = {fact.name: fact.value for fact in latency_facts(run, None, layers[0].id)}
    assert facts[name] == text
    assert name not in {fact.name for fact in latency_facts(run, None, layers[1].id)}
    first, second = latency_chart(run).bars[:2]
    assert f"\n{name}: {text}\n" in bar_tooltip(run, first)
    assert name not in bar_tooltip(run, second)
    heads, first_row, second_row = latency_csv(run).splitlines()[:3]
    place = heads.split(",").index("low_us")
    assert heads.split(",")[place : place + 2] == ["low_us", "high_us"]
    assert first_row.split(",")[place : place + 2] == ["74110.0", "74680.0"]
    assert second_row.split(",")[place : place + 2] == ["", ""]


def test_the_measured_peak_stands_beside_the_predicted_one() -> None:
    mebibyte = 1 << 20
    assert texts(peak_bytes=150 * mebibyte)["peak memory"] == "150.0 MiB"
    assert texts(predicted_peak_bytes=149 * mebibyte)["peak memory"] == "149.0 MiB predicted"
    both = texts(peak_bytes=150 * mebibyte, predicted_peak_bytes=149 * mebibyte)
    assert both["peak memory"] == "150.0 MiB measured, 0.7 % more than the 149.0 MiB predicted"
    less = texts(peak_bytes=75 * mebibyte, predicted_peak_bytes=150 * mebibyte)["peak memory"]
    assert less == "75.0 MiB measured, 50.0 % less than the 150.0 MiB predicted"
    same = texts(peak_bytes=75 * mebibyte, predicted_peak_bytes=75 * mebibyte)["peak memory"]
    assert same == "75.0 MiB measured, 75.0 MiB predicted"
