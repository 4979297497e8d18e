"""The command memory: where the peak is, and what fits."""

from resnet_viz.__main__ import main
from tests.cli.asking import Capture, answered, printed


def test_memory_says_where_the_peak_is(capsys: Capture) -> None:
    """ResNet-50's first projection holds three tensors of 256×56×56."""
    page = printed(capsys, "memory", "resnet50")
    for text in ("9.19 MiB at layer1.0.downsample.1", "82.13 MiB", "97.49 MiB", "layer1.0.bn3"):
        assert text in page
    assert "GiB" not in page


def last_screen(page: str) -> str:
    """What is to be read in a terminal of 80 columns and 24 lines when the page has run through."""
    lines = [line[start : start + 80] for line in page.splitlines() for start in range(0, max(1, len(line)), 80)]
    return "\n".join(lines[-23:])


def test_the_sums_of_a_deep_network_are_what_is_seen_last(capsys: Capture) -> None:
    """In a terminal of 80×24 the sums are all on the screen, whether all layers come before them or not."""
    page = printed(capsys, "memory", "resnet152", "--fits-gib", "0.01")
    assert all(name in last_screen(page) for name in ("parameters ", "peak of live tensors", "fits into"))
    assert "around the peak; --layers has all 515" in page
    assert "not even one image: inference needs 239.38 MiB" in page
    whole = printed(capsys, "memory", "resnet152", "--layers")
    assert whole.count("layer3.35") > 3
    assert "parameters " in last_screen(whole)
    assert whole.index("\nlayer3.35.conv1") < whole.index("\nparameters")
    assert "--layers" not in whole
    assert "around the peak" in printed(capsys, "memory", "resnet8_cifar")


def test_memory_as_json(capsys: Capture) -> None:
    """Dtype, batch and the largest batches that fit."""
    content = answered(capsys, "memory", "resnet50", "--batch", "8", "--dtype", "bf16", "--fits-gib", "16")
    assert (content["batch"], content["dtype"], content["spec"]["input"][0]) == (8, "bf16", 8)
    assert content["peak_bytes"] == 8 * 3 * 256 * 56 * 56 * 2
    assert content["inference_bytes"] == content["params_bytes"] + content["buffers_bytes"] + content["peak_bytes"]
    assert content["fits"]["inference_batch"] > content["fits"]["training_batch"] > 100
    assert content["layers"][0]["alive"] == ["", "conv1"]


def test_what_the_user_can_mend(capsys: Capture) -> None:
    """One sentence, status 2."""
    for wrong, sentence in (
        (["--fits-gib", "0"], "--fits-gib: 0 is not accepted; give a size in GiB, such as 16.\n"),
        (["--dtype", "fp8"], "--dtype: fp8 is not accepted; give one of fp32, tf32, fp16, bf16.\n"),
        (["--batch", "0"], "--batch: 0 is not accepted; give a whole number from 1 to 1,000,000.\n"),
    ):
        assert main(["memory", "resnet50", *wrong]) == 2
        assert capsys.readouterr().err == sentence
