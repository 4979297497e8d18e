"""Number tiles, cross-check line and status line."""

from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.summary import crosscheck_line, engine_text, status_line, tiles

ANALYSIS = analyse(preset("resnet50"))


def result(tool: str, agrees: bool | None) -> CrossCheckResult:
    """A short result of a counter."""
    return CrossCheckResult(tool, "1.0", params=1, count=1, expected_count=1, agrees=agrees, sentence="it counts so")


def test_tiles_of_resnet50() -> None:
    shown = tiles(ANALYSIS, costs(ANALYSIS))
    assert [(tile.value, tile.name) for tile in shown][:2] == [("25.56 M", "parameters"), ("4.089 G", "MACs")]
    assert shown[0].note == "97.5 MiB"
    assert "25,557,032" in shown[0].exact
    assert shown[3].note == "stride 32"


def test_the_note_of_fewer_than_ten_thousand_flops_has_a_space() -> None:
    tiny = analyse(preset("resnet20_cifar").but(width=1, blocks=(1,), input=(1, 1, 4, 4)))
    assert tiles(tiny, costs(tiny))[1].note.endswith(" FLOPs")


def test_the_cost_tile_shows_no_number_twice() -> None:
    analysis = analyse(preset("resnet50"))
    shown = {convention: tiles(analysis, costs(analysis, convention))[1] for convention in CONVENTIONS}
    assert [shown["twice"].value, shown["twice"].note] == ["8.178 G", "8.218 GFLOPs"]
    assert [shown["elementwise"].value, shown["elementwise"].note] == ["8.218 G", "elementwise too"]
    assert all(tile.value not in tile.note for tile in shown.values())


def test_the_cross_check_line() -> None:
    both = crosscheck_line((result("torchinfo", True), result("fvcore", True)))
    assert (both.text, both.status) == ("✓ torchinfo and fvcore agree", "ok")
    assert both.detail.splitlines()[0] == "torchinfo 1.0: it counts so"
    waiting = crosscheck_line((result("torchinfo", True),), waiting=("fvcore",))
    assert waiting.text == "✓ torchinfo agrees · running fvcore …"
    skipped = crosscheck_line((result("torchinfo", True), result("fvcore", None)))
    assert skipped.text == "✓ torchinfo agrees · fvcore not run"
    assert skipped.status == "muted"
    against = crosscheck_line((result("torchinfo", False),))
    assert against.status == "error"


def test_status_line() -> None:
    text = status_line(ANALYSIS, seconds=0.041, engine=engine_text("2.13.0+cpu", "cpu"))
    assert text == "ResNet-50 · 175 layers · 16 blocks · traced in 41 ms · torch 2.13 cpu"
