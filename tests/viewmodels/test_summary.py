"""Number tiles, cross-check line and status line."""

import pytest

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.parts import NumberTile
from resnet_viz.viewmodels.summary import crosscheck_line, engine_text, last_jump, status_line, tiles

ANALYSIS = analyse(preset("resnet50"))


def result(tool: str, agrees: bool | None) -> CrossCheckResult:
    """A short result of a counter."""
    return CrossCheckResult(tool, "1.0", params=1, count=1, expected_count=1, agrees=agrees, sentence="it counts so")


def test_tiles_of_resnet50() -> None:
    assert tiles(ANALYSIS, costs(ANALYSIS)) == (
        NumberTile("25.56 M", "parameters", "97.5 MiB", "25,557,032 parameters, fp32"),
        NumberTile(
            "4.089 G", "MACs", "8.218 GFLOPs",
            "4,089,184,256 multiply-adds; 8,217,631,232 floating-point operations with the elementwise ones",
        ),
        NumberTile(
            "9.2 MiB", "peak activation memory", "fp32 · N=1",
            "9,633,792 bytes: the largest total of live tensors at one layer of an inference pass",
        ),
        NumberTile(
            "427 px", "receptive field", "stride 32",
            "One value of the last feature map sees 427 pixels of the image across",
        ),
    )  # fmt: skip


def test_the_distance_between_values_of_the_last_feature_map() -> None:
    for name, jump in (("resnet50", 32), ("resnet20_cifar", 4)):
        for head in (True, False):
            assert last_jump(analyse(preset(name).but(head=head))) == jump


def test_the_note_of_fewer_than_ten_thousand_flops_has_a_space() -> None:
    tiny = analyse(preset("resnet20_cifar").but(width=1, blocks=(1,), input=(1, 1, 4, 4)))
    assert tiles(tiny, costs(tiny))[1].note.endswith(" FLOPs")


def test_the_cost_tile_shows_no_number_twice() -> None:
    analysis = analyse(preset("resnet50"))
    shown = {convention: tiles(analysis, costs(analysis, convention))[1] for convention in CONVENTIONS}
    assert [shown["twice"].value, shown["twice"].note] == ["8.178 G", "8.218 GFLOPs"]
    assert [shown["elementwise"].value, shown["elementwise"].note] == ["8.218 G", "elementwise too"]
    assert all(tile.value not in tile.note for tile in shown.values())


@pytest.mark.parametrize(
    ("outcomes", "waiting", "text", "status"),
    [
        ({}, (), "", "muted"),
        ({}, ("torchinfo", "fvcore"), "running torchinfo and fvcore …", "muted"),
        ({"torchinfo": True}, (), "✓ torchinfo agrees", "ok"),
        ({"torchinfo": True}, ("fvcore",), "✓ torchinfo agrees · running fvcore …", "ok"),
        ({"torchinfo": True, "fvcore": True}, (), "✓ torchinfo and fvcore agree", "ok"),
        ({"a": True, "b": True, "c": True}, (), "✓ a, b and c agree", "ok"),
        ({"ptflops aten": True, "ptflops pytorch": True}, (), "✓ ptflops agrees", "ok"),
        ({"torchinfo": True, "fvcore": None}, (), "✓ torchinfo agrees · fvcore not run", "muted"),
        ({"torchinfo": None, "fvcore": None}, (), "torchinfo and fvcore not run", "muted"),
        ({"torchinfo": False, "fvcore": True}, ("DeepSpeed",), "✗ torchinfo counts differently", "error"),
        ({"torchinfo": False, "fvcore": False}, (), "✗ torchinfo and fvcore count differently", "error"),
    ],
)
def test_the_cross_check_line(
    outcomes: dict[str, bool | None], waiting: tuple[str, ...], text: str, status: str
) -> None:
    line = crosscheck_line(tuple(result(tool, agrees) for tool, agrees in outcomes.items()), waiting=waiting)
    assert (line.text, line.status) == (text, status)
    assert line.detail.splitlines() == [f"{tool} 1.0: it counts so" for tool in outcomes]


def test_a_counter_without_a_version_is_named_alone() -> None:
    line = crosscheck_line((CrossCheckResult("fvcore", "", None, None, 1, None, "it is missing"),))
    assert line.detail == "fvcore: it is missing"


@pytest.mark.parametrize(
    ("spec", "seconds", "engine", "text"),
    [
        (preset("resnet50"), 0.041, "torch 2.13 cpu",
         "ResNet-50 · 175 layers · 16 blocks · traced in 41 ms · torch 2.13 cpu"),
        (preset("resnet50"), None, "", "ResNet-50 · 175 layers · 16 blocks"),
        (preset("resnet18").but(blocks=(1,)), 1.5, "", "ResNet-4 · custom · 14 layers · 1 block · traced in 1.5 s"),
    ],
)  # fmt: skip
def test_the_status_line(spec: ResNetSpec, seconds: float | None, engine: str, text: str) -> None:
    assert status_line(analyse(spec), seconds=seconds, engine=engine) == text


@pytest.mark.parametrize(
    ("version", "device", "text"),
    [
        ("2.13.0+cpu", "cpu", "torch 2.13 cpu"),
        ("2.13+cpu", "cpu", "torch 2.13 cpu"),
        ("2.13.1", "cuda:0", "torch 2.13 cuda:0"),
        ("2.13", "", "torch 2.13"),
    ],
)
def test_the_engine_has_a_short_version(version: str, device: str, text: str) -> None:
    assert engine_text(version, device) == text
