"""The command compare: what it prints, what it writes, what it refuses."""

import csv
import re
from pathlib import Path

import msgspec
import pytest

from tests.cli.asking import answered, printed, refused


def line(text: str, label: str) -> list[str]:
    """Return the words behind a label at the beginning of a line."""
    found = next(line for line in text.splitlines() if line.startswith(f"{label}  "))
    return found.removeprefix(label).split()


def test_the_table_shows_both_blocks_and_their_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "compare")
    assert line(said, "weights of convolutions") == ["1,179,648", "69,632", "16.94", "×"]
    assert line(said, "weight layers")[:2] == ["2", "3"]
    assert line(said, "latency") == ["add", "--device", "cpu", "add", "--device", "cpu", "—"]
    assert "an exact match" in said


def test_json_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "compare", "--channels", "64", "--size", "28", "--stride", "2")
    assert found["setting"]["stride"] == 2
    assert found["basic"]["weights"] == 2 * 9 * 64 * 64 + 64 * 64
    assert found["bottleneck"]["weights"] == (8 + 9) * 16 * 16 + 64 * 64
    assert found["ratios"]["weights"] == pytest.approx(found["basic"]["weights"] / found["bottleneck"]["weights"])
    assert found["times"] is None
    assert [layer["kind"] for layer in found["basic"]["layers_in_order"]].count("conv") == 3
    assert 3 <= len(found["sentences"]) <= 4


def test_a_match_states_the_remaining_difference(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "compare", "--match", "params")
    assert "Bottleneck, 1,052" in said
    params = [int(word.replace(",", "")) for word in line(said, "parameters")[:2]]
    assert f"{abs(params[1] - params[0]):,} parameters fewer than Basic" in said


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex"])
def test_the_table_is_written_in_the_format_of_the_suffix(
    suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / f"blocks{suffix}"
    printed(capsys, "compare", "--size", "14", "-o", str(target))
    text = target.read_text("utf8")
    if suffix == ".csv":
        rows = {row["figure"]: row for row in csv.DictReader(text.splitlines())}
        assert (rows["weights"]["basic"], rows["weights"]["bottleneck"]) == ("1179648", "69632")
        assert float(rows["weights"]["ratio"]) == pytest.approx(16.941176, abs=1e-6)
        assert rows["latency_us"]["basic"] == ""
        assert (rows["width"]["basic"], rows["width"]["bottleneck"], rows["size"]["basic"]) == ("256", "64", "14")
        return
    assert "1,179,648" in text
    assert "total" not in text
    assert ("\\toprule" in text) == (suffix == ".tex")


def test_two_networks_show_totals_and_differences(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "compare", "resnet50", "resnet101")
    assert line(said, "parameters") == ["25,557,032", "44,549,160", "0.57", "×"]
    assert line(said, "blocks") == ["3,4,6,3", "3,4,23,3"]
    assert line(said, "layer3.6–22")[:4] == ["added", "—", "17", "blocks"]
    assert "Against ResNet-50, ResNet-101 has 1.74 times as many parameters and 1.91 times as many MACs" in said
    assert "From the first to the second: 170 added, 175 the same." in said
    assert "no difference in 69 layers" in printed(capsys, "compare", "resnet18", "resnet18")
    assert "12 layers changed, 163 the same" in printed(capsys, "compare", "resnet50_v1", "resnet50")
    assert "14 removed, 55 the same" in printed(capsys, "compare", "resnet18", "resnet18", "--shortcut", "none")


def test_two_networks_are_measured_interleaved(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    small = tmp_path / "small.json"
    small.write_text('{"block": "basic", "blocks": [1, 1], "width": 8, "input": [1, 3, 32, 32]}', "utf8")
    both = (str(small), str(small))
    said = printed(capsys, "compare", *both, "--shortcut", "none", "--device", "cpu", "--seconds", "0.3")
    assert re.search(r"latency, cpu, fp32 \(median\) +[\d.]+ ms +[\d.]+ ms +[\d.]+ × \(", said)
    assert line(printed(capsys, "compare", *both), "latency")[:3] == ["add", "--device", "cpu"]


def test_two_networks_as_json_and_as_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "networks.csv"
    found = answered(capsys, "compare", "resnet18", "resnet34", "-o", str(target))
    rows = list(csv.DictReader(target.read_text("utf8").splitlines()))
    totals = {row["name"]: row for row in rows if row["part"] == "total"}
    for name in ("params", "macs"):
        layers = [row for row in rows if row["part"] == f"layer {name}"]
        assert len(layers) == len(found["layers"])
        for side in ("first", "second"):
            assert int(totals[name][side]) == found["totals"][name][side]
            assert sum(int(row[side] or 0) for row in layers) == found["totals"][name][side]
    assert [(row["name"], row["first"]) for row in rows if row["part"] == "field"] == [("blocks", "2,2,2,2")]
    assert found["totals"]["params"]["first"] == 11_689_512
    assert {layer["change"] for layer in found["layers"]} == {"same", "added"}


@pytest.mark.parametrize("suffix", [".md", ".tex"])
def test_two_networks_as_a_page(suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / f"networks{suffix}"
    printed(capsys, "compare", "resnet50_v1", "resnet50", "-o", str(target))
    text = target.read_text("utf8")
    assert "stride in" in text
    assert "25,557,032" in text
    assert "layer2.0.conv1" in text
    assert "not measured" in text
    assert "--device" not in text


MEASURED = ("--device", "cpu", "--seconds", "0.3", "--size", "8", "--channels", "16")


def test_channels_that_no_width_has_are_printed_with_those_that_agree(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "compare", "--groups", "3", "--channels", "258", "--size", "6")
    assert "252 channels; 6 channels fewer than Basic (2.3 %). Channels in multiples of 12 agree exactly." in said


def test_a_device_measures_both_interleaved(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "compare", *MEASURED)
    times = found["times"]
    assert times["place"]["device"] == "cpu"
    assert len(times["first"]["samples_us"]) == len(times["second"]["samples_us"]) >= 10
    medians = [times[side]["spread"]["median_us"] for side in ("first", "second")]
    assert times["ratio"] == pytest.approx(medians[0] / medians[1], rel=1e-3)
    assert times["low"] <= times["ratio"] <= times["high"]
    assert found["ratios"]["latency_us"] == times["ratio"]


def test_the_measured_file_has_the_figures_of_the_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "blocks.csv"
    found = answered(capsys, "compare", *MEASURED, "-o", str(target))["times"]
    rows = {row["figure"]: row for row in csv.DictReader(target.read_text("utf8").splitlines())}
    assert rows["dtype"]["basic"] == "fp32"
    for column, side in (("basic", "first"), ("bottleneck", "second")):
        spread = found[side]["spread"]
        assert float(rows["latency_us"][column]) == pytest.approx(spread["median_us"])
        assert float(rows["latency_q1_us"][column]) == pytest.approx(spread["q1_us"])
        assert float(rows["latency_q3_us"][column]) == pytest.approx(spread["q3_us"])
        assert int(rows["rounds"][column]) == spread["n"]
    assert float(rows["latency_ratio_low"]["ratio"]) == pytest.approx(found["low"])
    assert float(rows["latency_ratio_high"]["ratio"]) == pytest.approx(found["high"])


def test_the_measured_table_has_quartiles_and_the_roofline(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "compare", *MEASURED, "--match", "latency")
    assert re.search(
        r"latency, cpu, fp32 \(median, warm caches\) +[\d.]+ ms +[\d.]+ ms +[\d.]+ × \([\d.]+–[\d.]+\)", said
    )
    assert re.search(r"… with cold caches \(median\) +[\d.]+ ms +[\d.]+ ms +[\d.]+ ×", said)
    assert set(line(said, "achieved")[1:4:2]) <= {"MFLOP/s", "GFLOP/s", "TFLOP/s"}
    assert re.search(r"Other programs took [\d.]+ % of the processor", said)
    assert set(line(said, "bound by")[:2]) <= {"compute", "memory", "launch"}
    assert "Matched by latency: Bottleneck at width" in said
    assert "On cpu" in said


def test_a_sweep_names_the_block_with_less(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "sweep.csv"
    said = printed(capsys, "compare", "--sweep", "16-2048", "--size", "14", "-o", str(target))
    assert "Fewer parameters at every width: the Bottleneck (Basic ÷ Bottleneck 1" in said
    rows = list(csv.DictReader(target.read_text("utf8").splitlines()))
    assert len(rows) > 40
    assert all(row["channels_basic"] == row["channels_bottleneck"] for row in rows)
    assert {row["us_basic"] for row in rows} == {""}


def test_a_sweep_is_measured_where_a_device_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    found = msgspec.json.decode(
        printed(
            capsys,
            "compare",
            "--sweep",
            "16-20",
            "--size",
            "6",
            "--device",
            "cpu",
            "--seconds",
            "0.2",
            "--format",
            "json",
        )
    )
    assert [point["channels"] for point in found["points"]] == [16, 20]
    assert all(point["basic_us"] > 0 and point["bottleneck_us"] > 0 for point in found["points"])


def test_pairs_have_their_remainder_and_ratios(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "pairs.csv"
    said = printed(capsys, "compare", "--networks", "-o", str(target))
    assert "Nearest in parameters (within" in said
    row = next(text.split() for text in said.splitlines() if "ResNet-138  ResNet-200" in text)
    assert row[:4] == ["parameters", "ResNet-138", "ResNet-200", "+71.42"]
    for pair in csv.DictReader(target.read_text("utf8").splitlines()):
        for name in ("params", "macs", "kept_bytes", "depth"):
            ratio = int(pair[f"{name}_basic"]) / int(pair[f"{name}_bottleneck"])
            assert float(pair[f"{name}_ratio"]) == pytest.approx(ratio)


def test_a_sweep_states_its_slack_and_takes_groups(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "compare", "--sweep", "16-64", "--match", "params")
    worst = max(found["points"], key=lambda point: point["slack"])
    said = printed(capsys, "compare", "--sweep", "16-64", "--match", "params")
    assert f"within {100 * worst['slack']:.2g} %, worst at {worst['channels']} channels" in said
    grouped = answered(capsys, "compare", "--sweep", "16-64", "--groups", "3")
    assert [point["channels"] % 12 for point in grouped["points"]] == [0] * len(grouped["points"])
    assert len(grouped["points"]) == 5


def test_pairs_of_another_network_keep_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "compare", "--networks", "--order", "pre", "--batch", "2")
    every = [*found["basic"], *found["bottleneck"]]
    assert {(point["spec"]["order"], point["spec"]["input"][0]) for point in every} == {("pre", 2)}


def test_pairs_of_networks_agree_with_show(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "compare", "--networks")
    by_name = {point["name"]: point for side in ("basic", "bottleneck") for point in found[side] if point["name"]}
    for name in ("resnet18", "resnet152"):
        totals = answered(capsys, "show", name)["totals"]
        assert (by_name[name]["params"], by_name[name]["macs"]) == (totals["params"], totals["macs"])
    assert {pair["match"] for pair in found["pairs"]} == {"depth", "params", "macs"}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--channels", "wide"), "--channels: wide is not accepted; give a whole number"),
        (
            ("--channels", "18", "--solve", "basic"),
            "--channels: 18 is not accepted; a bottleneck block needs a multiple",
        ),
        (
            ("--channels", "32", "--groups", "32", "--match", "macs"),
            "--match: macs is not accepted; MACs: ",
        ),
        (("--sweep", "16-99999999"), "--sweep: 16-99999999 is not accepted; give a range of channels such as"),
        (("--sweep", "16-64", "--channels", "8"), "--channels: 8 is not accepted; the sweep gives the channels"),
        (("--networks", "--stride", "2"), "--stride: 2 is not accepted; it belongs to two blocks"),
        (
            ("resnet18", "resnet34", "resnet50"),
            "compare takes two networks, or none; you gave resnet18 resnet34 resnet50.",
        ),
        (("--match", "looks"), "--match: looks is not accepted; give one of channels, params, macs, latency"),
        (("-o", "blocks.xlsx"), "give a name that ends in .csv, .md, .tex"),
        (("-o", "/nowhere/blocks.csv"), "there is no folder /nowhere"),
        (("--seconds", "2"), "--seconds: 2 is not accepted; it needs --device, such as cpu"),
        (("--device", "abacus"), "--device: abacus is not accepted; this machine has"),
        (("--match", "latency"), "--match: latency is not accepted; it has to be measured"),
        (("resnet18", "--networks"), "--sweep and --networks make their own series; leave resnet18 out."),
        (("--networks", "--device", "cpu"), "--device: cpu is not accepted; pairs of networks are only counted"),
        (("--sweep", "2048"), "--sweep: 2048 is not accepted; give a range of channels such as 16-2048"),
        (("--sweep", "64-16"), "give a range of channels such as 16-2048"),
        (("resnet18", "resnxt50"), "resnxt50"),
        (("resnet18", "resnet50", "--size", "8"), "--size: 8 is not accepted; it belongs to two blocks"),
        (("resnet18",), "compare takes two networks, or none; you gave resnet18"),
    ],
)
def test_impossible_options_are_refused(
    arguments: tuple[str, ...], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert part in refused(capsys, "compare", *arguments)
